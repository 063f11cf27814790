"""Wards and districts of the areas that sponsor workers."""

from dataclasses import dataclass

from domain.tables.read import folded, read_table


@dataclass(frozen=True, slots=True)
class Ward:
    """A ward (kelurahan) in its district (kecamatan) and area (kota or kabupaten)."""

    area_code: str
    area: str
    district_code: str
    district: str
    name: str


def find_ward(area_code: str, ward: str, district: str) -> Ward | None:
    """Return the ward of an area by its name and district; case, spaces and punctuation do not count.

    The district must fit: a ward of the same name in a neighbouring regency is another place.
    """
    return _BY_NAME.get((area_code, folded(district), folded(ward)))


def wards_of(area_code: str) -> tuple[Ward, ...]:
    """Return all wards of an area; none for an area that is not in the table."""
    return tuple(ward for ward in WARDS if ward.area_code == area_code)


WARDS = tuple(
    Ward(
        area_code=row["area_code"],
        area=row["area_name"],
        district_code=row["district_code"],
        district=row["district"],
        name=row["ward"],
    )
    for row in read_table("wards_3375.csv")
)
_BY_NAME = {(ward.area_code, folded(ward.district), folded(ward.name)): ward for ward in WARDS}
