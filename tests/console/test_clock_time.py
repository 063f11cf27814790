"""The time a case took: whom it waited on, from one change of status to the next, until now or its end."""

from datetime import UTC, datetime, timedelta

from api.console.clocks import time_so_far
from domain.fact import Fact
from store.records import Recorded
from tests.facts import CLAIM, claim_filed, death_reported
from workflows.library import OWN_FOLDER, Library

DEFINITION = Library.load(OWN_FOLDER).get("jkm-claim@1")
BEGINS = datetime(2026, 11, 10, 2, tzinfo=UTC)


def at(days: float, fact: Fact) -> tuple[Recorded, Fact]:
    record = Recorded(
        position=1, recorded_at=BEGINS + timedelta(days=days), stream=CLAIM, version=1, topic="", state=b""
    )
    return record, fact


REPORTED = at(0, death_reported(to_status="REPORTED"))
FILED = at(5, claim_filed(to_status="FILED"))


def test_the_family_and_the_office_have_each_their_part() -> None:
    whole, shares = time_so_far([REPORTED, FILED], DEFINITION, BEGINS + timedelta(days=7), "id")
    assert whole == "7 hari"
    assert [(one.owner, one.words) for one in shares] == [
        ("us", "kita 2 hari"),
        ("claimant", "keluarga 5 hari"),
    ]
    assert [(one.start, one.width) for one in shares] == [("0.00", "28.57"), ("28.57", "71.43")]


def test_what_ends_a_case_ends_the_count() -> None:
    closed = at(6, claim_filed(to_status="CLOSED"))
    whole, _ = time_so_far([REPORTED, FILED, closed], DEFINITION, BEGINS + timedelta(days=400), "en")
    assert whole == "6 days"


def test_less_than_a_day_is_told_in_hours_and_a_fact_that_moves_nothing_counts_for_nothing() -> None:
    again = at(5.1, claim_filed(to_status="FILED"))
    _, shares = time_so_far([REPORTED, FILED, again], DEFINITION, BEGINS + timedelta(days=5, hours=3), "id")
    assert shares[0].words == "kita 3 jam"
    assert time_so_far([], DEFINITION, BEGINS, "id") == ("kurang dari 1 jam", [])
