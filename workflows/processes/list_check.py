"""Checks a list that arrived, row by row, and takes up every accepted row as an enrollment in DRAFT.

The rows go in slices: look up who is known, judge, take up, record. Ids derive from list and row, so a
crash in the middle resumes after the last recorded slice without doubles.
"""

import asyncio
from collections.abc import Coroutine, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any, Final, NamedTuple
from uuid import UUID

from domain.case import Case
from domain.command import SYSTEM, SYSTEM_ROLE, Command
from domain.enrollment.commands import BeginEnrollment
from domain.fact import Fact, made
from domain.programme.aggregate import Programme
from domain.refusal import Refusal
from domain.roster.aggregate import Roster
from domain.roster.commands import FailCheck, FinishCheck, RecordRowsChecked, StartCheck
from domain.roster.events import RosterReceived, StandingRow
from domain.roster.ids import member_id, part_id
from domain.sealed import Erased
from store.documents import Documents
from store.records import Recorded
from workflows.days import legal_day
from workflows.office import Office
from workflows.ports import Clock, TakenUp
from workflows.processes.member_steps import carry_out_patiently, slices
from workflows.roster.checks import (
    AcceptedRow,
    Declared,
    RefusedRow,
    RowOutcome,
    SeenNiks,
    judge,
    niks_of,
    read_row,
)
from workflows.roster.columns import Row
from workflows.roster.programme_rules import ProgrammeRules, Standing
from workflows.roster.replaced import ReplacedList
from workflows.roster.sheet import Sheet, open_sheet
from workflows.roster.sheet_messages import sheet_message
from workflows.roster.table import SheetRefused
from workflows.standings import Standings

SLICE: Final = (
    1_000  # rows in one record; each is decided on the whole list, so 200 of them are better than 800
)
ROUND: Final = 32  # rows decided at once: few milliseconds of the event loop, so that people go between
UNDER_WAY: Final = 5  # rounds
LOADED: Final = 250  # memberships in memory at once
UNKNOWN_COLUMNS_MAX: Final = 50  # titles reported


class ListCheck:
    """Turns a received list into enrollments and outcomes."""

    name = "list_check"
    reads = frozenset({"roster.received"})

    def __init__(
        self,
        office: Office,
        documents: Documents,
        standings: Standings,
        clock: Clock,
        taken_up: TakenUp,
    ) -> None:
        self._office = office
        self._documents = documents
        self._standings = standings
        self._clock = clock
        self._taken_up = taken_up

    async def react(self, fact: Fact, record: Recorded) -> None:
        assert isinstance(fact, RosterReceived)
        roster = await self._office.cases.get(fact.originator_id)
        programme = await self._office.cases.get(fact.programme_id)
        assert isinstance(roster, Roster) and isinstance(programme, Programme)
        if roster.status != "checking":
            return
        try:
            content = await self._documents.get(fact.sha256, roster.id)
            if isinstance(content, Erased):
                raise SheetRefused("unreadable", "empty")
            sheet = await asyncio.to_thread(open_sheet, content)
        except SheetRefused as refused:
            await self._office.do(
                FailCheck(
                    **self._header(fact, "fail"),
                    code=refused.code,
                    message=sheet_message(refused, "en"),
                    message_id=sheet_message(refused, "id"),
                )
            )
            return
        await self._office.do(
            StartCheck(
                **self._header(fact, "start"),
                rows=sheet.rows_total,
                unknown_columns=sheet.header.unknown[:UNKNOWN_COLUMNS_MAX],
            )
        )
        replaced = await self._replaced(fact)
        await self._check(fact, roster, programme, sheet, replaced)
        await self._office.do(FinishCheck(**self._header(fact, "finish"), rows=sheet.rows_total))

    async def _replaced(self, fact: RosterReceived) -> tuple[Roster, ReplacedList] | None:
        """Return the list that this one corrects; nothing where it could not be read or was erased."""
        if fact.replaces is None:
            return None
        roster = await self._office.cases.get(fact.replaces)
        assert isinstance(roster, Roster)
        content = await self._documents.get(roster.received.sha256, roster.id)
        if roster.status != "checked" or isinstance(content, Erased):
            return None
        uploaded_on = legal_day(roster.received.decided_at)
        rows = (await asyncio.to_thread(open_sheet, content)).rows()
        read = partial(ReplacedList.read, rows, refused=roster.refused_rows, uploaded_on=uploaded_on)
        return roster, await asyncio.to_thread(read)

    async def _check(
        self,
        fact: RosterReceived,
        roster: Roster,
        programme: Programme,
        sheet: Sheet,
        replaced: tuple[Roster, ReplacedList] | None,
    ) -> None:
        rules = ProgrammeRules(
            area_code=programme.area_code,
            effective_on=fact.effective_on,
            uploaded_on=legal_day(fact.decided_at),
            wards=programme.opened.wards,
            occupations=programme.opened.occupations,
            quota=programme.opened.quota,
            accepted_before=await self._accepted_before(fact, programme),
        )
        recall = partial(
            SeenNiks.recall,
            islice(sheet.rows(), roster.checked_to),
            refused=roster.refused_rows,
            standing=roster.standing,
            taken_up=await self._taken_up_after(fact, roster.checked_to),
        )
        seen = await asyncio.to_thread(recall)  # of a long list seconds, in which other processes go on
        rows = sheet.rows(after=roster.checked_to)
        judge_next = partial(self._judged, fact, rules, rows, seen, replaced)
        before: _Judged | None = None
        judged = await judge_next()
        while judged is not None:
            # While a slice is taken up the next is judged, and the one before put on record.
            taken_up = self._take_up(fact, judged)
            recorded = self._record(fact, before)
            before, (judged, _, _) = judged, await _together(judge_next(), taken_up, recorded)
        await self._record(fact, before)

    async def _taken_up_after(self, fact: RosterReceived, row: int) -> frozenset[int]:
        """Return the rows after the last one on record that a check which broke off had taken up.

        They are of two slices at most: one that was taken up, and one that was about to be recorded.
        """
        rows = {_part_id(fact, f"row/{n}"): n for n in range(row + 1, row + 1 + 2 * SLICE)}
        return frozenset(rows[command] for command in await self._office.store.find_commands(list(rows)))

    async def _record(self, fact: RosterReceived, judged: "_Judged | None") -> None:
        """Put on record what became of the rows of a slice; nothing before the first one."""
        if judged is None:
            return
        await self._office.do(
            RecordRowsChecked(
                **self._header(fact, f"rows/{judged.last}"),
                from_row=judged.first,
                to_row=judged.last,
                issues=tuple(issue for outcome in judged.outcomes for issue in outcome.issues),
                standing=tuple(_standing_rows(judged)),
            )
        )

    async def _judged(
        self,
        fact: RosterReceived,
        rules: ProgrammeRules,
        waiting: Iterator[Row],
        seen: SeenNiks,
        replaced: tuple[Roster, ReplacedList] | None,
    ) -> "_Judged | None":
        """Return the next slice, read, looked up and judged; nothing after the last row."""
        rows = list(islice(waiting, SLICE))
        if not rows:
            return None
        readings: list[Declared | RefusedRow] = []
        for some in slices(rows, ROUND):
            readings += (read_row(row, uploaded_on=rules.uploaded_on) for row in some)
            await asyncio.sleep(0)  # people's work goes between
        digests = {nik: self._standings.digest(nik) for nik in niks_of(readings)}
        people = await self._standings.people_behind(digests)
        known = await self._standings.of(people, fact.programme_id)
        held: dict[str, UUID] = {}
        if replaced is not None:
            held = _held(readings, *replaced)
            known |= await self._standing_there(held, known)
        outcomes: list[RowOutcome] = []
        for part in slices(readings, ROUND):
            outcomes += judge(part, rules, known, seen, replaced[1] if replaced else None)
            await asyncio.sleep(0)
        return _Judged(rows[0].number, rows[-1].number, readings, outcomes, digests, people, held, known)

    async def _standing_there(
        self, held: Mapping[str, UUID], known: Mapping[str, Standing]
    ) -> dict[str, Standing]:
        """Return the standing of those whose membership on the replaced list goes on."""
        standing: dict[str, Standing] = {}
        for some in slices(list(held.items()), LOADED):
            members = await self._office.cases.load(enrollment_id for _, enrollment_id in some)
            standing |= {
                nik: replace(
                    known.get(nik, Standing()), live_membership="replaced_list", enrollment_id=enrollment_id
                )
                for nik, enrollment_id in some
                if (member := members.get(enrollment_id)) is not None and not self._ended(member)
            }
        return standing

    def _ended(self, member: Case) -> bool:
        definition = self._office.definition_of(member)
        return definition is not None and definition.statuses[member.status].final

    async def _accepted_before(self, fact: RosterReceived, programme: Programme) -> int:
        """Return how many workers the programme had besides this list; only a quota asks."""
        if programme.opened.quota is None:
            return 0
        return await self._taken_up(programme.id, besides=fact.originator_id)

    async def _take_up(self, fact: RosterReceived, judged: "_Judged") -> None:
        """Take up the accepted rows, a few rounds under way at a time: one is decided while another is committed."""
        commands = self._beginnings(fact, judged)

        async def take_turns() -> None:
            while some := list(islice(commands, ROUND)):
                for refusal in await carry_out_patiently(self._office, some):
                    if isinstance(refusal, Refusal):
                        raise refusal  # an accepted row can always be taken up: stand still and say so

        await _together(*(take_turns() for _ in range(UNDER_WAY)))

    def _beginnings(self, fact: RosterReceived, judged: "_Judged") -> Iterator[Command]:
        # In the name of the person who sent the list, whom four eyes bar from verifying it.
        roster_id = fact.originator_id
        shared = self._header(fact) | {
            "issued_by": fact.actor,
            "roles": frozenset(fact.acting_roles),
            "programme_id": fact.programme_id,
            "roster_id": roster_id,
        }
        people = judged.people
        for reading, outcome in zip(judged.readings, judged.outcomes, strict=True):
            if not isinstance(outcome, AcceptedRow) or outcome.stands:
                continue
            assert isinstance(reading, Declared)
            nik = reading.nik.digits
            of_row = {
                "command_id": _part_id(fact, f"row/{outcome.row}"),
                "case_id": member_id(roster_id, outcome.row),
                "person_id": people.get(nik) or part_id(roster_id, roster_id, f"person/{outcome.row}"),
                "worker": outcome.worker,
                "known": nik in people,
                "nik_digest": judged.digests[nik],
                "row": outcome.row,
                "warnings": tuple([warning.code for warning in outcome.warnings]),
            }
            yield made(BeginEnrollment, shared | of_row)

    def _header(self, fact: RosterReceived, part: str = "") -> dict[str, Any]:
        return {
            "command_id": _part_id(fact, part),
            "case_id": fact.originator_id,
            "issued_by": SYSTEM,
            "roles": frozenset({SYSTEM_ROLE}),
            "decided_at": self._clock(fact),
            "effective_on": fact.effective_on,
            "correlation_id": fact.originator_id,
            "causation_id": fact.command_id,
            "keyed": True,
            "unattended": True,
        }


class _Judged(NamedTuple):
    """A slice of rows of which it is known what becomes of each."""

    first: int  # its rows, by number
    last: int
    readings: Sequence[Declared | RefusedRow]
    outcomes: Sequence[RowOutcome]
    digests: Mapping[str, bytes]  # the keyed look-up, by NIK; so the following
    people: Mapping[str, UUID]  # known before
    held: Mapping[str, UUID]  # memberships on the replaced list
    known: Mapping[str, Standing]


def _part_id(fact: RosterReceived, part: str) -> UUID:
    """Return the id of a command for a part of the check; the same for every try."""
    return part_id(fact.originator_id, fact.command_id, f"check/{part}")


def _held(
    readings: Iterable[Declared | RefusedRow], roster: Roster, replaced: ReplacedList
) -> dict[str, UUID]:
    """Return the memberships of the people who stand on the replaced list, by NIK."""
    return {
        reading.nik.digits: roster.enrollment_of(row)
        for reading in readings
        if isinstance(reading, Declared) and (row := replaced.row_of(reading)) is not None
    }


def _standing_rows(judged: _Judged) -> Iterator[StandingRow]:
    for reading, outcome in zip(judged.readings, judged.outcomes, strict=True):
        if isinstance(outcome, AcceptedRow) and outcome.stands:
            assert isinstance(reading, Declared)
            nik = reading.nik.digits
            unchanged = outcome.stands == "unchanged"
            enrollment_id = judged.held[nik] if unchanged else judged.known[nik].enrollment_id
            assert enrollment_id is not None
            yield StandingRow(outcome.row, enrollment_id, outcome.stands)


async def _together(*parts: Coroutine[Any, Any, Any]) -> list[Any]:  # Any: whatever each part comes to
    """Do several things at once. The first fault ends all of them, and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(part) for part in parts]
    except ExceptionGroup as faults:
        raise faults.exceptions[0] from None
    return [task.result() for task in tasks]
