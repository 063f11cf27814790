"""What was checked at verification, by which body and from which source; what nobody checked is said as well."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.enrollment.aggregate import Enrollment
from domain.enrollment.checks import CHECKS, Check, CheckForm
from domain.enrollment.commands import StartVerification, VerifyWorker
from domain.enrollment.events import VerificationStarted, WorkerVerified
from domain.enrollment.refusals import CheckFailed
from domain.refusal import Invalid
from tests.facts import ENROLLMENT, TODAY, command, enrollment_begun, fact
from tests.given_when_then import given

MADE: dict[str, Any] = {"result": "passed", "by": "Dukcapil", "source": "SIAK", "on": date(2024, 5, 20)}


def verify(*checks: CheckForm) -> VerifyWorker:
    return command(VerifyWorker, ENROLLMENT, "wati", "ward_verifier", checks=checks)


def check(name: Any, **fields: Any) -> CheckForm:
    return CheckForm(name=name, **(MADE | fields))


def test_a_check_keeps_body_source_and_day_and_what_was_not_made_is_named() -> None:
    asked = verify(check("civil_registry"), check("residence", by=" Kelurahan Podosugih "))
    told = (
        given(enrollment_begun())
        .when(asked)
        .then(
            WorkerVerified,
            checks=(
                Check(name="civil_registry", **MADE),
                Check(name="residence", **MADE | {"by": "Kelurahan Podosugih"}),
            ),
            not_made=("occupation", "working", "poverty_register", "formal_worker", "duplicate"),
        )
    )
    assert isinstance(told.case, Enrollment) and told.case.checks["residence"].by == "Kelurahan Podosugih"


def test_checks_are_optional_and_then_none_was_made() -> None:
    given(enrollment_begun()).when(verify()).then(WorkerVerified, checks=(), not_made=CHECKS)
    said = CheckForm(name="poverty_register", result="not_made")
    given(enrollment_begun()).when(verify(said)).then(WorkerVerified, not_made=CHECKS)


def test_checks_of_the_beginning_count_at_the_end() -> None:
    begun = command(StartVerification, ENROLLMENT, "wati", "ward_verifier", checks=(check("duplicate"),))
    made = given(enrollment_begun()).when(begun).then(VerificationStarted).event.checks
    story = [enrollment_begun(), fact(VerificationStarted, ENROLLMENT, checks=made)]
    told = given(*story).when(verify(check("working"))).then(WorkerVerified)
    assert {"duplicate", "working"}.isdisjoint(told.event.not_made) and len(told.event.not_made) == 5


def test_a_failed_check_bars_the_certificate_until_it_passed() -> None:
    failed = Check(name="formal_worker", **MADE | {"result": "failed"})
    story = [enrollment_begun(), fact(VerificationStarted, ENROLLMENT, checks=(failed,))]
    given(*story).when(verify()).then_refused(CheckFailed, failed=["formal_worker"], guard="checks_passed")
    given(enrollment_begun()).when(verify(check("working", result="failed"))).then_refused(CheckFailed)
    given(*story).when(verify(check("formal_worker"))).then(WorkerVerified)


@pytest.mark.parametrize(
    ("checks", "field"),
    [
        ((check("working", by=" "),), "checks[0].by"),
        ((check("working", source=None),), "checks[0].source"),
        ((check("residence"), check("working", on=None)), "checks[1].on"),
        ((check("working", on=TODAY + timedelta(days=1)),), "checks[0].on"),
        ((check("working"), check("working")), "checks[1].name"),
    ],
)
def test_a_check_that_says_too_little_is_refused(checks: tuple[CheckForm, ...], field: str) -> None:
    given(enrollment_begun()).when(verify(*checks)).then_refused(Invalid, field=field)
