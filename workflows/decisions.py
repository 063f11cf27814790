"""From a command to events that wait to be stored: the definition resolves the step, the aggregate decides."""

from datetime import date
from functools import lru_cache
from typing import Final

from domain.case import Case
from domain.command import Command
from domain.handling.aggregate import Handling
from domain.handling.commands import HandlingCommand
from domain.refusal import Invalid, NotFound, NotYourRole, StepNotOpen
from domain.roster.aggregate import Roster
from domain.roster.commands import RequestStep
from domain.step import Step
from domain.working_days import WorkingDays
from domain.world import World
from workflows.catalogue import AGGREGATES, STEP_COMMANDS
from workflows.chairs import Caller, delegations_in, first_able, seated, with_chairs
from workflows.clocks import clock_changes
from workflows.days import legal_day
from workflows.desk import (
    open_steps,
    refuse_outside_area,
    refuse_outside_view,
    refuse_stale,
    refuse_wrong_role,
    way_for,
)
from workflows.handling import handling_step
from workflows.library import Library
from workflows.lifecycle import Definition
from workflows.step_rules import BEGINNING

BACKDATED: Final = "BACKDATED_ENTRY"
LIFECYCLES: Final = {"enrollment": "enrollment", "claim": "jkm-claim"}  # aggregate to definition

# Steps of aggregates without a lifecycle of their own: who may take them.
PLAIN_STEPS: Final[dict[tuple[str, str], frozenset[str]]] = {
    ("delegation", "grant"): frozenset({"admin"}),
    ("delegation", "revoke"): frozenset({"admin"}),
    ("person", "correct"): frozenset({"intake"}),
    ("person", "confirm_correction"): frozenset({"verifier", "approver_1"}),
    ("person", "reject_correction"): frozenset({"verifier", "approver_1"}),
    ("programme", "open"): frozenset({"sponsor_officer"}),
    ("programme", "receive_contribution"): frozenset({"finance"}),
    ("programme", "refund_overpaid"): frozenset({"finance"}),
    ("claim", "miss_clock"): frozenset({"system"}),
    ("enrollment", "miss_clock"): frozenset({"system"}),
    ("claim", "reject_document"): frozenset({"intake", "verifier"}),
    ("enrollment", "renew_sponsorship"): frozenset({"intake"}),
    ("risk", "find"): frozenset({"system"}),
    ("roster", "receive"): frozenset({"sponsor_officer"}),
    ("roster", "add_document"): frozenset({"sponsor_officer", "ward_verifier", "intake"}),
    ("roster", "request_step"): frozenset({"sponsor_officer", "ward_verifier", "intake", "approver_2"}),
    ("roster", "start_check"): frozenset({"system"}),
    ("roster", "record_rows_checked"): frozenset({"system"}),
    ("roster", "finish_check"): frozenset({"system"}),
    ("roster", "fail_check"): frozenset({"system"}),
    ("roster", "finish_step"): frozenset({"system"}),
}


class Decisions:
    """Decides commands on loaded cases; stores nothing."""

    def __init__(self, library: Library, calendar: WorkingDays) -> None:
        self._library = library
        self._calendar = calendar

    def definition_of(self, case: Case) -> Definition | None:
        """Return the definition a case is pinned to; None for an aggregate without a lifecycle."""
        return self._library.get(case.definition) if case.definition else None

    def decide(self, command: Command, case: Case | None, world: World) -> list[Case]:
        """Return every aggregate the step changed or began, the command's own first. Raises a `Refusal`.

        Of the ways in which the sender may act the first able one counts: own roles, then each chair.
        """
        _refuse_impossible_day(command)
        caller = self.caller_of(command, world)
        if world.missing:
            kinds = sorted({role.partition("/")[0] for role in world.missing})
            raise NotFound(f"there is no {' or '.join(kinds)} with this id")
        if command.begins:
            if case is not None:
                raise StepNotOpen("this was begun already: go on with what exists", status=case.status)
            return first_able(caller, lambda seat: self._begin(seated(command, seat), seat, world))
        found = case
        if command.beside and found is None:
            found = Handling.unbegun(command.case_id, command.decided_at)
        if not isinstance(found, AGGREGATES[command.aggregate]):
            raise NotFound(f"there is no {command.aggregate} with this id", id=str(command.case_id))
        return first_able(caller, lambda seat: self._go_on(seated(command, seat), found, seat, world))

    def caller_of(self, command: Command, world: World) -> Caller:
        """Return who asks, with the chairs that the delegations of the command give on the day it is decided."""
        caller = Caller.of(command)
        if not command.delegations:
            return caller
        return with_chairs(caller, delegations_in(world), legal_day(command.decided_at))

    def open_steps(self, command: Command, case: Case, world: World) -> list[str]:
        """Return the steps that whoever sent a command could take next."""
        definition = self.definition_of(case)
        return open_steps(definition, case, self.caller_of(command, world), world) if definition else []

    def _go_on(self, command: Command, case: Case, caller: Caller, world: World) -> list[Case]:
        """Let the aggregate decide, after every process rule agreed to it from this seat."""
        assert not case.pending_events and case.key_changes is None, "a refusal leaves nothing behind"
        step = self._step_from(command, case, caller, world)
        others = getattr(case, command.step)(command, step, world)
        return [case, *(others or ())]

    def _step_from(self, command: Command, case: Case, caller: Caller, world: World) -> Step:
        if isinstance(command, HandlingCommand):
            assert isinstance(case, Handling)
            of = world.the(command.kind, Case)
            return handling_step(command, case, of, self._library.get(of.definition or ""), caller)
        refuse_outside_view(case, caller)
        if (command.aggregate, command.step) in STEP_COMMANDS:
            return self._step(command, case, caller, world)
        return self._plain_step(command, case, caller)

    def _begin(self, command: Command, caller: Caller, world: World) -> list[Case]:
        for companion in world.cases.values():
            refuse_outside_area(companion, caller)
        name = LIFECYCLES.get(command.aggregate)
        opening = (
            self._opening_step(command, name, caller) if name else self._plain_step(command, None, caller)
        )
        begun: list[Case] = getattr(AGGREGATES[command.aggregate], command.step)(command, opening, world)
        refuse_outside_area(begun[0], caller)
        return begun

    def _opening_step(self, command: Command, name: str, caller: Caller) -> Step:
        definition = self._library.latest(name, getattr(command, "event_on", command.effective_on))
        rule = definition.opening
        refuse_wrong_role(rule, caller)
        return _opening(definition, self._calendar, command.effective_on, legal_day(command.decided_at))

    def _step(self, command: Command, case: Case, caller: Caller, world: World) -> Step:
        definition = self._library.get(case.definition or "")
        rule = definition.step(command.step)
        way = way_for(definition, rule, case, caller, world, command.expected_version)
        on = getattr(command, "paid_on", command.effective_on)
        recorded_on = legal_day(command.decided_at)
        return Step(
            name=rule.name,
            from_status=case.status,
            to_status=way.target(case.status, case.entered_from),
            definition=definition.key,
            roles=frozenset(way.roles),
            clocks=clock_changes(definition, way, case, on, recorded_on, self._calendar),
            flags=_flags(definition, command.effective_on, recorded_on),
        )

    def _plain_step(self, command: Command, case: Case | None, caller: Caller) -> Step:
        """Return a step of an aggregate without a lifecycle, or one beside it, such as adding a paper."""
        definition = self.definition_of(case) if case is not None else None
        roles = PLAIN_STEPS.get((command.aggregate, command.step))
        if isinstance(command, RequestStep) and isinstance(case, Roster):
            of_members = self._library.latest("enrollment", case.received.effective_on)
            roles = frozenset(of_members.step(command.member_step).roles)
        if roles is None and definition is not None:
            roles = frozenset(role for rule in definition.steps.values() for role in rule.roles)
        if roles is None or not caller.roles & roles:
            names = sorted(roles or ())
            raise NotYourRole(
                f"step {command.step} is taken by {' or '.join(names)}", step=command.step, roles=names
            )
        if case is not None:
            refuse_stale(case, command.expected_version)
            if definition is not None and definition.statuses[case.status].final:
                raise StepNotOpen(f"the case is {case.status}: its file is closed", status=case.status)
        status = case.status or None if case is not None else None
        return Step(name=command.step, from_status=status, to_status=None, roles=roles)


def _refuse_impossible_day(command: Command) -> None:
    today = legal_day(command.decided_at)
    if command.effective_on > today and not command.dated_ahead:
        raise Invalid(
            f"effective_on {command.effective_on.isoformat()} lies after today, {today.isoformat()}: "
            "give a day up to today",
            field="effective_on",
        )


@lru_cache(maxsize=256)  # every row of a list begins alike
def _opening(definition: Definition, calendar: WorkingDays, effective_on: date, recorded_on: date) -> Step:
    rule = definition.opening
    way = definition.way(rule.name, None, {"status": ""})
    return Step(
        name=rule.name,
        to_status=way.target(BEGINNING, None),
        definition=definition.key,
        roles=frozenset(rule.roles),
        clocks=clock_changes(definition, way, None, effective_on, recorded_on, calendar),
        flags=_flags(definition, effective_on, recorded_on),
    )


def _flags(definition: Definition, effective_on: date, recorded_on: date) -> tuple[str, ...]:
    back = (recorded_on - effective_on).days
    return (BACKDATED,) if back > definition.backdating_days else ()
