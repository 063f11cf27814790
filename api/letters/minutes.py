"""The minutes of a list: how many rows, what was refused and why, and who took which step when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import msgspec

from api.bootstrap import House
from api.letters.claim_file import Source
from api.letters.not_ready import LetterNotReady
from api.letters.signers import Chairs, Signer, chairs_of, signer
from api.letters.words import WORDS, said
from domain.fact import Fact
from domain.programme.aggregate import Programme
from domain.roster.aggregate import Roster
from domain.roster.events import RosterChecked, RosterReceived, StepRequested
from domain.rupiah import Language
from store.records import Recorded
from workflows.lifecycle import Definition
from workflows.roster.messages import explain, remark

ROWS_SHOWN: Final = 500  # longer lists of refused rows: the rest stands in the sheet of rows to mend


@dataclass(frozen=True, kw_only=True)
class RefusedCode:
    code: str
    reason: str
    remedy: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class RefusedRow:
    """A row of the list and why it was refused; never a value of it."""

    row: int
    code: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class StepTaken:
    step: str
    done: int
    refused: int
    is_running: bool
    by: Signer
    restricted: bool  # to some rows, or to the ward of whoever asked
    decree: str | None
    decree_on: date | None
    code: str | None  # the ground, where workers were rejected or ended


@dataclass(frozen=True, kw_only=True)
class Minutes:
    programme: Programme
    effective_on: date
    received_on: date
    received_from: str
    checked_on: date
    file_sha256: str
    replaces: bool
    rows: int
    accepted: int
    unchanged: int
    rejected: int
    warnings: int
    codes: list[RefusedCode]
    refused: list[RefusedRow]
    not_shown: int  # refused rows beyond those listed
    not_taken: list[RefusedRow]  # rows for which a step was refused; the reason in English, as it was given
    steps: list[StepTaken]

    @property
    def decrees(self) -> list[StepTaken]:
        return [step for step in self.steps if step.decree]


@dataclass(frozen=True, kw_only=True)
class ListFile:
    """A list as its minutes see it. Nothing in it is personal: rows are told by their numbers."""

    roster: Roster
    programme: Programme
    events: Sequence[tuple[Recorded, Fact]]
    source: Source
    chairs: Chairs
    lifecycle: Definition  # of its members; says how a step is called


async def read_list_file(house: House, roster: Roster, *, up_to: int) -> ListFile:
    world = await house.office.world_of(roster, up_to=up_to)
    events = await house.office.cases.events(roster.id, up_to=up_to)
    return ListFile(
        roster=roster,
        programme=world.the("programme", Programme),
        events=events,
        source=Source.of(events[-1][0]),
        chairs=await chairs_of(house.office.cases, (fact for _, fact in events), up_to=up_to),
        lifecycle=house.library.latest("enrollment", roster.received.effective_on),
    )


def why_not(file: ListFile) -> LetterNotReady | None:
    """Return why there are no minutes of a list yet."""
    if file.roster.status == "checking":
        return LetterNotReady(
            "Daftar masih diperiksa; berita acara dapat dibuat setelah semua baris diperiksa.",
            "the list is still being checked: ask again when every row is checked",
        )
    if file.roster.status == "failed":
        return LetterNotReady(
            "Berkas ini tidak terbaca sebagai daftar, jadi tidak ada baris yang diperiksa.",
            "the file could not be read as a list, so no row was checked: send a readable one",
        )
    return None


def minutes(file: ListFile, language: Language) -> Minutes:
    """Return the minutes. Refused (`guard_failed`) before every row is checked."""
    if reason := why_not(file):
        raise reason
    roster = file.roster
    facts = [fact for _, fact in file.events]
    received = next(fact for fact in facts if isinstance(fact, RosterReceived))
    checked = next(fact for fact in facts if isinstance(fact, RosterChecked))
    refused = list(_refused(roster, language))
    rows = sorted({one.row for one in refused})[:ROWS_SHOWN]
    shown = [one for one in refused if not rows or one.row <= rows[-1]]
    return Minutes(
        programme=file.programme,
        effective_on=received.effective_on,
        received_on=Source.of(file.events[0][0]).day,
        received_from=received.actor,
        checked_on=checked.effective_on,
        file_sha256=received.sha256,
        replaces=received.replaces is not None,
        rows=checked.rows,
        accepted=checked.accepted,
        unchanged=checked.unchanged,
        rejected=checked.rejected,
        warnings=checked.warnings,
        codes=list(_codes(roster, language)),
        refused=shown,
        not_shown=len(roster.refused_rows) - len(rows),
        not_taken=[
            RefusedRow(row=one.row, code=one.code, reason=one.message)
            for step in roster.steps.values()
            for one in step.refused[:ROWS_SHOWN]
        ],
        steps=[_step(file, fact, language) for fact in facts if isinstance(fact, StepRequested)],
    )


def _refused(roster: Roster, language: Language) -> Iterator[RefusedRow]:
    for issue in sorted(roster.issues, key=lambda issue: issue.row):
        if issue.severity == "reject":
            yield RefusedRow(row=issue.row, code=issue.code, reason=remark(issue, language).reason)


def _codes(roster: Roster, language: Language) -> Iterator[RefusedCode]:
    """Yield the reasons, the most frequent first; a row with two reasons counts in both."""
    rows: dict[tuple[str, str, bool], set[int]] = {}
    for issue in roster.issues:
        if issue.severity == "reject":
            key = (issue.code, issue.field, issue.first_row is not None)
            rows.setdefault(key, set()).add(issue.row)
    for (code, field, is_repeated), found in sorted(rows.items(), key=lambda one: (-len(one[1]), one[0])):
        told = explain(code, language, field=field)
        reason = said(WORDS.row, "repeated", language) if is_repeated else told.reason
        yield RefusedCode(code=code, reason=reason, remedy=told.remedy, rows=len(found))


def _step(file: ListFile, asked: StepRequested, language: Language) -> StepTaken:
    outcome = file.roster.steps[asked.request_id]
    form = msgspec.json.decode(asked.form) if asked.form else {}
    issued_on = form.get("issued_on")
    return StepTaken(
        step=_step_name(file.lifecycle, asked.member_step, language),
        done=outcome.done,
        refused=len(outcome.refused),
        is_running=not outcome.finished,
        by=signer(asked, file.chairs, language),
        restricted=asked.rows is not None or bool(asked.except_rows),
        decree=form.get("number"),
        decree_on=date.fromisoformat(issued_on) if issued_on else None,
        code=form.get("code"),
    )


def _step_name(lifecycle: Definition, step: str, language: Language) -> str:
    """Return what was done; a step without words of its own is called as its lifecycle calls it."""
    rule = lifecycle.steps.get(step)
    if step in WORDS.member_step or rule is None:
        return said(WORDS.member_step, step, language)
    return rule.label_id if language == "id" else rule.label_en
