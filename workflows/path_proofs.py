"""Proofs that walk the graph of a lifecycle: statuses, clocks, and the way of the money.

Conditions and guards are taken to hold or to fail as they please, so what is proved holds whatever the facts.
"""

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Final, NamedTuple, TypeVar

from domain.command import SYSTEM_ROLE
from workflows.definition_file import PREVIOUS
from workflows.lifecycle import Definition
from workflows.step_rules import BEGINNING, StepRule, Way

DETERMINATION: Final = "benefit_calculated"
PENALTY: Final = "penalty_determined"  # a determination of its own, approved like the first
APPROVAL: Final = "approved"
PAYMENTS: Final = ("payment_ordered", "payment_succeeded")

Find = Callable[[str, str, str], None]  # step, problem, remedy
Memory = TypeVar("Memory", bound=Hashable)


class Move(NamedTuple):
    """An edge of the graph: one way of a step from one status to another."""

    step: StepRule
    way: Way
    source: str
    target: str


def moves_of(definition: Definition) -> list[Move]:
    return [
        Move(rule, way, source, target)
        for rule in definition.steps.values()
        for way in rule.ways
        for source in way.sources
        for target in way.targets(source)
    ]


def prove_paths(definition: Definition, find: Find) -> None:
    """Report what is wrong with the graph of a definition."""
    moves = moves_of(definition)
    for proof in (_statuses, _returns, _clocks, _money, _signatures):
        proof(definition, moves, find)


def _statuses(definition: Definition, moves: list[Move], find: Find) -> None:
    """Every status is reached; only a final or resting one has no exit; an end is always in reach."""
    onward: dict[str, set[str]] = {status: set() for status in (BEGINNING, *definition.statuses)}
    back: dict[str, set[str]] = {status: set() for status in onward}
    for move in moves:
        onward[move.source].add(move.target)
        back[move.target].add(move.source)
    reached = _closure({BEGINNING}, onward)
    # A dead end counts as an end here: it is found once, not again for every status that leads to it.
    ends = {name for name in definition.statuses if _may_stay(definition, name) or onward[name] <= {name}}
    ending = _closure(ends, back)
    for name, status in definition.statuses.items():
        exits = onward[name] - {name}
        if name not in reached:
            problem = f'No path leads from the opening step to the status "{name}".'
            find("", problem, "Add a step that leads there, or remove the status.")
        if not exits and not _may_stay(definition, name):
            problem = f'No step leads out of the status "{name}", which is not final.'
            find("", problem, "Add a step from it, or say final = true.")
        elif status.final and exits:
            problem = f'The status "{name}" is final, but steps lead on to {", ".join(sorted(exits))}.'
            find("", problem, 'Say waiting_on = "nobody" without final, or remove the steps.')
        elif name not in ending:
            find("", f'From the status "{name}" no end can be reached.', "Add a step towards a final status.")
        if status.final and status.waiting_on != "nobody":
            problem = f'The status "{name}" is final, but waits on {status.waiting_on}.'
            find("", problem, 'Say waiting_on = "nobody".')


def _may_stay(definition: Definition, name: str) -> bool:
    """Return whether a case may stand here for ever: at its end, or waiting on nobody, as a member does."""
    status = definition.statuses[name]
    return status.final or status.waiting_on == "nobody"


def _closure(start: set[str], neighbours: Mapping[str, set[str]]) -> set[str]:
    reached, waiting = set(start), list(start)
    while waiting:
        new = neighbours[waiting.pop()] - reached
        reached |= new
        waiting += new
    return reached


def _returns(definition: Definition, moves: list[Move], find: Find) -> None:
    """A step goes back only to where the case can have come from."""
    entries = {(move.source, move.target) for move in moves}
    for move in moves:
        if move.way.to == PREVIOUS and not any(
            (move.target, source) in entries for source in move.way.sources
        ):
            problem = f"It may go back to {move.target}, but no step leads here from there."
            find(move.step.name, problem, f'Remove "{move.target}" from previous.')


def _clocks(definition: Definition, moves: list[Move], find: Find) -> None:
    """Every clock that a path starts is stopped on that path before the case ends or rests.

    Wherever it runs, what SYSTEM does when it is missed can be done.
    """
    for clock, rule in definition.clocks.items():
        if not any(clock in move.way.clocks.start for move in moves):
            find("", f'No step starts the clock "{clock}".', "Start it in a step, or remove it.")
        consequence = definition.steps.get(rule.missed.step or "") if rule.missed else None
        said: set[str] = set()

        def after(stands: str, move: Move, clock: str = clock) -> str:
            effects = move.way.clocks
            if clock in effects.start:
                return stands or "runs"
            if clock in effects.stop or clock in effects.void:
                return ""
            if clock in effects.pause:
                return stands and "pauses"  # it has not ended
            return "runs" if stands and clock in effects.restart else stands

        for path, stands in walks(moves, "", after):
            last = path[-1]
            if not stands or last.target in said:
                continue
            if _may_stay(definition, last.target):
                said.add(last.target)
                problem = f'The clock "{clock}" still {stands} in {last.target}, reached by {_said(path)}.'
                find(last.step.name, problem, f'Stop "{clock}" in this step or before it.')
            elif stands == "runs" and consequence is not None and last.target not in consequence.sources:
                said.add(last.target)
                problem = (
                    f'The clock "{clock}" runs in {last.target}, reached by {_said(path)}; '
                    f"{consequence.name}, which follows when it is missed, is not open there."
                )
                find(last.step.name, problem, f'Stop or pause "{clock}" in this step or before it.')


class _Money(NamedTuple):
    determined: bool = False
    approved: bool = False


def _money(definition: Definition, moves: list[Move], find: Find) -> None:
    """No path leads to a payment without a determination and an approval of it."""

    def after(money: _Money, move: Move) -> _Money:
        match _act(definition, move.step):
            case "benefit_calculated" | "penalty_determined":
                return _Money(determined=True)
            case "approved":
                return money._replace(approved=True)
        return money

    said: set[str] = set()
    for path, money in walks(moves, _Money(), after):
        step = path[-1].step
        if _act(definition, step) in PAYMENTS and not all(money) and step.name not in said:
            said.add(step.name)
            lacks = "an approval of the last determination" if money.determined else "a determination"
            find(
                step.name,
                f"Money moves without {lacks}: {_said(path)}.",
                "Lead every path to it through both.",
            )


def _signatures(definition: Definition, moves: list[Move], find: Find) -> None:
    """A person approves; who determined does not approve, and who approved does not pay."""
    for move in moves:
        act = _act(definition, move.step)
        if act == APPROVAL and SYSTEM_ROLE in move.way.roles:
            find(move.step.name, "SYSTEM may not approve.", f'Remove "{SYSTEM_ROLE}" from roles.')
        before = {APPROVAL: (DETERMINATION, PENALTY)}.get(act, (APPROVAL,) if act in PAYMENTS else ())
        for rule in definition.steps.values():
            if _act(definition, rule) in before and rule.name not in move.way.separate_from:
                problem = f"The person who took {rule.name} could take this step too."
                find(move.step.name, problem, f'Add "{rule.name}" to separate_from.')


def _act(definition: Definition, rule: StepRule) -> str:
    return rule.event.removeprefix(f"{definition.aggregate}.")


def walks(
    moves: Iterable[Move], memory: Memory, after: Callable[[Memory, Move], Memory]
) -> Iterator[tuple[tuple[Move, ...], Memory]]:
    """Walk from the opening through every move that can be made, with a shortest path to each and its memory.

    A step that goes back is followed only to the status the case really came from.
    """
    by_source: dict[str, list[Move]] = {}
    for move in moves:
        by_source.setdefault(move.source, []).append(move)
    begin: tuple[str, str, Memory] = (BEGINNING, "", memory)
    start: tuple[Move, ...] = ()
    seen, waiting = {begin}, deque([(start, begin)])
    while waiting:
        path, (status, entered_from, remembered) = waiting.popleft()
        for move in by_source.get(status, ()):
            if move.way.to == PREVIOUS and move.target != entered_from:
                continue
            now = after(remembered, move)
            came = entered_from if move.target == status else status
            walked = (*path, move)
            yield walked, now
            if (place := (move.target, came, now)) not in seen:
                seen.add(place)
                waiting.append((walked, place))


def _said(path: Iterable[Move]) -> str:
    return " > ".join(move.step.name for move in path)
