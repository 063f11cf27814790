"""What must hold of a lifecycle before a case may rely on it, proved when the file is read.

Here: that every name exists, in both languages, and that what is said together fits together.
`path_proofs` walks the graph. Each finding names file, step and remedy.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from domain.command import SYSTEM_ROLE
from workflows.definition_file import FREE_STEP, DefinitionRefused, Finding, nearest
from workflows.library import Library
from workflows.lifecycle import Definition
from workflows.path_proofs import prove_paths
from workflows.step_rules import StepRule, Way

ORDERS_FIELD_CHECK: Final = "field_check_ordered"
MISSED: Final = "clock_missed"


@dataclass(frozen=True, kw_only=True)
class Known:
    """The names that exist outside a definition: the office fills in its registries.

    documents: papers known elsewhere. A definition declares those it uses; these only help the remedy.
    """

    events: Collection[str]
    roles: Collection[str]
    guards: Collection[str]
    documents: Collection[str] = ()


def prove(definition: Definition, known: Known) -> list[Finding]:
    """Return everything that is wrong with a definition; nothing means proved."""
    proof = _Proof(definition, known)
    proof.labels()
    proof.clocks()
    proof.flags()
    proof.events()
    for rule in definition.steps.values():
        proof.form(rule)
        proof.order(rule)
        for way in rule.ways:
            proof.names(way)
            proof.papers(way)
            proof.signatures(way)
    prove_paths(definition, proof.find)
    return list(proof.found)


def prove_all(library: Library, known: Known) -> None:
    """Prove every definition. Raises `DefinitionRefused` with the findings of all."""
    findings = [finding for definition in library for finding in prove(definition, known)]
    if findings:
        raise DefinitionRefused(findings)


class _Proof:
    """The findings about one definition, each said once."""

    def __init__(self, definition: Definition, known: Known) -> None:
        self.definition = definition
        self.known = known
        self.found: dict[Finding, None] = {}

    def find(self, step: str, problem: str, remedy: str) -> None:
        self.found[Finding(self.definition.file, step, problem, remedy)] = None

    def exist(self, step: str, kind: str, names: Iterable[str], known: Collection[str]) -> None:
        for name in names:
            if name not in known:
                self.find(step, f'There is no {kind} "{name}".', nearest(name, known))

    def both(self, step: str, what: str, of: object, *, key: str = "label") -> None:
        for named in (f"{key}_id", f"{key}_en"):
            if not getattr(of, named):
                remedy = f'Add {named} = "…": people read it in both languages.'
                self.find(step, f"{what} has no {named}.", remedy)

    def labels(self) -> None:
        definition = self.definition
        self.both("", "The definition", definition)
        for status in definition.statuses.values():
            self.both("", f'The status "{status.name}"', status)
        for clock in definition.clocks.values():
            self.both("", f'The clock "{clock.name}"', clock)
        for flag in definition.flags.values():
            self.both("", f'The flag "{flag.name}"', flag)
        for paper in definition.documents.values():
            self.both("", f'The document "{paper.code}"', paper, key="name")

    def events(self) -> None:
        """Each step has an event of its own aggregate, and no two share one: the command follows from it."""
        owner: dict[str, str] = {}
        for rule in self.definition.steps.values():
            self.exist(rule.name, "event", [rule.event], (*self.known.events, FREE_STEP))
            if rule.event == FREE_STEP:
                continue
            aggregate = self.definition.aggregate
            if not rule.event.startswith(f"{aggregate}."):
                problem = f'The event "{rule.event}" does not happen to the aggregate "{aggregate}".'
                self.find(rule.name, problem, f'Name an event that begins with "{aggregate}.".')
            first = owner.setdefault(rule.event, rule.name)
            if first != rule.name:
                problem = f'The event "{rule.event}" belongs to step {first}; its command would fit both.'
                self.find(rule.name, problem, f"Make it a way of {first}, or give it an event of its own.")

    def clocks(self) -> None:
        """That one ran out can be put on record; what follows is said, and SYSTEM can do it unasked."""
        if self.definition.clocks:
            event = f"{self.definition.aggregate}.{MISSED}"
            self.exist("", "event, by which a missed clock is put on record,", [event], self.known.events)
        for clock in self.definition.clocks.values():
            if clock.missed is None:
                continue
            self.both("", f'What follows when the clock "{clock.name}" is missed', clock.missed)
            name = clock.missed.step
            if name is None:
                continue
            self.exist("", f'step, named by the clock "{clock.name}",', [name], self.definition.steps)
            rule = self.definition.steps.get(name)
            if rule is not None:
                self.consequence(clock.name, rule)

    def consequence(self, clock: str, rule: StepRule) -> None:
        taken = f'The clock "{clock}" takes this step when missed, but'
        if SYSTEM_ROLE not in rule.roles:
            self.find(rule.name, f"{taken} SYSTEM may not.", f'Add "{SYSTEM_ROLE}" to its roles.')
        if rule.form or rule.event == FREE_STEP:
            self.find(rule.name, f"{taken} it asks for a form.", "Name a step that needs no answer.")
        for way in rule.ways:
            if SYSTEM_ROLE in way.roles and clock not in (*way.clocks.stop, *way.clocks.void):
                self.find(rule.name, f"{taken} it does not stop it.", f'Stop "{clock}" in this step.')

    def flags(self) -> None:
        """What a flag demands can be done here."""
        steps = self.definition.steps.values()
        field_check = f"{self.definition.aggregate}.{ORDERS_FIELD_CHECK}"
        checks = any(rule.event == field_check for rule in steps)
        escalates = any(way.escalation for rule in steps for way in rule.ways)
        for flag in self.definition.flags.values():
            if flag.demands == "field_check" and not checks:
                problem = f'The flag "{flag.name}" demands a field check, but no step orders one.'
                self.find("", problem, f"Add a step with the event {field_check}.")
            if flag.demands == "second_approver" and not escalates:
                problem = f'The flag "{flag.name}" demands a second approver, but no step has an escalation.'
                self.find("", problem, "Add an escalation to the approval.")

    def form(self, rule: StepRule) -> None:
        """The command is the schema of a typed step; a step by file alone has only the file."""
        self.both(rule.name, "The step", rule)
        free = rule.event == FREE_STEP
        names = [line.field for line in rule.form]
        for line in rule.form:
            what = f'The field "{line.field}"'
            self.both(rule.name, what, line)
            if line.help_id or line.help_en:
                self.both(rule.name, what, line, key="help")
            for choice in line.choices:
                self.both(rule.name, f'{what}: the choice "{choice.value}"', choice)
            if names.count(line.field) > 1:
                self.find(rule.name, f"{what} stands here twice.", "Remove one.")
            if free and line.type is None:
                self.find(rule.name, f"{what} has no type.", 'Say type = "text" or another.')
            if not free and (line.type, line.personal) != (None, None):
                problem = f"{what} has a type, but the command of {rule.event} is the schema."
                self.find(rule.name, problem, "Remove type and personal.")
            if line.type == "choice" and not line.choices:
                self.find(rule.name, f"{what} offers no choice.", "Add choices = [{ value = … }].")

    def order(self, rule: StepRule) -> None:
        """No way stands behind another that is always taken first."""
        always: set[str] = set()
        for way in rule.ways:
            for source in always.intersection(way.sources):
                problem = (
                    f"From {source}, a way without condition stands before another, which is never taken."
                )
                self.find(rule.name, problem, "Put the way without `when` last.")
            if way.when is None:
                always.update(way.sources)

    def names(self, way: Way) -> None:
        definition, effects = self.definition, way.clocks
        self.exist(way.step, "role", way.roles, self.known.roles)
        self.exist(way.step, "step", way.separate_from, definition.steps)
        self.exist(way.step, "guard", way.guards, self.known.guards)
        for clocks in (effects.start, effects.pause, effects.restart, effects.stop, effects.void):
            self.exist(way.step, "clock", clocks, definition.clocks)
        if not way.roles:
            self.find(way.step, "Nobody may take this step.", 'Add roles = ["…"].')
        if way.step in way.separate_from:
            self.find(way.step, "The step is separate from itself.", "Remove it: a person may repeat a step.")

    def papers(self, way: Way) -> None:
        for paper in way.papers:
            if paper.code not in self.definition.documents:
                remedy = nearest(paper.code, self.definition.documents)
                if paper.code in self.known.documents:
                    remedy = f'Add [[document]] with code = "{paper.code}", name_id and name_en.'
                self.find(way.step, f'There is no document "{paper.code}".', remedy)

    def signatures(self, way: Way) -> None:
        """Whoever may take a step with money limits has one; an escalation leads to another person."""
        for role in sorted(set(way.authority) ^ set(way.roles)) if way.authority else ():
            if role in way.roles:
                problem, remedy = f'The role "{role}" has no limit.', 'Add one in rupiah, or "unlimited".'
            else:
                problem, remedy = (
                    f'The role "{role}" has a limit but may not take the step.',
                    "Add it to roles.",
                )
            self.find(way.step, problem, remedy)
        escalation = way.escalation
        if escalation is None:
            return
        self.exist(way.step, "role of this step", escalation.then, way.roles)
        if escalation.first is not None:
            self.exist(way.step, "step", [escalation.first], self.definition.steps)
            if escalation.first not in way.separate_from:
                problem = f"The person who took {escalation.first} could sign this too."
                self.find(way.step, problem, f'Add "{escalation.first}" to separate_from.')
