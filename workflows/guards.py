"""Conditions that a definition names where a sentence must say what is wrong; each returns its reason."""

from collections.abc import Callable
from typing import Final

from domain.case import Case
from domain.claim.aggregate import Claim
from domain.rupiah import written_rupiah
from domain.world import World

Guard = Callable[[Case, World], str | None]


def determination_is_payable(case: Case, world: World) -> str | None:
    assert isinstance(case, Claim)
    if case.determination is not None and case.determination.is_rejection:
        return (
            f"the determination is {case.determination.outcome}: sign the rejection or return the calculation"
        )
    return None


def determination_is_rejection(case: Case, world: World) -> str | None:
    assert isinstance(case, Claim)
    if case.determination is None or not case.determination.is_rejection:
        return "the determination grants a benefit: approve it or return the calculation"
    return None


def rejection_is_proposed(case: Case, world: World) -> str | None:
    assert isinstance(case, Claim)
    return (
        None
        if case.proposal
        else "no rejection is proposed: a verifier proposes it first, with code and reason"
    )


def something_was_brought(case: Case, world: World) -> str | None:
    assert isinstance(case, Claim)
    if not case.asked_back or case.asked_back & case.valid_papers.keys():
        return None
    return f"nothing of what was asked for was brought: upload {', '.join(sorted(case.asked_back))} first"


def nothing_is_paid(case: Case, world: World) -> str | None:
    assert isinstance(case, Claim)
    return (
        "money was paid on this claim already: it can only be corrected by a later line"
        if case.payments
        else None
    )


def penalty_is_due(case: Case, world: World) -> str | None:
    assert isinstance(case, Claim)
    if case.penalty.due > case.penalty.determined:
        return None
    if case.penalty_found is not None:
        return f"the penalty of {written_rupiah(case.penalty.determined, 'en')} is determined already: close the case"
    if any(paid.days_late is None for paid in case.payments):
        return "no calendar of holidays reaches the day on which payment was due: have admin extend it, then try again"
    return "every payment came in time, so no penalty is owed: close the case"


def account_name_matches_payee(case: Case, world: World) -> str | None:
    assert isinstance(case, Claim)
    if not case.accounts_to_confirm:
        return None
    return (
        f"the account of the {' and the '.join(case.accounts_to_confirm)} is in another name than the payee's: "
        "somebody who neither entered it nor approved the claim takes confirm_account, with the reason and the "
        "bank-book page BANK_HEIR; or have another account or payee named by change_payee"
    )


def account_name_differs(case: Case, world: World) -> str | None:
    assert isinstance(case, Claim)
    if case.accounts_to_confirm:
        return None
    return "every account is in the payee's own name, or confirmed: there is nothing to confirm"


GUARDS: Final[dict[str, Guard]] = {
    guard.__name__: guard
    for guard in (
        determination_is_payable,
        determination_is_rejection,
        rejection_is_proposed,
        something_was_brought,
        nothing_is_paid,
        penalty_is_due,
        account_name_matches_payee,
        account_name_differs,
    )
}
