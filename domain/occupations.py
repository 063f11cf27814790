"""The occupations a sponsor may list, by code and by name in both languages."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.tables.read import folded, read_table


@dataclass(frozen=True, slots=True)
class Occupation:
    """One occupation. reported: it is allowed wherever a programme does not name its own occupations."""

    code: str
    name_id: str
    name_en: str
    reported: bool
    transport_sector: bool


def find_occupation(text: str) -> Occupation | None:
    """Return the occupation with this code or name; case, spaces and punctuation do not count."""
    return _BY_NAME.get(folded(text))


def codes_listed(occupations: Iterable[str]) -> frozenset[str]:
    """Return the codes that a programme lists: those it names by code or name, or all of the scheme's."""
    named = tuple(occupations)
    codes = frozenset(found.code for text in named if (found := find_occupation(text)))
    return codes if named else REPORTED_CODES


OCCUPATIONS = tuple(
    Occupation(
        code=row["code"],
        name_id=row["name_id"],
        name_en=row["name_en"],
        reported=row["in_batik_berlian"] == "reported",
        transport_sector=row["transport_sector"] == "yes",
    )
    for row in read_table("professions.csv")
)
REPORTED_CODES = frozenset(occupation.code for occupation in OCCUPATIONS if occupation.reported)
_BY_NAME = {
    folded(name): occupation
    for occupation in OCCUPATIONS
    for name in (occupation.name_en, occupation.name_id, occupation.code)
}
