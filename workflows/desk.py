"""Who may take which step now: the process rules of a definition, asked in a fixed order.

Role, version, state, four eyes, money authority, papers, guards; what only the domain can know (the
amount, one entitlement) is left to the aggregate.
"""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import NamedTuple

from domain.case import Case, Facts
from domain.mandate import Mandate
from domain.refusal import (
    AuthorityExceeded,
    DocumentsMissing,
    GuardFailed,
    NotFound,
    NotYourRole,
    OutsideArea,
    Refusal,
    SecondPersonRequired,
    StaleVersion,
)
from domain.rupiah import written_rupiah
from domain.world import World
from workflows.chairs import Caller, first_able
from workflows.demands import refuse_unchecked
from workflows.guards import GUARDS
from workflows.lifecycle import Definition
from workflows.papers import papers_missing
from workflows.step_rules import StepRule, Way


class StepView(NamedTuple):
    """A step as one caller sees it: open, or the refusal that says why not."""

    rule: StepRule
    refusal: Refusal | None

    @property
    def is_open(self) -> bool:
        return self.refusal is None


def refuse_outside_view(case: Case, caller: Caller) -> None:
    """Refuse a case the caller may not know of, or that lies outside the caller's area, from every seat."""
    first_able(caller, lambda seat: _refuse_outside_view(case, seat))


def _refuse_outside_view(case: Case, caller: Caller) -> None:
    if caller.is_only_participant and not case.is_known_to(caller.name):
        raise NotFound("there is no case with this id of which you took a step", id=str(case.id))
    refuse_outside_area(case, caller)


def refuse_outside_area(case: Case, caller: Caller) -> None:
    """Refuse a case of another area than the caller's mandate."""
    if caller.area is not None and not case.is_within(Mandate.read(caller.area)):
        raise OutsideArea(
            f"the case belongs to area {case.area_code}, your mandate is {caller.area}: ask an officer of that area",
            area_code=case.area_code,
        )


def refuse_wrong_role(rule: StepRule, caller: Caller) -> None:
    if caller.roles.isdisjoint(rule.roles) and all(chair.role not in rule.roles for chair in caller.chairs):
        raise NotYourRole(
            f"step {rule.name} is taken by {' or '.join(rule.roles)}: hand the case to one of them",
            step=rule.name,
            roles=list(rule.roles),
        )


def refuse_stale(case: Case, expected_version: int | None) -> None:
    if expected_version is not None and expected_version != case.version:
        raise StaleVersion(
            f"the case stands at version {case.version}, not {expected_version}: look at it again and decide anew",
            version=case.version,
        )


def way_for(
    definition: Definition,
    rule: StepRule,
    case: Case,
    caller: Caller,
    world: World,
    expected_version: int | None,
    facts: Facts | None = None,
) -> Way:
    """Return the way a step takes, after every process rule agreed. Refuses with the first that does not.

    caller: in one seat. facts: those of the case, where they are known already.
    """
    refuse_wrong_role(rule, caller)
    refuse_stale(case, expected_version)
    facts = case.facts() if facts is None else facts
    way = definition.way(rule.name, case.status, facts, case.entered_from)
    if caller.roles.isdisjoint(way.roles):
        raise NotYourRole(
            f"step {rule.name} is taken by {' or '.join(way.roles)} from {case.status}: hand the case to one of them",
            step=rule.name,
            roles=list(way.roles),
        )
    _refuse_same_person(way, case, caller)
    _refuse_above_authority(definition, way, case, caller, facts)
    if missing := papers_missing(way, case, world, facts):
        raise DocumentsMissing(
            f"papers are missing for {rule.name}: {', '.join(_named(definition, missing))}; upload them first",
            missing=list(missing),
        )
    for name in way.guards:
        if reason := GUARDS[name](case, world):
            raise GuardFailed(reason, guard=name)
    refuse_unchecked(definition, way, case)
    _refuse_unendorsed(definition, way, case, facts)
    _refuse_needless_endorsement(definition, way, case, facts)
    return way


def step_views(
    definition: Definition, case: Case, caller: Caller, world: World, only: frozenset[str] | None = None
) -> Iterator[StepView]:
    """Yield every step that begins where the case stands, open to this caller or with the reason why not.

    only: leave out steps that none of these roles may take.
    """
    facts = case.facts()
    for rule in definition.steps_from(case.status):
        if only is not None and only.isdisjoint(rule.roles):
            continue
        try:
            first_able(caller, partial(_look_for_way, definition, rule, case, world, facts))
        except Refusal as refusal:
            yield StepView(rule, refusal)
        else:
            yield StepView(rule, None)


def _look_for_way(
    definition: Definition, rule: StepRule, case: Case, world: World, facts: Facts, seat: Caller
) -> None:
    refuse_outside_area(case, seat)  # a chair may reach where the own mandate does not, and the other way
    way_for(definition, rule, case, seat, world, None, facts)


def open_steps(definition: Definition, case: Case, caller: Caller, world: World) -> list[str]:
    """Return the names of the steps this caller could take now."""
    mine = caller.roles.union(chair.role for chair in caller.chairs)
    return [view.rule.name for view in step_views(definition, case, caller, world, mine) if view.is_open]


def _named(definition: Definition, codes: Iterable[str]) -> Iterator[str]:
    """Yield papers as somebody knows them who has never seen a code."""
    for code in codes:
        known = definition.documents.get(code)
        yield f"{code} ({known.name_en})" if known else code


def _refuse_same_person(way: Way, case: Case, caller: Caller) -> None:
    if caller.is_system:
        return
    for taken in case.taken:
        if taken.actor == caller.name and taken.step in way.separate_from and taken.step != way.step:
            raise SecondPersonRequired(
                f"you took {taken.step} on this case: {way.step} must be taken by another person",
                step=way.step,
                earlier_step=taken.step,
            )


def _refuse_above_authority(
    definition: Definition, way: Way, case: Case, caller: Caller, facts: Facts
) -> None:
    if not way.authority or caller.is_system:
        return
    amount = case.amount_to_sign
    signing = definition.signing(way, amount, facts)
    if not caller.roles & frozenset(signing.roles):
        able = " or ".join(signing.roles) or "nobody"
        first = f"; {signing.after} comes first" if signing.after else ""
        why = f"an amount of {written_rupiah(amount, 'en')}"
        if definition.demands_second_approver(way, facts):
            raised = [name for name, flag in definition.flags.items() if flag.demands == "second_approver"]
            flags = [name for name in raised if name in case.flags]
            why = f"a case with {', '.join(flags) or 'an earlier decision'}"
        raise AuthorityExceeded(
            f"{why} is signed by {able}, not by you{first}: hand the case on",
            amount=amount,
            roles=list(signing.roles),
        )


def _refuse_unendorsed(definition: Definition, way: Way, case: Case, facts: Facts) -> None:
    """Refuse the second of two signatures while the first is missing, or was given for something else."""
    if way.escalation is None:
        return
    first = definition.signing(way, case.amount_to_sign, facts).after
    if first is not None and case.endorsed_by is None:
        raise GuardFailed(
            f"two people sign here: {first} is taken first, by another person, for what stands now",
            guard="endorsed",
            step=first,
        )


def _refuse_needless_endorsement(definition: Definition, way: Way, case: Case, facts: Facts) -> None:
    """Refuse a first signature where one is enough, or given: it would only bar its signer from approving."""
    seconds = [other for other in definition.signed_after(way.step) if case.status in other.sources]
    if not seconds:
        return
    amount = case.amount_to_sign
    if case.endorsed_by is not None:
        raise GuardFailed(
            f"the first signature stands: {seconds[0].step} is next, by another person",
            guard="endorsed_once",
        )
    if all(definition.signing(other, amount, facts).after is None for other in seconds):
        raise GuardFailed(
            f"one signature is enough for {written_rupiah(amount, 'en')}: take {seconds[0].step}",
            guard="endorsement_asked_for",
        )
