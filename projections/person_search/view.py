"""Finding people by name as it sounds, by number or by id, with what each has with the Fund."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from domain.mandate import Mandate
from domain.person.spelling import letters_of, name_key
from domain.tables.read import folded
from projections.claim_register.projection import REGISTER as CLAIMS
from projections.claim_register.projection import ClaimRegister
from projections.enrollment_register.projection import PERSON as MEMBERS
from projections.enrollment_register.projection import REGISTER as ENROLLMENTS
from projections.enrollment_register.projection import EnrollmentRegister
from projections.page import Page, read_cursor, within_limit
from projections.person_search.projection import PERSON, WAITING, PersonSearch
from projections.positions import snapshot
from projections.reader import Db

_WAITING_LIST: Final = "corrections"  # in cursors
CANDIDATES_MAX: Final = 20
ENOUGH: Final = 5  # near ones; with these nobody looks for those that are only like the name
OF_ONE_MAX: Final = 50  # claims of one person that are shown; more would be a fault of the data

# From what is nearly the same to what is only like it; the next is looked for only where there is too little,
# and from `_FAR` on only where next to nothing is near: in a million names what is far takes a second to find.
# A whole name is compared by the trigrams in common; of a long name each word that was given is looked for.
_STAGES: Final = (("whole", "0.6"), ("whole", "0.45"), ("words", "0.45"), ("either", "0.3"))
_WORD_LIKENESS: Final = "0.4"
_FAR: Final = 2
_WORDS_MAX: Final = 5
_SCORE: Final = """
    0.8 * greatest(similarity(p.name_key, $1),
        0.9 * (select avg(strict_word_similarity(w, p.name_key)) from unnest($3::text[]) as w))
    + 0.2 * similarity(lower(p.name), $2)"""

# A key that is destroyed takes its person out of every answer at once, before the rows are gone.
_IS_NOT_ERASED: Final = """
    exists (select from log.data_key k where k.subject_id = p.person_id and k.wrapped is not null)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who may be meant. score: from 0 to 1, 1 where the name is the one that was asked for."""

    person_id: UUID
    name: str | None
    birth_date: date | None
    nik: str | None
    area_code: str | None
    district: str | None
    ward: str | None
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimOf:
    """A claim for the death of somebody."""

    claim_id: UUID
    person_id: UUID
    enrollment_id: UUID
    number: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCorrection:
    """A correction that waits for a second person."""

    correction_id: UUID
    person_id: UUID
    name: str | None
    field: str
    asked_by: str
    since: datetime
    position: int


@dataclass(frozen=True, slots=True)
class Found:
    """The likeliest first. more: there are others; a longer name, the ward or the birth year leave them out."""

    candidates: tuple[Candidate, ...]
    more: bool
    position: int


class PersonSearchView:
    """People by name, number or id."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def by_name(
        self,
        name: str,
        *,
        ward: str | None = None,
        birth_date: date | None = None,
        birth_year: int | None = None,
        mandate: Mandate | None = None,
    ) -> Found:
        """Return who has a name that sounds alike. ward, birth_date, birth_year: leave out all others."""
        key = name_key(name)
        assert key, "whoever asks sees to it that there are letters"
        words = sorted(key.split(), key=len, reverse=True)[:_WORDS_MAX]
        filters = None if ward is None else folded(ward), birth_date, birth_year, *_reach(mandate)
        async with snapshot(self._pool, PersonSearch, EnrollmentRegister) as (db, position):
            rows: Sequence[asyncpg.Record] = ()
            for stage, (way, likeness) in enumerate(_STAGES):
                if len(rows) >= (ENOUGH if stage >= _FAR else CANDIDATES_MAX + 1):
                    break
                await _demand(db, likeness)
                rows = await db.fetch(
                    _by_name(_condition(way, len(words))), key, letters_of(name), words, *filters
                )
        found = tuple(Candidate(**row) for row in rows[:CANDIDATES_MAX])
        return Found(found, len(rows) > CANDIDATES_MAX, position)

    async def by_number(self, number: str, *, mandate: Mandate | None = None) -> Found:
        """Return who has a membership or a claim of this number."""
        return await self._exactly(
            f"p.person_id in (select person_id from {ENROLLMENTS.name} where number = $1"
            f" union select person_id from {CLAIMS.name} where number = $1)",
            number.strip().upper(),
            mandate,
        )

    async def by_id(self, person_id: UUID, *, mandate: Mandate | None = None) -> Found:
        """Return a person."""
        return await self._exactly("p.person_id = $1", person_id, mandate)

    async def claims_of(self, people: Collection[UUID]) -> list[ClaimOf]:
        """Return the claims for the death of these people, the latest first."""
        async with snapshot(self._pool, ClaimRegister) as (db, _):
            rows = await db.fetch(
                f"select id as claim_id, person_id, enrollment_id, number, status from {CLAIMS.name}"
                " where person_id = any ($1) order by begun_position desc limit $2",
                list(people),
                OF_ONE_MAX * CANDIDATES_MAX,
            )
        return [ClaimOf(**row) for row in rows]

    async def corrections_waiting(
        self, *, mandate: Mandate | None = None, cursor: str | None = None, limit: int = 50
    ) -> Page[WaitingCorrection]:
        """Return the corrections that wait for a second person, the oldest first."""
        limit, after = within_limit(limit), read_cursor(_WAITING_LIST, cursor, int)
        async with snapshot(self._pool, PersonSearch) as (db, position):
            rows = await db.fetch(
                f"""
                select w.correction_id, w.person_id, p.name, w.field, w.asked_by, w.since, w.position
                from {WAITING.name} w join {PERSON.name} p using (person_id)
                where w.position > $1 and {_IS_NOT_ERASED} and {_within(3)}
                order by w.position limit $2""",
                after or 0,
                limit + 1,
                *_reach(mandate),
            )
        found = [WaitingCorrection(**row) for row in rows]
        return Page.of(_WAITING_LIST, found, limit, position, lambda one: one.position)

    async def _exactly(self, condition: str, value: object, mandate: Mandate | None) -> Found:
        async with snapshot(self._pool, PersonSearch, EnrollmentRegister, ClaimRegister) as (db, position):
            rows = await db.fetch(
                f"""
                select {_COLUMNS}, 1::float8 as score {_FROM}
                where {condition} and p.name is not null and {_IS_NOT_ERASED} and {_within(2)}
                order by p.person_id limit {CANDIDATES_MAX}""",
                value,
                *_reach(mandate),
            )
        return Found(tuple(Candidate(**row) for row in rows), False, position)


_COLUMNS: Final = "p.person_id, p.name, p.birth_date, m.nik, p.area_code, p.district, p.ward"
_FROM: Final = f"from {PERSON.name} p left join {MEMBERS.name} m using (person_id)"


def _by_name(condition: str) -> str:
    """Return the query of one stage. The condition is for the index; only what it leaves is scored."""
    return f"""
        select {_COLUMNS}, round(({_SCORE})::numeric, 3)::float8 as score {_FROM}
        where {condition}
            and ($4::text is null or exists (select from unnest(p.places) as place
                where split_part(place, '/', 2) = $4))
            and ($5::date is null or p.birth_date = $5)
            and ($6::int is null or extract(year from p.birth_date) = $6)
            and {_within(7)} and {_IS_NOT_ERASED}
        order by score desc, p.name, p.person_id limit {CANDIDATES_MAX + 1}"""


def _condition(way: str, words: int) -> str:
    """Return SQL for keys like the whole one, for those in which something like each word stands, or both."""
    whole = "p.name_key % $1"
    each = " and ".join(f"($3::text[])[{n}] <<% p.name_key" for n in range(1, words + 1))
    return {"whole": whole, "words": each, "either": f"({whole} or {each})"}[way]


def _within(number: int) -> str:
    """Return SQL for a mandate whose code and ward are the parameters from `number` on."""
    code, ward = f"${number}::text", f"${number + 1}::text"
    return f"""({code} is null or exists (select from unnest(p.places) as place
                where starts_with(place, {code}) and ({ward} = '' or split_part(place, '/', 2) = {ward})))"""


def _reach(mandate: Mandate | None) -> tuple[str | None, str | None]:
    return (None, None) if mandate is None else (mandate.code, mandate.ward)


async def _demand(db: Db, likeness: str) -> None:
    """Set how alike is alike enough, for this transaction."""
    await db.execute(
        "select set_config('pg_trgm.similarity_threshold', $1, true),"
        " set_config('pg_trgm.strict_word_similarity_threshold', $2, true)",
        likeness,
        _WORD_LIKENESS,
    )
