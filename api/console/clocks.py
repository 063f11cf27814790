"""Legal clocks as people read them: how long, since when, and how heavy."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from api.console.sentences import say
from domain.clocks import RUNNING
from domain.fact import ClockChange
from domain.rupiah import Language
from domain.working_days import CALENDAR
from workflows.definition_file import Clock
from workflows.lifecycle import Definition

Weight = Literal["late", "soon", "fine", "paused", "ended", "unknown"]
ICONS: Final = {
    "late": "triangle",
    "soon": "clock",
    "fine": "tick-ring",
    "paused": "pause",
    "ended": "tick",
    "unknown": "clock",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A clock in a few words. weight: the heavier, the sooner it must be dealt with."""

    weight: Weight
    words: str
    due_on: date | None

    @property
    def icon(self) -> str:
        return ICONS[self.weight]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockLine:
    """A clock of a case, with its article and what follows when it is missed."""

    name: str
    label_id: str
    label_en: str
    chip: Chip
    article: str | None
    missed_id: str
    missed_en: str


def chip(change: ClockChange, rule: Clock | None, today: date, language: Language) -> Chip:
    """Return a clock as it stands on a day."""
    if change.change not in RUNNING and change.change != "missed":
        paused = change.change == "paused"
        words = say("clock.paused" if paused else f"clock.{change.change}", language)
        return Chip(weight="paused" if paused else "ended", words=words, due_on=None)
    if change.due_on is None:
        return Chip(weight="unknown", words=say("clock.undated", language), due_on=None)
    unit = "working_day" if rule is not None and rule.unit == "working_days" else "day"
    if unit == "working_day":
        left = CALENDAR.between(today, change.due_on)
        left = left if left is not None else (change.due_on - today).days
    else:
        left = (change.due_on - today).days
    if change.due_on < today:
        late = max(-left, 1)
        return Chip(weight="late", words=say(f"clock.late_{unit}", language, n=late), due_on=change.due_on)
    if left <= 0:
        return Chip(weight="soon", words=say("clock.today", language), due_on=change.due_on)
    weight: Weight = "soon" if left == 1 else "fine"
    return Chip(weight=weight, words=say(f"clock.left_{unit}", language, n=left), due_on=change.due_on)


def lines(
    clocks: Iterable[ClockChange], definition: Definition, today: date, language: Language
) -> list[ClockLine]:
    """Return every clock of a case, those that run first."""
    found = []
    for change in clocks:
        rule = definition.clocks.get(change.clock)
        missed = rule.missed if rule else None
        found.append(
            ClockLine(
                name=change.clock,
                label_id=rule.label_id if rule else change.clock,
                label_en=rule.label_en if rule else change.clock,
                chip=chip(change, rule, today, language),
                article=change.basis,
                missed_id=missed.label_id if missed else "",
                missed_en=missed.label_en if missed else "",
            )
        )
    return sorted(found, key=lambda line: line.chip.weight in ("ended", "paused"))
