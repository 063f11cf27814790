"""Who may take a case on the own desk, give it to somebody, lay it down, or note something on it."""

from typing import Final

from domain.case import Case
from domain.delegation.commands import DESK_ROLES
from domain.handling.aggregate import Handling
from domain.handling.commands import AssignCase, HandlingCommand, ReleaseCase, TakeCase, WriteNote
from domain.refusal import NotYourRole, StepNotOpen
from domain.step import Step
from workflows.chairs import Caller
from workflows.desk import refuse_outside_view, refuse_stale
from workflows.lifecycle import Definition

SUPERVISORS: Final = frozenset({"approver_1", "approver_2"})


def handling_step(
    command: HandlingCommand, handling: Handling, case: Case, definition: Definition, seat: Caller
) -> Step:
    """Return the step, after the rules about people agreed. Nothing here asks for papers or amounts.

    Refused: `not_found` and `outside_area` like every look at the case, `not_your_role`, `stale_version`
    of the case, `step_not_open` where the case is at its end, save for notes.
    """
    refuse_outside_view(case, seat)
    if not seat.roles & DESK_ROLES:
        raise NotYourRole(
            f"{command.step} is for those who work at a desk", step=command.step, roles=sorted(DESK_ROLES)
        )
    refuse_stale(case, command.expected_version)
    if definition.statuses[case.status].final and not isinstance(command, WriteNote):
        raise StepNotOpen(
            f"the case is {case.status}: nobody has to handle it any more",
            step=command.step,
            status=case.status,
        )
    match command:
        case TakeCase():
            _refuse_without_way(command, case, definition, seat)
        case AssignCase() if handling.held_by != seat.name:
            _refuse_no_supervisor(command, handling, seat)
        case ReleaseCase() if handling.held_by not in (None, seat.name):
            _refuse_no_supervisor(command, handling, seat)
    return Step(name=command.step, roles=seat.roles & DESK_ROLES)


def ways_for(definition: Definition, status: str, roles: frozenset[str]) -> list[tuple[str, frozenset[str]]]:
    """Return the steps from a status that these roles may take, each with those that bar whoever took them."""
    return [
        (rule.name, frozenset(way.separate_from) - {rule.name})
        for rule in definition.steps_from(status)
        for way in rule.ways
        if status in way.sources and roles & frozenset(way.roles)
    ]


def _refuse_without_way(command: HandlingCommand, case: Case, definition: Definition, seat: Caller) -> None:
    """Refuse to let somebody take what that person could do nothing about."""
    mine = {taken.step for taken in case.taken if taken.actor == seat.name}
    if not any(mine.isdisjoint(bars) for _, bars in ways_for(definition, case.status, seat.roles)):
        able = {role for rule in definition.steps_from(case.status) for role in rule.roles} & DESK_ROLES
        raise NotYourRole(
            f"from {case.status} no step of this case is yours: it is for {' or '.join(sorted(able))}, "
            "and for another person than took the earlier steps",
            step=command.step,
            roles=sorted(able),
        )


def _refuse_no_supervisor(command: HandlingCommand, handling: Handling, seat: Caller) -> None:
    if not seat.roles & SUPERVISORS:
        holder = f"{handling.held_by}, who has this case, " if handling.held_by else ""
        raise NotYourRole(
            f"{command.step} is done by {holder}{'or ' if holder else ''}an approver",
            step=command.step,
            roles=sorted(SUPERVISORS),
        )
