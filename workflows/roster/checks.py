"""From data rows to workers: what each row declares, and whether the programme takes the worker up.

Two passes, so that the office can look up a whole slice between them: `read_row` checks how a row is
written, column by column; `judge` checks eligibility in the order of dossier 2.1. The first failure of a
row decides.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache, partial
from typing import Any, Final, Literal, NamedTuple, Protocol, TypeAlias

from domain.eligibility import Candidate, reason_to_reject
from domain.fact import made
from domain.nik import Nik
from domain.person.worker import Worker
from domain.roster.events import RowIssue
from workflows.roster.cells import (
    CellUnreadable,
    read_birth_date,
    read_income,
    read_nik,
    read_optional_text,
    read_phone,
    read_required_text,
    read_sex,
)
from workflows.roster.columns import COLUMNS, Row
from workflows.roster.programme_rules import LiveMembership, ProgrammeRules, Standing
from workflows.roster.table import Cell

Issue: TypeAlias = RowIssue
Stands: TypeAlias = Literal["unchanged", "changed", "renewal"]

ERASED: Final = "erased"
_FIELD_OF: Final = {
    "REJECT_MIN_AGE": "tanggal_lahir",
    "REJECT_MAX_AGE": "tanggal_lahir",
    "REJECT_OCCUPATION": "pekerjaan",
    "REJECT_RESIDENCE": "kelurahan",
    "birth_date_mismatch": "tanggal_lahir",
    "sex_mismatch": "jenis_kelamin",
}  # every other code is about the person as such, hence the NIK


class Declared(NamedTuple):
    """A row that can be read. The worker's ward, district and occupation are still as written."""

    row: int
    nik: Nik
    worker: Worker

    def __repr__(self) -> str:
        return f"Declared({self.row})"


class AcceptedRow(NamedTuple):
    """A worker to take up: ward and district by their official names, the occupation by its code."""

    row: int
    worker: Worker
    warnings: tuple[Issue, ...]
    stands: Stands | None = None  # a membership that goes on, so that none begins

    @property
    def issues(self) -> tuple[Issue, ...]:
        return self.warnings

    @property
    def renewal(self) -> bool:
        """The person is a live member of this programme: the sponsored period goes on, no new spell."""
        return self.stands == "renewal"

    def __repr__(self) -> str:
        return f"AcceptedRow({self.row}, warnings={[warning.code for warning in self.warnings]})"


class RefusedRow(NamedTuple):
    """A row not taken up, with the first thing that is wrong with it."""

    row: int
    issue: Issue

    @property
    def issues(self) -> tuple[Issue, ...]:
        return (self.issue,)


RowOutcome: TypeAlias = AcceptedRow | RefusedRow


class SeenNiks:
    """The NIKs of the rows accepted so far, each with its row; some 100 bytes a row."""

    def __init__(self) -> None:
        self._row_of: dict[int, int] = {}
        self.newcomers = 0  # accepted rows that begin a membership; the quota counts these
        self.taken_up: Container[int] = ()  # rows not yet on record whose membership has begun

    def first_row(self, nik: Nik, others: Iterable[str] = ()) -> int | None:
        """Return the row in which a NIK was accepted. others: NIKs of the same person, which count as well."""
        for digits in (nik.digits, *others):
            if (row := self._row_of.get(int(digits))) is not None:
                return row
        return None

    def remember(self, nik: Nik, row: int, *, newcomer: bool) -> None:
        self._row_of[int(nik.digits)] = row
        self.newcomers += newcomer

    @classmethod
    def recall(
        cls,
        rows: Iterable[Row],
        *,
        refused: Container[int],
        standing: Container[int],
        taken_up: Container[int] = (),
    ) -> "SeenNiks":
        """Return the memory after rows whose outcome is on record: where a check that broke off goes on.

        standing: rows that begin no membership, because one goes on. taken_up: rows beyond these whose
        membership began before the check broke off; they stay accepted, whatever is known of the person now.
        """
        seen = cls()
        seen.taken_up = taken_up
        for row in rows:
            if row.number not in refused:
                nik = read_nik(row.cell("nik"))
                seen.remember(nik, row.number, newcomer=row.number not in standing)
        return seen


class Earlier(Protocol):
    """The list that this one replaces."""

    def holds(self, declared: Declared) -> bool:
        """Tell whether it has this very row."""
        ...


def check_slice(
    rows: Iterable[Row], rules: ProgrammeRules, known: Mapping[str, Standing], seen: SeenNiks
) -> list[RowOutcome]:
    """Read and judge rows whose people were looked up before; see `judge`."""
    return judge([read_row(row, uploaded_on=rules.uploaded_on) for row in rows], rules, known, seen)


def read_row(row: Row, *, uploaded_on: date) -> Declared | RefusedRow:
    """Read a row, column by column; the first cell that cannot be read refuses it."""
    said: dict[str, Any] = {}  # Any: of the type that the column has
    try:
        for (field, read), cell in zip(_readers(uploaded_on), row.known_cells(), strict=True):
            said[field] = read(cell)
    except CellUnreadable as unreadable:
        column = COLUMNS[len(said)]  # the first of which nothing is said
        return RefusedRow(row.number, Issue(row.number, column, unreadable.code, "reject"))
    nik: Nik = said["nik"]
    return Declared(row.number, nik, made(Worker, said | {"nik": nik.digits}))


@lru_cache(maxsize=64)
def _readers(uploaded_on: date) -> tuple[tuple[str, Callable[[Cell], Any]], ...]:
    """Return what each column says of a worker and how it is read, in the order in which a row is checked."""
    reading: dict[str, tuple[str, Callable[[Cell], Any]]] = {
        "nik": ("nik", read_nik),
        "nama": ("name", read_required_text),
        "tanggal_lahir": ("birth_date", partial(read_birth_date, uploaded_on=uploaded_on)),
        "jenis_kelamin": ("sex", read_sex),
        "alamat": ("address", read_optional_text),
        "rt": ("rt", read_optional_text),
        "rw": ("rw", read_optional_text),
        "kelurahan": ("ward", read_required_text),
        "kecamatan": ("district", read_required_text),
        "pekerjaan": ("occupation", read_required_text),
        "penghasilan_bulanan": ("income", read_income),
        "no_hp": ("phone", read_phone),
    }
    return tuple(reading[column] for column in COLUMNS)


def niks_of(readings: Iterable[Declared | RefusedRow]) -> list[str]:
    """Return the NIKs to look up before these rows are judged."""
    return [reading.nik.digits for reading in readings if isinstance(reading, Declared)]


def judge(
    readings: Sequence[Declared | RefusedRow],
    rules: ProgrammeRules,
    known: Mapping[str, Standing],
    seen: SeenNiks,
    replaced: Earlier | None = None,
) -> list[RowOutcome]:
    """Return what becomes of each row, in order; accepted rows are remembered in `seen`.

    known: standing by NIK; who is not in it is new to the log. Of a NIK that comes twice the first
    accepted row stands. A row that the replaced list has as well, and whose membership goes on, is left
    as it was judged there. How a list is cut into slices makes no difference.
    """
    return [
        reading if isinstance(reading, RefusedRow) else _judge_one(reading, rules, known, seen, replaced)
        for reading in readings
    ]


def _judge_one(
    declared: Declared,
    rules: ProgrammeRules,
    known: Mapping[str, Standing],
    seen: SeenNiks,
    replaced: Earlier | None,
) -> RowOutcome:
    row, nik, worker = declared.row, declared.nik, declared.worker
    standing = known.get(nik.digits, _NEWCOMER)
    first_row = seen.first_row(nik, standing.niks)
    was_taken_up = row in seen.taken_up
    goes_on = standing.live_membership == "replaced_list"
    if first_row is None and goes_on and replaced is not None and replaced.holds(declared):
        seen.remember(nik, row, newcomer=False)
        return AcceptedRow(row, worker, (), "unchanged")
    stands = None if was_taken_up else _STANDS.get(standing.live_membership)
    if standing.erased and stands is None and not was_taken_up:
        return RefusedRow(row, _issue(row, ERASED, "reject"))
    occupation = rules.occupation_code(worker.occupation)
    place = rules.place(worker.ward, worker.district)
    code = reason_to_reject(
        Candidate(
            birth_date=standing.birth_date or worker.birth_date,
            registered_on=rules.effective_on,
            formal_worker=standing.formal_worker,
            duplicate=first_row is not None or standing.live_membership == "other_programme",
            deceased=standing.deceased,
            occupation_listed=occupation is not None,
            resident=place is not None,
            quota_left=stands is not None or rules.has_room(seen.newcomers),
        )
    )
    if code is not None and not was_taken_up:
        first = first_row if code == "REJECT_DUPLICATE" else None
        return RefusedRow(row, _issue(row, code, "reject", first))
    assert occupation is not None and place is not None
    seen.remember(nik, row, newcomer=stands is None)
    codes = nik.warnings(birth_date=worker.birth_date, sex=worker.sex)
    if stands is not None:
        codes = (*codes, stands)
    return AcceptedRow(
        row,
        worker.recognised(ward=place[0], district=place[1], occupation=occupation),
        tuple(_issue(row, code, "warn") for code in codes),
        stands,
    )


def _issue(row: int, code: str, severity: str, first_row: int | None = None) -> Issue:
    return Issue(row, _FIELD_OF.get(code, "nik"), code, severity, first_row)


_NEWCOMER: Final = Standing()
_STANDS: Final[Mapping[LiveMembership | None, Stands]] = {
    "same_programme": "renewal",
    "replaced_list": "changed",
}
