"""Legal clocks as people read them: how long, since when, and how heavy."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from api.console.sentences import say
from domain.clocks import RUNNING
from domain.fact import ClockChange, Fact
from domain.rupiah import Language, counted
from domain.working_days import CALENDAR
from store.records import Recorded
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
    article: str
    rule: str  # id of the rule of law behind it; empty for what only the desk agreed
    missed_id: str
    missed_en: str


def chip(change: ClockChange, rule: Clock | None, today: date, language: Language) -> Chip:
    """Return a clock as it stands on a day."""
    if change.change not in RUNNING and change.change != "missed":
        if change.change == "paused":
            words = say("clock.paused", language, n=max((today - change.on).days, 0))
            return Chip(weight="paused", words=words, due_on=None)
        return Chip(weight="ended", words=say(f"clock.{change.change}", language), due_on=None)
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
                article=change.basis or "",
                rule=rule.rule if rule else "",
                missed_id=missed.label_id if missed else "",
                missed_en=missed.label_en if missed else "",
            )
        )
    return sorted(found, key=lambda line: line.chip.weight in ("ended", "paused"))


WAITED_ON: Final = ("us", "claimant", "third_party")


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Whom a case waited on, for how long, and the place of that on a bar of 100."""

    owner: str
    words: str
    start: str
    width: str


def time_so_far(
    entries: Sequence[tuple[Recorded, Fact]], definition: Definition, now: datetime, language: Language
) -> tuple[str, list[Share]]:
    """Return how long a case took until now or its end, and how much of that it waited on whom.

    Measured from one change of status to the next by the days of recording; what ends a case ends the count.
    """
    spent: dict[str, timedelta] = dict.fromkeys(WAITED_ON, timedelta())
    status, since = None, now
    for record, fact in entries:
        if fact.to_status is None or fact.to_status not in definition.statuses:
            continue
        if status is not None and (owner := definition.statuses[status].waiting_on) in spent:
            spent[owner] += record.recorded_at - since
        status, since = fact.to_status, record.recorded_at
    if status is not None and (owner := definition.statuses[status].waiting_on) in spent:
        spent[owner] += max(now - since, timedelta())
    whole = sum(spent.values(), timedelta())
    shares, start = [], 0.0
    for whom, part in spent.items():
        if part:
            width = 100 * part / whole
            words = say(f"waited.{whom}", language, time=_for(part, language))
            shares.append(Share(owner=whom, words=words, start=f"{start:.2f}", width=f"{width:.2f}"))
            start += width
    return _for(whole, language), shares


def _for(time: timedelta, language: Language) -> str:
    if time < timedelta(hours=1):
        return say("waited.moments", language)
    if time < timedelta(days=1):
        return say("waited.hours", language, n=round(time / timedelta(hours=1)))
    return counted(round(time / timedelta(days=1)), "day", language)
