"""From rows to workers: which rows are taken up, and why the others are not."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from domain.places import WARDS
from workflows.roster.checks import (
    AcceptedRow,
    Declared,
    Issue,
    RefusedRow,
    RowOutcome,
    SeenNiks,
    check_slice,
    niks_of,
    read_row,
)
from workflows.roster.columns import COLUMNS, Row
from workflows.roster.messages import explain, message
from workflows.roster.programme_rules import ProgrammeRules, Standing
from workflows.roster.sheet import Sheet, open_sheet
from workflows.roster.table import Cell

LISTS = Path(__file__).parent.parent / "data"
UPLOADED_ON = date(2023, 9, 4)
SUPARMAN = "3375022108809118"
NIKS = ["3375022108809118", "3375043108939902", "3375010401879742", "3375042403619922", "3375025901979279"]


def the_programme(**told: Any) -> ProgrammeRules:  # Any: the fields of the rules
    given_rules: dict[str, Any] = {
        "area_code": "3375",
        "effective_on": date(2023, 9, 1),
        "uploaded_on": UPLOADED_ON,
    }
    return ProgrammeRules(**(given_rules | told))


def a_row(number: int = 1, /, **told: Cell) -> Row:
    declared: dict[str, Cell] = {
        "nik": SUPARMAN,
        "nama": "Suparman Raharjo",
        "tanggal_lahir": "1980-08-21",
        "jenis_kelamin": "L",
        "alamat": "Jl. Urip Sumoharjo No. 81",
        "rt": "001",
        "rw": "009",
        "kelurahan": "Kali Baros",
        "kecamatan": "Pekalongan Timur",
        "pekerjaan": "Tukang ojek pengkolan",
        "penghasilan_bulanan": "900000",
        "no_hp": "085800079442",
    }
    return Row.of(declared | told, number)


def outcome_of(row: Row, standing: Standing | None = None, rules: ProgrammeRules | None = None) -> RowOutcome:
    known = {} if standing is None else {SUPARMAN: standing}
    [outcome] = check_slice([row], rules or the_programme(), known, SeenNiks())
    return outcome


def fault(outcome: RowOutcome) -> tuple[str, str]:
    assert isinstance(outcome, RefusedRow)
    assert outcome.issue.severity == "reject"
    return outcome.issue.field, outcome.issue.code


def the_list(name: str) -> Sheet:
    return open_sheet((LISTS / name).read_bytes())


def in_slices(rows: Iterable[Row], size: int, rules: ProgrammeRules) -> list[RowOutcome]:
    seen, outcomes, rest = SeenNiks(), [], list(rows)
    while rest:
        outcomes += check_slice(rest[:size], rules, {}, seen)
        rest = rest[size:]
    return outcomes


def issues_of(outcomes: Iterable[RowOutcome], severity: str) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for outcome in outcomes:
        for issue in outcome.issues:
            if issue.severity == severity:
                told = {"field": issue.field, "code": issue.code, "first_row": issue.first_row}
                found[str(issue.row)] = {name: value for name, value in told.items() if value is not None}
    return found


def test_every_row_of_the_clean_list_is_accepted_without_issue() -> None:
    outcomes = in_slices(the_list("pekalongan_817.csv").rows(), 500, the_programme())
    assert len(outcomes) == 817
    assert all(isinstance(outcome, AcceptedRow) and not outcome.warnings for outcome in outcomes)


@pytest.mark.parametrize("size", [1, 7, 60])
def test_dirty_list_comes_out_as_expected(size: int) -> None:
    expected = json.loads((LISTS / "pekalongan_dirty_60.expected.json").read_text())
    outcomes = in_slices(the_list("pekalongan_dirty_60.csv").rows(), size, the_programme())
    assert len(outcomes) == expected["rows"]
    assert issues_of(outcomes, "reject") == expected["reject"]
    assert issues_of(outcomes, "warn") == expected["warn"]
    accepted = {str(outcome.row) for outcome in outcomes if isinstance(outcome, AcceptedRow)}
    assert len(accepted) == expected["accepted"]
    assert accepted >= expected["accept_after_normalising"].keys()


def test_accepted_worker_is_normalised() -> None:
    outcome = outcome_of(
        a_row(
            nik=" '33.75.02.210880.9118",
            tanggal_lahir="21/08/1980",
            jenis_kelamin="Laki-laki",
            kelurahan="Kel. KALI BAROS",
            kecamatan="kec. pekalongan timur",
            pekerjaan="ojek",
            penghasilan_bulanan="Rp 900.000",
            alamat='=HYPERLINK("x")',
        )
    )
    assert isinstance(outcome, AcceptedRow)
    worker = outcome.worker
    assert (worker.nik, worker.name, worker.birth_date, worker.sex) == (
        SUPARMAN,
        "Suparman Raharjo",
        date(1980, 8, 21),
        "L",
    )
    assert (worker.ward, worker.district, worker.occupation) == ("Kali Baros", "Pekalongan Timur", "OJEK")
    assert (worker.income, worker.phone, worker.address) == (900_000, "+6285800079442", '=HYPERLINK("x")')
    assert (worker.rt, worker.rw) == ("001", "009")
    assert outcome.warnings == ()


def test_columns_that_need_not_be_there_may_be_empty() -> None:
    outcome = outcome_of(a_row(alamat="", rt="", rw="", penghasilan_bulanan="", no_hp=""))
    assert isinstance(outcome, AcceptedRow)
    assert outcome.worker.income is None
    assert (outcome.worker.phone, outcome.worker.address) == (None, None)
    assert (outcome.worker.rt, outcome.worker.rw) == (None, None)


def test_format_is_checked_in_column_order_and_before_eligibility() -> None:
    faults: dict[str, tuple[Cell, str]] = {
        "nik": ("1234", "nik_length"),
        "nama": ("", "missing"),
        "tanggal_lahir": ("2043-01-01", "in_future"),
        "jenis_kelamin": ("X", "not_l_or_p"),
        "alamat": ("x" * 301, "too_long"),
        "kelurahan": ("", "missing"),
        "kecamatan": ("", "missing"),
        "pekerjaan": ("", "missing"),
        "penghasilan_bulanan": ("-1", "negative"),
    }
    cells: dict[str, Cell] = {column: cell for column, (cell, _) in faults.items()}
    for column, (_, code) in faults.items():
        assert fault(outcome_of(a_row(**cells), Standing(deceased=True))) == (column, code)
        del cells[column]
    assert [column for column in COLUMNS if column in faults] == list(faults)


def test_eligibility_is_checked_in_the_order_of_the_dossier() -> None:
    """Each failure is mended in turn; the next one of the order then decides."""
    rules = the_programme(quota=0)
    cells: dict[str, Cell] = {"pekerjaan": "Astronot", "kelurahan": "Sidomukti"}
    everything = Standing("other_programme", deceased=True, formal_worker=True)
    young, old = "2008-05-21", "1958-04-07"
    assert fault(outcome_of(a_row(**cells, tanggal_lahir=young), everything, rules))[1] == "REJECT_MIN_AGE"
    assert fault(outcome_of(a_row(**cells, tanggal_lahir=old), everything, rules))[1] == "REJECT_MAX_AGE"
    assert fault(outcome_of(a_row(**cells), everything, rules)) == ("nik", "REJECT_FORMAL_WORKER")
    standing = Standing("other_programme", deceased=True)
    assert fault(outcome_of(a_row(**cells), standing, rules)) == ("nik", "REJECT_DUPLICATE")
    assert fault(outcome_of(a_row(**cells), Standing(deceased=True), rules)) == ("nik", "REJECT_DECEASED")
    assert fault(outcome_of(a_row(**cells), None, rules)) == ("pekerjaan", "REJECT_OCCUPATION")
    del cells["pekerjaan"]
    assert fault(outcome_of(a_row(**cells), None, rules)) == ("kelurahan", "REJECT_RESIDENCE")
    assert fault(outcome_of(a_row(), None, rules)) == ("nik", "REJECT_QUOTA")


@pytest.mark.parametrize(
    ("born", "code"),
    [
        ("2005-09-01", None),
        ("2005-09-02", "REJECT_MIN_AGE"),
        ("1958-09-02", None),
        ("1958-09-01", "REJECT_MAX_AGE"),
    ],
)
def test_age_counts_on_the_day_of_the_list(born: str, code: str | None) -> None:
    outcome = outcome_of(a_row(tanggal_lahir=born))
    assert (fault(outcome)[1] if isinstance(outcome, RefusedRow) else None) == code


def test_number_that_contradicts_the_card_is_a_warning() -> None:
    outcome = outcome_of(a_row(tanggal_lahir="1979-01-01", jenis_kelamin="P"))
    assert isinstance(outcome, AcceptedRow)
    assert outcome.warnings == (
        Issue(1, "tanggal_lahir", "birth_date_mismatch", "warn"),
        Issue(1, "jenis_kelamin", "sex_mismatch", "warn"),
    )


def test_region_of_first_issue_is_no_matter() -> None:
    outcome = outcome_of(a_row(nik="9999992108809118"))
    assert isinstance(outcome, AcceptedRow)
    assert outcome.warnings == ()


def test_first_accepted_row_of_a_number_stands() -> None:
    rows = [a_row(1, pekerjaan="Astronot"), a_row(2), a_row(3), a_row(4, tanggal_lahir="2008-05-21")]
    outcomes = check_slice(rows, the_programme(), {}, SeenNiks())
    assert fault(outcomes[0])[1] == "REJECT_OCCUPATION"
    assert isinstance(outcomes[1], AcceptedRow)
    assert outcomes[2] == RefusedRow(3, Issue(3, "nik", "REJECT_DUPLICATE", "reject", first_row=2))
    assert fault(outcomes[3])[1] == "REJECT_MIN_AGE"


def test_live_member_of_the_same_programme_is_a_renewal_once() -> None:
    known = {SUPARMAN: Standing("same_programme")}
    full = the_programme(quota=1, accepted_before=1)  # the member himself takes the only place
    first, second = check_slice([a_row(1), a_row(2)], full, known, SeenNiks())
    assert isinstance(first, AcceptedRow)
    assert first.renewal
    assert first.warnings == (Issue(1, "nik", "renewal", "warn"),)
    assert fault(second) == ("nik", "REJECT_DUPLICATE")


def test_quota_counts_newcomers_beside_those_there_were() -> None:
    rows = [a_row(number, nik=nik) for number, nik in enumerate(NIKS[:4], start=1)]
    seen = SeenNiks()
    outcomes = check_slice(
        rows, the_programme(quota=5, accepted_before=3), {NIKS[1]: Standing("same_programme")}, seen
    )
    taken = [isinstance(outcome, AcceptedRow) for outcome in outcomes]
    assert taken == [True, True, True, False]
    assert fault(outcomes[3]) == ("nik", "REJECT_QUOTA")
    assert seen.newcomers == 2


def test_occupations_are_those_of_the_scheme_unless_the_programme_names_its_own() -> None:
    farmer = a_row(pekerjaan="PETANI")
    assert fault(outcome_of(farmer)) == ("pekerjaan", "REJECT_OCCUPATION")
    rules = the_programme(occupations=("petani", "Nelayan kecil"))
    assert isinstance(outcome_of(farmer, rules=rules), AcceptedRow)
    assert fault(outcome_of(a_row(), rules=rules)) == ("pekerjaan", "REJECT_OCCUPATION")


def test_wards_are_all_of_the_area_unless_the_programme_names_its_own() -> None:
    for ward in WARDS:
        assert isinstance(outcome_of(a_row(kelurahan=ward.name, kecamatan=ward.district)), AcceptedRow)
    assert fault(outcome_of(a_row(kecamatan="Pekalongan Barat"))) == ("kelurahan", "REJECT_RESIDENCE")
    assert isinstance(outcome_of(a_row(), rules=the_programme(wards=("kali baros",))), AcceptedRow)
    assert fault(outcome_of(a_row(), rules=the_programme(wards=("Gamer",)))) == (
        "kelurahan",
        "REJECT_RESIDENCE",
    )


def test_area_without_a_table_knows_only_the_wards_its_programme_names() -> None:
    elsewhere = the_programme(area_code="3326")
    assert isinstance(
        outcome_of(a_row(kelurahan="Kauman", kecamatan="Wiradesa"), rules=elsewhere), AcceptedRow
    )
    elsewhere = the_programme(area_code="3326", wards=("Bener",))
    assert fault(outcome_of(a_row(kelurahan="Kauman"), rules=elsewhere)) == ("kelurahan", "REJECT_RESIDENCE")


def test_numbers_to_look_up_are_those_of_readable_rows() -> None:
    rows = [a_row(1), a_row(2, nik="1"), a_row(3, nama="")]
    assert niks_of(read_row(row, uploaded_on=UPLOADED_ON) for row in rows) == [SUPARMAN]


@pytest.mark.parametrize("broke_off_after", [0, 9, 17, 59])
def test_check_that_broke_off_goes_on_as_if_it_had_not(broke_off_after: int) -> None:
    sheet, rules = the_list("pekalongan_dirty_60.csv"), the_programme(quota=40)
    known = {
        str(sheet_row.cell("nik")): Standing("same_programme")
        for sheet_row in sheet.rows()
        if sheet_row.number < 4
    }
    whole = check_slice(sheet.rows(), rules, known, SeenNiks())
    before = [row for row in sheet.rows() if row.number <= broke_off_after]
    recorded = whole[:broke_off_after]
    refused = {outcome.row for outcome in recorded if isinstance(outcome, RefusedRow)}
    standing = {outcome.row for outcome in recorded if isinstance(outcome, AcceptedRow) and outcome.stands}
    seen = SeenNiks.recall(before, refused=refused, standing=standing)
    assert check_slice(sheet.rows(after=broke_off_after), rules, known, seen) == whole[broke_off_after:]


def test_nothing_personal_shows_in_representations() -> None:
    outcome = outcome_of(a_row())
    declared = read_row(a_row(), uploaded_on=UPLOADED_ON)
    assert isinstance(declared, Declared)
    for shown in (repr(a_row()), repr(declared), repr(outcome), repr(outcome_of(a_row(nama="")))):
        assert SUPARMAN not in shown
        assert "Suparman" not in shown


CELLS = st.one_of(st.text(max_size=30), st.decimals(), st.dates(), st.sampled_from(["L", "Gamer", *NIKS]))


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(COLUMNS), CELLS))
def test_any_row_is_accepted_or_refused_with_a_sentence_that_repeats_nothing(
    cells: Mapping[str, Cell],
) -> None:
    outcome = outcome_of(a_row(**cells))
    for issue in outcome.issues:
        assert issue.field in COLUMNS
        for sentence in (message(issue, "id"), message(issue, "en")):
            assert not re.search(r"\d{5}", sentence.replace("950000", ""))


@settings(max_examples=25, deadline=None)
@given(st.permutations(list(range(60))), st.integers(1, 60))
def test_order_and_slices_do_not_matter_where_no_number_comes_twice(order: list[int], size: int) -> None:
    rows = [row for row in the_list("pekalongan_dirty_60.csv").rows() if row.number != 18]
    shuffled = [rows[place] for place in order if place < len(rows)]
    by_row = {outcome.row: outcome for outcome in in_slices(shuffled, size, the_programme())}
    assert [by_row[row.number] for row in rows] == in_slices(rows, 60, the_programme())


CODES = [
    "missing", "too_long", "nik_length", "nik_not_digits", "nik_damaged_by_spreadsheet",
    "nik_impossible_date", "not_a_date", "in_future", "not_l_or_p", "not_a_number", "negative",
    "REJECT_MIN_AGE", "REJECT_MAX_AGE", "REJECT_FORMAL_WORKER", "REJECT_DUPLICATE", "REJECT_DECEASED",
    "REJECT_NOT_WORKING", "REJECT_OCCUPATION", "REJECT_RESIDENCE", "REJECT_QUOTA", "birth_date_mismatch",
    "sex_mismatch", "renewal", "erased",
]  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_reason_and_remedy_in_both_languages(code: str) -> None:
    indonesian = explain(code, "id", field="tanggal_lahir", first_row=9)
    english = explain(code, "en", field="tanggal_lahir", first_row=9)
    for sentence in (indonesian.reason, indonesian.remedy, english.reason, english.remedy):
        assert sentence.endswith(".")
        assert "{" not in sentence
    assert indonesian.reason != english.reason
    assert indonesian.remedy != english.remedy


def test_message_of_a_duplicate_names_the_row_that_stands() -> None:
    within = Issue(18, "nik", "REJECT_DUPLICATE", "reject", first_row=9)
    assert "baris 9 " in message(within)
    assert "row 9 " in message(within, "en")
    assert "program lain" in message(Issue(18, "nik", "REJECT_DUPLICATE", "reject"))


def test_a_birth_date_that_was_put_right_counts_whatever_the_list_declares() -> None:
    """Who is 17 by the corrected date stays out with an adult's date on the list, and the other way round."""
    young, grown = Standing(birth_date=date(2006, 1, 1)), Standing(birth_date=date(1980, 8, 21))
    assert fault(outcome_of(a_row(), young)) == ("tanggal_lahir", "REJECT_MIN_AGE")
    assert isinstance(outcome_of(a_row(tanggal_lahir="2010-08-21"), grown), AcceptedRow)
    assert "2006" not in repr(young)
