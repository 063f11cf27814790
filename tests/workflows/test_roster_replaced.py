"""A corrected list: what comes again as it was is left alone, the rest is judged anew."""

from datetime import date
from typing import Any

from tests.workflows.test_roster_checks import SUPARMAN, UPLOADED_ON, a_row, fault, the_programme
from workflows.roster.checks import AcceptedRow, Declared, RowOutcome, SeenNiks, judge, read_row
from workflows.roster.columns import Row
from workflows.roster.programme_rules import Standing
from workflows.roster.replaced import ReplacedList


def replaced(*rows: Row, refused: frozenset[int] = frozenset()) -> ReplacedList:
    return ReplacedList.read(rows, refused=refused, uploaded_on=UPLOADED_ON)


def outcome_of(row: Row, earlier: ReplacedList, standing: Standing | None = None, **rules: Any) -> RowOutcome:
    known = {SUPARMAN: standing or Standing("replaced_list")}
    reading = read_row(row, uploaded_on=UPLOADED_ON)
    [outcome] = judge([reading], the_programme(**rules), known, SeenNiks(), earlier)
    return outcome


def stands(outcome: RowOutcome) -> str | None:
    assert isinstance(outcome, AcceptedRow)
    return outcome.stands


def declared(row: Row) -> Declared:
    reading = read_row(row, uploaded_on=UPLOADED_ON)
    assert isinstance(reading, Declared)
    return reading


def test_a_row_that_comes_again_is_unchanged_however_it_is_written() -> None:
    earlier = replaced(a_row(4))
    assert stands(outcome_of(a_row(9), earlier)) == "unchanged"
    otherwise = a_row(
        9, nik=f" '{SUPARMAN}", tanggal_lahir=date(1980, 8, 21), penghasilan_bulanan="Rp 900.000"
    )
    assert stands(outcome_of(otherwise, earlier)) == "unchanged"
    assert earlier.row_of(declared(otherwise)) == 4


def test_an_unchanged_row_is_not_judged_again() -> None:
    """A full quota, a rule that became stricter: it was accepted, and stands."""
    assert stands(outcome_of(a_row(), replaced(a_row()), quota=0, occupations=("Pemulung",))) == "unchanged"


def test_a_row_whose_membership_ended_is_judged_anew() -> None:
    assert stands(outcome_of(a_row(), replaced(a_row()), Standing())) is None
    dead = outcome_of(a_row(), replaced(a_row()), Standing(deceased=True))
    assert fault(dead) == ("nik", "REJECT_DECEASED")


def test_a_row_refused_there_is_judged_anew() -> None:
    earlier = replaced(a_row(4), refused=frozenset({4}))
    assert stands(outcome_of(a_row(9), earlier, Standing())) is None


def test_a_person_who_stands_there_with_other_data_is_changed_and_begins_nothing() -> None:
    outcome = outcome_of(
        a_row(nama="Suparman Rahardjo"), replaced(a_row()), Standing("replaced_list"), quota=0
    )
    assert stands(outcome) == "changed"
    assert [warning.code for warning in outcome.issues] == ["changed"]


def test_a_changed_row_is_checked_like_any_other() -> None:
    wrong = a_row(pekerjaan="Astronaut")
    assert fault(outcome_of(wrong, replaced(a_row()), Standing("replaced_list"))) == (
        "pekerjaan",
        "REJECT_OCCUPATION",
    )


def test_an_unchanged_row_that_comes_twice_is_refused_the_second_time() -> None:
    readings = [read_row(a_row(number), uploaded_on=UPLOADED_ON) for number in (1, 2)]
    first, second = judge(
        readings, the_programme(), {SUPARMAN: Standing("replaced_list")}, SeenNiks(), replaced(a_row())
    )
    assert stands(first) == "unchanged"
    assert fault(second) == ("nik", "REJECT_DUPLICATE")
