"""Example facts and commands: each has a valid default for all that a story does not mention.

Facts carry no version: `versioned` numbers them in the order in which a story tells them.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from domain.benefit.contribution import invoice
from domain.benefit.deadlines import determine_penalty, late_payment
from domain.benefit.determination import Determination, Line, PayeeShare
from domain.claim import commands as claim_commands
from domain.claim import events as claim_events
from domain.command import SYSTEM, SYSTEM_ROLE, Command
from domain.delegation import commands as delegation_commands
from domain.delegation import events as delegation_events
from domain.enrollment import commands as enrollment_commands
from domain.enrollment import events as enrollment_events
from domain.fact import ClockChange, Fact, FirstFact
from domain.handling import commands as handling_commands
from domain.handling import events as handling_events
from domain.payment import events as payment_events
from domain.payment.events import PaymentLine
from domain.period import Month
from domain.person.events import Details, PersonRegistered
from domain.person.worker import Worker
from domain.programme import commands as programme_commands
from domain.programme import events as programme_events
from domain.programme.invoice import Invoice, invoice_for
from domain.risk import events as risk_events
from domain.roster import commands as roster_commands
from domain.roster import events as roster_events
from domain.roster.ids import member_id
from domain.sealed import Sealed

F = TypeVar("F", bound=Fact)
C = TypeVar("C", bound=Command)

NOW: Final = datetime(2024, 5, 22, 3, 0, tzinfo=UTC)  # 10 o'clock in Jakarta
TODAY: Final = date(2024, 5, 22)
LIST_DAY: Final = date(2023, 9, 1)
DEATH: Final = date(2024, 5, 10)

PROGRAMME: Final = uuid5(NAMESPACE_URL, "programme")
ROSTER: Final = uuid5(NAMESPACE_URL, "roster")
ENROLLMENT: Final = member_id(ROSTER, 1)
PERSON: Final = uuid5(NAMESPACE_URL, "person")
CLAIM: Final = uuid5(NAMESPACE_URL, "claim")
PAYMENT: Final = uuid5(CLAIM, "payment")
HANDLING: Final = handling_events.handling_of(CLAIM)
DELEGATION: Final = uuid5(NAMESPACE_URL, "delegation")
REQUEST: Final = uuid5(ROSTER, "request")
AREA: Final = "3375"
PAPERS: Final = (
    "JKM_FORM", "MEMBER_CARD", "KTP_DECEASED", "KTP_HEIR", "KK", "DEATH_CERT", "HEIR_CERT", "MARRIAGE", "BANK_HEIR",
)  # fmt: skip
SHA: Final = "ab" * 32


def fact(cls: type[F], stream: UUID, **fields: Any) -> F:
    """Return a fact with a valid header."""
    head: dict[str, Any] = {
        "originator_id": stream,
        "originator_version": 1,
        "timestamp": NOW,
        "actor": "ina",
        "acting_roles": ("intake",),
        "effective_on": TODAY,
        "command_id": uuid4(),
    }
    if issubclass(cls, FirstFact):
        head["originator_topic"] = str(vars(cls)["TOPIC"]).partition(".")[0]
    return cls(**(head | fields))


def versioned(facts: Iterable[Fact]) -> list[Fact]:
    """Number the facts of each stream in the order in which they are told."""
    versions: Counter[UUID] = Counter()
    numbered = []
    for one in facts:
        versions[one.originator_id] += 1
        numbered.append(dataclasses.replace(one, originator_version=versions[one.originator_id]))
    return numbered


def command(cls: type[C], case_id: UUID, by: str, /, *roles: str, **fields: Any) -> C:
    """Return a command with a valid header."""
    head: dict[str, Any] = {
        "command_id": uuid4(),
        "case_id": case_id,
        "issued_by": by,
        "roles": frozenset(roles),
        "decided_at": NOW,
        "effective_on": TODAY,
    }
    return cls(**(head | fields))


def as_system(cls: type[C], case_id: UUID, /, **fields: Any) -> C:
    return command(cls, case_id, SYSTEM, SYSTEM_ROLE, **fields)


# -- the programme


def programme_opened(stream: UUID = PROGRAMME, **fields: Any) -> programme_events.ProgrammeOpened:
    defaults = {
        "name": "Perlindungan pekerja rentan",
        "area_code": AREA,
        "sponsor": "Pemerintah Kota",
        "segment": "BPU_APBD",
        "target": 1_000,
        "budget": 201_600_000,
        "period_from": date(2023, 9, 1),
        "period_to": date(2024, 8, 31),
        "actor": "sari",
        "acting_roles": ("sponsor_officer",),
    }
    return fact(programme_events.ProgrammeOpened, stream, **(defaults | fields))


def contribution_received(
    *months: str, position: int = 1_000, **fields: Any
) -> programme_events.ContributionReceived:
    """A payment for the whole list, counted far behind every registration of the story."""
    defaults = {
        "reference": f"SP2D-{'-'.join(months)}",
        "months": months,
        "heads": (1,) * len(months),
        "amount": 16_800 * len(months),
        "paid_on": LIST_DAY,
        "head_position": position,
        "lines": (("CON_JKK", 10_000 * len(months)), ("CON_JKM", 6_800 * len(months))),
        "roster_id": None if fields.get("enrollment_ids") else ROSTER,
        "actor": "fitri",
        "acting_roles": ("finance",),
        "step": "receive_contribution",
    }
    return fact(programme_events.ContributionReceived, fields.pop("stream", PROGRAMME), **(defaults | fields))


def open_programme(**fields: Any) -> programme_commands.OpenProgramme:
    defaults: dict[str, Any] = {
        "name": "Perlindungan pekerja rentan",
        "area_code": AREA,
        "sponsor": "Pemerintah Kota",
        "segment": "BPU_APBD",
        "target": 1_000,
        "budget": 201_600_000,
        "period_from": date(2023, 9, 1),
        "period_to": date(2024, 8, 31),
    }
    return command(
        programme_commands.OpenProgramme, PROGRAMME, "sari", "sponsor_officer", **(defaults | fields)
    )


def invoice_of(*months: str, heads: int = 1) -> Invoice:
    return invoice_for({Month.parse(month): {1_000_000: heads} for month in months}, "BPU_APBD")


def receive_contribution(
    *months: str,
    heads: int = 1,
    position: int = 1_000,
    died_on: dict[UUID, date] | None = None,
    **fields: Any,
) -> programme_commands.ReceiveContribution:
    """Pay the list, or the members named, exactly what they owe."""
    owed = invoice_of(*months, heads=heads)
    counted = programme_commands.Heads(position=position, invoice=owed, died_on=died_on or {})
    defaults: dict[str, Any] = {
        "months": months,
        "amount": owed.total,
        "paid_on": LIST_DAY,
        "reference": "SP2D-1",
        "heads": counted,
        "roster_id": None if fields.get("enrollment_ids") else ROSTER,
    }
    return command(
        programme_commands.ReceiveContribution, PROGRAMME, "fitri", "finance", **(defaults | fields)
    )


# -- the list


def roster_received(**fields: Any) -> roster_events.RosterReceived:
    defaults = {
        "programme_id": PROGRAMME,
        "area_code": AREA,
        "sha256": SHA,
        "size": 9,
        "media_type": "text/csv",
        "effective_on": LIST_DAY,
        "actor": "sari",
        "acting_roles": ("sponsor_officer",),
        "step": "receive",
    }
    return fact(roster_events.RosterReceived, ROSTER, **(defaults | fields))


def rows_checked(first: int, last: int, *issues: roster_events.RowIssue) -> roster_events.RowsChecked:
    return fact(roster_events.RowsChecked, ROSTER, from_row=first, to_row=last, issues=issues)


def roster_checked(rows: int, rejected: int = 0) -> roster_events.RosterChecked:
    return fact(
        roster_events.RosterChecked,
        ROSTER,
        rows=rows,
        accepted=rows - rejected,
        rejected=rejected,
        warnings=0,
    )


def step_requested(member_step: str = "propose", **fields: Any) -> roster_events.StepRequested:
    defaults = {
        "request_id": REQUEST,
        "member_step": member_step,
        "form": "{}",
        "actor": "sari",
        "acting_roles": ("sponsor_officer",),
    }
    return fact(roster_events.StepRequested, ROSTER, **(defaults | fields))


def issue(row: int, severity: str = "reject", code: str = "REJECT_MIN_AGE") -> roster_events.RowIssue:
    return roster_events.RowIssue(row=row, field="tanggal_lahir", code=code, severity=severity)


def receive_roster(**fields: Any) -> roster_commands.ReceiveRoster:
    defaults = {
        "programme_id": PROGRAMME,
        "sha256": SHA,
        "size": 9,
        "media_type": "text/csv",
        "effective_on": LIST_DAY,
    }
    return command(roster_commands.ReceiveRoster, ROSTER, "sari", "sponsor_officer", **(defaults | fields))


def request_step(member_step: str = "propose", **fields: Any) -> roster_commands.RequestStep:
    defaults = {"member_step": member_step, "form": "{}"}
    return command(roster_commands.RequestStep, ROSTER, "sari", "sponsor_officer", **(defaults | fields))


# -- the person and the membership


def worker(**fields: Any) -> Worker:
    defaults: dict[str, Any] = {
        "nik": "3375014107850001",
        "name": "SITI AMINAH",
        "birth_date": date(1985, 7, 1),
        "sex": "P",
        "ward": "Podosugih",
        "district": "Pekalongan Barat",
        "occupation": "PEDAGANG",
    }
    return Worker(**(defaults | fields))


def person_registered(stream: UUID = PERSON, **fields: Any) -> PersonRegistered:
    defaults = {
        "nik": Sealed.of(stream, "3375014107850001"),
        "details": Details(
            name=Sealed.of(stream, "SITI AMINAH"),
            birth_date=Sealed.of(stream, date(1985, 7, 1)),
            sex=Sealed.of(stream, "P"),
        ),
    }
    return fact(PersonRegistered, stream, **(defaults | fields))


def enrollment_begun(stream: UUID = ENROLLMENT, **fields: Any) -> enrollment_events.EnrollmentBegun:
    defaults = {
        "programme_id": PROGRAMME,
        "person_id": PERSON,
        "area_code": AREA,
        "district": "Pekalongan Barat",
        "ward": "Podosugih",
        "occupation": "PEDAGANG",
        "segment": "BPU_APBD",
        "wage_base": 1_000_000,
        "roster_id": ROSTER,
        "row": 1,
        "effective_on": LIST_DAY,
        "actor": SYSTEM,
        "acting_roles": (SYSTEM_ROLE,),
        "definition": "enrollment@1",
        "step": "begin",
        "to_status": "DRAFT",
    }
    return fact(enrollment_events.EnrollmentBegun, stream, **(defaults | fields))


def worker_proposed(stream: UUID = ENROLLMENT) -> enrollment_events.WorkerProposed:
    moved = {"step": "propose", "from_status": "DRAFT", "to_status": "PROPOSED"}
    return fact(
        enrollment_events.WorkerProposed, stream, actor="sari", acting_roles=("sponsor_officer",), **moved
    )


def proposal_returned(
    *items: str, stream: UUID = ENROLLMENT, **fields: Any
) -> enrollment_events.ProposalReturned:
    moved = {"step": "return_proposal", "from_status": "VERIFYING", "to_status": "RETURNED"}
    ward = {"actor": "wati", "acting_roles": ("ward_verifier",)}
    return fact(enrollment_events.ProposalReturned, stream, items=items, **(moved | ward | fields))


def member_registered(stream: UUID = ENROLLMENT, **fields: Any) -> enrollment_events.MemberRegistered:
    defaults = {
        "number": "12345678901",
        "step": "register",
        "from_status": "DECREED",
        "to_status": "REGISTERED",
    }
    return fact(enrollment_events.MemberRegistered, stream, **(defaults | fields))


def first_contribution_paid(
    month: str = "2023-09", stream: UUID = ENROLLMENT
) -> enrollment_events.FirstContributionPaid:
    return fact(
        enrollment_events.FirstContributionPaid,
        stream,
        membership_start=Month.parse(month).first_day,
        first_month=month,
        payment_position=3,
        actor=SYSTEM,
        acting_roles=(SYSTEM_ROLE,),
        step="activate",
        from_status="REGISTERED",
        to_status="ACTIVE",
    )


def membership_lapsed(
    on: date, stream: UUID = ENROLLMENT, **fields: Any
) -> enrollment_events.MembershipLapsed:
    moved = {"step": "lapse", "from_status": "GRACE", "to_status": "LAPSED"}
    by = {"actor": SYSTEM, "acting_roles": (SYSTEM_ROLE,), "effective_on": on, "month": str(Month.of(on))}
    return fact(enrollment_events.MembershipLapsed, stream, **(moved | by | fields))


def reenrolled(
    on: date, lapsed_on: date, stream: UUID = ENROLLMENT, **fields: Any
) -> enrollment_events.Reenrolled:
    moved = {"step": "reenroll", "from_status": "LAPSED", "to_status": "REGISTERED"}
    by = {"actor": "ida", "acting_roles": ("intake",), "effective_on": on, "lapsed_on": lapsed_on}
    defaults = {"spell": 2, "occupation": "PEDAGANG"}
    return fact(enrollment_events.Reenrolled, stream, **(moved | by | defaults | fields))


def member_suspended(stream: UUID = ENROLLMENT, **fields: Any) -> enrollment_events.MemberSuspended:
    moved = {"step": "suspend", "from_status": "ACTIVE", "to_status": "SUSPENDED"}
    chief = {"actor": "agus", "acting_roles": ("approver_1",)}
    defaults = {"flag": "NIK_DUPLICATE", "flags": ("NIK_DUPLICATE",)}
    return fact(enrollment_events.MemberSuspended, stream, **(moved | chief | defaults | fields))


def member_terminated(
    ended_on: date, reason: str = "REMOVED", stream: UUID = ENROLLMENT, **fields: Any
) -> enrollment_events.MemberTerminated:
    moved = {"step": "terminate", "from_status": "ACTIVE", "to_status": "TERMINATED"}
    return fact(
        enrollment_events.MemberTerminated, stream, reason=reason, ended_on=ended_on, **(moved | fields)
    )


def member(**fields: Any) -> list[Fact]:
    """A registered member of a programme's list, for whom nothing was paid yet."""
    return [programme_opened(), enrollment_begun(**fields), member_registered()]


def begin_enrollment(**fields: Any) -> enrollment_commands.BeginEnrollment:
    defaults = {
        "programme_id": PROGRAMME,
        "person_id": PERSON,
        "worker": worker(),
        "known": False,
        "nik_digest": b"nik",
        "effective_on": LIST_DAY,
    }
    return command(
        enrollment_commands.BeginEnrollment, ENROLLMENT, "sari", "sponsor_officer", **(defaults | fields)
    )


# -- the law's answer


def line(code: str, amount: int, payable: str = "at_once") -> Line:
    return Line(
        code=code,
        amount=amount,
        basis=f"RULE-{code}",
        working_id="tetap",
        working_en="fixed",
        payable=payable,  # type: ignore[arg-type]  # one of two words
    )


def determination(*lines: Line, **fields: Any) -> Determination:
    lines = lines or (
        line("JKM_LUMP", 20_000_000),
        line("JKM_BERKALA", 12_000_000),
        line("JKM_FUNERAL", 10_000_000),
    )
    defaults: dict[str, Any] = {
        "outcome": "PAY",
        "lines": lines,
        "total": sum(one.amount for one in lines),
        "payees": tuple(PayeeShare(code=one.code, payee="HEIR", amount=one.amount) for one in lines),
        "rule_set": "rules-1",
    }
    return Determination(**(defaults | fields))


def held(*months: str) -> Determination:
    """In grace: the funeral benefit at once, the rest after the arrears."""
    return determination(
        line("JKM_LUMP", 20_000_000, "after_arrears"),
        line("JKM_BERKALA", 12_000_000, "after_arrears"),
        line("JKM_FUNERAL", 10_000_000),
        outcome="HOLD_ARREARS",
        arrears=16_800 * len(months),
        arrears_months=months,
    )


def rejection(code: str = "REJECT_LAPSED") -> Determination:
    return Determination(outcome=code, rule_set="rules-1")


# -- the claim


def death_reported(stream: UUID = CLAIM, **fields: Any) -> claim_events.DeathReported:
    reporter = uuid5(stream, "reported_by")
    defaults = {
        "kind": "jkm",
        "number": f"JKM-{AREA}-2024-000001",
        "enrollment_id": ENROLLMENT,
        "person_id": PERSON,
        "programme_id": PROGRAMME,
        "area_code": AREA,
        "event_on": DEATH,
        "cause": "illness",
        "reported_by": claim_events.Reporter(name=Sealed.of(reporter, "BUDI SANTOSO"), relation="spouse"),
        "actor": "budi",
        "acting_roles": ("participant",),
        "definition": "jkm-claim@1",
        "step": "report",
        "to_status": "REPORTED",
    }
    return fact(claim_events.DeathReported, stream, **(defaults | fields))


def payee(**fields: Any) -> claim_events.Payee:
    subject = uuid5(CLAIM, "payee")
    defaults: dict[str, Any] = {
        "code": "HEIR",
        "relation": "spouse",
        "heir_tier": "SPOUSE_CHILD",
        "name": Sealed.of(subject, "BUDI SANTOSO"),
        "bank": Sealed.of(subject, "BANK JATENG"),
        "account_number": Sealed.of(subject, "1234567890"),
        "account_name": Sealed.of(subject, "BUDI SANTOSO"),
        "account_name_matches": True,
    }
    return claim_events.Payee(**(defaults | fields))


def claim_filed(*payees: claim_events.Payee, **fields: Any) -> claim_events.ClaimFiled:
    defaults = {
        "claim_date": date(2024, 5, 15),
        "payees": payees or (payee(),),
        "heirs": (),
        "children": (),
        "children_of_age": len(fields.get("children", ())),
        "actor": "budi",
        "acting_roles": ("participant",),
        "step": "file",
        "from_status": "REPORTED",
        "to_status": "FILED",
    }
    return fact(claim_events.ClaimFiled, CLAIM, **(defaults | fields))


def claim_paper(code: str, stream: UUID = CLAIM, sha256: str = SHA) -> claim_events.DocumentAdded:
    return fact(claim_events.DocumentAdded, stream, code=code, sha256=sha256, media_type="image/png", size=9)


def document_rejected(code: str = "KK", sha256: str = SHA, **fields: Any) -> claim_events.DocumentRejected:
    reason = Sealed.of(PERSON, "tidak terbaca")
    defaults = {"code": code, "sha256": sha256, "reason": reason, "step": "reject_document"}
    return fact(claim_events.DocumentRejected, CLAIM, **(defaults | fields))


def documents_returned(*codes: str, **fields: Any) -> claim_events.DocumentsReturned:
    moved = {"step": "return_documents", "from_status": "FILED", "to_status": "INCOMPLETE"}
    defaults = {"codes": codes or ("KK",), "reason": Sealed.of(PERSON, "tidak terbaca")}
    return fact(claim_events.DocumentsReturned, CLAIM, **(defaults | moved | fields))


def field_check_ordered(**fields: Any) -> claim_events.FieldCheckOrdered:
    moved = {"step": "order_field_check", "from_status": "VERIFYING", "to_status": "FIELD_CHECK"}
    defaults = {"actor": "vera", "acting_roles": ("verifier",)}
    return fact(claim_events.FieldCheckOrdered, CLAIM, **(defaults | moved | fields))


def file_complete(**fields: Any) -> claim_events.FileComplete:
    """On Monday 20 May 2024; the third working day is the 27th, for the 23rd and 24th are free."""
    started = ClockChange(
        clock="pay_3wd",
        change="started",
        on=date(2024, 5, 20),
        due_on=date(2024, 5, 27),
        calendar="id-example",
        basis="PP 44/2015 Art. 40(3)",
    )
    moved = {
        "step": "confirm_complete",
        "from_status": "FILED",
        "to_status": "COMPLETE",
        "clocks": (started,),
    }
    return fact(
        claim_events.FileComplete, CLAIM, **({"papers": (), "effective_on": started.on} | moved | fields)
    )


def verification_started(**fields: Any) -> claim_events.VerificationStarted:
    moved = {"step": "start_verification", "from_status": "COMPLETE", "to_status": "VERIFYING"}
    defaults = {"actor": "vera", "acting_roles": ("verifier",)}
    return fact(claim_events.VerificationStarted, CLAIM, **(defaults | moved | fields))


def benefit_calculated(found: Determination | None = None, **fields: Any) -> claim_events.BenefitCalculated:
    moved = {"step": "calculate", "from_status": "VERIFYING", "to_status": "CALCULATED"}
    defaults = {
        "determination": found or determination(),
        "enrollment_version": 3,
        "programme_version": 2,
        "actor": "karim",
        "acting_roles": ("calculator",),
    }
    return fact(claim_events.BenefitCalculated, CLAIM, **(defaults | moved | fields))


def rejection_proposed(outcome: str = "REJECT_RESIDENCE", **fields: Any) -> claim_events.RejectionProposed:
    stays = {"step": "propose_rejection", "from_status": "VERIFYING", "to_status": "VERIFYING"}
    who = {"actor": "vera", "acting_roles": ("verifier",)}
    why = {"outcome": outcome, "reason": Sealed.of(PERSON, "pindah sebelum didaftarkan")}
    return fact(claim_events.RejectionProposed, CLAIM, **(stays | who | why | fields))


def field_check_reported(**fields: Any) -> claim_events.FieldCheckReported:
    moved = {"step": "report_field_check", "from_status": "FIELD_CHECK", "to_status": "VERIFYING"}
    defaults = {"papers": (("CASE_CHECK", SHA),), "actor": "ujang", "acting_roles": ("field_checker",)}
    return fact(claim_events.FieldCheckReported, CLAIM, **(defaults | moved | fields))


def claim_endorsed(found: Determination | None = None, **fields: Any) -> claim_events.ClaimEndorsed:
    found = found or determination()
    stays = {"step": "endorse", "from_status": "CALCULATED", "to_status": "CALCULATED"}
    defaults = {"amount": found.total, "determination": found.digest, "actor": "agus"}
    return fact(claim_events.ClaimEndorsed, CLAIM, **(defaults | stays | fields))


def payment_failed(**fields: Any) -> claim_events.PaymentFailed:
    moved = {"step": "fail_payment", "from_status": "PAYMENT_ORDERED", "to_status": "PAYMENT_FAILED"}
    money = {"payment_id": PAYMENT, "amount": 42_000_000, "reason": Sealed.of(PERSON, "rekening ditutup")}
    desk = {"actor": "fajar", "acting_roles": ("finance",)}
    return fact(claim_events.PaymentFailed, CLAIM, **(money | moved | desk | fields))


def claim_approved(amount: int = 42_000_000, **fields: Any) -> claim_events.ClaimApproved:
    moved = {"step": "approve", "from_status": "CALCULATED", "to_status": "APPROVED"}
    defaults = {"rule_set": "rules-1", "actor": "agus", "acting_roles": ("approver_1",)}
    return fact(claim_events.ClaimApproved, CLAIM, amount=amount, **(defaults | moved | fields))


def payment_ordered(*codes: str, found: Determination | None = None, **fields: Any) -> list[Fact]:
    """The order on the claim and the payment it opened."""
    lines = tuple(
        PaymentLine(code=one.code, amount=one.amount, payee="HEIR")
        for one in (found or determination()).lines
        if not codes or one.code in codes
    )
    payment_id = fields.pop("payment_id", PAYMENT)
    money = {"amount": sum(one.amount for one in lines), "lines": lines}
    moved = {"step": "order_payment", "from_status": "APPROVED", "to_status": "PAYMENT_ORDERED"}
    desk = {"actor": "fitri", "acting_roles": ("finance",)}
    return [
        fact(claim_events.PaymentOrdered, CLAIM, payment_id=payment_id, **(money | moved | desk | fields)),
        fact(
            payment_events.PaymentOrdered,
            payment_id,
            claim_id=CLAIM,
            person_id=PERSON,
            area_code=AREA,
            step="order",
            to_status="ORDERED",
            **money,
        ),
    ]


def payment_succeeded(to_status: str = "PAID", **fields: Any) -> claim_events.PaymentSucceeded:
    moved = {"step": "confirm_payment", "from_status": "PAYMENT_ORDERED", "to_status": to_status}
    defaults = {
        "payment_id": PAYMENT,
        "amount": 42_000_000,
        "bank_reference": "TRX-1",
        "paid_on": TODAY,
        "days_late": 0,
        "penalty_due": 0,
        "actor": "fajar",
        "acting_roles": ("finance",),
    }
    return fact(claim_events.PaymentSucceeded, CLAIM, **(defaults | moved | fields))


def paid_late(days: int = 2, amount: int = 42_000_000, **fields: Any) -> claim_events.PaymentSucceeded:
    """The benefit arrived some days after the due day, and what is owed for that is recorded."""
    due_on = date(2024, 5, 27)
    paid_on = due_on + timedelta(days=days)
    owed = late_payment(amount, due_on=due_on, paid_on=paid_on).line
    late: dict[str, Any] = {"days_late": days, "penalty_due": owed.amount, "penalty": owed}
    return payment_succeeded(amount=amount, paid_on=paid_on, **(late | fields))


def penalty_determined(*paid: claim_events.PaymentSucceeded, **fields: Any) -> claim_events.PenaltyDetermined:
    moved = {"step": "determine_penalty", "from_status": "PAID", "to_status": "CALCULATED"}
    defaults = {
        "determination": determine_penalty([one.penalty for one in paid if one.penalty], payee="HEIR"),
        "payments": tuple(one.payment_id for one in paid),
        "actor": "karim",
        "acting_roles": ("calculator",),
    }
    return fact(claim_events.PenaltyDetermined, CLAIM, **(defaults | moved | fields))


def risk_found(flag: str = "DOCUMENT_REUSED", **fields: Any) -> risk_events.RiskFound:
    reason = claim_events.FlagReason(flag=flag, reason_id="sama", reason_en="the same")
    about = {"case_id": CLAIM, "person_id": PERSON, "area_code": AREA, "reason": reason, "flags": (flag,)}
    who = {"actor": SYSTEM, "acting_roles": (SYSTEM_ROLE,), "step": "find", "to_status": "FOUND"}
    stream = risk_events.risk_of(CLAIM, flag)
    return fact(risk_events.RiskFound, stream, **(about | who | fields))


def arrears_paid(*months: str) -> claim_events.ArrearsPaid:
    moved = {"step": "settle_arrears", "from_status": "HELD_ARREARS", "to_status": "APPROVED"}
    who = {"actor": SYSTEM, "acting_roles": (SYSTEM_ROLE,)}
    return fact(claim_events.ArrearsPaid, CLAIM, months=months, payment_position=9, **moved, **who)


def verified_claim() -> list[Fact]:
    """A complete file at the verifier's desk."""
    papers = [claim_paper(code) for code in PAPERS]
    return [death_reported(), claim_filed(), *papers, file_complete(), verification_started()]


def calculated_claim(found: Determination | None = None) -> list[Fact]:
    return [*verified_claim(), benefit_calculated(found)]


def approved_claim(found: Determination | None = None) -> list[Fact]:
    found = found or determination()
    return [*calculated_claim(found), claim_approved(found.total)]


def report_death(**fields: Any) -> claim_commands.ReportDeath:
    defaults = {
        "enrollment_id": ENROLLMENT,
        "event_on": DEATH,
        "cause": "illness",
        "reported_by": claim_commands.ReporterForm(name="BUDI SANTOSO", relation="spouse"),
    }
    return command(claim_commands.ReportDeath, CLAIM, "budi", "participant", **(defaults | fields))


def payee_form(**fields: Any) -> claim_commands.PayeeForm:
    defaults: dict[str, Any] = {
        "name": "Budi Santoso",
        "relation": "spouse",
        "heir_tier": "SPOUSE_CHILD",
        "bank": "BANK JATENG",
        "account_number": "1234567890",
        "account_name": "BUDI SANTOSO",
    }
    return claim_commands.PayeeForm(**(defaults | fields))


def file_claim(**fields: Any) -> claim_commands.FileClaim:
    defaults: dict[str, Any] = {"claim_date": date(2024, 5, 15)}
    if "payees" not in fields:
        defaults["payee"] = payee_form()
    return command(claim_commands.FileClaim, CLAIM, "budi", "participant", **(defaults | fields))


def add_paper(code: str = "KK", **fields: Any) -> claim_commands.AddDocument:
    defaults = {"code": code, "sha256": SHA, "media_type": "image/png", "size": 9}
    return command(claim_commands.AddDocument, CLAIM, "budi", "participant", **(defaults | fields))


def reject_paper(**fields: Any) -> claim_commands.RejectDocument:
    defaults = {"sha256": SHA, "reason": "tidak terbaca"}
    return command(claim_commands.RejectDocument, CLAIM, "ina", "intake", **(defaults | fields))


def return_documents(*codes: Any, **fields: Any) -> claim_commands.ReturnDocuments:
    defaults = {"codes": codes, "reason": "tidak terbaca"}
    return command(claim_commands.ReturnDocuments, CLAIM, "ina", "intake", **(defaults | fields))


def confirm_complete(**fields: Any) -> claim_commands.ConfirmComplete:
    return command(claim_commands.ConfirmComplete, CLAIM, "ina", "intake", **fields)


def start_verification(**fields: Any) -> claim_commands.StartVerification:
    return command(claim_commands.StartVerification, CLAIM, "vera", "verifier", **fields)


def calculate(**fields: Any) -> claim_commands.CalculateBenefit:
    return command(claim_commands.CalculateBenefit, CLAIM, "karim", "calculator", **fields)


def approve(amount: int = 42_000_000, **fields: Any) -> claim_commands.ApproveClaim:
    return command(claim_commands.ApproveClaim, CLAIM, "agus", "approver_1", **({"amount": amount} | fields))


def order_payment(**fields: Any) -> claim_commands.OrderPayment:
    return command(claim_commands.OrderPayment, CLAIM, "fitri", "finance", **fields)


def confirm_payment(**fields: Any) -> claim_commands.ConfirmPayment:
    defaults = {"bank_reference": "TRX-1", "paid_on": TODAY}
    return command(claim_commands.ConfirmPayment, CLAIM, "fajar", "finance", **(defaults | fields))


def settle_arrears(**fields: Any) -> claim_commands.SettleArrears:
    return as_system(claim_commands.SettleArrears, CLAIM, **({"payment_position": 9} | fields))


def amount_of(*months: str, heads: int = 1) -> int:
    """What the law asks for these months, in rupiah, worked out without the programme."""
    counted = {Month.parse(month): heads for month in months}
    return invoice(counted, wage_base=1_000_000, segment="BPU_APBD").total


# -- the people at work


def delegation_granted(
    role: str = "approver_2", stream: UUID = DELEGATION, **fields: Any
) -> delegation_events.DelegationGranted:
    """Dian sits in the chair of the head of the branch, for the week of the story."""
    defaults = {
        "absent": "kepala",
        "delegate": "dian",
        "role": role,
        "starts_on": date(2024, 5, 20),
        "ends_on": date(2024, 5, 24),
        "decree": "SPT-800/117/2024",
        "kind": "plh",
        "area": AREA,
        "actor": "admin",
        "acting_roles": ("admin",),
        "step": "grant",
    }
    return fact(delegation_events.DelegationGranted, stream, **(defaults | fields))


def delegation_revoked(stream: UUID = DELEGATION, **fields: Any) -> delegation_events.DelegationRevoked:
    who = {"actor": "admin", "acting_roles": ("admin",), "step": "revoke"}
    reason = Sealed.of(stream, "kembali lebih awal")
    return fact(delegation_events.DelegationRevoked, stream, **({"reason": reason} | who | fields))


def grant_delegation(**fields: Any) -> delegation_commands.GrantDelegation:
    defaults = {
        "absent": "kepala",
        "delegate": "dian",
        "role": "approver_2",
        "starts_on": date(2024, 5, 20),
        "ends_on": date(2024, 5, 24),
        "decree": "SPT-800/117/2024",
        "kind": "plh",
        "within": AREA,
    }
    return command(delegation_commands.GrantDelegation, DELEGATION, "admin", "admin", **(defaults | fields))


def revoke_delegation(**fields: Any) -> delegation_commands.RevokeDelegation:
    defaults = {"reason": "kembali lebih awal"}
    return command(delegation_commands.RevokeDelegation, DELEGATION, "admin", "admin", **(defaults | fields))


def overpaid_refunded(*months: str, **fields: Any) -> programme_events.OverpaidRefunded:
    """Months of the member that went back to the sponsor's account after a death."""
    back = programme_events.RefundedMonths(enrollment_id=ENROLLMENT, months=months, reason="DIED")
    defaults = {
        "reference": "TRX-1",
        "agreement": "BA-1",
        "refunded_on": TODAY,
        "members": (back,),
        "amount": 16_800 * len(months),
        "lines": (("CON_JKK", 10_000 * len(months)), ("CON_JKM", 6_800 * len(months))),
        "to": "account",
        "actor": "wati",
        "acting_roles": ("finance",),
        "step": "refund_overpaid",
    }
    return fact(programme_events.OverpaidRefunded, PROGRAMME, **(defaults | fields))


def refund_overpaid(*months: str, **fields: Any) -> programme_commands.RefundOverpaid:
    """Give months of the member back; the death is the claim's of the story."""
    defaults: dict[str, Any] = {
        "members": (programme_commands.MemberMonths(enrollment_id=ENROLLMENT, months=months),),
        "amount": amount_of(*months),
        "agreement": "BA-1",
        "reference": "TRX-1",
        "refunded_on": TODAY,
        "claims": {ENROLLMENT: CLAIM},
    }
    return command(programme_commands.RefundOverpaid, PROGRAMME, "wati", "finance", **(defaults | fields))


def case_taken(by: str = "vera", **fields: Any) -> handling_events.CaseTaken:
    defaults = {"case_id": CLAIM, "kind": "claim", "actor": by, "acting_roles": ("verifier",), "step": "take"}
    return fact(handling_events.CaseTaken, HANDLING, **(defaults | fields))


def case_assigned(to: str = "vera", **fields: Any) -> handling_events.CaseAssigned:
    who = {"actor": "agus", "acting_roles": ("approver_1",), "step": "assign"}
    return fact(
        handling_events.CaseAssigned,
        HANDLING,
        **({"case_id": CLAIM, "kind": "claim", "to": to} | who | fields),
    )


def case_released(before: str = "vera", **fields: Any) -> handling_events.CaseReleased:
    who = {"actor": before, "acting_roles": ("verifier",), "step": "release"}
    about = {"case_id": CLAIM, "kind": "claim", "before": before}
    return fact(handling_events.CaseReleased, HANDLING, **(about | who | fields))


def note_written(text: str = "keluarga menelepon", **fields: Any) -> handling_events.NoteWritten:
    about = {"case_id": CLAIM, "kind": "claim", "text": Sealed.of(PERSON, text), "step": "write_note"}
    return fact(handling_events.NoteWritten, HANDLING, **(about | fields))


def take_case(by: str = "vera", *roles: str, **fields: Any) -> handling_commands.TakeCase:
    roles = roles or ("verifier",)
    return command(handling_commands.TakeCase, HANDLING, by, *roles, **({"of": CLAIM} | fields))


def assign_case(to: str, by: str = "agus", *roles: str, **fields: Any) -> handling_commands.AssignCase:
    roles = roles or ("approver_1",)
    return command(handling_commands.AssignCase, HANDLING, by, *roles, **({"of": CLAIM, "to": to} | fields))


def release_case(by: str = "vera", *roles: str, **fields: Any) -> handling_commands.ReleaseCase:
    roles = roles or ("verifier",)
    return command(handling_commands.ReleaseCase, HANDLING, by, *roles, **({"of": CLAIM} | fields))


def write_note(text: str = "keluarga menelepon", **fields: Any) -> handling_commands.WriteNote:
    return command(
        handling_commands.WriteNote, HANDLING, "ina", "intake", **({"of": CLAIM, "text": text} | fields)
    )
