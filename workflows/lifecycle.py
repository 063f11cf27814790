"""A lifecycle, compiled once: from where, by whom, with which papers a step is open, and where it leads.

This is the only module that imports `transitions`. One machine per version, without models and without
automatic transitions, serves all cases: it is never put on an aggregate and never triggered. The table that
answers questions is compiled from it, so the two cannot disagree. Replay needs neither.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any

from msgspec import UNSET
from transitions import Machine

from domain.case import Facts
from domain.refusal import NotFound, StepNotOpen
from workflows import definition_file
from workflows.conditions import Condition, ConditionRefused, condition
from workflows.definition_file import (
    PREVIOUS,
    UNLIMITED,
    Clock,
    ClockEffects,
    DefinitionRefused,
    DefinitionText,
    Document,
    Finding,
    Flag,
    Names,
    Status,
    StepText,
    WayText,
    nearest,
)
from workflows.step_rules import BEGINNING, Escalation, Paper, Signing, StepRule, Way, once

Table = Mapping[str, Mapping[str, Names]]  # status, step: where it may lead


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """A version of a lifecycle, ready to be asked. Cases pin its `key` and `digest`."""

    name: str
    version: int
    aggregate: str
    label_id: str
    label_en: str
    in_force_from: date
    backdating_days: int
    canonical: str  # JSON; `from_canonical` makes the same definition of it
    digest: str  # SHA-256 of `canonical`, hexadecimal
    file: str  # where it was read, for messages
    statuses: Mapping[str, Status]
    steps: Mapping[str, StepRule]
    opening: StepRule
    documents: Mapping[str, Document]
    clocks: Mapping[str, Clock]
    flags: Mapping[str, Flag]
    machine: Machine
    table: Table
    _ways: Mapping[tuple[str, str], tuple[Way, ...]] = field(repr=False)
    _rules: Mapping[str, tuple[StepRule, ...]] = field(repr=False)
    _second: Mapping[str, tuple[Way, ...]] = field(repr=False)
    _demanding: frozenset[str] = field(repr=False)  # flags that ask for a second approver

    @property
    def key(self) -> str:
        return f"{self.name}@{self.version}"

    @classmethod
    def load(cls, path: Path) -> "Definition":
        """Read and compile a file. Raises `DefinitionRefused` with every finding."""
        return compiled(definition_file.read_toml(path), str(path))

    @classmethod
    def from_canonical(cls, text: str, source: str = "the log") -> "Definition":
        """Compile a published definition; no file is needed."""
        return compiled(json.loads(text), source)

    def step(self, name: str) -> StepRule:
        """Return a step by name. Refuses (`not_found`) a step the definition does not have."""
        rule = self.steps.get(name)
        if rule is None:
            raise NotFound(f"{self.key} has no step {name}. {nearest(name, self.steps)}", step=name)
        return rule

    def open_steps(self, status: str | None) -> Names:
        """Return the names of the steps that begin where the case stands, whoever may take them."""
        return tuple(self.table[status or BEGINNING])

    def steps_from(self, status: str | None) -> tuple[StepRule, ...]:
        return self._rules[status or BEGINNING]

    def open(self, step: str, status: str | None) -> bool:
        """Return whether a step begins where the case stands."""
        return step in self.table[status or BEGINNING]

    def way(self, step: str, status: str | None, facts: Facts, entered_from: str | None = None) -> Way:
        """Return the way a step takes from here: the first whose condition holds.

        entered_from: the status the case stood in before it entered this one, for steps that go back.
        Refuses (`step_not_open`) where there is none.
        """
        here = status or BEGINNING
        for way in self._ways.get((step, here), ()):
            open_now = way.when is None or way.when.holds(facts)
            if open_now and way.target(here, entered_from) is not None:
                return way
        rule = self.step(step)
        others = [name for name in self.open_steps(here) if name != rule.name]
        raise StepNotOpen(
            f"Step {step} is not open from {here}. Open from there: {', '.join(others) or 'none'}.",
            step=step,
            status=here,
            open_steps=others,
        )

    def target(self, step: str, status: str | None, facts: Facts, entered_from: str | None = None) -> str:
        """Return the status a step leads to. Refuses (`step_not_open`) where it does not begin."""
        here = status or BEGINNING
        target = self.way(step, here, facts, entered_from).target(here, entered_from)
        assert target in self.table[here][step], "the way and the table are compiled from one machine"
        return target

    def signing(self, way: Way, amount: int, facts: Facts) -> Signing:
        """Return who may sign an amount in rupiah, under the flags and conditions of the case."""
        return way.signing(amount, self.demands_second_approver(way, facts))

    def signed_after(self, step: str) -> tuple[Way, ...]:
        """Return the ways on which a second person signs once this step was taken."""
        return self._second.get(step, ())

    def demands_second_approver(self, way: Way, facts: Facts) -> bool:
        """Return whether a flag on the case, or the condition of the escalation, asks for two people."""
        if way.escalation is None:
            return False
        raised = facts["flags"]
        assert isinstance(raised, Collection), "the fact `flags` is a list of names"
        if not self._demanding.isdisjoint(raised):
            return True
        return way.escalation.when is not None and way.escalation.when.holds(facts)


def compiled(raw: Mapping[str, Any], file: str) -> Definition:
    """Compile the data of a definition. Raises `DefinitionRefused` with every finding.

    What needs no knowledge beyond the file is found here; `workflows.proofs` proves the rest.
    """
    text = definition_file.read(raw, file)
    compiler = _Compiler(text, file)
    steps = {step.name: compiler.rule(step) for step in text.step}
    openings = [rule for rule in steps.values() if rule.is_opening]
    if len(openings) != 1:
        names = ", ".join(rule.name for rule in openings) or "none"
        compiler.find("", f"One step begins a case, but here: {names}.", "Give one step from = [].")
    if compiler.findings:
        raise DefinitionRefused(compiler.findings)
    statuses = {status.name: status for status in text.status}
    machine = _machine(statuses, steps)
    table = _table(machine)
    canonical = definition_file.canonical(raw)
    return Definition(
        name=text.name,
        version=text.version,
        aggregate=text.aggregate,
        label_id=text.label_id,
        label_en=text.label_en,
        in_force_from=text.in_force_from,
        backdating_days=text.backdating_days,
        canonical=canonical,
        digest=definition_file.digest(canonical),
        file=file,
        statuses=MappingProxyType(statuses),
        steps=MappingProxyType(steps),
        opening=openings[0],
        documents=MappingProxyType({document.code: document for document in text.document}),
        clocks=MappingProxyType({clock.name: clock for clock in text.clock}),
        flags=MappingProxyType({flag.name: flag for flag in text.flag}),
        machine=machine,
        table=table,
        _rules=MappingProxyType(
            {status: tuple(steps[name] for name in open_there) for status, open_there in table.items()}
        ),
        _ways=MappingProxyType(_ways_by_place(steps)),
        _second=MappingProxyType(_ways_by_first_signature(steps)),
        _demanding=frozenset(flag.name for flag in text.flag if flag.demands == "second_approver"),
    )


def _machine(statuses: Collection[str], steps: Mapping[str, StepRule]) -> Machine:
    moves = [
        {"trigger": rule.name, "source": source, "dest": target}
        for rule in steps.values()
        for way in rule.ways
        for source in way.sources
        for target in way.targets(source)
    ]
    states = [BEGINNING, *statuses]
    return Machine(model=None, states=states, initial=BEGINNING, transitions=moves, auto_transitions=False)


def _table(machine: Machine) -> Table:
    def targets(step: str, status: str) -> Names:
        return once(move.dest for move in machine.get_transitions(step, status) if move.dest is not None)

    return MappingProxyType(
        {
            status: MappingProxyType({step: targets(step, status) for step in machine.get_triggers(status)})
            for status in machine.states
        }
    )


def _ways_by_place(steps: Mapping[str, StepRule]) -> dict[tuple[str, str], tuple[Way, ...]]:
    return {
        (rule.name, source): tuple(way for way in rule.ways if source in way.sources)
        for rule in steps.values()
        for source in rule.sources
    }


def _ways_by_first_signature(steps: Mapping[str, StepRule]) -> dict[str, tuple[Way, ...]]:
    found: dict[str, tuple[Way, ...]] = {}
    for way in chain.from_iterable(rule.ways for rule in steps.values()):
        if way.escalation is not None and way.escalation.first is not None:
            found[way.escalation.first] = (*found.get(way.escalation.first, ()), way)
    return found


class _Compiler:
    """Compiles the steps of one file and collects what it finds wrong on the way."""

    def __init__(self, text: DefinitionText, file: str) -> None:
        self.text = text
        self.file = file
        self.findings: list[Finding] = []
        self.statuses = self.unique("status", [status.name for status in text.status])
        self.step_names = self.unique("step", [step.name for step in text.step])
        self.unique("document", [document.code for document in text.document])
        self.unique("clock", [clock.name for clock in text.clock])
        self.unique("flag", [flag.name for flag in text.flag])
        for kind, lists, members in (
            ("status", text.status_lists, self.statuses),
            ("step", text.step_lists, self.step_names),
        ):
            for name, listed in lists.items():
                if name in members:
                    self.find("", f'The list "{name}" has the name of a {kind}.', "Rename the list.")
                for member in listed:
                    if member not in members:
                        problem = f'The list "{name}" names {kind} "{member}", which does not exist.'
                        self.find("", problem, nearest(member, members))

    def find(self, step: str, problem: str, remedy: str) -> None:
        self.findings.append(Finding(self.file, step, problem, remedy))

    def unique(self, kind: str, names: list[str]) -> Names:
        for name in once(names):
            if names.count(name) > 1:
                step = name if kind == "step" else ""
                self.find(step, f'The {kind} "{name}" stands here twice.', "Rename or remove one.")
        return once(names)

    def rule(self, step: StepText) -> StepRule:
        if step.way and step.when:
            self.find(
                step.name, "`when` stands on a step that has ways.", "Write it on the ways it is meant for."
            )
        ways = tuple(self.way(step, way) for way in (step.way or (step,)))
        if len(ways) > 1 and any(BEGINNING in way.sources for way in ways):
            self.find(step.name, "A step that begins a case has several ways.", "Give it one way, from = [].")
        return StepRule(
            name=step.name,
            label_id=step.label_id,
            label_en=step.label_en,
            event=step.event,
            form=step.form,
            ways=ways,
            roles=once(chain.from_iterable(way.roles for way in ways)),
        )

    def way(self, step: StepText, way: WayText) -> Way:
        def said(key: str, otherwise: Any) -> Any:  # Any: the value of whichever key is asked for
            own, shared = getattr(way, key), getattr(step, key)
            return own if own is not UNSET else shared if shared is not UNSET else otherwise

        to, previous = said("to", ""), said("previous", ())
        sources = self.expand(step.name, said("from_", ()), self.text.status_lists)
        for status in (*sources, *previous, *(() if to in ("", PREVIOUS) else (to,))):
            if status not in self.statuses:
                known = (*self.statuses, *self.text.status_lists)
                self.find(step.name, f'There is no status "{status}".', nearest(status, known))
        if (to == PREVIOUS) != bool(previous):
            problem = 'A step that goes back says both to = "previous" and previous = [ … ].'
            self.find(step.name, problem, "Name the statuses it may go back to, or another target.")
        if not sources and to in ("", PREVIOUS):
            self.find(step.name, "A step that begins a case leads nowhere.", "Name the first status in `to`.")
        escalation = said("escalation", None)
        return Way(
            step=step.name,
            sources=sources or (BEGINNING,),
            to=to,
            previous=previous,
            when=self.condition(step.name, way.when),
            roles=once(said("roles", ())),
            separate_from=self.expand(step.name, said("separate_from", ()), self.text.step_lists),
            authority=MappingProxyType(
                {role: None if limit == UNLIMITED else limit for role, limit in said("authority", {}).items()}
            ),
            escalation=escalation
            and Escalation(escalation.first, escalation.then, self.condition(step.name, escalation.when)),
            papers=tuple(
                Paper(paper, "people", None)
                if isinstance(paper, str)
                else Paper(paper.code, paper.by, self.condition(step.name, paper.when))
                for paper in said("documents", ())
            ),
            guards=once(said("guards", ())),
            clocks=said("clocks", ClockEffects()),
        )

    def expand(self, step: str, names: Names, lists: Mapping[str, Names]) -> Names:
        return once(chain.from_iterable(lists.get(name, (name,)) for name in names))

    def condition(self, step: str, text: str) -> Condition | None:
        if not text:
            return None
        try:
            return condition(text)
        except ConditionRefused as fault:
            self.find(step, fault.problem, fault.remedy)
            return None
