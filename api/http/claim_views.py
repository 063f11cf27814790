"""A claim as machines read it: what its caller may see of it."""

from api.http import claim_shapes as shapes
from api.http.answers import clock_view, masked, missing_papers, opened
from domain.benefit.determination import told
from domain.claim.aggregate import Claim
from domain.claim.events import Payee, PaymentFailed, PaymentSucceeded
from domain.world import World
from store.sealing import Keyring
from workflows.chairs import Caller
from workflows.demands import field_checks_due
from workflows.desk import open_steps
from workflows.lifecycle import Definition


async def claim_view(
    claim: Claim, definition: Definition, world: World, caller: Caller, keyring: Keyring, held_by: str | None
) -> shapes.ClaimView:
    """Return a claim; names are shown to whoever may see the claim, account numbers masked.

    Flags are for the office: they may tell a family what is being looked into. So is who handles it.
    """
    payees = claim.filed.payees if claim.filed else ()
    await keyring.load([claim.subject_id, *(payee.name.subject_id for payee in payees)])
    penalty = claim.penalty
    return shapes.ClaimView(
        id=claim.id,
        number=claim.reported.number,
        kind=claim.reported.kind,
        status=claim.status,
        version=claim.version,
        position=claim.position,
        assigned_to=None if caller.is_only_participant else held_by,
        open_steps=open_steps(definition, claim, caller, world),
        outcome=claim.outcome,
        event_on=claim.reported.event_on,
        cause=claim.reported.cause,
        claim_date=claim.filed.claim_date if claim.filed else None,
        enrollment_id=claim.reported.enrollment_id,
        programme_id=claim.reported.programme_id,
        area_code=claim.area_code,
        definition=definition.key,
        payees=[_payee(payee, claim, keyring) for payee in payees],
        heirs=len(claim.filed.heirs) if claim.filed else 0,
        children=len(claim.filed.children) if claim.filed else 0,
        missing=missing_papers(definition, claim, world),
        flags=[] if caller.is_only_participant else sorted(claim.flags),
        flag_reasons=[] if caller.is_only_participant else _reasons(claim, definition),
        clocks=[clock_view(change) for change in claim.clocks.values()],
        determination=told(claim.determination) if claim.determination else None,
        determinations=[told(one) for one in claim.determinations],
        approved_amount=claim.approved_amount,
        arrears_open=claim.arrears_open,
        payments=[_payment(paid) for paid in claim.payments],
        failed_payments=[_failed(one, keyring) for one in claim.failures],
        proposal=None if caller.is_only_participant or claim.rejected else _proposal(claim, keyring),
        rejection=_rejection(claim, keyring),
        penalty=shapes.PenaltyView(due=penalty.due, determined=penalty.determined, paid=penalty.paid),
    )


def _payee(payee: Payee, claim: Claim, keyring: Keyring) -> shapes.PayeeView:
    return shapes.PayeeView(
        code=payee.code,
        relation=payee.relation,
        heir_tier=payee.heir_tier,
        name=opened(payee.name, keyring),
        bank=opened(payee.bank, keyring),
        account_number=masked(opened(payee.account_number, keyring)),
        account_name=opened(payee.account_name, keyring),
        account_name_matches=payee.account_name_matches,
        account_confirmed=payee.code in claim.accounts_confirmed,
    )


def _payment(paid: PaymentSucceeded) -> shapes.PaymentView:
    return shapes.PaymentView(
        payment_id=paid.payment_id,
        amount=paid.amount,
        bank_reference=paid.bank_reference,
        paid_on=paid.paid_on,
        days_late=paid.days_late,
        penalty_due=paid.penalty_due,
        of_penalty=paid.of_penalty,
    )


def _reasons(claim: Claim, definition: Definition) -> list[shapes.FlagView]:
    due = field_checks_due(definition, claim)
    return [
        shapes.FlagView(
            flag=one.flag,
            reason_id=one.reason_id,
            reason_en=one.reason_en,
            demands=definition.flags[one.flag].demands if one.flag in definition.flags else "nothing",
            field_check_due=one.flag in due,
        )
        for one in claim.flag_reasons.values()
    ]


def _failed(failed: PaymentFailed, keyring: Keyring) -> shapes.FailedPaymentView:
    return shapes.FailedPaymentView(
        payment_id=failed.payment_id,
        amount=failed.amount,
        reason=opened(failed.reason, keyring),
        bank_code=failed.bank_code,
        failed_on=failed.effective_on,
    )


def _proposal(claim: Claim, keyring: Keyring) -> shapes.RejectionView | None:
    found = claim.proposal
    if found is None:
        return None
    return shapes.RejectionView(outcome=found.outcome, reason=opened(found.reason, keyring), by=found.actor)


def _rejection(claim: Claim, keyring: Keyring) -> shapes.RejectionView | None:
    signed = claim.rejected
    if signed is None:
        return None
    reason = signed.reason or (claim.proposal.reason if claim.proposal else None)
    return shapes.RejectionView(outcome=signed.outcome, reason=opened(reason, keyring), by=None)
