"""People found by the sound of a name, within a mandate; who was erased is found no more."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import uuid5

import asyncpg
import pytest

from domain.mandate import Mandate
from domain.person.events import CorrectionProposed, CorrectionRejected, PersonCorrected
from domain.person.spelling import name_key
from domain.sealed import Sealed
from projections.enrollment_register.projection import EnrollmentRegister
from projections.person_search.projection import PersonSearch
from projections.person_search.view import CANDIDATES_MAX, PersonSearchView, _by_name, _condition
from projections.positions import Positions
from projections.rebuild import Workshop
from projections.runner import Runner
from store.mapper import SealingMapper
from store.sealing import Keyring
from store.store import Store
from tests.conftest import Database
from tests.projections.facts import CLAIM, Story, feed, person
from tests.projections.test_runner import reach

TABLES = (
    "read.correction_waiting",
    "read.enrollment_register",
    "personal.enrollment_person",
    "personal.person_search",
)
PEOPLE = (
    "Mochamad Soeparman",
    "H. Muhammad Suparman",
    "Siti Aminah",
    "Hj. St. Aminah",
    "Siti Fatimah",
    "Abdurrahman Wachid",
    "Zaenal Abidin Syah Putra Kusumawardana",
    "Sri",
)


def told() -> Story:
    story = Story()
    story.publish()
    story.open_programme()
    for row, name in enumerate(PEOPLE, start=1):
        elsewhere: dict[str, Any] = {"area_code": "9171", "district": "Muara Tami", "ward": "Skouw"}
        story.begin(row, **(elsewhere if row == 4 else {}))
        story.know(row, name=name)
        story.register(row)
    story.report_death(3, number="JKM-3375-2024-000001")
    return story


@pytest.fixture
def view(store: Store) -> PersonSearchView:
    return PersonSearchView(store.pool)


@pytest.fixture
async def served(
    database: Database, store: Store, mapper: SealingMapper, keyring: Keyring
) -> AsyncIterator[Runner]:
    async with Runner(database.app_url, store, mapper, keyring) as runner:
        await reach(Positions(store), await told().record(store, mapper))
        yield runner


async def names(view: PersonSearchView, name: str, **more: Any) -> list[str | None]:
    return [one.name for one in (await view.by_name(name, **more)).candidates]


@pytest.mark.parametrize(
    ("asked", "best"),
    [
        ("MOH. SOEPARMAN", PEOPLE[0]),
        ("Suparman, Mohammad", PEOPLE[1]),
        ("sity amina", PEOPLE[2]),
        ("Abd. Rachman Wahid", PEOPLE[5]),
        ("Jainal Abidin", PEOPLE[6]),  # two words of a long name
        ("Kusumawardhana", PEOPLE[6]),  # one word of it
        ("Zaenal Abidn", PEOPLE[6]),  # a letter left out
        ("sri", PEOPLE[7]),
    ],
)
async def test_a_name_is_found_however_it_is_spelled(
    served: Runner, view: PersonSearchView, asked: str, best: str
) -> None:
    found = await view.by_name(asked)
    assert found.candidates[0].name == best
    assert [one.score for one in found.candidates] == sorted(
        (one.score for one in found.candidates), reverse=True
    )
    assert not found.more


async def test_spellings_rank_by_how_they_are_written(served: Runner, view: PersonSearchView) -> None:
    found = (await view.by_name("Mochamad Soeparman")).candidates
    assert [one.name for one in found] == [PEOPLE[0], PEOPLE[1]]
    assert found[0].score == 1.0 > found[1].score > 0.8


async def test_who_has_nothing_in_common_is_not_found(served: Runner, view: PersonSearchView) -> None:
    assert await names(view, "Gunawan Wibisono") == []


async def test_ward_and_birth_date_leave_others_out(served: Runner, view: PersonSearchView) -> None:
    assert set(await names(view, "Siti Aminah")) == {PEOPLE[2], PEOPLE[3]}
    assert await names(view, "Siti Aminah", ward=" SKOUW ") == [PEOPLE[3]]
    assert len(await names(view, "Siti Aminah", birth_date=date(1985, 7, 1))) == 2
    assert await names(view, "Siti Aminah", birth_date=date(1985, 7, 2)) == []
    assert len(await names(view, "Siti Aminah", birth_year=1985)) == 2
    assert await names(view, "Siti Aminah", birth_year=1986) == []


@pytest.mark.parametrize(
    ("area", "seen"),
    [
        ("3375", {PEOPLE[2]}),
        ("33", {PEOPLE[2]}),
        ("337501", {PEOPLE[2]}),  # Pekalongan Barat
        ("337501/Podosugih", {PEOPLE[2]}),
        ("337501/Medono", set()),
        ("337502", set()),
        ("9171", {PEOPLE[3]}),
        ("9", {PEOPLE[3]}),
    ],
)
async def test_a_mandate_bounds_who_is_found(
    served: Runner, view: PersonSearchView, area: str, seen: set[str]
) -> None:
    assert set(await names(view, "Siti Aminah", mandate=Mandate.read(area))) == seen
    own = await view.by_id(person(3), mandate=Mandate.read(area))
    assert bool(own.candidates) == (PEOPLE[2] in seen)
    numbered = await view.by_number("00000000003", mandate=Mandate.read(area))
    assert bool(numbered.candidates) == (PEOPLE[2] in seen)


async def test_numbers_of_memberships_and_claims_lead_to_the_person(
    served: Runner, view: PersonSearchView
) -> None:
    for number in ("00000000003", " jkm-3375-2024-000001 "):
        [found] = (await view.by_number(number)).candidates
        assert (found.person_id, found.name, found.score) == (person(3), PEOPLE[2], 1.0)
        assert (found.area_code, found.ward, found.nik) == ("3375", "Podosugih", "3375014107850001")
    assert (await view.by_number("00000000099")).candidates == ()
    [claim] = await view.claims_of([person(3), person(1)])
    assert (claim.claim_id, claim.person_id, claim.status) == (CLAIM, person(3), "REPORTED")


async def test_an_answer_is_bounded_and_says_that_there_is_more(
    database: Database, store: Store, mapper: SealingMapper, keyring: Keyring, view: PersonSearchView
) -> None:
    story = Story()
    for row in range(1, CANDIDATES_MAX + 3):
        story.begin(row)
        story.know(row, name=f"Siti Aminah {'abcdefghijklmnopqrstuvwxyz'[row]}")
    async with Runner(database.app_url, store, mapper, keyring):
        await reach(Positions(store), await story.record(store, mapper))
        found = await view.by_name("Siti Aminah")
        assert (len(found.candidates), found.more) == (CANDIDATES_MAX, True)


async def test_who_was_erased_is_found_no_more_and_a_rebuild_writes_no_row(
    store: Store,
    database: Database,
    mapper: SealingMapper,
    keyring: Keyring,
    served: Runner,
    view: PersonSearchView,
    admin: "asyncpg.Connection[Any]",
) -> None:
    workshop = Workshop(database.app_url, store, mapper, keyring)
    assert (await workshop.verify("person_search")).is_clean
    await admin.execute(
        "update log.data_key set wrapped = null, erased_at = now() where subject_id = $1", person(3)
    )
    keyring.distrust(person(3))
    assert PEOPLE[2] not in await names(view, "Siti Aminah")  # at once, though the row is still there
    assert (await view.by_id(person(3))).candidates == ()
    assert (await view.by_number("00000000003")).candidates == ()
    await workshop.rebuild("person_search")
    assert (await workshop.verify("person_search")).is_clean
    left = await admin.fetch("select person_id from personal.person_search")
    assert {row["person_id"] for row in left} == {person(n) for n in range(1, 9)} - {person(3)}


async def test_both_read_models_follow_a_correction(
    store: Store,
    database: Database,
    mapper: SealingMapper,
    keyring: Keyring,
    view: PersonSearchView,
    admin: "asyncpg.Connection[Any]",
) -> None:
    story = told()
    for field, new in (
        ("name", "Soerjaningsih"),
        ("nik", "3375014107850009"),
        ("birth_date", "1979-12-31"),
        ("ward", "Kali Baros, Pekalongan Timur"),
        ("phone", "+6281234567890"),
    ):
        story.tell(
            PersonCorrected,
            person(1),
            correction_id=uuid5(person(1), field),
            field=field,
            old=None,
            new=Sealed.of(person(1), new),
            reason=Sealed.of(person(1), "salah ketik"),
            evidence="KTP",
        )
    for row, decided in ((2, None), (3, PersonCorrected), (5, CorrectionRejected)):
        reason = Sealed.of(person(row), "salah ketik")
        what = {"correction_id": uuid5(person(row), "nik"), "field": "nik"}
        both = {"old": None, "new": Sealed.of(person(row), f"337501410785001{row}"), "evidence": "KTP"}
        story.tell(CorrectionProposed, person(row), reason=reason, **what, **both)
        if decided is not None:
            more = both if decided is PersonCorrected else {}
            story.tell(decided, person(row), reason=reason, **what, **more)
    story.begin(20, person_id=person(1))  # a later membership stands where its own list says
    async with Runner(database.app_url, store, mapper, keyring):
        await reach(Positions(store), await story.record(store, mapper))
        [found] = (await view.by_name("Suryaningsih")).candidates
        assert (found.person_id, found.birth_date, found.nik) == (
            person(1),
            date(1979, 12, 31),
            "3375014107850009",
        )
        assert (await view.by_name("Suryaningsih", mandate=Mandate.read("337502"))).candidates == (found,)
        assert (await view.by_name("Suryaningsih", mandate=Mandate.read("337503"))).candidates == ()
        wards = (
            "select spell, ward from read.enrollment_register where person_id = $1 order by begun_position"
        )
        assert [row["ward"] for row in await admin.fetch(wards, person(1))] == ["Kali Baros", "Podosugih"]
        [waiting] = (await view.corrections_waiting()).items
        assert (waiting.correction_id, waiting.person_id, waiting.field) == (
            uuid5(person(2), "nik"),
            person(2),
            "nik",
        )
        assert (await view.corrections_waiting(mandate=Mandate.read("3375"))).items == (waiting,)
        assert (await view.corrections_waiting(mandate=Mandate.read("9171"))).items == ()
        workshop = Workshop(database.app_url, store, mapper, keyring)
        for model in ("person_search", "enrollment_register"):
            assert (await workshop.verify(model)).is_clean
    folded = []
    for page in (1, 7, 1_000):
        for name in TABLES:
            await admin.execute(f"truncate {name}")
        for kind in (PersonSearch, EnrollmentRegister):
            await feed(store, kind(keyring), story, page)
        rows = [await admin.fetch(f"select t::text from {name} t order by 1") for name in TABLES]
        folded.append([[row[0] for row in table] for table in rows])
    assert folded == folded[:1] * 3


@pytest.mark.parametrize("way", ["whole", "words", "either"])
async def test_the_index_of_keys_serves_every_stage(
    store: Store, keyring: Keyring, admin: "asyncpg.Connection[Any]", way: str
) -> None:
    for model in (PersonSearch, EnrollmentRegister):
        await feed(store, model(keyring), Story())
    async with admin.transaction():
        await admin.execute("set local enable_seqscan = off")  # few rows would be read as they lie
        await admin.execute("set local enable_indexscan = off")
        key = name_key("Joko Susilo")
        plan = await admin.fetch(
            f"explain {_by_name(_condition(way, 2))}", key, "joko susilo", key.split(), *(None,) * 5
        )
    lines = "\n".join(row[0] for row in plan)
    assert "Bitmap Index Scan on person_search_name_key_idx" in lines, lines
