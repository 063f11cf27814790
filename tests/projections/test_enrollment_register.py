"""The register of enrollments: who is on it, what is paid, and who counts as a head."""

from datetime import date
from uuid import UUID

import pytest

from domain.claim.events import ClaimWithdrawn
from domain.period import Month
from domain.programme.events import KnownDeath
from domain.refusal import Busy, Invalid
from projections.enrollment_register.projection import EnrollmentRegister
from projections.enrollment_register.view import EnrollmentRegisterView
from projections.positions import Positions
from store.sealing import Keyring
from store.store import Store
from tests.projections.facts import CLAIM, PROGRAMME, ROSTER, Story, feed, member, person

ON = date(2023, 10, 20)


@pytest.fixture
async def view(store: Store) -> EnrollmentRegisterView:
    return EnrollmentRegisterView(store.pool, Positions(store))


async def told(store: Store, keyring: Keyring, story: Story, page: int = 1_000) -> None:
    await feed(store, EnrollmentRegister(keyring), story, page)


async def test_a_member_is_shown_with_the_person_and_the_cover_of_the_day(
    store: Store, keyring: Keyring, view: EnrollmentRegisterView
) -> None:
    story = Story()
    story.open_programme()
    story.enroll(1)
    story.pay("2023-09", "2023-10")
    story.activate(1)
    await told(store, keyring, story)
    found = await view.get(member(1), on=ON)
    assert found is not None
    assert (found.name, found.nik) == ("PEKERJA 1", "3375014107850001")
    assert (found.status, found.number, found.row, found.version) == ("ACTIVE", "00000000001", 1, 3)
    assert found.paid_months == (Month(2023, 9), Month(2023, 10))
    assert (found.coverage.status, found.coverage.starts_on) == ("ACTIVE", date(2023, 9, 1))
    later = await view.get(member(1), on=date(2024, 6, 1))
    assert later is not None
    assert later.coverage.status == "LAPSED"


@pytest.mark.parametrize("page", [1, 3, 1_000])
async def test_a_payment_means_those_registered_when_heads_were_counted(
    store: Store, keyring: Keyring, view: EnrollmentRegisterView, page: int
) -> None:
    """However the log is cut into pages."""
    story = Story()
    story.open_programme()
    story.enroll(1)
    story.enroll(2, effective_on=date(2023, 10, 15))
    counted = story.position
    story.enroll(3)
    story.pay("2023-09", "2023-10", head_position=counted)
    story.pay("2023-12", rows=[3])
    story.report_death(1, event_on=date(2023, 10, 5))
    story.pay("2023-11", head_position=counted)
    dead = KnownDeath(enrollment_id=member(1), died_on=date(2023, 10, 5))
    story.pay("2023-12", known_deaths=(dead,))
    story.tell(ClaimWithdrawn, CLAIM, to_status="WITHDRAWN")  # what was left out stays left out
    await told(store, keyring, story, page)
    months = {}
    for row in (1, 2, 3):
        found = await view.get(member(row), on=ON)
        assert found is not None
        months[row] = [str(month) for month in found.paid_months]
    assert months == {
        1: ["2023-09", "2023-10", "2023-11"],
        2: ["2023-10", "2023-11", "2023-12"],
        3: ["2023-12"],
    }


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2023, 10, 31), []),
        (date(2023, 11, 1), [2]),
        (date(2023, 12, 1), [1, 2]),
        (date(2024, 11, 1), [1, 2]),
    ],
)
async def test_a_new_day_may_bring_something_to_those_with_fewer_months_paid_than_ended(
    store: Store, keyring: Keyring, view: EnrollmentRegisterView, day: date, due: list[int]
) -> None:
    """Page by page, and never to the dead, to those who left or to those never paid for."""
    story = Story()
    story.open_programme()
    for row in range(1, 6):
        story.enroll(row)
    story.pay("2023-09")
    story.pay("2023-10", rows=[1])
    for row in range(1, 5):
        story.activate(row)
    story.report_death(3, event_on=date(2023, 10, 5))
    story.terminate(4, ended_on=date(2023, 10, 31))
    await told(store, keyring, story)
    found: list[UUID] = []
    while page := await view.due_on(
        day, position=story.position, after=found[-1] if found else None, limit=1
    ):
        found += page
    assert found == sorted(member(row) for row in due)


async def test_who_left_is_no_head_of_later_months_and_has_no_cover(
    store: Store, keyring: Keyring, view: EnrollmentRegisterView
) -> None:
    story = Story()
    story.open_programme()
    story.enroll(1)
    story.enroll(2)
    story.pay("2023-09", "2023-10", "2023-11")
    before = story.position
    story.terminate(1, ended_on=date(2023, 9, 30))
    await told(store, keyring, story)
    found = await view.get(member(1), on=ON)
    assert found is not None
    assert (found.status, found.ended_on, found.coverage.status) == (
        "TERMINATED",
        date(2023, 9, 30),
        "LAPSED",
    )
    last = await view.get(member(1), on=date(2023, 9, 30))
    assert last is not None and last.coverage.status == "ACTIVE"
    for position, expected in ((before, [2, 2]), (story.position, [2, 1])):
        heads, _ = await view.heads(
            roster_id=ROSTER,
            enrollment_ids=(),
            months=(Month(2023, 9), Month(2023, 10)),
            position=position,
            paid_on=ON,
        )
        assert [sum(counted.values()) for counted in heads.values()] == expected


async def test_heads_are_counted_as_known_at_a_position(
    store: Store, keyring: Keyring, view: EnrollmentRegisterView
) -> None:
    story = Story()
    story.open_programme()
    story.enroll(1)
    story.enroll(2, wage_base=2_000_000)
    story.enroll(3, effective_on=date(2023, 10, 31))
    story.begin(4)
    before = story.position
    story.enroll(5)
    story.pay("2023-11", rows=[2])
    story.report_death(1, event_on=date(2023, 10, 5))
    await told(store, keyring, story)
    september, october, november = (Month(2023, month) for month in (9, 10, 11))

    async def heads(position: int, ids: list[UUID] | None = None) -> dict[Month, dict[int, int]]:
        counted = await view.heads(
            roster_id=None if ids else ROSTER,
            enrollment_ids=ids or [],
            months=[september, october, november],
            position=position,
            paid_on=ON,
        )
        assert counted.died_on == ({} if ids else {member(1): date(2023, 10, 5)})
        return counted.heads

    assert await heads(before) == {
        september: {1_000_000: 1, 2_000_000: 1},
        october: {1_000_000: 2, 2_000_000: 1},
        november: {1_000_000: 1},  # a death counts as soon as it is known
    }
    assert await heads(story.position) == {
        september: {1_000_000: 2, 2_000_000: 1},
        october: {1_000_000: 3, 2_000_000: 1},  # the dead count in the month of death
        november: {1_000_000: 2},
    }
    by_name = await heads(story.position, [member(2)])
    assert by_name == {month: {2_000_000: 1} for month in (september, october, november)}


async def test_heads_wait_for_the_register(
    store: Store, keyring: Keyring, view: EnrollmentRegisterView
) -> None:
    await told(store, keyring, Story())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("projections.enrollment_register.view.HEADS_PATIENCE", 0.05)
        with pytest.raises(Busy):
            await view.heads(
                roster_id=ROSTER, enrollment_ids=[], months=[Month(2023, 9)], position=1, paid_on=ON
            )


async def test_pages_follow_each_other_without_gap_or_repeat(
    store: Store, keyring: Keyring, view: EnrollmentRegisterView
) -> None:
    story = Story()
    for row in range(1, 8):
        story.begin(row)
    story.propose(2)
    await told(store, keyring, story)
    rows, cursor = [], None
    while True:
        page = await view.page(on=ON, roster_id=ROSTER, programme_id=PROGRAMME, limit=3, cursor=cursor)
        rows += [one.row for one in page.items]
        assert page.position == story.position
        if (cursor := page.next) is None:
            break
    assert rows == [1, 2, 3, 4, 5, 6, 7]
    assert [one.row for one in (await view.page(on=ON, status="PROPOSED")).items] == [2]
    assert not (await view.page(on=ON, area="34")).items
    assert not (await view.page(on=ON, ward="Kauman")).items


@pytest.mark.parametrize("cursor", ["", "ä", "nonsense", "WzFd", "MS41"])
async def test_a_broken_cursor_is_refused(
    store: Store, keyring: Keyring, view: EnrollmentRegisterView, cursor: str
) -> None:
    await told(store, keyring, Story())
    with pytest.raises(Invalid) as refused:
        await view.page(on=ON, cursor=cursor)
    assert refused.value.detail == {"field": "cursor"}


async def test_members_are_found_by_part_of_a_name_by_number_and_by_person(
    store: Store, keyring: Keyring, view: EnrollmentRegisterView
) -> None:
    story = Story()
    story.enroll(1)
    story.begin(2)
    story.know(2, name="SITI 100% AMINAH")
    await told(store, keyring, story)
    assert [one.row for one in (await view.search_name("aminah", on=ON)).items] == [2]
    assert [one.row for one in (await view.search_name("100%", on=ON)).items] == [2]
    assert [one.row for one in (await view.search_name("00000000001", on=ON)).items] == [1]
    assert not (await view.search_name("_", on=ON)).items
    assert [one.row for one in (await view.by_persons([person(2)], on=ON)).items] == [2]


async def test_a_view_is_busy_before_its_tables_exist(view: EnrollmentRegisterView) -> None:
    with pytest.raises(Busy):
        await view.page(on=ON)
