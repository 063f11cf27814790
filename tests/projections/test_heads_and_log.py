"""Whom a list payment means, told in SQL for the invoice and in Python for cover: the two agree on any story."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid5

import pytest

from domain.case import Case
from domain.claim.events import ClaimWithdrawn, DeathReported
from domain.enrollment.aggregate import Enrollment
from domain.enrollment.events import (
    ArrearsPaid,
    MembershipLapsed,
    Reenrolled,
    SponsorArrearsSettled,
    SponsorshipRenewed,
)
from domain.period import Month
from domain.programme.aggregate import Programme
from domain.programme.events import KnownDeath
from projections.enrollment_register.projection import EnrollmentRegister
from projections.enrollment_register.view import EnrollmentRegisterView
from projections.positions import Positions
from store.sealing import Keyring
from store.store import Store
from tests.facts import NOW
from tests.projections.facts import PROGRAMME, ROSTER, Story, feed, member

ROWS = range(1, 6)
RENEWED = (uuid5(ROSTER, "second"), uuid5(ROSTER, "third"))
MONTHS = Month(2023, 7).through(Month(2025, 6))


def some_story(chance: Random) -> Story:
    """Members of one list who lapse, settle, enroll again, end and are paid for in any order."""
    story = Story()
    story.open_programme()
    at = {row: date(2023, 9, 1) for row in ROWS}
    for row in ROWS:
        story.enroll(row, effective_on=date(2023, chance.randint(8, 10), chance.randint(1, 28)))
    status = dict.fromkeys(ROWS, "ACTIVE")
    paid: set[Month] = set()
    late: list[str] = []
    late_for: list[int] = []
    dead: dict[int, tuple[UUID, date]] = {}  # claim and day
    for _ in range(40):
        row = chance.choice(ROWS)
        at[row] += timedelta(days=chance.randint(0, 90))
        match chance.choice(
            (
                "die",
                "alive after all",
                "lapse",
                "renew",
                "settle",
                "authorised",
                "pay late",
                "again",
                "pay",
                "pay",
                "end",
            )
        ):
            case "die" if row not in dead and chance.random() < 0.3:
                dead[row] = (uuid4_of(chance), at[row])
                story.report_death(row, event_on=at[row], claim=dead[row][0])
            case "alive after all" if row in dead:
                claim, _ = dead.pop(row)
                story.tell(ClaimWithdrawn, claim, to_status="WITHDRAWN")
            case "lapse" if status[row] == "ACTIVE":
                on, status[row] = Month.of(at[row]).plus(1).first_day, "LAPSED"
                at[row] = on
                story.tell(
                    MembershipLapsed,
                    member(row),
                    month=str(Month.of(on)),
                    effective_on=on,
                    to_status="LAPSED",
                )
            case "settle" if status[row] in ("LAPSED", "ACTIVE"):
                was, status[row] = status[row], "ACTIVE"
                story.tell(
                    ArrearsPaid, member(row), paid_through="2023-12", from_status=was, to_status="ACTIVE"
                )
            case "authorised" if status[row] == "LAPSED" and row in late_for:
                status[row] = "ACTIVE"
                moved = {"from_status": "LAPSED", "to_status": "ACTIVE"}
                story.tell(
                    SponsorArrearsSettled, member(row), authorisation="KANWIL-7", months=tuple(late), **moved
                )
            case "pay late" if not late and "LAPSED" in status.values():
                late = [str(month) for month in chance.sample(MONTHS, 3) if month not in paid]
                paid |= {Month.parse(month) for month in late}
                if late:
                    late_for = [one for one in ROWS if status[one] == "LAPSED"]
                    story.pay(*late, paid_on=at[row], authorisation="KANWIL-7", rows=late_for)
            case "renew" if status[row] == "ACTIVE":
                first = date(2023, chance.randint(9, 12), chance.randint(1, 28)) + timedelta(
                    days=chance.choice((0, 300))
                )
                story.tell(
                    SponsorshipRenewed, member(row), roster_id=chance.choice(RENEWED), row=row, from_on=first
                )
            case "again" if status[row] == "LAPSED":
                status[row] = "ACTIVE"
                story.tell(
                    Reenrolled,
                    member(row),
                    spell=2,
                    lapsed_on=at[row],
                    occupation="BECAK",
                    effective_on=at[row],
                    to_status="REGISTERED",
                )
            case "end" if chance.random() < 0.2 and status[row] != "TERMINATED":
                status[row] = "TERMINATED"
                story.terminate(row, ended_on=at[row])
            case "pay":
                months = set(chance.sample(MONTHS, 3)) - paid
                paid |= months
                named: dict[str, Any] = {"rows": [row]} if chance.random() < 0.3 else {}
                whom: dict[str, Any] = {} if named else {"roster_id": chance.choice((ROSTER, *RENEWED))}
                if months:
                    known = tuple(
                        KnownDeath(enrollment_id=member(one), died_on=day) for one, (_, day) in dead.items()
                    )
                    left_out: dict[str, Any] = {} if named else {"known_deaths": known}
                    story.pay(*map(str, sorted(months)), paid_on=at[row], **named, **whom, **left_out)
    return story


def uuid4_of(chance: Random) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)


def folded(story: Story) -> dict[UUID, Case]:
    cases: dict[UUID, Case] = {}
    for entry in story.entries:
        if isinstance(entry.fact, DeathReported | ClaimWithdrawn):  # cover does not look at claims
            continue
        case: Any = entry.fact.mutate(cases.get(entry.stream))
        case.recorded(entry.fact, entry.position, NOW)
        cases[entry.stream] = case
    return cases


def members_in(cases: dict[UUID, Case]) -> Sequence[Enrollment]:
    return [case for case in cases.values() if isinstance(case, Enrollment)]


@pytest.mark.parametrize("seed", range(20))
async def test_invoice_and_cover_mean_the_same_people(store: Store, keyring: Keyring, seed: int) -> None:
    chance = Random(seed)
    story = some_story(chance)
    await feed(store, EnrollmentRegister(keyring), story, page=chance.choice((1, 4, 1_000)))
    view = EnrollmentRegisterView(store.pool, Positions(store))
    cases = folded(story)
    programme = cases[PROGRAMME]
    assert isinstance(programme, Programme)

    for authorised in (False, True) * 4:
        position = chance.randint(10, story.position)
        paid_on = date(2023, 9, 1) + timedelta(days=chance.randint(0, 700))
        roster = chance.choice((ROSTER, *RENEWED))
        heads, died_on = await view.heads(
            roster_id=roster,
            enrollment_ids=(),
            months=MONTHS,
            position=position,
            paid_on=paid_on,
            authorised=authorised,
        )
        known = tuple(KnownDeath(enrollment_id=one, died_on=day) for one, day in died_on.items())
        asked = _Payment(position, paid_on, "KANWIL-7" if authorised else None, roster, known)
        for month in MONTHS:
            meant = [
                one
                for one in members_in(cases)
                if one.is_meant_in(month, asked)
                and not _paid_by_name(one, programme, month)
                and not (one.renewals and month in one.membership(programme.contributions).months_over_life)
            ]
            assert sum(heads[month].values()) == len(meant), (seed, month, position, paid_on)

    day = date(2023, 7, 1) + timedelta(days=chance.randint(0, 700))
    for row in ROWS:
        found = await view.get(member(row), on=day)
        one = cases[member(row)]
        assert found is not None and isinstance(one, Enrollment)
        membership = one.membership(programme.contributions)
        assert set(found.paid_months) == membership.months_over_life
        assert found.coverage == membership.coverage(day)


def _paid_by_name(one: Enrollment, programme: Programme, month: Month) -> bool:
    return any(
        (paid.authorisation, str(month)) in one.restored
        or (paid.authorisation is None and one.id in paid.enrollment_ids and month in paid.months)
        for paid in programme.contributions
    )


class _Payment:
    def __init__(
        self,
        head_position: int,
        paid_on: date,
        authorisation: str | None,
        roster_id: UUID,
        known_deaths: tuple[KnownDeath, ...],
    ) -> None:
        self.known_deaths = known_deaths
        self.head_position, self.paid_on = head_position, paid_on
        self.authorisation, self.roster_id = authorisation, roster_id
