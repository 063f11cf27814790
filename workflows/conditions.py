"""Conditions of a lifecycle file: a little logic over declared facts, checked when the file is read.

`payee.relation == 'spouse' and determination.total > 50_000_000` is a condition. It knows facts, texts,
whole numbers, True and False, comparisons, `in`, `and`, `or`, `not`, and nothing else: no calls, no
arithmetic. Facts and constants have kinds, so a comparison that could never hold is refused with the file
and not discovered in a case.
"""

import ast
import difflib
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Any, Final, Literal, cast

from domain.case import Facts

Kind = Literal["text", "integer", "yes_no", "date", "texts"]


@dataclass(frozen=True, slots=True)
class FactRule:
    """What a condition may ask: the kind of answer, its meaning, and the closed list of texts if any."""

    kind: Kind
    means: str
    choices: tuple[str, ...] = ()


RELATIONS: Final = (
    "spouse",
    "child",
    "parent",
    "grandparent",
    "grandchild",
    "sibling",
    "parent_in_law",
    "testament",
    "guardian",
    "funeral_arranger",
    "other",
)
HEIR_TIERS: Final = ("SPOUSE_CHILD", "BLOOD_LINE", "SIBLING", "PARENT_IN_LAW", "TESTAMENT", "NONE")
PAYEE_CODES: Final = ("HEIR", "FUNERAL_ARRANGER", "SOCIAL_SECURITY_FUND")
CAUSES: Final = ("illness", "work_accident", "occupational_disease", "other_accident", "suicide", "unknown")

VOCABULARY: Final[Mapping[str, FactRule]] = {
    "status": FactRule("text", "The status of the case before the step."),
    "event_on": FactRule("date", "The legal day of the event, as 2024-05-20: the death, the accident."),
    "flags": FactRule("texts", "The risk flags that stand on the case."),
    "cause": FactRule("text", "The cause of the death or injury as reported.", CAUSES),
    "payee.relation": FactRule("text", "What the payee is to the insured person.", RELATIONS),
    "payee.heir_tier": FactRule("text", "The payee's tier in the statutory order of heirs.", HEIR_TIERS),
    "payee.code": FactRule("text", "In which quality the payee is paid.", PAYEE_CODES),
    "payee.is_guardian": FactRule("yes_no", "The payee receives the money for a minor, or as a proxy."),
    "has_no_heir": FactRule("yes_no", "No heir of any tier exists; the funeral is paid to who arranged it."),
    "papers.asked": FactRule("texts", "The codes of papers that a verifier asked for beyond the usual list."),
    "determination.outcome": FactRule("text", "What the calculation found, such as REJECT_LAPSED."),
    "determination.total": FactRule("integer", "The sum of all determined lines, in rupiah."),
    "determination.is_rejection": FactRule("yes_no", "The outcome of the calculation is one of REJECT_*."),
    "determination.is_penalty": FactRule("yes_no", "What was determined last is owed for a late payment."),
    "rejection.code": FactRule("text", "The ground of a rejection that a verifier proposed."),
    "arrears.open": FactRule("yes_no", "Approved lines still wait for unpaid contributions."),
    "penalty.open": FactRule("yes_no", "A payment came late, and the compensation for it is not paid yet."),
    "claim.reopened": FactRule("yes_no", "The case was decided before and has been opened again."),
    "termination.reason": FactRule("text", "Why a membership ends: a reason code such as MOVED_OUT."),
}

LONGEST: Final = 500  # characters; deeper nesting than fits in them would exhaust the parser
ALLOWED: Final = "A condition is made of facts, constants, comparisons, in, and, or, not."


class ConditionRefused(Exception):
    """The text is not a condition; says what is wrong and the remedy."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem = problem
        self.remedy = remedy


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """A condition ready to be asked.

    `holds(facts)` wants an answer for every name in `names`; None stands for a fact that is not known yet.
    An unknown fact equals nothing, is in nothing, is neither more nor less than anything, and is not so.
    Facts of kind `date` are ISO texts, so that facts are plain JSON.
    """

    text: str
    names: frozenset[str]
    holds: Callable[[Facts], bool]


def condition(text: str, vocabulary: Mapping[str, FactRule] = VOCABULARY) -> Condition:
    """Read a condition. Raises `ConditionRefused`."""
    if len(text) > LONGEST:
        raise ConditionRefused(f"The condition is longer than {LONGEST} characters.", "Split it.")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as fault:
        raise ConditionRefused(f"{text!r} is not a condition: {fault}.", ALLOWED) from None
    reader = _Reader(vocabulary)
    holds = reader.truth(tree.body)
    return Condition(text, frozenset(reader.names), holds)


@dataclass(frozen=True, slots=True)
class _Term:
    """A part of a condition: its kind, how to answer it, and the fact or the constants it consists of."""

    kind: Kind
    answer: Callable[[Facts], object]
    fact: str | None = None
    constants: tuple[object, ...] | None = None


# Any: the reader has checked the kinds of both sides before a comparison is ever made.
COMPARE: Final[Mapping[type[ast.cmpop], Callable[[Any, Any], bool]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda one, many: operator.contains(many, one),
    ast.NotIn: lambda one, many: not operator.contains(many, one),
}
ORDERED: Final = frozenset({"integer", "date"})
ORDERING: Final = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
TRUE_OF_UNKNOWN: Final = (ast.NotEq, ast.NotIn)


class _Reader:
    """Turns the syntax tree into closures, once; a case only calls them."""

    def __init__(self, vocabulary: Mapping[str, FactRule]) -> None:
        self.vocabulary = vocabulary
        self.names: set[str] = set()

    def truth(self, node: ast.expr) -> Callable[[Facts], bool]:
        term = self.term(node)
        if term.kind != "yes_no":
            said = ast.unparse(node)
            raise ConditionRefused(f"{said} is {_a(term.kind)}, not a yes or no.", f"Compare it: {said} == …")
        answer = term.answer
        if (
            term.fact is None and term.constants is None
        ):  # a comparison, and what is made of comparisons, is a bool
            return cast(Callable[[Facts], bool], answer)
        return lambda facts: bool(answer(facts))

    def term(self, node: ast.expr) -> _Term:
        match node:
            case ast.BoolOp(op=op, values=values):
                parts = tuple(self.truth(value) for value in values)
                return _Term("yes_no", reduce(_both if isinstance(op, ast.And) else _either, parts))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                part = self.truth(operand)
                return _Term("yes_no", lambda facts: not part(facts))
            case ast.Compare():
                return self.comparison(node)
            case ast.Name() | ast.Attribute():
                return self.fact(ast.unparse(node))
            case ast.Constant() | ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
                return _constant(_literal(node))
            case ast.List() | ast.Tuple():
                return _texts(tuple(_literal(element) for element in node.elts))
        raise ConditionRefused(f"{ast.unparse(node)!r} is beyond a condition.", ALLOWED)

    def fact(self, name: str) -> _Term:
        rule = self.vocabulary.get(name)
        if rule is None:
            near = difflib.get_close_matches(name, self.vocabulary, n=1)
            known = ", ".join(sorted(self.vocabulary))
            remedy = f"Did you mean {near[0]!r}?" if near else f"Texts stand in quotes; facts are: {known}."
            raise ConditionRefused(f"There is no fact {name!r}.", remedy)
        self.names.add(name)
        return _Term(rule.kind, operator.itemgetter(name), fact=name)

    def comparison(self, node: ast.Compare) -> _Term:
        parts = []
        left = self.term(node.left)
        for op, comparator in zip(node.ops, node.comparators, strict=True):
            right = self.term(comparator)
            parts.append(self.pair(op, left, right, ast.unparse(node)))
            left = right
        if len(parts) == 1:
            return _Term("yes_no", parts[0])
        return _Term("yes_no", lambda facts: all(part(facts) for part in parts))

    def pair(self, op: ast.cmpop, left: _Term, right: _Term, said: str) -> Callable[[Facts], bool]:
        compare = COMPARE.get(type(op))
        if compare is None:
            raise ConditionRefused(f"{said!r} uses `is`.", "Write == or !=.")
        left, right = _as_dates(left, right, said)
        if isinstance(op, ast.In | ast.NotIn):
            if (left.kind, right.kind) != ("text", "texts"):
                problem = f"{said!r} looks for {_a(left.kind)} in {_a(right.kind)}."
                raise ConditionRefused(problem, "Look for a text in a list of texts: 'WILL' in papers.asked.")
        elif left.kind != right.kind:
            problem = f"{said!r} compares {_a(left.kind)} with {_a(right.kind)}."
            raise ConditionRefused(problem, "Compare things of one kind.")
        elif isinstance(op, ORDERING) and left.kind not in ORDERED:
            raise ConditionRefused(
                f"{said!r} orders {_a(left.kind)}.", "Only numbers and dates have an order."
            )
        self.check_choices(left, right)
        self.check_choices(right, left)
        if_unknown = isinstance(op, TRUE_OF_UNKNOWN)
        ask, against = left.answer, right.answer

        def holds(facts: Facts) -> bool:
            one, other = ask(facts), against(facts)
            return if_unknown if one is None or other is None else compare(one, other)

        return holds

    def check_choices(self, asked: _Term, against: _Term) -> None:
        """Refuse a text that the fact never is: misspelt, it would be a paper that nobody asks for."""
        choices = self.vocabulary[asked.fact].choices if asked.fact else ()
        for constant in (against.constants or ()) if choices else ():
            if constant not in choices:
                near = difflib.get_close_matches(str(constant), choices, n=1)
                remedy = f"Did you mean {near[0]!r}?" if near else f"It is one of: {', '.join(choices)}."
                raise ConditionRefused(f"{asked.fact} is never {constant!r}.", remedy)


def _both(one: Callable[[Facts], bool], other: Callable[[Facts], bool]) -> Callable[[Facts], bool]:
    return lambda facts: one(facts) and other(facts)


def _either(one: Callable[[Facts], bool], other: Callable[[Facts], bool]) -> Callable[[Facts], bool]:
    return lambda facts: one(facts) or other(facts)


def _literal(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError):
        said = ast.unparse(node)
        raise ConditionRefused(f"{said!r} is not a constant.", "A list holds texts in quotes.") from None


def _constant(value: object) -> _Term:
    kinds: Mapping[type, Kind] = {str: "text", bool: "yes_no", int: "integer"}
    kind = kinds.get(type(value))
    if kind is None:
        remedy = "Use a text, a whole number, True or False."
        raise ConditionRefused(f"{value!r} cannot stand in a condition.", remedy)
    return _Term(kind, lambda _: value, constants=(value,))


def _texts(values: tuple[object, ...]) -> _Term:
    for value in values:
        if not isinstance(value, str):
            raise ConditionRefused(f"The list holds {value!r}.", "A list holds texts in quotes.")
    return _Term("texts", lambda _: values, constants=values)


def _as_dates(left: _Term, right: _Term, said: str) -> tuple[_Term, _Term]:
    """Read a text that is compared with a date as a date; both are ISO texts, which sort by day."""
    if {left.kind, right.kind} != {"date", "text"}:
        return left, right
    written = left if left.kind == "text" else right
    try:
        day = date.fromisoformat(str((written.constants or ("",))[0])).isoformat()
    except ValueError:
        problem = f"{said!r} compares a date with a text."
        raise ConditionRefused(problem, "Write dates as '2024-05-20'.") from None
    as_date = _Term("date", lambda _: day, constants=(day,))
    return (as_date, right) if written is left else (left, as_date)


def _a(kind: Kind) -> str:
    names: Mapping[Kind, str] = {
        "text": "a text",
        "integer": "a whole number",
        "yes_no": "a yes or no",
        "date": "a date",
        "texts": "a list of texts",
    }
    return names[kind]
