"""Delegations: nobody gives himself a role, and a chair is filled on the days that were granted, no longer."""

from datetime import date
from typing import Any

import pytest

from domain.delegation.aggregate import Delegation
from domain.delegation.events import DelegationGranted, DelegationRevoked
from domain.mandate import Mandate
from domain.refusal import GuardFailed, Invalid
from tests.facts import (
    DELEGATION,
    delegation_granted,
    delegation_revoked,
    grant_delegation,
    revoke_delegation,
)
from tests.given_when_then import fold, given


def test_a_delegation_is_granted() -> None:
    given().when(grant_delegation(decree=" SPT-800/117/2024 ")).then(
        DelegationGranted,
        absent="kepala",
        delegate="dian",
        role="approver_2",
        area="3375",
        starts_on=date(2024, 5, 20),
        ends_on=date(2024, 5, 24),
        decree="SPT-800/117/2024",
    )


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"delegate": "kepala"}, "to"),
        ({"delegate": " kepala "}, "to"),
        ({"delegate": "admin"}, "to"),
        ({"delegate": "admin", "issued_by": "admin"}, "to"),
        ({"delegate": "SYSTEM"}, "to"),
        ({"delegate": " "}, "to"),
        ({"absent": ""}, "from"),
        ({"decree": "  "}, "decree"),
        ({"ends_on": date(2024, 5, 19)}, "period.to"),
        ({"within": "Pekalongan"}, "area"),
        ({"within": "3375/"}, "area"),
    ],
)
def test_what_is_not_granted(fields: dict[str, Any], field: str) -> None:
    given().when(grant_delegation(**fields)).then_refused(Invalid, field=field)


@pytest.mark.parametrize("within", [None, "33", "3375", "337501", "337501/Medono"])
def test_where_a_chair_may_reach(within: str | None) -> None:
    given().when(grant_delegation(within=within)).then(DelegationGranted, area=within)


def test_one_day_is_a_period() -> None:
    given().when(grant_delegation(ends_on=date(2024, 5, 20))).then(DelegationGranted)


def test_a_delegation_is_revoked_once() -> None:
    given(delegation_granted()).when(revoke_delegation()).then(DelegationRevoked, reason="kembali lebih awal")
    given(delegation_granted(), delegation_revoked()).when(revoke_delegation()).then_refused(GuardFailed)
    given(delegation_granted()).when(revoke_delegation(reason=" ")).then_refused(Invalid, field="reason")


def test_it_is_in_force_from_its_first_day_to_its_last() -> None:
    days = [date(2024, 5, day) for day in (19, 20, 24, 25)]
    granted, revoked = (
        fold(*story)[DELEGATION]
        for story in ((delegation_granted(),), (delegation_granted(), delegation_revoked()))
    )
    assert isinstance(granted, Delegation) and isinstance(revoked, Delegation)
    assert [granted.is_in_force(day) for day in days] == [False, True, True, False]
    assert not any(revoked.is_in_force(day) for day in days)


def test_an_admin_of_an_area_delegates_what_lies_in_it() -> None:
    within = {
        area: fold(delegation_granted(area=area))[DELEGATION].is_within(Mandate.read("3375"))
        for area in (None, "33", "3375", "337501/Medono", "3374")
    }
    assert [area for area, reached in within.items() if reached] == ["3375", "337501/Medono"]
