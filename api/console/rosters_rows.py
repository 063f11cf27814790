"""The rows of a list as its pages show them: who, which field, what was written, what is wrong, how to mend it."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from api.bootstrap import House
from api.http.rosters import note_rows_seen, sees_rows
from domain.mandate import Mandate
from domain.places import wards_of
from domain.roster.aggregate import Roster
from domain.roster.events import RowIssue
from domain.rupiah import Language
from domain.sealed import Erased
from workflows.chairs import Caller
from workflows.roster.columns import Row
from workflows.roster.messages import remark
from workflows.roster.sheet import read_rows
from workflows.roster.table import Cell

SHOWN_MAX: Final = 80  # characters of a cell


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldRow:
    """What to tell about a row. written, name: None where the reader does not need them, or they were erased."""

    row: int
    field: str
    code: str
    name: str | None
    written: str | None
    reason: str
    remedy: str


async def told_rows(
    house: House, roster: Roster, caller: Caller, issues: Sequence[RowIssue], language: Language
) -> list[ToldRow]:
    """Return what to tell about these rows. Whoever sees what was written in them is put on record first."""
    written: Mapping[int, Row] = {}
    if issues and sees_rows(roster, caller):
        await note_rows_seen(house, roster, caller)
        written = await _rows(house, roster, {issue.row for issue in issues})
    return [_told(issue, written.get(issue.row), language) for issue in issues]


def wards_seen(roster: Roster, caller: Caller) -> list[str] | None:
    """Return the wards of a list that a caller's mandates reach, as `district/ward`; None for all of them."""
    mandates = [None if seat.area is None else Mandate.read(seat.area) for seat in caller.seats]
    if any(mandate is None or mandate.covers(roster.area_code) for mandate in mandates):
        return None
    return [
        f"{ward.district}/{ward.name}"
        for ward in wards_of(roster.area_code)
        if any(
            mandate and mandate.covers(roster.area_code, (ward.district, ward.name)) for mandate in mandates
        )
    ]


async def _rows(house: House, roster: Roster, numbers: Collection[int]) -> Mapping[int, Row]:
    content = await house.documents.get(roster.received.sha256, roster.id)
    return {} if isinstance(content, Erased) else await asyncio.to_thread(read_rows, content, numbers)


def _told(issue: RowIssue, row: Row | None, language: Language) -> ToldRow:
    explained = remark(issue, language)
    return ToldRow(
        row=issue.row,
        field=issue.field,
        code=issue.code,
        name=None if row is None else _written(row.cell("nama")),
        written=None if row is None else _written(row.cell(issue.field)),
        reason=explained.reason,
        remedy=explained.remedy,
    )


def _written(cell: Cell) -> str:
    text = f"{cell:f}" if isinstance(cell, Decimal) else cell.isoformat() if isinstance(cell, date) else cell
    text = text.strip()
    return text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}…"
