"""Tells stories through the engine's own commands, each at its hour, each only once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeVar
from uuid import UUID, uuid5

import msgspec

from api.bootstrap import House
from api.demo.cast import Persona
from api.demo.papers import MEDIA_TYPE, paper
from api.http.programmes import count_heads
from domain.command import Behalf, Command
from domain.period import Month
from domain.programme.aggregate import Programme
from domain.programme.commands import OpenProgramme, ReceiveContribution
from domain.refusal import Refusal
from domain.roster.aggregate import Roster
from domain.roster.commands import AddDocument as AddListPaper
from domain.roster.commands import ReceiveRoster, RequestStep
from domain.roster.ids import member_id
from workflows.answer import Answer
from workflows.days import legal_day
from workflows.processes.coverage_watch import DayBegan

_SEED: Final = UUID("3f0c2a52-7f0e-4d6e-8a55-7d0f9f3a5e10")  # of ids that follow from a story
LONG: Final = 600.0  # seconds that work on a whole list may take
PROGRAMME: Final = uuid5(_SEED, "programme")
C = TypeVar("C", bound=Command)


class StoryBroken(Exception):
    """The story does not fit the engine any more: a step of it was refused, or one that should be was not."""


@dataclass
class Teller:
    """Takes the steps of stories. titles: of papers, by code."""

    house: House
    titles: Mapping[str, str]

    # -- the sponsor

    async def open_programme(self, who: Persona, at: datetime, **agreement: Any) -> None:
        await self.do(OpenProgramme, who, at, PROGRAMME, "open", **agreement)

    async def send_list(
        self, who: Persona, at: datetime, key: str, content: bytes, *, on: date, replaces: UUID | None = None
    ) -> None:
        """Send a list and wait until every row is checked."""
        roster = list_id(key)
        sha256 = await self.house.documents.put(content, roster)
        answer = await self.do(
            ReceiveRoster,
            who,
            at,
            roster,
            "receive",
            effective_on=on,
            programme_id=PROGRAMME,
            sha256=sha256,
            size=len(content),
            media_type="text/csv",
            replaces=replaces,
        )
        await self.reached("list_check", answer.position)

    async def list_step(
        self, who: Persona, at: datetime, key: str, step: str, form: Mapping[str, Any] | None = None
    ) -> None:
        """Take a step with every member of the list, and wait until it is done."""
        written = msgspec.json.encode(form or {}).decode()
        roster = list_id(key)
        answer = await self.do(RequestStep, who, at, roster, f"step/{step}", member_step=step, form=written)
        await self.reached("member_steps", answer.position)
        done = next(one for one in (await self.list(key)).steps.values() if one.request.member_step == step)
        if done.refused:
            raise StoryBroken(f"{step} of list {key} was refused for {len(done.refused)} rows")

    async def add_list_paper(self, who: Persona, at: datetime, key: str, code: str, *lines: str) -> None:
        roster = list_id(key)
        await self.add_paper(
            AddListPaper, who, at, roster, roster, f"{code}/{at:%Y%m%d}", code, "Batik Berlian", *lines
        )

    async def pay(self, who: Persona, at: datetime, key: str, months: list[Month]) -> None:
        """Pay the invoice of some months for a list, and wait until members and claims know of it."""
        roster, paid_on = list_id(key), legal_day(at)
        label = f"pay/{key}/{months[0]}"
        if (answer := await self.told_before(PROGRAMME, label)) is None:
            programme = await self.house.office.cases.get(PROGRAMME)
            assert isinstance(programme, Programme)
            heads = await count_heads(self.house, programme, roster, (), months, paid_on)
            answer = await self.do(
                ReceiveContribution,
                who,
                at,
                PROGRAMME,
                label,
                months=tuple(map(str, months)),
                amount=heads.invoice.total,
                paid_on=paid_on,
                reference=f"SP2D-{paid_on:%Y%m%d}-{key.upper()}",
                heads=heads,
                roster_id=roster,
            )
        await self.reached("contributions_reach_members", answer.position)
        await self.reached("arrears_release_claims", answer.position)

    async def list(self, key: str) -> Roster:
        roster = await self.house.office.cases.get(list_id(key))
        assert isinstance(roster, Roster)
        return roster

    # -- days

    async def begin_day(self, day: date, at: datetime) -> None:
        """Tell the watches that a day began. One they know of, or a later one, is not told again."""
        house = self.house
        told = {state.name: state.day for state in await house.watches.states()}
        for name, watch in (
            (house.watch.name, house.watch.day_began),
            (house.deadlines.name, house.deadlines.day_began),
        ):
            last = told.get(name)
            if last is None or last < day:
                await house.watches.tell(name, watch, DayBegan(day, at), patient=True)

    # -- any case

    async def add_paper(
        self,
        command: Any,  # the AddDocument of any kind of case
        who: Persona,
        at: datetime,
        case_id: UUID,
        subject: UUID,
        label: str,
        code: str,
        *lines: str,
        **form: Any,
    ) -> None:
        """Bring a paper: a picture that says what it is."""
        content = paper(self.titles[code], lines)
        sha256 = await self.house.documents.put(content, subject)
        form |= {"code": code, "sha256": sha256, "media_type": MEDIA_TYPE, "size": len(content)}
        await self.do(command, who, at, case_id, f"paper/{label}", **form)

    async def do(
        self, command: type[C], who: Persona, at: datetime, case_id: UUID, label: str, **form: Any
    ) -> Answer:
        """Carry out a command, unless it was before. label: which of the case it is."""
        if (before := await self.told_before(case_id, label)) is not None:
            return before
        try:
            return await self.house.office.do(command(**_header(who, at, case_id, label) | form))
        except Refusal as refusal:
            raise StoryBroken(
                f"{label} at {at:%Y-%m-%d} was refused: {refusal.code}: {refusal.message}"
            ) from None

    async def do_in_vain(
        self, command: type[C], who: Persona, at: datetime, case_id: UUID, label: str, code: str, **form: Any
    ) -> None:
        """Try what is refused with a code of weight; the attempt goes on record, once."""
        tried = command(**_header(who, at, case_id, label) | form)
        if await self.house.store.find_command(uuid5(tried.command_id, f"attempt/{code}")) is not None:
            return
        [outcome] = await self.house.office.carry_out([tried])
        if not isinstance(outcome, Refusal) or outcome.code != code:
            raise StoryBroken(f"{label} at {at:%Y-%m-%d} was not refused as {code}")

    async def told_before(self, case_id: UUID, label: str) -> Answer | None:
        """Return the first answer to what was told before."""
        remembered = await self.house.store.find_command(made_id(f"{case_id}/{label}"))
        return remembered and Answer(position=remembered.position, data=remembered.answer)

    async def reached(self, process: str, position: int) -> None:
        if not await self.house.reached(process, position, within=LONG):
            raise StoryBroken(f"{process} does not come by: see `jaminan doctor`")


def made_id(label: str) -> UUID:
    return uuid5(_SEED, label)


def list_id(key: str) -> UUID:
    return made_id(f"roster/{key}")


def member_of(key: str, row: int) -> UUID:
    return member_id(list_id(key), row)


def behalf_of(name: str, relation: str) -> Behalf:
    return Behalf(name=name, relation=relation)


def _header(who: Persona, at: datetime, case_id: UUID, label: str) -> dict[str, Any]:
    return {
        "command_id": made_id(f"{case_id}/{label}"),
        "case_id": case_id,
        "issued_by": who.name,
        "roles": frozenset({who.role}),
        "decided_at": at,
        "effective_on": legal_day(at),
        "keyed": True,
    }
