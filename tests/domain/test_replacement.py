"""One worker takes the place of another: one membership ends with the month, the next begins on its own."""

import dataclasses
from datetime import date
from typing import Any
from uuid import uuid4

from domain.case import Key
from domain.enrollment.aggregate import Enrollment
from domain.enrollment.commands import Newcomer, ReplaceWorker, WorkerForm
from domain.enrollment.events import EnrollmentBegun, WorkerReplaced
from domain.person.aggregate import Person
from domain.refusal import Invalid
from domain.step import Step
from tests.facts import (
    ENROLLMENT,
    PERSON,
    PROGRAMME,
    ROSTER,
    command,
    contribution_received,
    enrollment_begun,
    member,
    worker,
)
from tests.given_when_then import fold, given

PAID = [*member(), contribution_received("2023-09")]
OTHER = uuid4()
STEP = Step(name="replace", from_status="ACTIVE", to_status="TERMINATED", definition="enrollment@1")


def replace(**fields: Any) -> ReplaceWorker:
    defaults: dict[str, Any] = {
        "person_id": OTHER,
        "worker": worker(name="BUDI"),
        "known": False,
        "nik_digest": b"budi",
    }
    newcomer = Newcomer(**(defaults | fields))
    return command(
        ReplaceWorker, ENROLLMENT, "sari", "sponsor_officer", person=WorkerForm(), newcomer=newcomer,
        effective_on=date(2023, 10, 10),
    )  # fmt: skip


def test_one_membership_ends_with_the_month_and_another_begins_in_draft() -> None:
    told = given(*PAID).when(replace(), STEP).then(WorkerReplaced, ended_on=date(2023, 10, 31))
    assert (told.keys.release, told.keys.take) == ([Key("membership", PERSON.bytes)], [])
    newcomer, person = told.others
    assert isinstance(newcomer, Enrollment) and isinstance(person, Person)
    assert told.event.replaced_by == newcomer.id
    begun = newcomer.begun
    assert isinstance(begun, EnrollmentBegun)
    assert (begun.replaces, begun.effective_on, begun.person_id) == (ENROLLMENT, date(2023, 11, 1), OTHER)
    assert (newcomer.status, begun.definition, begun.step, begun.actor) == (
        "DRAFT",
        "enrollment@1",
        "begin",
        "sari",
    )
    assert (newcomer.keys.take, person.keys.take) == ([], [Key("person", b"budi")])
    assert isinstance(told.case, Enrollment)
    assert (told.case.ended_for, told.case.replaced_by) == ("REPLACED", newcomer.id)
    assert told.case.answer("replace") == {"replaced_by": newcomer.id}


def test_the_newcomer_is_paid_with_the_list_but_brings_own_papers() -> None:
    told = given(*PAID).when(replace(), STEP).then(WorkerReplaced)
    newcomer = told.others[0]
    assert isinstance(newcomer, Enrollment)
    assert newcomer.roster_id == ROSTER
    assert newcomer.companions() == {"programme": PROGRAMME}, (
        "the list's minutes and decree name somebody else"
    )


def test_who_is_known_already_is_not_registered_again() -> None:
    told = given(*PAID).when(replace(known=True), STEP).then(WorkerReplaced)
    [newcomer] = told.others
    assert isinstance(newcomer, Enrollment) and newcomer.begun.declared is not None


def test_nobody_takes_the_own_place() -> None:
    given(*PAID).when(replace(person_id=PERSON, known=True), STEP).then_refused(Invalid, field="person.nik")


def test_the_minimum_period_is_not_inherited() -> None:
    """The newcomer's months begin after the end of the other's, whatever the list paid before."""
    told = given(*PAID).when(replace(), STEP).then(WorkerReplaced)
    begun = told.others[0]
    assert isinstance(begun, Enrollment)
    story = [*PAID, dataclasses.replace(enrollment_begun(begun.id), effective_on=begun.begun.effective_on)]
    newcomer = fold(*story)[begun.id]
    assert isinstance(newcomer, Enrollment)
    newcomer.registered_position = 1
    payment = contribution_received("2023-09", "2023-10")
    programme = fold(*PAID, payment)[PROGRAMME]
    assert newcomer.membership(programme.contributions).paid_months == frozenset()  # type: ignore[attr-defined]
