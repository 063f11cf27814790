"""The shape of a claim, as machines read it. Money is whole rupiah, days are ISO, instants UTC."""

from datetime import date
from typing import Any
from uuid import UUID

from api.http.shapes import ClockView, Shape


class PayeeView(Shape, kw_only=True):
    """Who is to be paid. An account in another name is paid only once a second person has confirmed it."""

    code: str
    relation: str
    heir_tier: str
    name: str | None
    bank: str | None
    account_number: str | None  # masked
    account_name: str | None
    account_name_matches: bool
    account_confirmed: bool


class FlagView(Shape, kw_only=True):
    """A risk flag and why it was raised.

    demands: nothing, second_approver or field_check. field_check_due: nobody was on the spot since.
    """

    flag: str
    reason_id: str
    reason_en: str
    demands: str
    field_check_due: bool


class PaymentView(Shape, kw_only=True):
    """Money that arrived. `days_late`: none for a penalty, and while no calendar reaches the due day."""

    payment_id: UUID
    amount: int
    bank_reference: str
    paid_on: date
    days_late: int | None
    penalty_due: int
    of_penalty: bool


class FailedPaymentView(Shape, kw_only=True):
    """Money that the bank sent back."""

    payment_id: UUID
    amount: int
    reason: str | None  # none once the person was erased
    bank_code: str | None
    failed_on: date


class RejectionView(Shape, kw_only=True):
    """Why a claim is, or is to be, rejected. `by`: who proposed it, for the office alone."""

    outcome: str
    reason: str | None
    by: str | None


class PenaltyView(Shape, kw_only=True):
    """What the payee is owed for money that came late, in whole rupiah."""

    due: int
    determined: int
    paid: int


class ClaimView(Shape, kw_only=True):
    """A claim as the log has it: never older than the last step.

    determination: the latest, which `approved_amount` is about; determinations: all that stand, the benefit
    first and after it what is owed for paying it late.
    """

    id: UUID
    number: str
    kind: str
    status: str
    version: int
    position: int
    assigned_to: str | None  # on whose desk it lies; for the office alone
    open_steps: list[str]
    outcome: str | None
    event_on: date
    cause: str
    claim_date: date | None
    enrollment_id: UUID
    programme_id: UUID
    area_code: str
    definition: str
    payees: list[PayeeView]
    heirs: int
    children: int
    missing: list[str]
    flags: list[str]
    flag_reasons: list[FlagView]
    clocks: list[ClockView]
    determination: Any | None
    determinations: list[Any]
    approved_amount: int | None
    arrears_open: bool
    payments: list[PaymentView]
    failed_payments: list[FailedPaymentView]
    proposal: RejectionView | None  # until it is signed; for the office alone
    rejection: RejectionView | None  # as signed, with the proposal's reason where the signer gave none
    penalty: PenaltyView
