"""Members counted together are the members counted one by one, whatever happened to them, however the log is cut."""

from collections import Counter
from datetime import date
from random import Random
from typing import Any
from uuid import uuid5

import pytest

from domain.period import Month
from domain.person.events import PersonCorrected
from domain.sealed import Sealed
from projections.enrollment_register.alike import ALIKE, KEY
from projections.enrollment_register.projection import REGISTER, EnrollmentRegister
from projections.programme_ledger.overpaid import GONE, overpaid_in
from projections.programme_ledger.projection import ProgrammeLedger
from projections.programme_ledger.standings import _MEMBERS, Alike, _renewals, _standing, alike_in
from projections.reader import Db
from store.sealing import Keyring
from store.store import Store
from tests.projections.facts import PROGRAMME, ROSTER, Story, feed, member, person
from tests.projections.test_heads_and_log import some_story

ELSEWHERE = uuid5(PROGRAMME, "of another city")
MONTHS = (None, Month(2023, 9), Month(2023, 11), Month(2024, 2))


def story_of_many_lives(seed: int) -> Story:
    """A random story, with people who moved, came twice, died elsewhere, left, were paid for too long or came late."""
    story = some_story(Random(seed))
    for row in (81, 82, 84):
        story.enroll(row)
    story.enroll(83, programme_id=ELSEWHERE)
    story.pay("2023-09", "2023-10", rows=(81, 82))
    story.tell(
        PersonCorrected,
        person(81),
        correction_id=uuid5(person(81), "ward"),
        field="ward",
        old=None,
        new=Sealed.of(person(81), "Kali Baros, Pekalongan Timur"),
        reason=Sealed.of(person(81), "pindah"),
        evidence="KTP",
    )
    story.terminate(82, ended_on=date(2023, 9, 20))
    story.give_back(82, "2023-10")
    story.terminate(83, ended_on=date(2023, 10, 31), reason="MOVED_OUT")
    story.begin(85, person_id=person(83))  # comes here, and is reported dead on the membership that had ended
    story.register(85)
    story.report_death(
        83, event_on=date(2023, 11, 3), claim=uuid5(person(83), "claim"), programme_id=ELSEWHERE
    )
    counted = story.position
    story.enroll(86)
    story.pay("2024-02", head_position=counted)
    return story


async def one_by_one(
    db: Db, month: Month | None, roster: Any
) -> Counter[Any]:  # Any: what an Alike is made of
    rows = await db.fetch(_MEMBERS, PROGRAMME, roster, str(month) if month else None)
    return Counter(
        (
            row["roster_id"],
            _renewals(row),
            row["wage_base"],
            _standing(row),
            (row["district"], row["ward"]),
            row["occupation"],
        )
        for row in rows
    )


def together(alike: list[Alike]) -> Counter[Any]:  # Any: see above
    counted: Counter[Any] = Counter()
    for one in alike:
        counted[one.roster_id, one.renewals, one.wage_base, one.standing, one.home, one.occupation] += (
            one.members
        )
    return counted


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("page", [1, 9, 1_000])
async def test_the_crowd_is_its_members(store: Store, keyring: Keyring, seed: int, page: int) -> None:
    story = story_of_many_lives(seed)
    for model in (EnrollmentRegister(keyring), ProgrammeLedger(keyring)):
        await feed(store, model, story, page)
    async with store.pool.acquire() as db:
        key = ", ".join(KEY)
        of_members = ", ".join(
            "registered_position is not null" if name == "is_registered" else name for name in KEY
        )
        kept = await db.fetch(f"select {key}, members from {ALIKE.name}")
        counted = await db.fetch(f"select {of_members}, count(*) from {REGISTER.name} group by {of_members}")
        assert kept and sorted(map(tuple_of, kept)) == sorted(map(tuple_of, counted))
        for month in MONTHS:
            for roster in (None, ROSTER):
                alike = await alike_in(db, PROGRAMME, roster_id=roster, month=month, by_home=True)
                assert together(alike) == await one_by_one(db, month, roster)
                assert sum(one.members for one in await alike_in(db, PROGRAMME, roster_id=roster)) == sum(
                    one.members for one in alike
                )
        gone = await db.fetch(
            f"select r.enrollment_id from {REGISTER.name} r {GONE} where"
            " r.paid_months[array_upper(r.paid_months, 1)] > to_char(least(e.ended_on, d.died_on), 'YYYY-MM')"
        )
        overpaid = await overpaid_in(db, PROGRAMME, "BPU_APBD")
        assert {row["enrollment_id"] for row in gone} == {one.enrollment_id for one in overpaid}
        assert member(84) not in {one.enrollment_id for one in overpaid}


def tuple_of(row: Any) -> str:  # Any: a row of the database
    return repr(tuple(row.values()))
