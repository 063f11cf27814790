"""Stories of the domain: given these facts, when this is asked, then that happened, or was refused.

Every `then` also proves the memory: folding the new facts from the log gives the case that decided.
"""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

import pytest

from domain.case import Case, KeyChange
from domain.command import Command
from domain.fact import Fact
from domain.refusal import Refusal
from domain.sealed import Sealed
from domain.step import Step
from domain.world import World
from tests.facts import NOW, versioned
from workflows.catalogue import AGGREGATES

E = TypeVar("E", bound=Fact)


def fold(*facts: Fact) -> dict[UUID, Case]:
    """Return the cases that these facts add up to; each stands in the log at its place in the story."""
    cases: dict[UUID, Case] = {}
    for position, one in enumerate(versioned(facts), start=1):
        case = one.mutate(cases.get(one.originator_id))
        assert isinstance(case, Case)
        case.recorded(one, position, NOW)
        cases[one.originator_id] = case
    return cases


def world_of(cases: dict[UUID, Case], *companions: dict[str, UUID], **more: Any) -> World:
    """Return the companions as the office would load them."""
    return World(
        cases={role: cases[id_] for named in companions for role, id_ in named.items() if id_ in cases},
        **more,
    )


def given(*facts: Fact) -> "Given":
    return Given(facts)


@dataclass(frozen=True)
class Given:
    """The facts of a story, in the order of the log."""

    facts: tuple[Fact, ...]

    def when(self, command: Command, step: Step | None = None, world: World | None = None) -> "Asked":
        """Ask it. step: as a definition would resolve it; by default it leaves the status alone.

        world: the companions; by default those among the given facts.
        """
        return Asked(self.facts, command, step, world)


@dataclass(frozen=True)
class Asked:
    """A command that waits for what the story expects of it."""

    facts: tuple[Fact, ...]
    command: Command
    step: Step | None
    world: World | None

    def then(self, expected: type[E], **fields: Any) -> "Then[E]":
        """Expect one fact of the case, with these fields; personal ones are compared laid open."""
        case, others = self._decide()
        [happened] = case.pending_events
        assert type(happened) is expected, f"{type(happened).__name__} happened"
        for name, value in fields.items():
            assert laid_open(getattr(happened, name)) == value, name
        self._prove_memory(case)
        return Then(happened, case, tuple(others), case.keys)

    def then_nothing(self) -> None:
        """Expect that nothing happened: it was done before."""
        case, others = self._decide()
        assert (list(case.pending_events), others) == ([], [])

    def then_refused(self, refusal: type[Refusal], **detail: Any) -> Refusal:
        """Expect a refusal of exactly this kind, with at least this detail."""
        with pytest.raises(refusal) as caught:
            self._decide()
        assert type(caught.value) is refusal
        found = caught.value.detail
        assert {name: found.get(name) for name in detail} == detail
        return caught.value

    def _decide(self) -> tuple[Case, list[Case]]:
        cases = fold(*self.facts)
        command, case = self.command, cases.get(self.command.case_id)
        step = self.step or Step(name=command.step, from_status=case.status or None if case else None)
        world = self.world or world_of(cases, command.companions(), case.companions() if case else {})
        if command.begins:
            begun: list[Case] = getattr(AGGREGATES[command.aggregate], command.step)(command, step, world)
            return begun[0], begun[1:]
        assert case is not None, "the story does not tell of the case"
        others = getattr(case, command.step)(command, step, world)
        return case, list(others or ())

    def _prove_memory(self, case: Case) -> None:
        again = fold(*self.facts).get(case.id)
        for one in case.pending_events:
            before = again and again.apart()
            memory = repr(before and _memory(before))
            again = one.mutate(again)
            assert repr(before and _memory(before)) == memory, "a copy changed along with its case"
        assert _memory(again) == _memory(case)


@dataclass(frozen=True)
class Then(Generic[E]):
    """What happened: the fact, the case after it, what else was begun or changed, and natural keys."""

    event: E
    case: Case
    others: tuple[Case, ...]
    keys: KeyChange


def _memory(case: Case | None) -> dict[str, Any]:
    return {name: kept for name, kept in vars(case).items() if name not in ("_pending_events", "_keys")}


def laid_open(value: Any) -> Any:
    """Return a fresh sealed value as what it holds."""
    return value.open(None) if isinstance(value, Sealed) else value
