"""What each move of a claim's story is: which command, by whom, with what in its form."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from api.demo.cast import PARTICIPANT, TEAMS, Persona, Team
from api.demo.claims import CLAIMS, Story
from api.demo.lists import Act, lists
from api.demo.moves import Move, dated, moves_of
from api.demo.newcomers import city_list, names_on, newcomers
from api.demo.office_days import OfficeDays
from api.demo.teller import Teller, behalf_of, made_id, member_of
from domain.benefit.heirs import TIER_OF_RELATION
from domain.claim import commands as claim
from domain.claim.aggregate import Claim
from domain.claim.commands import ChildForm, ClaimCommand, HeirForm, PayeeForm, ReporterForm
from domain.handling.commands import AssignCase, WriteNote
from domain.handling.events import handling_of

USUAL: Final = (
    "JKM_FORM", "MEMBER_CARD", "KTP_DECEASED", "KTP_HEIR", "KK", "DEATH_CERT", "HEIR_CERT", "BANK_HEIR",
)  # fmt: skip
EARLIEST: Final = 60  # days before today by which a past story has begun; a later one is left out


@dataclass
class Scene:
    """One move of one story, at its hour."""

    teller: Teller
    story: Story
    name: str  # of who died
    at: datetime
    move: Move

    @property
    def case_id(self) -> UUID:
        return made_id(f"claim/{self.story.key}")

    @property
    def team(self) -> Team:
        return TEAMS[self.story.team]

    @property
    def family(self) -> Persona:
        """Who acts for the family: its own account, or the counter on its behalf."""
        if self.story.key == OF_THE_PERSONA:
            return PARTICIPANT
        account = Persona(f"warga-3375-{self.story.row:04d}", "participant")
        return self.team.intake if self.story.at_counter else account

    @property
    def said(self) -> str:
        return self.story.says[self.move.name]

    @property
    def label(self) -> str:
        return f"{self.move.name}/{self.move.place}"

    async def claim(self) -> Claim:
        found = await self.teller.house.office.cases.get(self.case_id)
        assert isinstance(found, Claim)
        return found

    async def take(self, command: type[ClaimCommand], who: Persona, **form: Any) -> None:
        await self.teller.do(command, who, self.at, self.case_id, self.label, **self._behalf(who) | form)

    async def take_in_vain(self, command: type[ClaimCommand], who: Persona, code: str, **form: Any) -> None:
        await self.teller.do_in_vain(command, who, self.at, self.case_id, self.label, code, **form)

    async def paper(self, who: Persona, code: str, minute: int = 0) -> None:
        story = self.story
        lines = (
            f"Peserta: {self.name}",
            f"Keluarga: {story.family.name}",
            f"Berkas {story.key} {self.move.place}",
            f"Tanggal {self.at:%d-%m-%Y}",
        )
        await self.teller.add_paper(
            claim.AddDocument,
            who,
            self.at + timedelta(minutes=minute),
            self.case_id,
            (await self.claim()).subject_id,
            f"{self.label}/{code}",
            code,
            *lines,
            **self._behalf(who),
        )

    def _behalf(self, who: Persona) -> dict[str, Any]:
        family = self.story.family
        at_counter = who.role == "intake" and self.move.name in OF_THE_FAMILY
        return {"on_behalf_of": behalf_of(family.name, family.relation)} if at_counter else {}


OF_THE_PERSONA: Final = "lapor"  # the story whose family is the persona of the sign-in page
OF_THE_FAMILY: Final = frozenset({"report", "file", "papers", "bring", "answer", "withdraw"})


def acts_of_claims(days: OfficeDays) -> Iterator[Act]:
    """Yield every move of every claim, in no order."""
    names = _names(days)
    for number, story in enumerate(CLAIMS):
        if isinstance(story.begins, date) and story.begins > days.today - timedelta(days=EARLIEST):
            continue
        name = names[story.roster][story.row - 1]
        for at, move in dated(moves_of(story.path), days, story.begins, minutes=30 + number):
            yield _act(story, name, at, move)


def _names(days: OfficeDays) -> dict[str, list[str]]:
    """Return who stands on the lists from which somebody dies."""
    made_up = {
        one.key: names_on(
            newcomers(one.workers, serials=one.serials, district=one.district, listed_on=one.effective_on)
        )
        for one in lists(days)
        if one.workers
    }
    return {"kota": names_on(city_list()), **made_up}


def _act(story: Story, name: str, at: datetime, move: Move) -> Act:
    async def tell(teller: Teller) -> None:
        await MOVES[move.name](Scene(teller, story, name, at, move))

    return Act(at, f"Claim {story.key}: {move.name.replace('_', ' ')}", tell)


# -- the counter


async def _report(scene: Scene) -> None:
    family = scene.story.family
    await scene.take(
        claim.ReportDeath,
        scene.family,
        enrollment_id=member_of(scene.story.roster, scene.story.row),
        event_on=scene.at.date() - timedelta(days=scene.story.died),
        cause=scene.story.cause,
        reported_by=ReporterForm(
            name=family.name, relation=family.relation, phone=f"+62858000{scene.story.row:05d}"
        ),
    )


async def _report_again(scene: Scene) -> None:
    """A second report of the same death, at another counter."""
    other = TEAMS[1 - scene.story.team].intake
    reported = (await scene.claim()).reported
    await scene.teller.do_in_vain(
        claim.ReportDeath,
        other,
        scene.at,
        made_id(f"claim/{scene.story.key}/again"),
        scene.label,
        "duplicate",
        enrollment_id=reported.enrollment_id,
        event_on=reported.event_on,
        cause=scene.story.cause,
        reported_by=ReporterForm(name="Karsono Contoh", relation="sibling"),
    )
    await _compared(scene)


async def _file(scene: Scene) -> None:
    family = scene.story.family
    tier = TIER_OF_RELATION.get(family.relation, "NONE")
    payee = PayeeForm(
        name=family.name,
        relation=family.relation,
        heir_tier=tier,  # type: ignore[arg-type]  # the table's own word
        bank="Bank Contoh",
        account_number=_account(scene.story.shares_account_with or scene.story.key, 1),
        account_name=family.name.upper(),
    )
    heirs = () if tier == "NONE" else (HeirForm(name=family.name, relation=family.relation),)
    await scene.take(
        claim.FileClaim,
        scene.family,
        claim_date=scene.at.date(),
        payee=payee,
        heirs=(*heirs, *(HeirForm(name=name, relation="child") for name, _ in family.children)),
        children=tuple(ChildForm(name=name, birth_date=born) for name, born in family.children),
    )
    await _compared(scene)


async def _papers(scene: Scene) -> None:
    relation = scene.story.family.relation
    codes = list(USUAL)
    if relation == "spouse":
        codes.append("MARRIAGE")
    elif relation == "funeral_arranger":
        codes.append("FUNERAL_PROOF")
    left_out = {code.removeprefix("-") for code in scene.move.arguments}
    for minute, code in enumerate(code for code in codes if code not in left_out):
        await scene.paper(scene.family, code, minute)
    await _compared(scene)


async def _bring(scene: Scene) -> None:
    for minute, code in enumerate(scene.move.arguments):
        await scene.paper(scene.family, code, minute)
    await _compared(scene)


async def _return(scene: Scene) -> None:
    await scene.take(claim.ReturnDocuments, scene.team.intake, codes=scene.move.arguments, reason=scene.said)


async def _correct(scene: Scene) -> None:
    await scene.take(
        claim.CorrectPaymentDetails,
        scene.team.intake,
        bank="Bank Contoh Syariah",
        account_number=_account(scene.story.key, 2),
        account_name=scene.story.family.name.upper(),
    )
    await _compared(scene)


# -- verification


async def _check(scene: Scene) -> None:
    await scene.take(claim.OrderFieldCheck, scene.team.verifier, reason=scene.said)


async def _visit(scene: Scene) -> None:
    who = scene.team.field_checker
    await scene.paper(who, "CASE_CHECK")
    was_working = scene.move.argument != "idle"
    await scene.take(claim.ReportFieldCheck, who, was_working=was_working, findings=scene.said)


async def _propose(scene: Scene) -> None:
    await scene.take(claim.ProposeRejection, scene.team.verifier, code=scene.move.argument, reason=scene.said)


async def _sign(scene: Scene) -> None:
    proposal = (await scene.claim()).proposal
    of_the_head = proposal is not None and proposal.outcome == "REJECT_NOT_WORKING"
    await scene.take(
        claim.SignRejection, scene.team.head if of_the_head else scene.team.approver, reason=scene.said
    )


async def _try_own(scene: Scene) -> None:
    """Whoever took the file in would also verify it."""
    who = Persona(scene.team.intake.name, "verifier")
    await scene.take_in_vain(claim.OrderFieldCheck, who, "same_person")


# -- settlement


async def _approve(scene: Scene) -> None:
    await scene.take(claim.ApproveClaim, scene.team.approver, amount=await _amount(scene))


async def _endorse(scene: Scene) -> None:
    await scene.take(claim.EndorseClaim, scene.team.approver, amount=await _amount(scene))


async def _try_alone(scene: Scene) -> None:
    """One approver would sign where two have to."""
    amount = await _amount(scene)
    await scene.take_in_vain(claim.ApproveClaim, scene.team.approver, "authority_exceeded", amount=amount)


async def _try_amount(scene: Scene) -> None:
    """A zero too few."""
    amount = await _amount(scene) // 10
    await scene.take_in_vain(claim.ApproveClaim, scene.team.approver, "amount_differs", amount=amount)


async def _amount(scene: Scene) -> int:
    determination = (await scene.claim()).determination
    return determination.total if determination else 0


async def _confirm(scene: Scene) -> None:
    reference = f"TRX-{scene.at:%Y%m%d}-{scene.story.row:04d}{scene.move.place:02d}"
    await scene.take(
        claim.ConfirmPayment, scene.team.cashier, bank_reference=reference, paid_on=scene.at.date()
    )


async def _fail(scene: Scene) -> None:
    await scene.take(claim.FailPayment, scene.team.cashier, reason=scene.said, bank_code="R04")


async def _withdraw(scene: Scene) -> None:
    await scene.take(claim.WithdrawClaim, scene.family, reason=scene.said)


# -- beside the case


async def _note(scene: Scene) -> None:
    who = getattr(scene.team, scene.move.argument or "verifier")
    await _handle(scene, WriteNote, who, text=scene.said)


async def _assign(scene: Scene) -> None:
    await _handle(scene, AssignCase, scene.team.approver, to=scene.move.argument)


async def _handle(scene: Scene, command: type[AssignCase | WriteNote], who: Persona, **form: Any) -> None:
    beside = handling_of(scene.case_id)
    await scene.teller.do(command, who, scene.at, beside, scene.label, of=scene.case_id, **form)


async def _compared(scene: Scene) -> None:
    """Wait until the claim is compared with the others, so that every telling writes the same log."""
    position = await scene.teller.house.store.last_position()
    await scene.teller.reached("claim_comparison", position)


def _account(key: str, which: int) -> str:
    """Return the first or second account of the family of a story."""
    place = [story.key for story in CLAIMS].index(key)
    return f"0099{which:03d}{place:06d}"


def _plain(command: type[ClaimCommand], desk: str) -> Callable[[Scene], Awaitable[None]]:
    """Return a move that is a command of one desk with nothing in its form."""

    async def tell(scene: Scene) -> None:
        await scene.take(command, scene.family if desk == "family" else getattr(scene.team, desk))

    return tell


def _said(command: type[ClaimCommand], desk: str) -> Callable[[Scene], Awaitable[None]]:
    """Return a move that is a command of one desk with its reason."""

    async def tell(scene: Scene) -> None:
        await scene.take(command, getattr(scene.team, desk), reason=scene.said)

    return tell


MOVES: Final[dict[str, Callable[[Scene], Awaitable[None]]]] = {
    "report": _report,
    "try_twice": _report_again,
    "file": _file,
    "papers": _papers,
    "bring": _bring,
    "return": _return,
    "answer": _plain(claim.CompleteDocuments, "family"),
    "complete": _plain(claim.ConfirmComplete, "intake"),
    "verify": _plain(claim.StartVerification, "verifier"),
    "try_own": _try_own,
    "check": _check,
    "visit": _visit,
    "propose": _propose,
    "sign": _sign,
    "calculate": _plain(claim.CalculateBenefit, "calculator"),
    "send_back": _said(claim.ReturnCalculation, "approver"),
    "endorse": _endorse,
    "try_alone": _try_alone,
    "try_amount": _try_amount,
    "approve": _approve,
    "order": _plain(claim.OrderPayment, "payer"),
    "confirm": _confirm,
    "fail": _fail,
    "correct": _correct,
    "penalty": _plain(claim.DeterminePenalty, "calculator"),
    "close": _plain(claim.CloseCase, "payer"),
    "hand_over": _said(claim.HandOverToJkk, "verifier"),
    "withdraw": _withdraw,
    "note": _note,
    "assign": _assign,
}
