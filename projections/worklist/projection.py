"""Claims that somebody still has to do something about, with what the choice of the next one rests on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

import domain.claim.events
from domain.claim.events import (
    AccountConfirmed,
    BenefitCalculated,
    CalculationReturned,
    ClaimEndorsed,
    ClaimFiled,
    DeathReported,
    DocumentsReturned,
    FieldCheckOrdered,
    PayeeChanged,
    PaymentDetailsCorrected,
    PaymentSucceeded,
    PenaltyDetermined,
    RejectionProposed,
    StepWithdrawn,
)
from domain.definition.events import DefinitionPublished
from domain.fact import Fact
from domain.handling.events import CaseAssigned, CaseReleased, CaseTaken
from domain.risk.events import RiskFound
from projections.log import Entry
from projections.reader import KEPT, Db, Projection, Rows, Table, facts_in
from store.sealing import Keyring

CASES: Final = Table(
    "read.worklist",
    """
    case_id    uuid        not null
    kind       text        not null
    number     text        not null
    area_code  text        not null
    status     text        not null
    definition text
    is_final   boolean     not null
    since      timestamptz not null
    due_on     date
    clocks     jsonb       not null
    flags      text[]      not null
    actors     text[]      not null
    version    integer     not null
    position   bigint      not null
    assigned_to    text
    assigned_since timestamptz
    idle       text[]      not null
    """,
    key=("case_id",),
    indexes=(
        "(definition, status, due_on, since, case_id) where not is_final",
        "(assigned_to) where not is_final",
    ),
)

# Steps that only something out of the ordinary gives work to, and what did.
IDLE: Final = frozenset({"confirm_account", "determine_penalty", "sign_rejection"})

FINALS: Final = Table(
    "read.worklist_definition",
    """
    definition_id uuid   not null
    definition    text   not null
    finals        text[] not null
    """,
    key=("definition_id",),
)


@dataclass(slots=True)
class OpenCase:
    """A row of the worklist.

    due_on: the earliest day among `clocks`, the clocks that run (JSON: name to due day, or null).
    actors: who took which step, in order, each `step/person`. assigned_to: whose desk it lies on.
    idle: steps with nothing to do for them, as the facts stand.
    """

    case_id: UUID
    kind: str
    number: str
    area_code: str
    status: str
    definition: str | None
    is_final: bool
    since: datetime
    due_on: date | None = None
    clocks: str = "{}"
    flags: list[str] = field(default_factory=list)
    actors: list[str] = field(default_factory=list)
    version: int = 0
    position: int = 0
    assigned_to: str | None = None
    assigned_since: datetime | None = None
    idle: list[str] = field(default_factory=lambda: sorted(IDLE))


@dataclass(slots=True)
class Finals:
    """In which statuses a case of this version of a definition waits for nobody any more."""

    definition_id: UUID
    definition: str
    finals: list[str]


class Worklist(Projection):
    """One row for each claim; the pinned definition says where it ends. The index holds only open ones."""

    name = "worklist"
    version = 5
    tables = (CASES, FINALS)

    def __init__(self, keyring: Keyring, tables: Sequence[Table] | None = None) -> None:
        super().__init__(keyring, tables)
        self._cases = Rows(self.here[0], OpenCase, kept=KEPT)
        self._published = Rows(self.here[1], Finals)
        self._finals: set[tuple[str, str]] | None = None

    def publish(self, fact: DefinitionPublished, entry: Entry) -> None:
        statuses = msgspec.json.decode(fact.canonical).get("status", ())
        finals = [status["name"] for status in statuses if status.get("final")]
        definition = f"{fact.name}@{fact.version}"
        self._published.put(fact.originator_id, Finals(fact.originator_id, definition, finals))
        self._ends.update((definition, status) for status in finals)

    def report(self, fact: DeathReported, entry: Entry) -> None:
        row = OpenCase(
            fact.originator_id, fact.kind, fact.number, fact.area_code, "", None, False, entry.recorded_at
        )
        self._cases.put(fact.originator_id, row)
        self.go_on(fact, entry)

    def go_on(self, fact: Fact, entry: Entry) -> None:
        row = self._cases[fact.originator_id]
        row.version, row.position = entry.version, entry.position
        row.definition = fact.definition or row.definition
        if fact.to_status is not None and fact.to_status != row.status:
            row.status, row.since = fact.to_status, entry.recorded_at
        if fact.step is not None:
            row.actors.append(f"{fact.step}/{fact.actor}")
        if fact.flags:
            row.flags = sorted({*row.flags, *fact.flags})
        if fact.clocks:
            _turn(row, fact)
        if type(fact) in _WITH_WORK:
            for step, has_work in _work_in(fact).items():
                row.idle = sorted({*row.idle} - {step} if has_work else {*row.idle, step})
        row.is_final = (row.definition, row.status) in self._ends

    def hand_over(self, fact: CaseTaken | CaseAssigned | CaseReleased, entry: Entry) -> None:
        """Note on whose desk the case lies; neither its version nor its place in the list moves by that."""
        row = self._cases[fact.case_id]
        match fact:
            case CaseTaken():
                row.assigned_to, row.assigned_since = fact.actor, entry.recorded_at
            case CaseAssigned():
                row.assigned_to, row.assigned_since = fact.to, entry.recorded_at
            case CaseReleased():
                row.assigned_to = row.assigned_since = None

    def flag(self, fact: RiskFound, entry: Entry) -> None:
        row = self._cases[fact.case_id]
        row.flags = sorted({*row.flags, *fact.flags})

    reads = dict.fromkeys(facts_in(domain.claim.events), go_on) | {
        CaseTaken: hand_over,
        CaseAssigned: hand_over,
        CaseReleased: hand_over,
        RiskFound: flag,
        DefinitionPublished: publish,
        DeathReported: report,
    }

    @property
    def _ends(self) -> set[tuple[str, str]]:
        assert self._finals is not None, "prepare comes first"
        return self._finals

    async def prepare(self, db: Db, facts: Sequence[Fact]) -> None:
        if self._finals is None:
            rows = await db.fetch(f"select definition, unnest(finals) as status from {self.here[1].name}")
            self._finals = {(row["definition"], row["status"]) for row in rows}
        begun = {fact.originator_id for fact in facts if type(fact) in _FIRSTS}
        await self._cases.fetch(db, {_case_of(fact) for fact in facts} - begun)

    async def save(self, db: Db) -> None:
        await self._cases.save(db)
        await self._published.save(db)

    def forget(self) -> None:
        self._cases.forget()
        self._published.forget()
        self._finals = None


# Looked up by their exact class: facts are many, and asking each whether it is one of a family takes its time.
_FIRSTS: Final = frozenset({DeathReported, DefinitionPublished})
_BESIDE_CASES: Final = frozenset({CaseTaken, CaseAssigned, CaseReleased, RiskFound})


def _case_of(fact: Fact) -> UUID:
    return fact.case_id if type(fact) in _BESIDE_CASES else fact.originator_id  # type: ignore[attr-defined]


_WITH_WORK: Final = frozenset({
    ClaimFiled, PayeeChanged, PaymentDetailsCorrected, AccountConfirmed, PaymentSucceeded, PenaltyDetermined,
    CalculationReturned, RejectionProposed, BenefitCalculated, ClaimEndorsed, DocumentsReturned, FieldCheckOrdered,
    StepWithdrawn,
})  # fmt: skip


def _work_in(fact: Fact) -> dict[str, bool]:
    """Return which of the idle steps this fact gives something to do, and which it leaves without."""
    match fact:
        case ClaimFiled() | PayeeChanged():
            differs = not all(payee.account_name_matches for payee in fact.payees)
            return {"confirm_account": differs, "sign_rejection": False}
        case PaymentDetailsCorrected():
            return {"confirm_account": not fact.account_name_matches}
        case AccountConfirmed():
            return {"confirm_account": False}
        case PaymentSucceeded() if fact.penalty_due:
            return {"determine_penalty": True}
        case PenaltyDetermined():
            return {"determine_penalty": False, "endorse": True}
        case CalculationReturned() if fact.of_penalty:
            return {"determine_penalty": True}
        case RejectionProposed():
            return {"sign_rejection": True}
        case BenefitCalculated():
            return {"sign_rejection": fact.determination.is_rejection, "endorse": True}
        case ClaimEndorsed():
            return {"endorse": False}
        case CalculationReturned() | DocumentsReturned() | FieldCheckOrdered() | StepWithdrawn():
            return {"sign_rejection": False}
    return {}


def _turn(row: OpenCase, fact: Fact) -> None:
    """Let the clocks that this fact starts run, and those it stops stand."""
    running: dict[str, date | None] = msgspec.json.decode(row.clocks, type=dict[str, date | None])
    for clock in fact.clocks:
        if clock.change in {"started", "restarted", "missed"}:
            running[clock.clock] = clock.due_on
        else:
            running.pop(clock.clock, None)
    row.clocks = msgspec.json.encode(running, order="sorted").decode()
    row.due_on = min((due for due in running.values() if due is not None), default=None)
