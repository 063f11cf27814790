"""A renewed list carries members on: from its month its payments mean them, and each month is owed once."""

from datetime import date
from uuid import uuid4

import pytest

from domain.enrollment.aggregate import Enrollment
from domain.enrollment.commands import RenewSponsorship
from domain.enrollment.events import SponsorshipRenewed
from domain.enrollment.refusals import NotLive
from domain.fact import Fact
from domain.period import Month
from domain.programme.aggregate import Programme
from domain.refusal import DocumentsMissing, Invalid
from domain.roster.aggregate import Roster
from domain.roster.events import DocumentAdded, RosterChecked, RosterReceived, RowsChecked, StandingRow
from tests.domain.test_spells import LAPSED
from tests.facts import (
    AREA,
    ENROLLMENT,
    PROGRAMME,
    ROSTER,
    SHA,
    command,
    contribution_received,
    fact,
    first_contribution_paid,
    member,
)
from tests.given_when_then import fold, given, world_of

LIST = uuid4()
FROM = date(2024, 3, 15)
PAID = [*member(), contribution_received("2023-09"), first_contribution_paid("2023-09")]


def renewed_list(reason: str = "renewal", *, decree: bool = True) -> list[Fact]:
    header = {
        "programme_id": PROGRAMME,
        "area_code": AREA,
        "sha256": SHA,
        "size": 9,
        "media_type": "text/csv",
    }
    paper = {"code": "ENR_SK", "sha256": SHA, "media_type": "application/pdf", "size": 9}
    stands = StandingRow(4, ENROLLMENT, reason)
    return [
        fact(RosterReceived, LIST, effective_on=FROM, **header),
        fact(RowsChecked, LIST, from_row=1, to_row=5, issues=(), standing=(stands,)),
        fact(RosterChecked, LIST, rows=5, accepted=5, rejected=0, warnings=1),
        *([fact(DocumentAdded, LIST, **paper)] if decree else []),
    ]


def renew(row: int = 4) -> RenewSponsorship:
    return command(RenewSponsorship, ENROLLMENT, "ida", "intake", roster_id=LIST, row=row)


def asking(story: list[Fact], row: int = 4):  # type: ignore[no-untyped-def]  # what `when` answers
    asked = renew(row)
    world = world_of(fold(*story), {"programme": PROGRAMME}, asked.companions())
    return given(*story).when(asked, world=world)


def renewed(*, from_on: date = FROM, roster: object = LIST) -> Fact:
    return fact(SponsorshipRenewed, ENROLLMENT, roster_id=roster, row=4, from_on=from_on)


def folded(*story: Fact) -> Enrollment:
    found = fold(*story)[ENROLLMENT]
    assert isinstance(found, Enrollment)
    return found


def test_a_live_member_is_carried_on_to_the_end_of_the_agreement() -> None:
    told = asking([*PAID, *renewed_list()]).then(
        SponsorshipRenewed, roster_id=LIST, row=4, from_on=FROM, to_on=date(2024, 8, 31)
    )
    case = told.case
    assert isinstance(case, Enrollment)
    assert (case.status, case.spell, set(case.lists)) == ("ACTIVE", 1, {ROSTER, LIST})


def test_the_same_row_again_changes_nothing() -> None:
    asking([*PAID, *renewed_list(), renewed()]).then_nothing()


def test_who_has_no_decree_or_no_live_membership_is_not_carried_on() -> None:
    asking([*PAID, *renewed_list(decree=False)]).then_refused(DocumentsMissing, missing=["ENR_SK"])
    refusal = asking([*LAPSED, *renewed_list()]).then_refused(NotLive, status="LAPSED")
    assert "reenroll" in refusal.message
    asking([*member()[:2], *renewed_list()]).then_refused(NotLive, status="DRAFT")
    asking([*PAID, *renewed_list("changed")]).then_refused(Invalid, field="row")
    asking([*PAID, *renewed_list()], row=2).then_refused(Invalid, field="row")


@pytest.mark.parametrize(
    ("month", "known", "owner"),
    [("2024-02", True, ROSTER), ("2024-03", True, LIST), ("2024-09", True, LIST), ("2024-03", False, ROSTER)],
)
def test_from_the_month_of_the_renewed_list_its_payments_mean_the_member(
    month: str, known: bool, owner: object
) -> None:
    """Never two lists for one month; and the first one as long as the renewal was not known."""
    case = folded(*PAID, renewed())
    for roster in (ROSTER, LIST):
        payment = contribution_received(month, roster_id=roster, position=len(PAID) + known)
        assert case.is_meant_in(Month.parse(month), payment) is (roster == owner)


def test_the_last_renewal_that_had_begun_decides() -> None:
    third = uuid4()
    case = folded(*PAID, renewed(), renewed(from_on=date(2024, 7, 1), roster=third))
    assert [case.list_in(Month(2024, m), 99) for m in (2, 3, 6, 7, 8)] == [ROSTER, LIST, LIST, third, third]


def test_a_member_carried_on_keeps_the_spell_and_counts_every_month_once() -> None:
    first = contribution_received("2023-10", "2023-11", "2023-12", "2024-01", "2024-02", "2024-03")
    by_new = contribution_received("2024-03", "2024-04", roster_id=LIST, reference="new")
    story = [*PAID, first, renewed(), by_new]
    programme = fold(*story)[PROGRAMME]
    assert isinstance(programme, Programme)
    found = folded(*story).membership(programme.contributions)
    assert found.start == date(2023, 9, 1) and len(found.months_over_life) == 8
    assert found.coverage(date(2024, 4, 30)).status == "ACTIVE"


def test_steps_that_carry_on_take_in_the_rows_of_live_members_and_others_do_not() -> None:
    roster = fold(*renewed_list())[LIST]
    assert isinstance(roster, Roster)
    assert roster.rows_for("register") == roster.rows_for("reenroll") == [1, 2, 3, 4, 5]
    assert roster.rows_for("propose") == roster.rows_for("verify") == [1, 2, 3, 5]
    assert roster.member_ids()[3] == ENROLLMENT
