"""Cases standing in every status of both lifecycles, told in facts, and a form for every step that is filled in well.

Nothing here is read from a definition: what a status needs in the file, and who was there before, is told anew.
"""

from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import domain.claim.commands as claim
import domain.enrollment.commands as enrollment
import domain.enrollment.events as enrollment_events
from domain.benefit.determination import Determination
from domain.claim import events as claim_events
from domain.command import SYSTEM, SYSTEM_ROLE, Command
from domain.fact import ClockChange, Fact
from tests.facts import (
    CLAIM,
    DEATH,
    ENROLLMENT,
    LIST_DAY,
    PAPERS,
    PAYMENT,
    PERSON,
    PROGRAMME,
    TODAY,
    benefit_calculated,
    claim_approved,
    claim_endorsed,
    claim_filed,
    claim_paper,
    command,
    contribution_received,
    death_reported,
    determination,
    documents_returned,
    enrollment_begun,
    fact,
    field_check_ordered,
    file_complete,
    first_contribution_paid,
    held,
    line,
    member_registered,
    member_suspended,
    member_terminated,
    membership_lapsed,
    paid_late,
    payee,
    payee_form,
    payment_failed,
    payment_ordered,
    payment_succeeded,
    penalty_determined,
    person_registered,
    programme_opened,
    proposal_returned,
    rejection,
    rejection_proposed,
    verification_started,
    worker,
    worker_proposed,
)

BEHIND: Final = uuid4()  # a programme whose sponsor stopped paying after the first month
PAID_TO_DATE: Final = (
    "2023-09", "2023-10", "2023-11", "2023-12", "2024-01", "2024-02", "2024-03", "2024-04", "2024-05",
)  # fmt: skip
AUTHORISATION: Final = "KANWIL-7/2024"
EVERYBODY: Final = 10**9  # a position behind every registration
ABOVE_THE_LIMIT: Final = determination(line("JKM_LUMP", 100_000_001))

# Papers that people bring, by the step that asks for them (dossier 6.2, 6.3, chapter 7 of the office list).
PAPERS_FOR: Final = {
    "confirm_complete": PAPERS,
    "report_field_check": ("CASE_CHECK",),
    "correct_payment_details": ("BANK_HEIR",),
    "change_payee": ("HEIR_CERT",),
    "confirm_account": ("BANK_HEIR",),
    "approve": ("NPWP",),
    "propose": ("ENR_PKS",),
    "verify": ("ENR_VERVAL",),
    "issue_decree": ("ENR_SK",),
    "terminate": ("ENR_TERM",),
    "propose_termination": ("ENR_TERM",),
    "replace": ("ENR_REPLACE",),
}


def surroundings() -> list[Fact]:
    """Return a programme that is paid to the month of the death, one that is not, and a member of the first."""
    return [
        programme_opened(),
        programme_opened(BEHIND),
        enrollment_begun(),
        member_registered(),
        contribution_received(*PAID_TO_DATE, position=EVERYBODY),
        contribution_received(PAID_TO_DATE[0], position=EVERYBODY, stream=BEHIND),
        contribution_received(
            *PAID_TO_DATE[1:],
            position=EVERYBODY,
            stream=BEHIND,
            paid_on=date(2024, 5, 2),
            authorisation=AUTHORISATION,
        ),
    ]


def elsewhere(facts: Iterable[Fact], **streams: UUID) -> list[Fact]:
    """Return the same facts of other streams, wherever the example's ids stand in them."""
    known = {"claim": CLAIM, "payment": PAYMENT, "enrollment": ENROLLMENT, "person": PERSON}
    ids = {known[name]: id_ for name, id_ in streams.items()}
    return [_with_ids(one, ids) for one in facts]


def _with_ids(value: Any, ids: dict[UUID, UUID]) -> Any:
    assert is_dataclass(value) and not isinstance(value, type)
    changed = {
        field.name: ids[kept]
        for field in fields(value)
        if isinstance(kept := getattr(value, field.name), UUID) and kept in ids
    }
    return replace(value, **changed) if changed else value


# -- claims


def claim_at(status: str, step: str = "", found: Determination | None = None, *more: Fact) -> list[Fact]:
    """Return the story of a claim that stands in a status, with what a step needs in its file.

    Earlier desks were taken by others than who asks now, but for the two whose step may be taken back.
    """
    usual = {"endorse": ABOVE_THE_LIMIT, "sign_rejection": rejection()}.get(step, determination())
    found = found or (held("2024-05") if status == "HELD_ARREARS" else usual)
    story: list[Fact] = [death_reported(actor="participant")]
    for reached, facts in _claim_chapters(status, found, late=step == "determine_penalty"):
        story += facts
        if reached == status:
            break
    if step == "confirm_account":
        other = (payee(account_name_matches=False),)
        story = [
            replace(one, payees=other) if isinstance(one, claim_events.ClaimFiled) else one for one in story
        ]
    papers = [claim_paper(code) for code in PAPERS_FOR.get(step, ())]
    proposal = (
        [rejection_proposed()] if status == "VERIFYING" and step == "sign_rejection" and not more else []
    )
    return [*story, *papers, *proposal, *more]


def _claim_chapters(status: str, found: Determination, *, late: bool) -> Iterable[tuple[str, list[Fact]]]:
    """Yield what leads to each status, in the order of the happy path; side paths where they branch off."""
    yield "REPORTED", []
    if status == "WITHDRAWN":
        yield status, [_moved(claim_events.ClaimWithdrawn, "withdraw", "REPORTED", status)]
    yield "FILED", [claim_filed()]
    if status == "INCOMPLETE":
        yield (
            status,
            [documents_returned("KK", "KTP_HEIR", clocks=(_over("incomplete_90d"),)), claim_paper("KK")],
        )
    yield "COMPLETE", [file_complete(actor="intake")]
    yield "VERIFYING", [verification_started(actor="verifier")]
    if status == "FIELD_CHECK":
        yield status, [field_check_ordered()]
    if status == "REJECTED":
        code = "REJECT_RESIDENCE"
        signed = _moved(claim_events.ClaimRejected, "sign_rejection", "VERIFYING", status, outcome=code)
        yield status, [rejection_proposed(code), signed]
    yield "CALCULATED", [benefit_calculated(found)]
    yield "APPROVED", [claim_approved(found.total)]
    at_once = [one.code for one in found.lines if one.payable == "at_once"]
    yield "PAYMENT_ORDERED", payment_ordered(*at_once, found=found)
    if status == "PAYMENT_FAILED":
        yield status, [payment_failed()]
    if status == "HELD_ARREARS":
        yield status, [payment_succeeded(status, clocks=(_over("arrears_90d"),))]
    yield "PAID", [paid_late() if late else payment_succeeded()]
    yield "CLOSED", [_moved(claim_events.CaseClosed, "close", "PAID", "CLOSED")]


def late_payment_at(status: str) -> list[Fact]:
    """Return the story of a claim that was paid too late: PAID, or CALCULATED anew for what is owed for that."""
    paid = claim_at("PAID", "determine_penalty")
    return paid if status == "PAID" else [*paid, penalty_determined(paid_late(), actor="somebody")]


def endorsed(found: Determination) -> Fact:
    return claim_endorsed(found, actor="another")


def proposed(code: str) -> Fact:
    return rejection_proposed(code, actor="another")


# -- memberships


def enrollment_at(status: str, step: str = "") -> list[Fact]:
    """Return the story of a membership that stands in a status, where what a step waits for has come true."""
    waits_for_arrears = step in ("note_unpaid_month", "lapse", "reenroll", "settle_sponsor_arrears")
    programme = BEHIND if waits_for_arrears else PROGRAMME
    story: list[Fact] = [enrollment_begun(programme_id=programme)]
    if step == "reenroll":
        story.insert(0, person_registered())
    for reached, facts in _enrollment_chapters(status):
        story += facts
        if reached == status:
            break
    return [*story, *(_enrollment_paper(code) for code in PAPERS_FOR.get(step, ()))]


def _enrollment_chapters(status: str) -> Iterable[tuple[str, list[Fact]]]:
    yield "DRAFT", []
    yield "PROPOSED", [worker_proposed()]
    yield (
        "VERIFYING",
        [_step(enrollment_events.VerificationStarted, "start_verification", "PROPOSED", "VERIFYING")],
    )
    if status == "RETURNED":
        yield status, [proposal_returned("nama", clocks=(_over("answer_14d"),))]
    if status == "REJECTED":
        yield (
            status,
            [
                _step(
                    enrollment_events.WorkerRejected, "reject", "VERIFYING", status, code="REJECT_OCCUPATION"
                )
            ],
        )
    yield "VERIFIED", [_step(enrollment_events.WorkerVerified, "verify", "VERIFYING", "VERIFIED")]
    decree = {"number": "460/112/2023", "issued_on": LIST_DAY}
    yield "DECREED", [_step(enrollment_events.DecreeIssued, "issue_decree", "VERIFIED", "DECREED", **decree)]
    yield "REGISTERED", [member_registered()]
    yield "ACTIVE", [first_contribution_paid()]
    if status == "SUSPENDED":
        yield status, [member_suspended()]
    if status == "TERMINATED":
        yield status, [member_terminated(TODAY)]
    yield (
        "GRACE",
        [_step(enrollment_events.MonthUnpaid, "note_unpaid_month", "ACTIVE", "GRACE", month="2023-10")],
    )
    yield "LAPSED", [membership_lapsed(date(2024, 1, 1))]


def _enrollment_paper(code: str) -> Fact:
    paper = {"code": code, "sha256": "ab" * 32, "media_type": "image/png", "size": 9}
    return fact(enrollment_events.DocumentAdded, ENROLLMENT, **paper)


def _moved(cls: type[Fact], step: str, before: str, after: str, **more: Any) -> Fact:
    moved = {"step": step, "from_status": before, "to_status": after, "actor": "somebody"}
    return fact(cls, CLAIM, **moved, **more)


def _step(cls: type[Fact], step: str, before: str, after: str, **more: Any) -> Fact:
    moved = {"step": step, "from_status": before, "to_status": after, "actor": "somebody"}
    return fact(cls, ENROLLMENT, **moved, **more)


def _over(clock: str) -> ClockChange:
    """A clock whose time was over yesterday."""
    return ClockChange(clock=clock, change="started", on=LIST_DAY, due_on=TODAY - timedelta(days=1))


# -- what is asked


def asked(aggregate: str, step: str, case_id: UUID, role: str) -> Command:
    """Return the step as somebody of a role asks for it, with a form that leaves nothing to be desired."""
    forms = CLAIM_FORMS if aggregate == "claim" else ENROLLMENT_FORMS
    cls, form = forms[step]
    form = {name: value() if callable(value) else value for name, value in form.items()}
    who = SYSTEM if role == SYSTEM_ROLE else role
    return command(cls, case_id, who, role, **form)


def _newcomer() -> enrollment.Newcomer:
    return enrollment.Newcomer(
        person_id=uuid4(), worker=worker(nik="3375014107850002"), known=False, nik_digest=uuid4().bytes
    )


_WHY: Final = {"reason": "alasan"}
_ACCOUNT: Final = {"bank": "BANK JATENG", "account_number": "987", "account_name": "BUDI SANTOSO"}
_MEMBER: Final = {"programme_id": PROGRAMME, "worker": worker(), "known": False, "effective_on": LIST_DAY}

CLAIM_FORMS: Final[dict[str, tuple[type[Command], dict[str, Any]]]] = {
    "report": (
        claim.ReportDeath,
        {
            "enrollment_id": ENROLLMENT,
            "event_on": DEATH,
            "cause": "illness",
            "reported_by": claim.ReporterForm(name="BUDI SANTOSO", relation="spouse"),
        },
    ),
    "file": (claim.FileClaim, {"claim_date": date(2024, 5, 15), "payee": payee_form()}),
    "return_documents": (claim.ReturnDocuments, {"codes": ("KK",), **_WHY}),
    "complete_documents": (claim.CompleteDocuments, {}),
    "lapse_incomplete": (claim.LapseIncomplete, {}),
    "confirm_complete": (claim.ConfirmComplete, {}),
    "start_verification": (claim.StartVerification, {}),
    "order_field_check": (claim.OrderFieldCheck, _WHY),
    "report_field_check": (claim.ReportFieldCheck, {"was_working": True, "findings": "bekerja"}),
    "hand_over_to_jkk": (claim.HandOverToJkk, _WHY),
    "propose_rejection": (claim.ProposeRejection, {"code": "REJECT_RESIDENCE", **_WHY}),
    "sign_rejection": (claim.SignRejection, _WHY),
    "calculate": (claim.CalculateBenefit, {}),
    "determine_penalty": (claim.DeterminePenalty, {}),
    "return_calculation": (claim.ReturnCalculation, _WHY),
    "endorse": (claim.EndorseClaim, {}),
    "approve": (claim.ApproveClaim, {"amount": determination().total}),
    "order_payment": (claim.OrderPayment, {}),
    "confirm_payment": (claim.ConfirmPayment, {"bank_reference": "TRX-1", "paid_on": TODAY}),
    "fail_payment": (claim.FailPayment, _WHY),
    "correct_payment_details": (claim.CorrectPaymentDetails, _ACCOUNT),
    "confirm_account": (claim.ConfirmAccount, _WHY),
    "settle_arrears": (claim.SettleArrears, {"payment_position": 9}),
    "refuse_rest": (claim.RefuseRest, _WHY),
    "change_payee": (claim.ChangePayee, {"payee": payee_form(), **_WHY}),
    "withdraw": (claim.WithdrawClaim, _WHY),
    "withdraw_step": (claim.WithdrawStep, _WHY),
    "close": (claim.CloseCase, {}),
}

ENROLLMENT_FORMS: Final[dict[str, tuple[type[Command], dict[str, Any]]]] = {
    "reenroll": (enrollment.ReenrollMember, {"occupation": "BECAK"}),
    "settle_sponsor_arrears": (enrollment.SettleSponsorArrears, {"authorisation": AUTHORISATION}),
    "begin": (
        enrollment.BeginEnrollment,
        {**_MEMBER, "person_id": uuid4, "nik_digest": lambda: uuid4().bytes},
    ),
    "propose": (enrollment.ProposeWorker, {}),
    "start_verification": (enrollment.StartVerification, {}),
    "return_proposal": (enrollment.ReturnProposal, {"items": ("nama",)}),
    "complete_proposal": (enrollment.CompleteProposal, {}),
    "abandon_proposal": (enrollment.AbandonProposal, {}),
    "reject": (enrollment.RejectWorker, {"code": "REJECT_OCCUPATION"}),
    "verify": (enrollment.VerifyWorker, {}),
    "issue_decree": (enrollment.IssueDecree, {"number": "460/112/2023", "issued_on": LIST_DAY}),
    "register": (enrollment.RegisterMember, {}),
    "activate": (enrollment.RecordFirstContribution, {"first_month": "2023-09", "payment_position": 9}),
    "note_unpaid_month": (enrollment.NoteUnpaidMonth, {}),
    "settle_arrears": (enrollment.SettleArrears, {}),
    "lapse": (enrollment.LapseMembership, {}),
    "suspend": (enrollment.SuspendMember, {"flag": "NIK_DUPLICATE"}),
    "lift_suspension": (enrollment.LiftSuspension, {}),
    "propose_termination": (enrollment.ProposeTermination, {"reason": "DATA_ERROR"}),
    "terminate": (enrollment.TerminateMember, {"reason": "REMOVED"}),
    "replace": (enrollment.ReplaceWorker, {"person": enrollment.WorkerForm(), "newcomer": _newcomer}),
}
