"""Why a payment cannot be recorded as asked."""

from datetime import date

from domain.refusal import AmountDiffers, Duplicate, GuardFailed


class ContributionDiffers(AmountDiffers):
    """The amount is not the invoice of exactly these members and months."""

    def __init__(self, asked: int, expected: int) -> None:
        super().__init__(
            f"amount {asked} differs from the invoice of these members and months, {expected}: "
            "pay the invoice, or name the members and months that are meant",
            field="amount",
            asked=asked,
            expected=expected,
        )


class MonthPaidAlready(Duplicate):
    """A month of these members is paid already."""

    def __init__(self, month: str, reference: str) -> None:
        super().__init__(
            f"month {month} is paid already by payment {reference}: leave the month out",
            field="months",
            month=month,
            reference=reference,
        )


class PaidAfterLapse(GuardFailed):
    """The membership ended with the fourth unpaid month; money after that opens a new spell."""

    def __init__(self, lapsed_on: date) -> None:
        super().__init__(
            f"the membership lapsed on {lapsed_on.isoformat()} with the fourth unpaid month and this payment came "
            "later: end this membership (reason ARREARS) and enroll the worker again, which begins a new spell",
            guard="paid_before_lapse",
            lapsed_on=lapsed_on.isoformat(),
        )


class MonthBeforeStart(GuardFailed):
    """Cover begins with the first paid month; an earlier one cannot be bought afterwards."""

    def __init__(self, month: str, first: str) -> None:
        super().__init__(
            f"month {month} lies before {first}, the first month paid, with which the membership began: "
            "pay months from there on",
            guard="starts_with_first_month",
            month=month,
            first_month=first,
        )


class MonthAfterEnd(GuardFailed):
    """The membership had ended before this month began."""

    def __init__(self, month: str, ended_on: date) -> None:
        super().__init__(
            f"the membership of one of these ended on {ended_on.isoformat()}, before {month}: "
            "leave the month or the member out",
            guard="paid_before_end",
            month=month,
            ended_on=ended_on.isoformat(),
        )


class FirstPaidAfterDeath(GuardFailed):
    """A membership does not begin for somebody who is dead already."""

    def __init__(self) -> None:
        super().__init__(
            "the death of this member is reported and no month was paid before it: "
            "a first payment afterwards buys no cover, leave this member out",
            guard="first_payment_in_life",
        )
