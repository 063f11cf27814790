"""Verification: identity, cover and cause are looked into, also on the spot, and the law is applied."""

from dataclasses import replace
from datetime import date
from typing import Final

from domain.benefit.death import determine_death
from domain.benefit.determination import Determination
from domain.claim.commands import (
    CalculateBenefit,
    ConfirmAccount,
    HandOverToJkk,
    OrderFieldCheck,
    ProposeRejection,
    ReportFieldCheck,
    ReturnCalculation,
    StartVerification,
    WithdrawStep,
)
from domain.claim.events import (
    AccountConfirmed,
    BenefitCalculated,
    CalculationReturned,
    FieldCheckOrdered,
    FieldCheckReported,
    FlagReason,
    HandedOverToJkk,
    RejectionProposed,
    StepWithdrawn,
    VerificationStarted,
)
from domain.claim.memory import ClaimMemory
from domain.claim.risks import NOT_WORKING as NOT_WORKING_SUSPECTED
from domain.claim.risks import Looked, not_working, risks_found
from domain.command import header, said
from domain.enrollment.aggregate import Enrollment
from domain.enrollment.member_facts import death_facts
from domain.legal_day import legal_day
from domain.person.aggregate import Person
from domain.programme.aggregate import Programme
from domain.refusal import DocumentsMissing, GuardFailed, Invalid
from domain.sealed import Sealed
from domain.step import Step
from domain.world import World

APPROVER: Final = "approver_1"
NOT_WORKING: Final = frozenset({"NOT_WORKING", "REJECT_NOT_WORKING"})
FIRST_TIER: Final = "SPOUSE_CHILD"
WORK_CAUSES: Final = frozenset({"work_accident", "occupational_disease"})


class VerificationDesk(ClaimMemory):
    """Decisions of verifier, field checker and calculator."""

    def start_verification(self, command: StartVerification, step: Step, world: World) -> None:
        found = self._risks(world)
        self.trigger_event(
            VerificationStarted,
            flag_reasons=found,
            **header(command, _flagged(step, found), self.subject_id),
        )

    def order_field_check(self, command: OrderFieldCheck, step: Step, world: World) -> None:
        """Have somebody look on the spot; the verifier may say that the insured seems not to have worked."""
        found: tuple[FlagReason, ...] = ()
        if command.not_working_suspected and NOT_WORKING_SUSPECTED not in self.flags:
            found = (
                not_working(
                    "Verifikator menduga peserta tidak bekerja.", "The verifier suspects no work was done."
                ),
            )
        self.trigger_event(
            FieldCheckOrdered,
            reason=Sealed.of(self.subject_id, command.reason) if command.reason else None,
            flag_reasons=found,
            **header(command, _flagged(step, found), self.subject_id),
        )

    def report_field_check(self, command: ReportFieldCheck, step: Step, world: World) -> None:
        """Report what was found on the spot, by the signed report that came with this check."""
        found: tuple[FlagReason, ...] = ()
        if command.was_working is False and NOT_WORKING_SUSPECTED not in self.flags:
            found = (
                not_working(
                    "Cek kasus: tidak bekerja saat meninggal.", "Field check: was not working at the death."
                ),
            )
        self.trigger_event(
            FieldCheckReported,
            papers=tuple((code, p.sha256) for code, p in self.valid_papers.items() if code == "CASE_CHECK"),
            was_working=command.was_working,
            findings=Sealed.of(self.subject_id, command.findings) if command.findings else None,
            flag_reasons=found,
            **header(command, _flagged(step, found), self.subject_id),
        )

    def propose_rejection(self, command: ProposeRejection, step: Step, world: World) -> None:
        """Propose to reject. That somebody was not working rests on a report from the spot (dossier 3.3)."""
        if command.code in NOT_WORKING and self.field_check is None:
            raise DocumentsMissing(
                "that somebody was not working is found out on the spot: order a field check first",
                missing=["CASE_CHECK"],
            )
        self.trigger_event(
            RejectionProposed,
            outcome="REJECT_NOT_WORKING" if command.code in NOT_WORKING else command.code,
            reason=Sealed.of(self.subject_id, said(command.reason, "reason")),
            **header(command, step, self.subject_id),
        )

    def withdraw_step(self, command: WithdrawStep, step: Step, world: World) -> None:
        """Take back a step: who took it on the same day, or an approver later (dossier 6.3)."""
        entered = self.entered.get(self.status)
        own = entered is not None and entered.actor == command.issued_by
        today = entered is not None and legal_day(entered.decided_at) == legal_day(command.decided_at)
        if not (own and today) and APPROVER not in command.roles:
            raise GuardFailed(
                "a step is taken back by who took it, on the same day: ask that person, or approver_1 on a later day",
                guard="own_step_of_today_or_approver",
            )
        self.trigger_event(
            StepWithdrawn,
            withdrawn=entered.step if entered else None,
            reason=Sealed.of(self.subject_id, said(command.reason, "reason")),
            **header(command, step, self.subject_id),
        )

    def confirm_account(self, command: ConfirmAccount, step: Step, world: World) -> None:
        """Vouch for an account in another name, by the bank-book page of that account (dossier 6.3)."""
        codes = [code for code in self.accounts_to_confirm if command.code in (None, code)]
        if len(codes) != 1:
            names = " or ".join(self.accounts_to_confirm)
            raise Invalid(f"code: say whose account you confirm, {names}", field="code")
        self.trigger_event(
            AccountConfirmed,
            payee_code=codes[0],
            papers=tuple((code, p.sha256) for code, p in self.valid_papers.items() if code == "BANK_HEIR"),
            reason=Sealed.of(self.subject_id, said(command.reason, "reason")),
            **header(command, step, self.subject_id),
        )

    def hand_over_to_jkk(self, command: HandOverToJkk, step: Step, world: World) -> None:
        """End the claim here, for a death by work is paid by the work accident benefit."""
        self.trigger_event(
            HandedOverToJkk,
            outcome="REJECT_USE_JKK",
            reason=self._reason(command.reason),
            **header(command, step, self.subject_id),
        )
        self.release_death()

    def calculate(self, command: CalculateBenefit, step: Step, world: World) -> None:
        """Let the law decide on the facts of the file and the cover found in the log."""
        assert self.filed is not None, "nobody calculates an unfiled claim"
        enrollment, programme = world.the("enrollment", Enrollment), world.the("programme", Programme)
        determination = self.due_by_law(world)
        found = self._risks(world)
        self.trigger_event(
            BenefitCalculated,
            determination=determination,
            enrollment_version=enrollment.version,
            programme_version=programme.version,
            flag_reasons=found,
            **header(command, _flagged(step, found), self.subject_id),
        )

    def due_by_law(self, world: World) -> Determination:
        """Return what the law gives on the facts as they stand; saves nothing.

        Before anybody has filed, the payee counts as widow, widower or child, and no child is known.
        """
        enrollment, programme = world.the("enrollment", Enrollment), world.the("programme", Programme)
        payee = self.main_payee
        return determine_death(
            death_facts(
                enrollment,
                programme,
                self.reported.event_on,
                children=self.filed.children_of_age if self.filed else 0,
                heir_tier=payee.heir_tier if payee else FIRST_TIER,
                death_by_work_accident=self.reported.cause in WORK_CAUSES,
                claim_date=self.filed.claim_date if self.filed else None,
            )
        )

    def return_calculation(self, command: ReturnCalculation, step: Step, world: World) -> None:
        self.trigger_event(
            CalculationReturned,
            reason=Sealed.of(self.subject_id, command.reason),
            of_penalty=self.penalty_found is not None,
            **header(command, step, self.subject_id),
        )

    def _risks(self, world: World) -> tuple[FlagReason, ...]:
        enrollment, programme = world.cases.get("enrollment"), world.cases.get("programme")
        if not isinstance(enrollment, Enrollment) or not isinstance(programme, Programme):
            return ()
        looked = Looked(
            event_on=self.reported.event_on,
            reported_on=self.reported.effective_on,
            enrollment=enrollment,
            programme=programme,
            born_on=_born_on(world),
        )
        return risks_found(looked, self.flags)


def _born_on(world: World) -> date | None:
    """Return the birth date of the insured; None where nobody is known or the date was erased."""
    person = world.cases.get("person")
    if not isinstance(person, Person) or person.details is None:
        return None
    born_on = person.details.birth_date.open(world.opener)
    return born_on if isinstance(born_on, date) else None


def _flagged(step: Step, found: tuple[FlagReason, ...]) -> Step:
    """Return the step with the flags that were found when it was taken."""
    return replace(step, flags=(*step.flags, *(reason.flag for reason in found))) if found else step
