"""Who sees which rows of a list: by role and by how far a mandate reaches."""

import pytest

from api.console.rosters_rows import wards_seen
from api.http.rosters import sees_rows
from domain.roster.aggregate import Roster
from tests.facts import ROSTER, roster_received
from tests.given_when_then import fold
from workflows.chairs import Caller


@pytest.fixture
def roster() -> Roster:
    found = fold(roster_received(area_code="3375"))[ROSTER]
    assert isinstance(found, Roster)
    return found


def somebody(role: str, area: str | None) -> Caller:
    return Caller(name="dewi", roles=frozenset({role}), area=area)


@pytest.mark.parametrize(
    ("role", "area", "sees"),
    [
        ("sponsor_officer", None, True),
        ("ward_verifier", "3375", True),
        ("intake", "33", True),
        ("ward_verifier", "337501", False),  # some of the rows alone
        ("ward_verifier", "337501/Medono", False),
        ("sponsor_officer", "3273", False),
        ("auditor", None, False),
        ("finance", None, False),
    ],
)
def test_cells_are_for_desks_that_carry_on_the_whole_list(
    roster: Roster, role: str, area: str | None, sees: bool
) -> None:
    assert sees_rows(roster, somebody(role, area)) is sees


def test_workers_are_seen_as_far_as_the_mandate_reaches(roster: Roster) -> None:
    assert wards_seen(roster, somebody("ward_verifier", None)) is None
    assert wards_seen(roster, somebody("ward_verifier", "3375")) is None
    assert wards_seen(roster, somebody("ward_verifier", "337501/medono")) == ["Pekalongan Barat/Medono"]
    west = wards_seen(roster, somebody("ward_verifier", "337501"))
    assert west is not None and "Pekalongan Barat/Medono" in west
    assert west and all(place.startswith("Pekalongan Barat/") for place in west)
    assert wards_seen(roster, somebody("ward_verifier", "3273")) == []
