"""Conditions mean what Python means by them, and refuse everything that a clerk could not read aloud."""

import ast
import contextlib
from collections.abc import Mapping
from types import SimpleNamespace

import hypothesis
import pytest
from hypothesis import strategies as st

from workflows.conditions import LONGEST, RELATIONS, VOCABULARY, ConditionRefused, condition

FACTS: Mapping[str, object] = {
    "cause": "illness",
    "payee.relation": "spouse",
    "payee.is_guardian": False,
    "has_no_heir": True,
    "determination.total": 42_000_000,
    "event_on": "2024-05-10",
    "papers.asked": ["WORK_REF"],
    "flags": [],
}


def holds(text: str, **facts: object) -> bool:
    return condition(text).holds({**FACTS, **{name.replace("__", "."): fact for name, fact in facts.items()}})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("payee.relation == 'spouse'", True),
        ("payee.relation in ['child', 'guardian']", False),
        ("determination.total > 50_000_000", False),
        ("10_000_000 < determination.total <= 42_000_000", True),
        ("'WORK_REF' in papers.asked", True),
        ("'COURT_HEIR' not in papers.asked", True),
        ("has_no_heir and not payee.is_guardian", True),
        ("event_on >= '2024-05-10'", True),
        ("event_on < '2019-12-02'", False),
        ("payee.is_guardian == True or cause != 'illness'", False),
    ],
)
def test_conditions_read_as_they_are_written(text: str, expected: bool) -> None:
    assert holds(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("payee.relation == 'spouse'", False),
        ("payee.relation != 'spouse'", True),
        ("payee.relation in ['spouse']", False),
        ("payee.relation not in ['spouse']", True),
        ("determination.total > 0", False),
        ("determination.total <= 0", False),
        ("has_no_heir", False),
        ("not has_no_heir", True),
    ],
)
def test_a_fact_that_is_not_known_yet_is_nothing(text: str, expected: bool) -> None:
    assert holds(text, payee__relation=None, determination__total=None, has_no_heir=None) is expected


def test_a_condition_asks_only_for_the_facts_it_names() -> None:
    asked = condition("has_no_heir or payee.relation == 'spouse'")
    assert asked.names == {"has_no_heir", "payee.relation"}
    assert asked.holds({"has_no_heir": True, "payee.relation": None})


def test_a_fact_the_office_forgot_is_a_bug_and_not_a_no() -> None:
    with pytest.raises(KeyError):
        condition("has_no_heir").holds({})


@pytest.mark.parametrize(
    ("text", "problem", "remedy"),
    [
        ("payee.relatoin == 'spouse'", "no fact 'payee.relatoin'", "Did you mean 'payee.relation'?"),
        ("payee.relation == spouse", "no fact 'spouse'", "Texts stand in quotes"),
        ("payee.relation == 'spose'", "payee.relation is never 'spose'", "Did you mean 'spouse'?"),
        ("cause in ['illness', 'flood']", "cause is never 'flood'", "It is one of: illness"),
        ("determination.total > '50'", "a whole number with a text", "one kind"),
        ("determination.total > 0.5", "0.5 cannot stand", "whole number"),
        ("payee.relation < 'z'", "orders a text", "Only numbers and dates"),
        ("payee.relation", "is a text, not a yes or no", "Compare it"),
        ("determination.total", "is a whole number", "Compare it"),
        ("determination.total in [1, 2]", "The list holds 1", "texts in quotes"),
        ("'A' in payee.relation", "a text in a text", "list of texts"),
        ("event_on > '10 May 2024'", "a date with a text", "2024-05-20"),
        ("has_no_heir is True", "uses `is`", "=="),
        ("len(flags) > 0", "'len(flags)' is beyond", "made of facts"),
        ("determination.total + 1 > 2", "is beyond", "made of facts"),
        ("__import__('os').name == 'x'", "no fact \"__import__('os').name\"", "facts are"),
        ("flags[0] == 'X'", "is beyond", "made of facts"),
        ("(lambda: True)()", "is beyond", "made of facts"),
        ("has_no_heir if has_no_heir else has_no_heir", "is beyond", "made of facts"),
        ("f'{cause}' == 'illness'", "is beyond", "made of facts"),
        ("cause in [cause]", "'cause' is not a constant", "texts in quotes"),
        ("has_no_heir and", "is not a condition", "made of facts"),
        ("", "is not a condition", "made of facts"),
        ("has_no_heir; has_no_heir", "is not a condition", "made of facts"),
        ("\0", "is not a condition", "made of facts"),
        ("(" * 250 + "has_no_heir" + ")" * 230, "is not a condition", "made of facts"),
        ("has_no_heir or " * 40 + "has_no_heir", f"longer than {LONGEST}", "Split it"),
    ],
)
def test_what_is_no_condition_is_refused_with_a_remedy(text: str, problem: str, remedy: str) -> None:
    with pytest.raises(ConditionRefused) as refused:
        condition(text)
    assert problem in refused.value.problem
    assert remedy in refused.value.remedy


def test_every_fact_says_what_it_means() -> None:
    for name, rule in VOCABULARY.items():
        assert rule.means.endswith("."), name
        assert name == name.lower()


TOTALS = st.integers(-5, 5)
CODES = st.sampled_from(["WORK_REF", "COURT_HEIR", "WILL"])
RELATION = st.sampled_from(RELATIONS)
LEAVES = st.one_of(
    st.sampled_from(["has_no_heir", "payee.is_guardian", "True", "False"]),
    st.builds(
        "determination.total {} {}".format, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), TOTALS
    ),
    st.builds("{} < determination.total <= {}".format, TOTALS, TOTALS),
    st.builds("payee.relation {} {!r}".format, st.sampled_from(["==", "!="]), RELATION),
    st.builds(
        "payee.relation {} {!r}".format, st.sampled_from(["in", "not in"]), st.lists(RELATION, max_size=2)
    ),
    st.builds("{!r} {} papers.asked".format, CODES, st.sampled_from(["in", "not in"])),
    st.builds("event_on {} {!r}".format, st.sampled_from(["<", ">=", "=="]), st.dates().map(str)),
)
TEXTS = st.recursive(
    LEAVES,
    lambda parts: st.one_of(
        st.builds("({} {} {})".format, parts, st.sampled_from(["and", "or"]), parts),
        st.builds("not ({})".format, parts),
    ),
    max_leaves=5,
)


CASES = st.fixed_dictionaries(
    {
        "has_no_heir": st.booleans(),
        "payee.is_guardian": st.booleans(),
        "payee.relation": RELATION,
        "determination.total": TOTALS,
        "papers.asked": st.lists(CODES, max_size=2),
        "event_on": st.dates().map(str),
    }
)


@hypothesis.given(text=TEXTS, facts=CASES)
def test_a_condition_means_what_python_means(text: str, facts: dict[str, object]) -> None:
    hypothesis.assume(len(text) <= LONGEST)
    names: dict[str, object] = {}
    for name, fact in facts.items():
        owner, _, attribute = name.partition(".")
        if attribute:
            setattr(names.setdefault(owner, SimpleNamespace()), attribute, fact)
        else:
            names[owner] = fact
    expected = eval(compile(ast.parse(text, mode="eval"), "condition", "eval"), names)
    assert condition(text).holds(facts) is expected


@hypothesis.given(st.text(max_size=60))
def test_any_text_is_a_condition_or_is_refused_in_words(text: str) -> None:
    with contextlib.suppress(ConditionRefused):
        assert condition(text).names <= VOCABULARY.keys()
