"""How far an officer's mandate reaches: an area, a district of it, or one ward."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from domain.places import wards_of
from domain.tables.read import folded

AREAS_MAX: Final = 1_024  # kept in memory


@dataclass(frozen=True, slots=True)
class Mandate:
    """What the `area` of a token says: `3375`, the district `337501`, or the ward `337501/Medono`.

    A code stands for all codes that begin with it; none stands for nothing. A ward's name counts without
    case and spaces.
    """

    code: str
    ward: str = ""

    @classmethod
    def read(cls, text: str) -> "Mandate":
        code, _, ward = text.partition("/")
        return cls(code.strip(), folded(ward))

    def covers(self, area_code: str, residence: tuple[str, str] | None = None) -> bool:
        """Tell whether something of an area is covered. residence: district and ward, where one is known."""
        code, ward = place_of(area_code, residence)
        return self.code != "" and code.startswith(self.code) and self.ward in ("", ward)

    def lies_within(self, area_code: str) -> bool:
        """Tell whether the mandate is for a part of an area."""
        return self.code.startswith(area_code)


def place_of(area_code: str, residence: tuple[str, str] | None) -> tuple[str, str]:
    """Return what mandates are held against: the code of the district, or of the area, and the ward's name."""
    if residence is None:
        return area_code, ""
    district, ward = residence
    return _district_code(area_code, district), folded(ward)


def _district_code(area_code: str, district: str) -> str:
    """Return the code of a district; of an area without a table its own, so that no part of it is told apart."""
    return _codes_of(area_code).get(folded(district), area_code)


@lru_cache(maxsize=AREAS_MAX)
def _codes_of(area_code: str) -> dict[str, str]:
    """Return the codes of the districts of an area, by folded name."""
    return {folded(ward.district): ward.district_code for ward in wards_of(area_code)}
