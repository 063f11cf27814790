"""What a sponsor is not told: a reason that so few claims share that it would be told of one family.

A sponsor has the names of its members, and hears of deaths in the city. Counts of claims by stage say nothing
new; a reason for a refusal, such as a work accident or that somebody had stopped working, would (dossier 1.4).
"""

from collections.abc import Sequence
from typing import Final

from api.http.money_shapes import RejectedOfStatement, StatementView
from workflows.chairs import Caller

FEWEST: Final = 3  # claims that must share a reason
SPONSORS: Final = frozenset({"sponsor_officer", "ward_verifier"})


def for_reader(view: StatementView, caller: Caller) -> StatementView:
    """Return a statement as this reader may see it."""
    if is_sponsor(caller):
        view.rejected = with_few_together(view.rejected)
    return view


def is_sponsor(caller: Caller) -> bool:
    """Tell whether somebody sits on the sponsor's side alone."""
    return all(seat.roles <= SPONSORS for seat in caller.seats)


def with_few_together(rejected: Sequence[RejectedOfStatement]) -> list[RejectedOfStatement]:
    """Return reasons for refusals, those of too few claims put together without the reason."""
    many = [one for one in rejected if one.claims >= FEWEST]
    few = sum(one.claims for one in rejected if one.claims < FEWEST)
    if not few:
        return many
    together = RejectedOfStatement(
        code="FEW",
        reason_id=f"Alasan yang masing-masing dipakai pada kurang dari {FEWEST} klaim",
        reason_en=f"Reasons that fewer than {FEWEST} claims share",
        claims=few,
    )
    return [*many, together]
