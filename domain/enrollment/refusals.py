"""Why a membership cannot go on as asked."""

from collections.abc import Mapping
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
