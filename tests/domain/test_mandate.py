"""A mandate reaches an area, a district or a ward, and not one step further."""

import pytest

from domain.mandate import Mandate

MEDONO = ("Pekalongan Barat", "Medono")  # district 337501
JENGGOT = ("Pekalongan Selatan", "Jenggot")


@pytest.mark.parametrize(
    ("area", "medono", "jenggot", "whole"),
    [
        ("33", True, True, True),
        ("3375", True, True, True),
        ("337501", True, False, False),
        ("337501/Medono", True, False, False),
        ("337501/ MEDONO", True, False, False),
        ("3375/Medono", True, False, False),
        ("337501/Jenggot", False, False, False),
        ("337501/Med", False, False, False),
        ("3374", False, False, False),
        ("3374/Medono", False, False, False),
        ("/", False, False, False),  # no area at all is not everywhere
        ("/Medono", False, False, False),
        (" ", False, False, False),
    ],
)
def test_what_a_mandate_covers(area: str, medono: bool, jenggot: bool, whole: bool) -> None:
    mandate = Mandate.read(area)
    assert [mandate.covers("3375", MEDONO), mandate.covers("3375", JENGGOT)] == [medono, jenggot]
    assert mandate.covers("3375") is whole


def test_a_part_of_an_area_lies_within_it() -> None:
    assert [
        Mandate.read(area).lies_within("3375") for area in ("337501/Medono", "337501", "3375/Medono")
    ] == [True] * 3
    assert not any(Mandate.read(area).lies_within("3375") for area in ("33", "3374", "337"))


def test_an_area_without_a_table_is_told_apart_by_wards_alone() -> None:
    assert Mandate.read("3171/Gambir").covers("3171", ("Gambir", "Gambir"))
    assert not Mandate.read("317101").covers("3171", ("Gambir", "Gambir"))
