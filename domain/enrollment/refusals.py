"""Why a membership cannot go on as asked."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from domain.refusal import GuardFailed

_WHY: Final[Mapping[str, str]] = {
    "REJECT_MIN_AGE": "the person is not yet 18 on that day: check the birth date",
    "REJECT_MAX_AGE": (
        "the person has reached the age limit for registration on that day: who lets a membership lapse is "
        "registered anew, and the limit holds again"
    ),
    "REJECT_FORMAL_WORKER": "the person is a wage member for the same work: the employer registers such workers",
    "REJECT_DECEASED": "the death of the person is reported: look at the claim, cover does not begin afterwards",
    "REJECT_NOT_WORKING": "the person has no work or is not fit for it: enroll again when work is taken up",
    "REJECT_OCCUPATION": "the occupation is none of the programme's: give the one the person works in now",
}


class NotEligible(GuardFailed):
    """A check of the register fails; `reason` is its code (dossier 2.1)."""

    def __init__(self, code: str) -> None:
        super().__init__(f"{code}: {_WHY[code]}", guard="eligible", reason=code)


class NotLapsed(GuardFailed):
    """Money that came in time keeps the membership: there is nothing to come back to."""

    def __init__(self, lapses_on: date) -> None:
        super().__init__(
            f"money that came in time keeps the membership until {lapses_on.isoformat()}: no new spell is needed, "
            "pay the months that are open, by name",
            guard="has_lapsed",
            lapses_on=lapses_on.isoformat(),
        )


class NothingPaidUnder(GuardFailed):
    """No money is recorded under the authorisation for this member."""

    def __init__(self, authorisation: str) -> None:
        super().__init__(
            f"no payment under authorisation {authorisation} is for this member: have finance record the sponsor's "
            "payment first, with this authorisation and the months it is for",
            guard="paid_under_authorisation",
            field="authorisation",
        )


class LapseStands(GuardFailed):
    """The money leaves more months unpaid than keep the right."""

    def __init__(self, unpaid: str) -> None:
        super().__init__(
            f"the lapse stands although these months are paid, for {unpaid} is still unpaid: have the sponsor pay "
            "the months before the lapse as well, under the same authorisation",
            guard="lapse_undone",
            month=unpaid,
        )


class CheckFailed(GuardFailed):
    """A check of the register was made and failed."""

    def __init__(self, failed: Sequence[str]) -> None:
        super().__init__(
            f"check {' and '.join(failed)} failed: reject the worker by its code, return the proposal, or state the "
            "check anew when it has passed",
            guard="checks_passed",
            failed=list(failed),
        )


class NotLive(GuardFailed):
    """A renewed list carries on members; it begins no membership and brings none back."""

    def __init__(self, status: str) -> None:
        remedy = (
            "the membership has lapsed: have intake take the step reenroll with this row, then register it again"
            if status == "LAPSED"
            else f"the person is {status}, no member yet: finish the steps of that membership first"
        )
        super().__init__(remedy, guard="is_live", status=status)
