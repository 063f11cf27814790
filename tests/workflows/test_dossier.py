"""Every state, step and role of both lifecycles, asked of the real office, against the tables of the dossier.

What is expected is parsed from copies of dossier 6.2 and 6.3 (`tests/workflows/dossier`), never from the
definition under test; what the definitions add to the tables stands in `dossier_ways` with its reason.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from domain.claim.commands import ReportDeath
from domain.command import Command
from domain.fact import Fact
from domain.person.events import PersonRegistered
from domain.refusal import Refusal
from store.mapper import SealingMapper
from store.records import Append
from store.store import Store
from tests.facts import TODAY, held, person_registered, versioned
from tests.workflows.cases_at import (
    ABOVE_THE_LIMIT,
    asked,
    claim_at,
    elsewhere,
    endorsed,
    enrollment_at,
    late_payment_at,
    proposed,
    surroundings,
)
from tests.workflows.dossier_table import BEFORE, ROLES
from tests.workflows.dossier_ways import AGGREGATES, HANDS, LEFT_OUT, STEPS, TABLES, WAYS
from workflows.library import Library
from workflows.office import Office

ASKING: Final = sorted({role.lower() for role in ROLES} | {"admin"})

STATES: Final = [(name, state) for name in TABLES for state in (BEFORE, *sorted(TABLES[name].states))]


@dataclass(frozen=True)
class Scene:
    """A case in a state in which nothing but role and state can be in the way of a step.

    case: the case the dossier puts in brackets, if it is this one. barred: who is told another reason.
    """

    step: str
    facts: list[Fact]
    case: str = ""
    form: dict[str, Any] = field(default_factory=dict)
    barred: dict[str, str] = field(default_factory=dict)
    roles: frozenset[str] | None = None
    target: str | None = None


def scenes(name: str, state: str, step: str) -> list[Scene]:
    """Return the scenes of a step in a state: one, or one for each case that the dossier tells apart."""
    if state == BEFORE:
        return [Scene(step, [])]
    if name == "enrollment":
        return [Scene(step, enrollment_at(state, step))]
    usual = Scene(step, claim_at(state, step))
    match state, step:
        case "VERIFYING", "sign_rejection":
            not_working = claim_at(state, step, None, proposed("REJECT_NOT_WORKING"))
            return [usual, Scene(step, not_working, case="NOT_WORKING")]
        case "CALCULATED", "approve":
            above = claim_at(state, step, ABOVE_THE_LIMIT, endorsed(ABOVE_THE_LIMIT))
            form, barred = {"amount": ABOVE_THE_LIMIT.total}, {"approver_1": "authority_exceeded"}
            return [usual, Scene(step, above, form=form, barred=barred, roles=frozenset({"approver_2"}))]
        case "PAYMENT_ORDERED", "confirm_payment":
            waiting = claim_at(state, step, held("2024-05"))
            return [replace(usual, target="PAID"), Scene(step, waiting, target="HELD_ARREARS")]
        case "CALCULATED", "return_calculation":  # of a penalty: what was paid stands
            return [usual, Scene(step, late_payment_at(state), target="PAID")]
        case "PAID", "close":  # what is owed for a late payment is not forgotten by a timer
            return [usual, Scene(step, late_payment_at(state), roles=frozenset({"finance"}))]
    return [usual]


def expected(name: str, state: str, scene: Scene, role: str) -> str:
    """Return what the office answers: the code of its refusal, or `open`. The role is asked first."""
    step = scene.step
    here = WAYS[name].get((state, step), [])
    begins = (BEFORE, step) in WAYS[name]
    if begins and state != BEFORE:
        return "step_not_open"  # whoever asks: what exists is not begun again
    if not begins and (state == BEFORE or (role == "participant" and name == "enrollment")):
        return "not_found"  # a participant sees nothing of memberships but the own claim's
    if role not in HANDS[name][step]:
        return "not_your_role"
    if not here:
        return "step_not_open"
    if role in scene.barred:
        return scene.barred[role]
    if scene.roles is not None:
        hands = scene.roles
    elif scene.case:
        hands = here[0].instead[scene.case]
    else:
        hands = here[0].roles
    return "open" if role in hands else "not_your_role"


@dataclass
class Log:
    """A log in which cases are put as they are."""

    office: Office
    store: Store
    mapper: SealingMapper

    async def put(self, stories: Iterable[Sequence[Fact]]) -> None:
        appends = []
        for story in stories:
            sealed = await self.mapper.seal(versioned(story))
            append = Append(
                command_id=uuid4(),
                request=b"told",
                events=sealed.events,
                new_keys=sealed.new_keys,
                subjects=sealed.subjects,
            )
            appends.append(append)
        verdicts = await self.store.append(appends, bulk=True) if appends else []
        assert {verdict.outcome for verdict in verdicts} <= {"recorded"}

    async def answer(self, command: Command) -> str:
        """Return what somebody is told who asks, and stores nothing."""
        try:
            await self.office.rehearse(command)
        except Refusal as refusal:
            return refusal.code
        return "open"


@pytest.fixture
async def log(office: Office, store: Store, mapper: SealingMapper) -> Log:
    log = Log(office, store, mapper)
    await log.put([surroundings()])
    return log


def anew(name: str, facts: Sequence[Fact]) -> tuple[UUID, list[Fact]]:
    """Return the same case as one of its own: another person's, with a payment of its own."""
    case = uuid4()
    if name == "enrollment":
        person = uuid4()
        moved = elsewhere(facts, enrollment=case, person=person)
        return case, [
            person_registered(person) if isinstance(one, PersonRegistered) else one for one in moved
        ]
    return case, elsewhere(facts, claim=case, payment=uuid4(), person=uuid4())


@pytest.mark.parametrize(("name", "state"), STATES)
async def test_the_office_opens_what_the_dossier_opens(log: Log, name: str, state: str) -> None:
    """Every step, asked by every role, of a case in this state: open, or refused for the right reason."""
    told = [(*anew(name, scene.facts), scene) for step in HANDS[name] for scene in scenes(name, state, step)]
    await log.put(facts for _, facts, _ in told if facts)
    wrong, looked_at = [], 0
    for case, _, scene in told:
        commands = [replace(asked(AGGREGATES[name], scene.step, case, role), **scene.form) for role in ASKING]
        answers = await asyncio.gather(*map(log.answer, commands))
        for role, found in zip(ASKING, answers, strict=True):
            looked_at += 1
            if found != (wanted := expected(name, state, scene, role)):
                wrong.append(f"{state} {scene.step} {scene.case} {role}: {found} instead of {wanted}")
    assert not wrong
    assert looked_at == len(told) * len(ASKING) >= len(HANDS[name]) * 15


@pytest.mark.parametrize(("name", "state"), STATES)
async def test_an_open_step_leads_where_the_dossier_says(log: Log, name: str, state: str) -> None:
    """What is open is taken, by every role that may, and the log says so: event, from where, to where."""
    told = [
        (*anew(name, scene.facts), scene, role, way)
        for (source, step), [way, *_] in WAYS[name].items()
        if source == state
        for scene in scenes(name, state, step)
        for role in ASKING
        if expected(name, state, scene, role) == "open"
    ]
    await log.put(facts for _, facts, *_ in told if facts)
    for case, facts, scene, role, way in told:
        command = replace(asked(AGGREGATES[name], scene.step, case, role), **scene.form)
        if isinstance(command, ReportDeath):
            member = uuid4()
            await log.put([elsewhere(enrollment_at("ACTIVE"), enrollment=member, person=uuid4())])
            command = replace(command, enrollment_id=member)
        answer = await log.office.do(command)
        entries = await log.office.cases.events(case)
        last = next(one for _, one in reversed(entries) if one.step == scene.step)
        target = scene.target or way.target
        if target == "previous":
            entered = [one for one in facts if one.to_status == state and one.from_status != state]
            target = str(entered[-1].from_status)
        named = {step: event for event, step in STEPS[name].items()}.get(scene.step)
        assert type(last).__name__ == named or named is None, (scene.step, role)
        assert (last.from_status or BEFORE, last.to_status or state) == (state, target), (scene.step, role)
        assert answer.data["status"] == target
        assert last.acting_roles == (role,)


# -- nothing more and nothing less


@pytest.mark.parametrize("name", AGGREGATES)
def test_the_definition_has_these_states_and_steps_and_no_others(library: Library, name: str) -> None:
    known = library.latest(name, TODAY)
    assert set(known.statuses) == TABLES[name].states
    assert set(known.steps) == set(HANDS[name])
    assert {role for hands in HANDS[name].values() for role in hands} <= set(ASKING)


def test_every_row_of_the_tables_is_a_step_or_left_out_by_name() -> None:
    for name, text in TABLES.items():
        events = {row.event for row in text.rows}
        assert events - LEFT_OUT.keys() == STEPS[name].keys()
    assert LEFT_OUT.keys() <= {row.event for text in TABLES.values() for row in text.rows}


def test_the_reading_finds_the_tables() -> None:
    """The tests above would be empty if it did not."""
    assert len(TABLES["enrollment"].rows) == 20
    assert len(TABLES["jkm-claim"].rows) == 37  # 36 lines, one of them with two events
    assert [len(text.states) for text in TABLES.values()] == [13, 15]
    [rejected] = [row for row in TABLES["jkm-claim"].rows if row.instead]
    assert (rejected.event, sorted(rejected.roles)) == ("ClaimRejected", ["approver_1"])
