"""What a programme asks of every row of its lists, and what the log knows of the people on them."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Final, Literal, TypeAlias
from uuid import UUID

from domain.occupations import codes_listed, find_occupation
from domain.places import find_ward, wards_of
from domain.tables.read import WORDS_MAX, folded

LiveMembership: TypeAlias = Literal["same_programme", "other_programme", "replaced_list"]


@dataclass(frozen=True, kw_only=True)
class ProgrammeRules:
    """What the programme and the day ask of every row.

    effective_on: the day of the list, on which age is counted; not before the first rules of law.
    uploaded_on: the day of upload in Asia/Jakarta. accepted_before: workers the programme had taken up
    when this list arrived, which the quota counts. wards and occupations: names or codes; empty for all
    wards of the area and all occupations of the scheme.
    """

    area_code: str
    effective_on: date
    uploaded_on: date
    wards: tuple[str, ...] = ()
    occupations: tuple[str, ...] = ()
    quota: int | None = None
    accepted_before: int = 0

    def has_room(self, newcomers: int) -> bool:
        """Tell whether the quota leaves room for one more besides these of the list."""
        return self.quota is None or self.accepted_before + newcomers < self.quota

    def occupation_code(self, text: str) -> str | None:
        """Return the code of an occupation the programme lists, by code or name in any case."""
        found = find_occupation(text)
        return found.code if found is not None and found.code in self._occupation_codes else None

    def place(self, ward: str, district: str) -> tuple[str, str] | None:
        """Return ward and district by their official names, or nothing if they are none of the programme's.

        Of an area without a table nothing can be compared but the wards the programme names itself.
        """
        ward, district = _without_rank(ward, _WARD_RANKS), _without_rank(district, _DISTRICT_RANKS)
        if self._named_wards and folded(ward) not in self._named_wards:
            return None
        if found := find_ward(self.area_code, ward, district):
            return found.name, found.district
        return None if self._has_table else (ward, district)

    @cached_property
    def _occupation_codes(self) -> frozenset[str]:
        return codes_listed(self.occupations)

    @cached_property
    def _named_wards(self) -> frozenset[str]:
        return frozenset(folded(_without_rank(ward, _WARD_RANKS)) for ward in self.wards)

    @cached_property
    def _has_table(self) -> bool:
        return bool(wards_of(self.area_code))


@dataclass(frozen=True, slots=True)
class Standing:
    """What the log knows of the person behind a NIK when the slice is checked.

    live_membership: where the membership `enrollment_id` is; `replaced_list` where it stands on the
    list that is being corrected, proposed or not. erased: nothing personal can be kept of them any more, and
    their NIK is theirs for ever, so that nobody can be made known by it. birth_date: as it was put right
    since; a list that still declares the old one is not believed. niks: where the NIK was put right, all
    by which the person is found.
    """

    live_membership: LiveMembership | None = None
    enrollment_id: UUID | None = None
    deceased: bool = False
    erased: bool = False
    formal_worker: bool = False
    birth_date: date | None = field(default=None, repr=False)
    niks: frozenset[str] = field(default=frozenset(), repr=False)


_WARD_RANKS: Final = ("kelurahan ", "kel. ", "kel ", "kel.", "desa ")
_DISTRICT_RANKS: Final = ("kecamatan ", "kec. ", "kec ", "kec.")


@lru_cache(maxsize=WORDS_MAX)
def _without_rank(name: str, ranks: tuple[str, ...]) -> str:
    """Return the name of a place without the word that says what kind of place it is."""
    lower = name.lower()
    return next((name[len(rank) :].strip() for rank in ranks if lower.startswith(rank)), name)
