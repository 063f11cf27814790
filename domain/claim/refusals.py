"""Why a claim cannot be decided as asked: the truth rules of the domain."""

from datetime import date

from domain.fact import ClockChange
from domain.refusal import AmountDiffers, GuardFailed


class AmountDiffersFromDetermination(AmountDiffers):
    """The amount to approve is not what the law gave."""

    def __init__(self, asked: int, determined: int) -> None:
        super().__init__(
            f"amount {asked} differs from the determination, {determined}: "
            "approve the determined amount, or return the calculation",
            field="amount",
            asked=asked,
            expected=determined,
        )


class NothingToOrder(GuardFailed):
    """Every approved line that may be paid now has been ordered already."""

    def __init__(self) -> None:
        super().__init__(
            "every approved line that may be paid now has been ordered: wait for the arrears to be settled",
            guard="line_left_to_order",
        )


class ArrearsStillOpen(GuardFailed):
    """Months up to the event are still unpaid."""

    def __init__(self, months: tuple[str, ...]) -> None:
        super().__init__(
            f"months {', '.join(months)} are still unpaid: record their contribution first",
            guard="arrears_paid",
            months=list(months),
        )


def refuse_before_end(clock: ClockChange | None, on: date, guard: str) -> None:
    """Refuse what may happen only when a period is over. Where its end is unknown it is not over."""
    if clock is None:
        return
    if clock.due_on is None or on <= clock.due_on:
        until = clock.due_on.isoformat() if clock.due_on else "a day that no calendar gives yet"
        raise GuardFailed(f"the period runs until {until}: wait for its end", guard=guard, until=until)
