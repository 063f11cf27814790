"""Names as people write them find their ward and occupation; a ward next door does not."""

import pytest

from domain.occupations import OCCUPATIONS, REPORTED_CODES, find_occupation
from domain.places import WARDS, find_ward, wards_of


@pytest.mark.parametrize(
    "text", ["BECAK", "becak", "Tukang becak", "TUKANG BECAK", " tukang  becak ", "pedicab driver"]
)
def test_an_occupation_by_code_or_name_in_any_case(text: str) -> None:
    found = find_occupation(text)
    assert found is not None
    assert (found.code, found.reported, found.transport_sector) == ("BECAK", True, True)


@pytest.mark.parametrize("text", ["Astronot", "", " ", "tukang"])
def test_other_words_are_no_occupation(text: str) -> None:
    assert find_occupation(text) is None


def test_every_occupation_is_found_by_each_of_its_names() -> None:
    assert len(REPORTED_CODES) == 21
    for occupation in OCCUPATIONS:
        for name in (occupation.code, occupation.name_id, occupation.name_en):
            assert find_occupation(name.upper()) is occupation


@pytest.mark.parametrize(
    "ward", ["Pasirkratonkramat", "pasir kraton kramat", " PASIRKRATONKRAMAT\N{NO-BREAK SPACE}"]
)
def test_a_ward_in_any_case_and_spacing(ward: str) -> None:
    found = find_ward("3375", ward, "pekalongan  barat")
    assert found is not None
    assert (found.name, found.district_code) == ("Pasirkratonkramat", "337501")


@pytest.mark.parametrize(
    ("area", "ward", "district"),
    [
        ("3375", "Sidomukti", "Karanganyar"),
        ("3375", "Kauman", "Wiradesa"),  # a Kauman of the regency around the city
        ("3326", "Kauman", "Pekalongan Timur"),
        ("3375", "", ""),
    ],
)
def test_other_places_are_not_of_the_area(area: str, ward: str, district: str) -> None:
    assert find_ward(area, ward, district) is None


def test_the_city_has_27_wards() -> None:
    assert wards_of("3375") == WARDS
    assert len(WARDS) == 27
    assert wards_of("9999") == ()
