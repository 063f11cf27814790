"""Tells stories through the engine's own commands, each at its hour, each only once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, TypeVar
from uuid import UUID, uuid5

import msgspec

from api.bootstrap import House
from api.http.programmes import count_heads
from domain.claim.commands import AddDocument, ClaimCommand, ReportDeath
from domain.command import Command
from domain.period import Month
from domain.programme.aggregate import Programme
from domain.programme.commands import OpenProgramme, ReceiveContribution
from domain.roster.aggregate import Roster, member_id
from domain.roster.commands import AddDocument as AddListPaper
from domain.roster.commands import ReceiveRoster, RequestStep
from workflows.answer import Answer
from workflows.days import WIB

_SEED: Final = UUID("3f0c2a52-7f0e-4d6e-8a55-7d0f9f3a5e10")  # of ids that follow from a story
LONG: Final = 600.0  # seconds that work on a whole list may take
C = TypeVar("C", bound=Command)

Progress = Callable[[int, int], None]  # done, of


@dataclass(frozen=True)
class Persona:
    """Somebody who works with the demonstration."""

    name: str
    role: str


@dataclass
class Teller:
    """Takes the steps of stories. `progress` is told how far work on a whole list is."""

    house: House
    progress: Progress
    programme: UUID = field(default=UUID(int=0))
    roster: UUID = field(default=UUID(int=0))
    claims: list[UUID] = field(default_factory=list)

    async def open_programme(self, who: Persona, at: str, **agreement: Any) -> UUID:
        self.programme = _id("programme")
        await self._do(OpenProgramme, who, at, self.programme, "open", **agreement)
        return self.programme

    async def send_list(
        self, who: Persona, at: str, programme: UUID, content: bytes, *, effective_on: date
    ) -> UUID:
        """Send a list and wait until every row is checked."""
        self.roster = _id("roster")
        sha256 = await self.house.documents.put(content, self.roster)
        command = ReceiveRoster(
            **self._header(who, at, self.roster, "receive") | {"effective_on": effective_on},
            programme_id=programme,
            sha256=sha256,
            size=len(content),
            media_type="text/csv",
        )
        answer = await self.house.office.do(command)
        total = content.count(b"\n") - 1
        while not await self.house.reached("list_check", answer.position, within=0.1):
            self.progress((await self._roster()).checked_to, total)
        self.progress(total, total)
        return self.roster

    async def list_step(
        self, who: Persona, at: str, roster: UUID, step: str, form: Mapping[str, str] | None = None
    ) -> None:
        """Take a step with every member of the list, and wait until it is done."""
        answer = await self._do(
            RequestStep,
            who,
            at,
            roster,
            f"step/{step}",
            member_step=step,
            form=msgspec.json.encode(form or {}).decode(),
        )
        await self.house.reached("member_steps", answer.position, within=LONG)

    async def add_list_paper(self, who: Persona, at: str, roster: UUID, code: str) -> None:
        await self._add_paper(AddListPaper, who, at, roster, roster, code)

    async def pay_month(self, who: Persona, at: str, month: Month) -> None:
        """Pay the invoice of one month for the whole list, and wait until members know of it."""
        programme = await self.house.office.cases.get(self.programme)
        assert isinstance(programme, Programme)
        if any(month in payment.months for payment in programme.contributions):
            return
        paid_on = date.fromisoformat(at[:10])
        heads = await count_heads(self.house, programme, self.roster, (), [month], paid_on)
        answer = await self._do(
            ReceiveContribution,
            who,
            at,
            self.programme,
            f"pay/{month}",
            months=(str(month),),
            amount=heads.invoice.total,
            paid_on=paid_on,
            reference=f"SP2D-{month}-001",
            heads=heads,
            roster_id=self.roster,
        )
        await self.house.reached("contributions_reach_members", answer.position, within=LONG)

    async def report_death(
        self, command: type[ReportDeath], who: Persona, at: str, *, row: int, **form: Any
    ) -> UUID:
        claim = _id(f"claim/{row}")
        await self._do(command, who, at, claim, "report", enrollment_id=member_id(self.roster, row), **form)
        self.claims.append(claim)
        return claim

    async def claim_step(
        self, command: type[ClaimCommand], who: Persona, at: str, claim: UUID, **form: Any
    ) -> None:
        await self._do(command, who, at, claim, command.step, **form)

    async def add_claim_paper(
        self, command: type[AddDocument], who: Persona, at: str, claim: UUID, code: str
    ) -> None:
        case = await self.house.office.cases.get(claim)
        await self._add_paper(command, who, at, claim, case.subject_id, code)

    async def _add_paper(
        self, command: Any, who: Persona, at: str, case_id: UUID, subject: UUID, code: str
    ) -> None:  # command: the AddDocument of any kind of case
        content = f"Dokumen contoh {code} (sintetis) untuk kasus {case_id}\n".encode()
        sha256 = await self.house.documents.put(content, subject)
        await self._do(
            command,
            who,
            at,
            case_id,
            f"paper/{code}",
            code=code,
            sha256=sha256,
            media_type="text/plain",
            size=len(content),
        )

    async def _do(
        self, command: type[C], who: Persona, at: str, case_id: UUID, label: str, **form: Any
    ) -> Answer:
        return await self.house.office.do(command(**self._header(who, at, case_id, label), **form))

    def _header(self, who: Persona, at: str, case_id: UUID, label: str) -> dict[str, Any]:
        hour = datetime.strptime(at, "%Y-%m-%d %H:%M").replace(tzinfo=WIB)
        return {
            "command_id": _id(f"{case_id}/{label}"),
            "case_id": case_id,
            "issued_by": who.name,
            "roles": frozenset({who.role}),
            "decided_at": hour,
            "effective_on": hour.date(),
            "keyed": True,
        }

    async def _roster(self) -> Roster:
        roster = await self.house.office.cases.get(self.roster)
        assert isinstance(roster, Roster)
        return roster


def _id(label: str) -> UUID:
    return uuid5(_SEED, label)
