"""For whom the desk is read: which ways on are work to do, and for whom else a case may wait."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from api.bootstrap import House
from projections.worklist.desk import Reader
from projections.worklist.view import Opening
from workflows.chairs import Caller
from workflows.handling import ways_for
from workflows.lifecycle import Definition

# Which of the open steps is the next one: what carries the case on comes before what sends it back.
FORWARD: Final = (
    "file", "complete_documents", "confirm_complete", "start_verification", "report_field_check", "calculate",
    "sign_rejection", "approve", "endorse", "order_payment", "confirm_payment", "correct_payment_details",
    "determine_penalty", "refuse_rest", "close",
)  # fmt: skip
OF_LISTS: Final = (
    "propose", "complete_proposal", "start_verification", "verify", "issue_decree", "register",
)  # fmt: skip
WAITS: Final = ("you", "claimant", "third_party")  # for whom a case waits, seen by the reader


def next_step(steps: Iterable[str]) -> str | None:
    """Return the step that carries a case on, among those that are open."""
    open_ = list(steps)
    return next((step for step in FORWARD if step in open_), open_[0] if open_ else None)


def reader_of(house: House, caller: Caller, today: date) -> Reader:
    """Return the reader. That one could send a case back or withdraw it is no work to do."""
    ways = [
        Opening(definition=definition.key, status=status, separate_from=others, area=seat.area, step=step)
        for seat in caller.seats
        for definition in house.library
        if definition.aggregate == "claim"
        for status in definition.statuses
        for step, others in ways_for(definition, status, seat.roles)
        if step in FORWARD
    ]
    lists = {
        (definition.key, status): None
        for definition in house.library
        if definition.aggregate == "enrollment"
        for status in definition.statuses
        if list_step(definition, status, caller) is not None
    }
    elsewhere = {
        (way.definition, way.status)
        for way in ways
        if waits_for(house.library.get(way.definition), way.status, caller) != "you"
    }
    return Reader(
        person=caller.name,
        open=ways,
        today=today,
        elsewhere=elsewhere,
        lists=list(lists),
        areas=[seat.area for seat in caller.seats],
        own=caller.is_only_participant,
    )


def waits_for(definition: Definition, status: str, caller: Caller) -> str:
    """Return for whom a case in this status waits: `you`, who reads it, or somebody outside of the desk.

    Where a family reads, what waits for the family waits for the reader.
    """
    on = definition.statuses[status].waiting_on
    if caller.is_only_participant:
        return "you" if on == "claimant" else "third_party"
    return on if on in ("claimant", "third_party") else "you"


def list_step(definition: Definition, status: str, caller: Caller) -> str | None:
    """Return the step that carries members of a list on from a status, where the reader may take it."""
    open_ = {step for seat in caller.seats for step, _ in ways_for(definition, status, seat.roles)}
    return next((step for step in OF_LISTS if step in open_), None)
