"""Identity numbers as sponsors send them: what is read, what is refused, and what is only a warning."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.nik import PROVINCES, Nik, NikUnreadable, mask

TODAY = date(2023, 9, 1)
BIRTHS = st.dates(date(1900, 1, 1), date(2099, 12, 31))
REGIONS = st.integers(0, 999_999).map("{:06d}".format)
SERIALS = st.integers(9000, 9999).map(str)


def number(region: str, born: date, sex: str, serial: str = "9118") -> str:
    day = born.day + (40 if sex == "P" else 0)
    return f"{region}{day:02d}{born.month:02d}{born.year % 100:02d}{serial}"


@given(REGIONS, BIRTHS, st.sampled_from("LP"), SERIALS)
def test_every_region_day_and_sex_is_read(region: str, born: date, sex: str, serial: str) -> None:
    nik = Nik.parse(number(region, born, sex, serial))
    assert (nik.region_code, nik.sex) == (region, sex)
    assert born in nik.birth_dates
    assert nik.birth_date(on=TODAY, declared=born) == born
    assert nik.warnings(birth_date=born, sex=sex) == ()


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
def test_the_date_is_a_date_or_the_number_is_refused(day: int, month: int, year: int) -> None:
    text = f"337502{day:02d}{month:02d}{year:02d}9118"
    of_month = day - 40 if day > 40 else day
    possible = False
    for century in (1900, 2000):
        try:
            date(century + year, month, of_month)
            possible = True
        except ValueError:
            pass
    if possible:
        assert Nik.parse(text).sex == ("P" if day > 40 else "L")
    else:
        assert refusal(text) == "nik_impossible_date"


@pytest.mark.parametrize("day", ["00", "32", "40", "72", "81", "99"])
def test_day_fields_outside_1_to_31_and_41_to_71_are_impossible(day: str) -> None:
    assert refusal(f"337502{day}01809118") == "nik_impossible_date"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "missing"),
        ("  \N{NO-BREAK SPACE} ' ", "missing"),
        ("33750112038090", "nik_length"),
        ("33750221088091180", "nik_length"),
        ("3375O11203809001", "nik_not_digits"),
        ("-375022108809118", "nik_not_digits"),
        ("٣٣٧٥٠٢٢١٠٨٨٠٩١١٨", "nik_not_digits"),
        ("3,37502E+15", "nik_damaged_by_spreadsheet"),
        ("3.37502E+15", "nik_damaged_by_spreadsheet"),
        ("3,37502210880912e15", "nik_damaged_by_spreadsheet"),
        ("3E+15", "nik_damaged_by_spreadsheet"),
        ("3375022108809110.0", "nik_damaged_by_spreadsheet"),
        ("3.375.022.108.809.110", "nik_damaged_by_spreadsheet"),
        ("3,375,022,108,809,110", "nik_damaged_by_spreadsheet"),
        ("3375023102809118", "nik_impossible_date"),  # 31 February
        ("3375042902019118", "nik_impossible_date"),  # 29 February of 1901 and of 2001
        ("3375043113919626", "nik_impossible_date"),  # month 13
    ],
)
def test_what_cannot_be_a_nik_is_refused_by_code(text: str, code: str) -> None:
    assert refusal(text) == code


@given(st.text(max_size=30) | st.text("0123456789.,' E+", max_size=30))
def test_any_text_is_read_or_refused_by_a_known_code(text: str) -> None:
    try:
        read = Nik.parse(text)
    except NikUnreadable:
        return
    assert len(read.digits) == 16 and read.digits.isascii() and read.digits.isdigit()


@pytest.mark.parametrize(
    "text",
    [
        "3375022108809118",
        "  3375022108809118 ",
        "'3375022108809118",
        "’3375022108809118",
        "33.75.02.210880.9118",
        "3375 0221 0880 9118",
        "3375\N{NO-BREAK SPACE}0221\N{NARROW NO-BREAK SPACE}08809118",
        "\N{ZERO WIDTH NO-BREAK SPACE}3375022108809118\N{ZERO WIDTH SPACE}",
        "3375022108809118\t",
    ],
)
def test_padding_of_people_and_programs_is_dropped(text: str) -> None:
    assert Nik.parse(text).digits == "3375022108809118"


def test_the_century_is_the_declared_one_or_the_latest_that_has_come() -> None:
    of_year_10 = Nik.parse("3375020107109118")
    assert of_year_10.birth_date(on=TODAY) == date(2010, 7, 1)
    assert of_year_10.birth_date(on=TODAY, declared=date(1910, 7, 1)) == date(1910, 7, 1)
    assert of_year_10.birth_date(on=TODAY, declared=date(1980, 7, 1)) == date(2010, 7, 1)
    assert of_year_10.birth_date(on=date(2010, 7, 1)) == date(2010, 7, 1)
    of_year_60 = Nik.parse("3375020107609118")
    assert of_year_60.birth_date(on=TODAY) == date(1960, 7, 1)


def test_a_leap_day_leaves_one_century() -> None:
    assert Nik.parse("3375022902009118").birth_dates == (date(2000, 2, 29),)


def test_a_card_that_contradicts_the_person_is_a_warning() -> None:
    nik = Nik.parse("3375014107899198")
    assert nik.warnings(birth_date=date(1989, 7, 1), sex="L") == ("sex_mismatch",)
    assert nik.warnings(birth_date=date(1989, 7, 2), sex="L") == ("birth_date_mismatch", "sex_mismatch")


@pytest.mark.parametrize("code", ["65", "92", "93", "94", "95", "96"])
def test_provinces_that_others_call_invalid_are_known(code: str) -> None:
    assert Nik.parse(f"{code}01012108809118").province == PROVINCES[code]


def test_an_unknown_province_is_no_reason_for_anything() -> None:
    nik = Nik.parse("9901012108809118")
    assert nik.province is None
    assert nik.warnings(birth_date=date(1980, 8, 21), sex="L") == ()


def test_a_nik_shows_four_digits_unless_asked() -> None:
    nik = Nik.parse("3375022108809118")
    assert mask("3375022108809118") == nik.masked == str(nik) == "************9118"
    assert "33750221" not in repr(nik)
    assert f"{nik}" == "************9118"


@pytest.mark.parametrize(("number", "masked"), [("", ""), ("1234", "****"), ("12345", "*2345")])
def test_short_numbers_are_hidden_whole(number: str, masked: str) -> None:
    assert mask(number) == masked


def refusal(text: str) -> str:
    with pytest.raises(NikUnreadable) as refused:
        Nik.parse(text)
    digits = "".join(character for character in text if character.isdigit())
    assert refused.value.message and (not digits or digits not in refused.value.message)
    return refused.value.code
