"""Whose desk a case lies on: one person has it or nobody, whatever happens first begins the stream."""

from uuid import UUID

import pytest

from domain.command import SYSTEM
from domain.fact import Fact
from domain.handling.aggregate import Handling
from domain.handling.commands import HandlingCommand
from domain.handling.events import CaseAssigned, CaseReleased, CaseTaken, NoteWritten, handling_of
from domain.handling.refusals import TakenByAnother
from domain.refusal import Invalid
from domain.step import Step
from domain.world import World
from tests.facts import (
    CLAIM,
    HANDLING,
    NOW,
    PERSON,
    assign_case,
    case_assigned,
    case_released,
    case_taken,
    death_reported,
    note_written,
    release_case,
    take_case,
    write_note,
)
from tests.given_when_then import fold, laid_open


def decided(command: HandlingCommand, *facts: Fact) -> list[Fact]:
    """Return what happens when this is asked after these facts, of a claim that was reported."""
    cases = fold(death_reported(), *facts)
    handling = cases.get(HANDLING) or Handling.unbegun(HANDLING, NOW)
    assert isinstance(handling, Handling)
    getattr(handling, command.step)(command, Step(name=command.step), World(cases={"claim": cases[CLAIM]}))
    events = [event for event in handling.pending_events if isinstance(event, Fact)]
    again = fold(*facts, *events).get(HANDLING)
    if again is not None:
        assert vars(again)["held_by"] == handling.held_by and vars(again)["notes"] == handling.notes
    return events


def test_whoever_takes_a_case_has_it() -> None:
    [taken] = decided(take_case())
    assert isinstance(taken, CaseTaken)
    assert (taken.case_id, taken.kind, taken.originator_id, taken.originator_version) == (
        CLAIM,
        "claim",
        handling_of(CLAIM),
        1,
    )
    handling = fold(taken)[HANDLING]
    assert isinstance(handling, Handling)
    assert (handling.held_by, handling.since, handling.version) == ("vera", NOW, 1)


def test_who_has_it_takes_it_again_in_vain() -> None:
    assert decided(take_case(), case_taken()) == []
    assert decided(take_case("rina"), case_assigned("rina")) == []


@pytest.mark.parametrize("story", [[case_taken("ani")], [case_taken("vera"), case_assigned("ani")]])
def test_what_another_has_is_refused_with_the_name_and_the_way(story: list[Fact]) -> None:
    with pytest.raises(TakenByAnother, match=r"ani.*hand it on.*assign") as caught:
        decided(take_case(), *story)
    assert caught.value.detail == {"key": "handling", "assigned_to": "ani"}


def test_what_was_laid_down_is_there_for_the_next() -> None:
    [taken] = decided(take_case("ani"), case_taken("vera"), case_released("vera"))
    assert (taken.actor, taken.originator_version) == ("ani", 3)


def test_a_case_is_given_to_somebody_whoever_has_it() -> None:
    [first] = decided(assign_case(" rina "))
    assert isinstance(first, CaseAssigned)
    assert (first.to, first.before, first.reason) == ("rina", None, None)
    [second] = decided(assign_case("rina", reason="vera cuti"), case_taken("vera"))
    assert isinstance(second, CaseAssigned)
    assert (second.to, second.before, laid_open(second.reason)) == ("rina", "vera", "vera cuti")
    assert second.reason is not None and second.reason.subject_id == PERSON
    assert decided(assign_case("vera"), case_taken("vera")) == []


@pytest.mark.parametrize("to", ["", "  ", SYSTEM])
def test_a_case_is_given_to_a_person(to: str) -> None:
    with pytest.raises(Invalid) as caught:
        decided(assign_case(to))
    assert caught.value.detail["field"] == "to"


def test_a_case_is_laid_down_once() -> None:
    [released] = decided(release_case(reason=" "), case_taken())
    assert isinstance(released, CaseReleased)
    assert (released.before, released.reason) == ("vera", None)
    assert decided(release_case(), case_taken(), case_released()) == []
    assert decided(release_case()) == []


def test_a_note_is_sealed_under_the_key_of_the_insured_person() -> None:
    [note] = decided(write_note(" keluarga menelepon "))
    assert isinstance(note, NoteWritten)
    assert (laid_open(note.text), note.text.subject_id) == ("keluarga menelepon", PERSON)
    handling = fold(note_written(), note_written())[HANDLING]
    assert isinstance(handling, Handling)
    assert (handling.notes, handling.held_by, handling.of) == (2, None, CLAIM)
    with pytest.raises(Invalid):
        decided(write_note("  "))


def test_each_case_has_a_handling_of_its_own() -> None:
    assert handling_of(CLAIM) != handling_of(UUID(int=1)) != UUID(int=1)
