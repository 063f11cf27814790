"""What is written in a cell, as people and spreadsheets write it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import hypothesis.strategies as st
import phonenumbers
import pytest
from hypothesis import given, settings

from workflows.roster.cells import (
    CellUnreadable,
    read_birth_date,
    read_income,
    read_nik,
    read_optional_text,
    read_phone,
    read_required_text,
    read_sex,
    read_text,
)
from workflows.roster.table import Cell

UPLOADED_ON = date(2023, 9, 4)
CELLS = st.one_of(st.text(max_size=40), st.decimals(), st.dates())


def read_date(cell: Cell) -> date:
    return read_birth_date(cell, uploaded_on=UPLOADED_ON)


def code_of(read: Callable[[Cell], object], cell: Cell) -> str:
    with pytest.raises(CellUnreadable) as caught:
        read(cell)
    return caught.value.code


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("Suparman", "Suparman"),
        ("  Sumarni\u00a0 Fauzi\u00a0 ", "Sumarni Fauzi"),
        ("'Ma'ruf Nu'man", "Ma'ruf Nu'man"),
        ("‘Siti’", "Siti"),
        (" .Nur", "Nur"),
        ("H. Moh. Ali, S.Pd.", "H. Moh. Ali, S.Pd."),
        ("Jl. Melati\r\nGang 2", "Jl. Melati Gang 2"),
        ("Si\u200bti\ufeff", "Siti"),
        ("Jose\u0301", "José"),
        ('=HYPERLINK("x")', '=HYPERLINK("x")'),
        ("+62", "+62"),
        ("   ", ""),
        ("\u00a0", ""),
        ("...", ""),
        ("-", ""),
        (" – ", ""),
        (Decimal("1"), "1"),
        (Decimal("85800079442"), "85800079442"),
        (Decimal("1.50"), "1.5"),
        (Decimal("1E+5"), "100000"),
        (Decimal("1E+9999"), "1E+9999"),
        (date(1980, 8, 21), "1980-08-21"),
    ],
)
def test_text(cell: Cell, text: str) -> None:
    assert read_text(cell) == text


def test_text_is_bounded() -> None:
    assert read_required_text("x" * 300) == "x" * 300
    assert code_of(read_required_text, "x" * 301) == "too_long"
    assert code_of(read_optional_text, "x" * 301) == "too_long"
    assert code_of(read_required_text, "  ") == "missing"
    assert read_optional_text("") is None


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("", "missing"),
        (" - ", "missing"),
        ("'", "missing"),
        ("33750112038090", "nik_length"),
        ("3375O11203809001", "nik_not_digits"),
        ("3,37501E+15", "nik_damaged_by_spreadsheet"),
        ("3375043113919626", "nik_impossible_date"),
        (Decimal("3375022108809118"), "nik_damaged_by_spreadsheet"),
        (date(1980, 8, 21), "nik_damaged_by_spreadsheet"),
    ],
)
def test_nik_refused(cell: Cell, code: str) -> None:
    assert code_of(read_nik, cell) == code


@pytest.mark.parametrize("cell", ["3375022108809118", " '3375022108809118\u00a0", "33.75.02.210880.9118"])
def test_nik(cell: str) -> None:
    assert read_nik(cell).digits == "3375022108809118"


@pytest.mark.parametrize(
    "cell",
    [
        "1980-08-01", "1/8/1980", "01/08/1980", "01-08-1980", "01.08.1980", " '01/08/1980 ", "01 / 08 / 1980",
        "1 / 8/1980", "1980/8/1", "1980-08-01 00:00:00", "1980-08-01T00:00:00.000", "29434", "29434,0",
        Decimal("29434"),
        Decimal("29434.5"), date(1980, 8, 1),
    ],
)  # fmt: skip
def test_birth_date(cell: Cell) -> None:
    assert read_date(cell) == date(1980, 8, 1)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("", "missing"),
        ("31/02/1980", "not_a_date"),
        ("08/21/1980", "not_a_date"),  # month first
        ("1980", "not_a_date"),  # a year, not the day 1980 of a spreadsheet
        ("21/08/80", "not_a_date"),  # no century
        ("Agustus 1980", "not_a_date"),
        ("00/00/0000", "not_a_date"),
        ("1980-W31-5", "not_a_date"),  # a week
        (Decimal("19800821"), "not_a_date"),
        (Decimal("NaN"), "not_a_date"),
        ("2043-05-01", "in_future"),
        ("05/09/2023", "in_future"),
        (date(2023, 9, 5), "in_future"),
        ("99999", "in_future"),
    ],
)
def test_birth_date_refused(cell: Cell, code: str) -> None:
    assert code_of(read_date, cell) == code


def test_the_day_of_upload_itself_is_not_in_future() -> None:
    assert read_date("04/09/2023") == UPLOADED_ON


@pytest.mark.parametrize("cell", ["L", "l", " L ", "Laki-laki", "LAKI LAKI", "laki-Laki.", "Pria"])
def test_man(cell: str) -> None:
    assert read_sex(cell) == "L"


@pytest.mark.parametrize("cell", ["P", "p", "Perempuan", "PEREMPUAN", "'perempuan", "Wanita"])
def test_woman(cell: str) -> None:
    assert read_sex(cell) == "P"


def test_sex_refused() -> None:
    assert code_of(read_sex, "") == "missing"
    assert code_of(read_sex, "X") == "not_l_or_p"
    assert code_of(read_sex, Decimal(1)) == "not_l_or_p"


@pytest.mark.parametrize(
    "cell",
    [
        "950000", "950.000", "950,000", "950 000", "Rp 950.000", "Rp950.000", "rp. 950.000,-",
        "Rp. 950.000,00", "IDR 950,000.00", "'950000", "\u00a0950.000\u00a0", "+950000", "950000.5",
        Decimal("950000"), Decimal("950000.3333333"), Decimal("9.5E+5"),
    ],
)  # fmt: skip
def test_income(cell: Cell) -> None:
    assert read_income(cell) == 950_000


@pytest.mark.parametrize("cell", ["", "  ", "-", "\u00a0"])
def test_income_left_empty(cell: str) -> None:
    assert read_income(cell) is None


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("sekitar sejuta", "not_a_number"),
        ("1 juta", "not_a_number"),
        ("950rb", "not_a_number"),
        ("1.000.00", "not_a_number"),
        ("95.00.000", "not_a_number"),
        ("٩٥٠", "not_a_number"),
        ("9" * 13, "not_a_number"),
        ("9" * 5000, "not_a_number"),
        ("=1000*2", "not_a_number"),
        (Decimal("NaN"), "not_a_number"),
        (Decimal("Infinity"), "not_a_number"),
        (Decimal("1E+400"), "not_a_number"),
        (date(2023, 9, 1), "not_a_number"),
        ("-500000", "negative"),
        ("Rp -500.000", "negative"),
        ("−500.000", "negative"),
        ("- Rp 500.000", "negative"),
        ("(500.000)", "negative"),
        (Decimal("-500000"), "negative"),
    ],
)
def test_income_refused(cell: Cell, code: str) -> None:
    assert code_of(read_income, cell) == code


def test_nothing_is_not_negative() -> None:
    assert read_income("0") == read_income("-0") == read_income("Rp 0,-") == 0


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        ("085800079442", "+6285800079442"),
        ("0858-0007-9442", "+6285800079442"),
        ("'085800079442", "+6285800079442"),
        ("+62 858 0007 9442", "+6285800079442"),
        ("6285800079442", "+6285800079442"),
        (Decimal("85800079442"), "+6285800079442"),  # the zero in front is lost, the number is not
        ("0285 421234", "+62285421234"),
        ("tidak ada", "tidak ada"),
        ("085800079442/085800079443", "085800079442/085800079443"),
        ("123", "123"),
        ("", None),
        ("-", None),
    ],
)
def test_phone_is_never_a_fault(cell: Cell, phone: str | None) -> None:
    assert read_phone(cell) == phone


@settings(deadline=None)
@given(st.text(alphabet=st.characters(max_codepoint=127), max_size=12))
def test_a_tidy_text_reads_like_one_that_has_to_be_tidied(text: str) -> None:
    assert read_text(text) == read_text(f"{text}\u200b")


@given(st.text())
def test_text_read_again_stays(text: str) -> None:
    once = read_text(text)
    assert read_text(once) == once


@settings(deadline=None)
@given(CELLS)
def test_what_was_read_reads_as_itself(cell: Cell) -> None:
    reads: list[Callable[[Any], Any]] = [
        read_nik,
        read_date,
        read_sex,
        read_income,
        read_phone,
        read_optional_text,
    ]
    for read in reads:
        try:
            value = read(cell)
        except CellUnreadable:
            continue
        if value is not None:
            written = getattr(value, "digits", None) or str(value)
            again = read(written)
            assert getattr(again, "digits", again) == getattr(value, "digits", value)


@settings(deadline=None)
@given(st.dates(max_value=UPLOADED_ON))
def test_every_form_of_a_day_is_that_day(day: date) -> None:
    forms = (f"{day:%d/%m/}{day.year:04d}", f"{day:%d-%m-}{day.year:04d}", day.isoformat(), day)
    assert {read_date(form) for form in forms} == {day}


@settings(deadline=None)
@given(st.integers(0, 999_999_999_999))
def test_every_form_of_an_amount_is_that_amount(amount: int) -> None:
    grouped = f"{amount:,}"
    forms = (
        str(amount),
        grouped,
        grouped.replace(",", "."),
        f"Rp {grouped.replace(',', '.')}",
        Decimal(amount),
    )
    assert {read_income(form) for form in forms} == {amount}


@given(st.from_regex(r"0[1-9][0-9]{6,12}", fullmatch=True) | st.from_regex(r"08[0-9]{8,11}", fullmatch=True))
@settings(max_examples=300)
def test_a_mobile_number_as_written_at_home_comes_to_what_the_library_says(text: str) -> None:
    """The short way for what nearly all lists hold gives no number that the long way would not give."""
    number = phonenumbers.parse(text, "ID")
    valid = phonenumbers.is_valid_number(number)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    assert read_phone(text) == (e164 if valid else text)
