"""What comes next with a list: who stands at which step, whose turn it is, and whether the reader may take it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from api.bootstrap import House
from api.http.cases import with_world
from api.http.roster_steps import definition_for
from domain.enrollment.aggregate import Enrollment
from domain.refusal import Refusal
from domain.roster.aggregate import REGISTER, Roster
from workflows.chairs import Caller
from workflows.desk import step_views
from workflows.lifecycle import Definition
from workflows.step_rules import StepRule

# The way of a list, in order; what sends rows back stands behind what carries them on.
STEPS: Final = (
    "propose", "start_verification", "verify", "return_proposal", "reject", "complete_proposal", "issue_decree",
    "register",
)  # fmt: skip
FORWARD: Final = ("propose", "start_verification", "verify", "complete_proposal", "issue_decree", "register")
PAID_FOR: Final = "REGISTERED"  # a contribution makes members of those who stand there
PAYERS: Final = frozenset({"finance"})  # who record it
PAPERS: Final = ("ENR_PKS", "ENR_VERVAL", "ENR_SK")  # that count for every worker of the list


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A step and how many workers stand before it. refusal: why the reader cannot take it now."""

    rule: StepRule
    count: int
    refusal: Refusal | None
    is_mine: bool

    @property
    def is_open(self) -> bool:
        return self.refusal is None

    @property
    def missing(self) -> Sequence[str]:
        """The papers that are missed first."""
        found = self.refusal.detail.get("missing", ()) if self.refusal else ()
        return [str(code) for code in found]


def sources_of(rule: StepRule) -> frozenset[str]:
    """Return the statuses in which a step begins."""
    return frozenset(source for way in rule.ways for source in way.sources)


def next_of(standing: Mapping[str, int], rules: Mapping[str, StepRule]) -> tuple[str, int] | None:
    """Return the first step that workers of a list wait for, and how many; `pay` for the first contribution."""
    for step in FORWARD:
        if count := before(standing, rules[step]):
            return step, count
    return ("pay", count) if (count := standing.get(PAID_FOR, 0)) else None


def statuses_of(definition: Definition, caller: Caller) -> list[str]:
    """Return the statuses of workers that wait for a step of this caller."""
    roles = frozenset(role for seat in caller.seats for role in seat.roles)
    found = {
        status
        for step in FORWARD
        for way in definition.steps[step].ways
        if roles & frozenset(way.roles)
        for status in way.sources
    }
    return sorted(found | ({PAID_FOR} if roles & PAYERS else set()))


def before(standing: Mapping[str, int], rule: StepRule) -> int:
    """Return how many stand where a step begins."""
    return sum(standing.get(status, 0) for status in sources_of(rule))


def renewals_left(roster: Roster) -> Sequence[int]:
    """Return the rows of live members whom nobody has carried on yet."""
    taken = any(step.request.member_step == REGISTER for step in roster.steps.values())
    return () if taken else roster.renewed_rows


async def ways_of(
    house: House,
    roster: Roster,
    caller: Caller,
    standing: Mapping[str, int],
    wards: Sequence[str] | None,
    *,
    only: str | None = None,
) -> list[Waiting]:
    """Return the steps that somebody of the list stands before. One worker of each speaks for the others."""
    rules = definition_for(house, roster).steps
    found = []
    for step in STEPS if only is None else (only,):
        rule = rules[step]
        count = before(standing, rule) + (len(renewals_left(roster)) if step == REGISTER else 0)
        if count:
            refusal = await _refusal(house, roster, caller, rule, wards)
            mine = any(seat.roles & frozenset(rule.roles) for seat in caller.seats)
            found.append(Waiting(rule=rule, count=count, refusal=refusal, is_mine=mine))
    return found


def first_of(waiting: Iterable[Waiting], *, mine: bool) -> Waiting | None:
    """Return the first step that carries the list on: of the reader's own, or of any desk."""
    return next((one for one in waiting if one.rule.name in FORWARD and (one.is_mine or not mine)), None)


async def _refusal(
    house: House, roster: Roster, caller: Caller, rule: StepRule, wards: Sequence[str] | None
) -> Refusal | None:
    some = await house.views.rosters.workers(roster.id, statuses=sources_of(rule), wards=wards, limit=1)
    for worker in some.items:
        member = await house.office.cases.get(worker.enrollment_id)
        assert isinstance(member, Enrollment)
        definition, world = await with_world(house, member)
        for view in step_views(definition, member, caller, world):
            if view.rule.name == rule.name:
                return view.refusal
    return None
