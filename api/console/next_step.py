"""What comes next on a case: the step, what it lacks, who may take it, and what follows when it is taken."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from api.console.desk import FORWARD
from api.console.sentences import say, say_or
from api.console.timeline import clock_sentences
from api.console.why import Told, sentence
from api.letters.words import WORDS as LETTERS
from api.letters.words import in_language
from domain.claim.aggregate import Claim
from domain.claim.settlement import ARREARS_CLOCK
from domain.command import SYSTEM_ROLE
from domain.refusal import DocumentsMissing, NotYourRole, Refusal, StepNotOpen
from domain.rupiah import Language, written_rupiah
from domain.working_days import CALENDAR
from domain.world import World
from workflows.catalogue import ROLES
from workflows.chairs import Caller
from workflows.clocks import clock_changes
from workflows.desk import StepView, step_views
from workflows.lifecycle import Definition
from workflows.step_rules import StepRule, Way

SIGNED: Final = frozenset({"endorse", "approve"})  # who takes these signs an amount
SIGNS_REJECTION: Final = "sign_rejection"  # what a proposed rejection waits for
AT_THE_END_OF: Final = {"refuse_rest": ARREARS_CLOCK}  # steps that the law opens when a period is over
Mark = Literal["does", "waits", "bars"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """A step beside the next one. why: of a step that is not open to the reader."""

    name: str
    label: str
    is_open: bool
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """The card on top of a case.

    kind: `ended`, `lacking` (papers are missing for a step of the reader), `ready` or `waiting` for somebody else.
    starts: what follows when the step succeeds. waits_for: steps of others, with their roles. barred: why the
    reader may not take the step, though it belongs to the reader's desk.
    """

    kind: Literal["ended", "lacking", "ready", "waiting"]
    step: StepRule | None = None
    starts: Sequence[str] = ()
    waits_for: Sequence[tuple[str, str]] = ()
    barred: str = ""
    aside: StepRule | None = None  # what the reader may do meanwhile
    others: Sequence[Other] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """What happens once a step is taken, as a sentence. mark: it happens, it waits, or it bars the person."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Who reads which case, on which day and in which language."""

    claim: Claim
    definition: Definition
    world: World
    caller: Caller
    today: date
    language: Language

    @property
    def told(self) -> Told:
        return Told(
            language=self.language, definition=self.definition, case=self.claim, reader=self.caller.name
        )

    def label(self, thing: object) -> str:
        return str(getattr(thing, f"label_{self.language}"))


def next_of(reading: Reading, *, needed: bool) -> Next:
    """Return what the card says. needed: papers that people must bring are missing."""
    views = list(step_views(reading.definition, reading.claim, reading.caller, reading.world))
    if reading.definition.statuses[reading.claim.status].final:
        return Next(kind="ended")
    forward = sorted(
        (view for view in views if view.rule.name in FORWARD and _is_due(reading, view.rule)),
        key=lambda view: FORWARD.index(view.rule.name),
    )
    mine = next((view.rule for view in forward if view.is_open), None)
    lacking = next((view.rule for view in forward if isinstance(view.refusal, DocumentsMissing)), None)
    if lacking is None and needed and mine is None:
        lacking = next((view.rule for view in forward if not isinstance(view.refusal, NotYourRole)), None)
    if needed and lacking is not None:
        aside = next((view.rule for view in views if view.is_open and view.rule.name not in QUIET), None)
        return Next(
            kind="lacking",
            step=lacking,
            starts=starts(reading, lacking),
            aside=aside,
            others=_others(reading, views, {lacking.name, aside.name if aside else ""}),
        )
    if mine is not None:
        return Next(
            kind="ready", step=mine, starts=starts(reading, mine), others=_others(reading, views, {mine.name})
        )
    able = _able(reading, forward)
    barred = next((view for view in able if not isinstance(view.refusal, NotYourRole)), None)
    return Next(
        kind="waiting",
        step=barred.rule if barred else able[0].rule if able else None,
        waits_for=[(reading.label(view.rule), _signers(reading, view.rule)) for view in able],
        barred=sentence(barred.refusal, reading.told) if barred and barred.refusal else "",
        others=_others(reading, views, {able[0].rule.name} if able else set()),
    )


def _is_due(reading: Reading, rule: StepRule) -> bool:
    """Whether a step that only the end of a period opens may be taken: it is no work to do before."""
    clock = reading.claim.clocks.get(AT_THE_END_OF.get(rule.name, ""))
    return clock is None or clock.due_on is None or clock.due_on < reading.today


def _able(reading: Reading, forward: Iterable[StepView]) -> list[StepView]:
    """Return the steps that somebody could take now, or as soon as the papers are there, were it the right person."""
    anybody = Caller(name="", roles=ROLES)
    could = {
        view.rule.name
        for view in step_views(reading.definition, reading.claim, anybody, reading.world)
        if view.refusal is None or isinstance(view.refusal, DocumentsMissing)
    }
    able = [view for view in forward if view.rule.name in could and not view.rule.system_only]
    return sorted(able, key=lambda view: not (reading.claim.proposal and view.rule.name == SIGNS_REJECTION))


def _signers(reading: Reading, rule: StepRule) -> str:
    """Return who takes a step from here: of approvers those whose limit reaches the amount."""
    way = _way(reading, rule)
    if way is None:
        return roles_of(rule, reading.language)
    claim = reading.claim
    roles = (
        reading.definition.signing(way, claim.amount_to_sign, claim.facts()).roles
        if way.authority
        else way.roles
    )
    return ", ".join(say_or(f"role.{role}", reading.language, role) for role in roles if role != SYSTEM_ROLE)


QUIET: Final = frozenset(
    {"withdraw", "withdraw_step", "change_payee"}
)  # never offered as the way out of a lack


def _others(reading: Reading, views: Iterable[StepView], shown: set[str]) -> list[Other]:
    found = [
        Other(
            name=view.rule.name,
            label=reading.label(view.rule),
            is_open=view.is_open,
            why=_why_closed(view.refusal, view.rule, reading) if view.refusal else "",
        )
        for view in views
        if view.rule.name not in shown and not view.rule.system_only
        if not isinstance(view.refusal, StepNotOpen)  # it begins from here, but not by the way the case came
    ]
    return sorted(found, key=lambda one: not one.is_open)


def _why_closed(refusal: Refusal, rule: StepRule, reading: Reading) -> str:
    if isinstance(refusal, NotYourRole):
        return say("case.taken_by", reading.language, roles=_signers(reading, rule))
    return sentence(refusal, reading.told) or say_or(
        f"refused.{refusal.code}", reading.language, refusal.code
    )


def roles_of(rule: StepRule, language: Language) -> str:
    """Return who takes a step, in words."""
    return ", ".join(say_or(f"role.{role}", language, role) for role in rule.roles if role != SYSTEM_ROLE)


def starts(reading: Reading, rule: StepRule) -> list[str]:
    """Return the clocks that a step starts, stops or pauses when it is taken today."""
    way = _way(reading, rule)
    if way is None:
        return []
    today = reading.today
    changes = clock_changes(reading.definition, way, reading.claim, today, today, CALENDAR)
    return list(clock_sentences(changes, reading.definition, reading.language))


def consequences(reading: Reading, rule: StepRule, on: date) -> list[Consequence]:
    """Return what happens when a step is taken with a legal day."""
    return list(_consequences(reading, rule, on))


def _consequences(reading: Reading, rule: StepRule, on: date) -> Iterator[Consequence]:
    claim, definition, language = reading.claim, reading.definition, reading.language
    if rule.name in SIGNED:
        amount = written_rupiah(claim.amount_to_sign, language)
        yield Consequence(mark="does", text=say("step.amount", language, amount=amount))
    way = _way(reading, rule)
    if way is not None:
        target = way.target(claim.status, claim.entered_from) or claim.status
        before, after = (reading.label(definition.statuses[name]) for name in (claim.status, target))
        if target != claim.status:
            yield Consequence(mark="does", text=say("step.moves", language, before=before, after=after))
        later = sorted(
            (one for one in definition.steps_from(target) if one.name in FORWARD and not one.system_only),
            key=lambda one: FORWARD.index(one.name),
        )
        if later and target != claim.status:
            whose = roles_of(later[0], language)
            text = say("step.goes_to", language, roles=whose, step=reading.label(later[0]))
            yield Consequence(mark="does", text=text)
        changes = clock_changes(definition, way, claim, on, reading.today, CALENDAR)
        for text in clock_sentences(changes, definition, language):
            yield Consequence(mark="does", text=text)
        yield from _clocks_to_come(reading, way)
    text = say("step.recorded", language, name=reading.caller.name)
    yield Consequence(mark="does", text=text)
    bars = barred_later(reading, rule)
    if bars:
        yield Consequence(mark="bars", text=say("step.bars", language, steps=", ".join(bars)))


def _clocks_to_come(reading: Reading, way: Way) -> Iterator[Consequence]:
    """Yield the clock of payment while nothing has started it, with the step that will."""
    known = {*reading.claim.clocks, *way.clocks.start}
    for clock in reading.definition.clocks.values():
        if not clock.rule or clock.name in known:
            continue
        begun_by = next(
            (
                rule
                for rule in reading.definition.steps.values()
                for one in rule.ways
                if clock.name in one.clocks.start
            ),
            None,
        )
        if begun_by is not None:
            text = say(
                "step.clock_waits", reading.language, clock=reading.label(clock), step=reading.label(begun_by)
            )
            yield Consequence(mark="waits", text=text)


def barred_later(reading: Reading, rule: StepRule) -> list[str]:
    """Return the steps that the reader may no longer take on this case after this one."""
    later = {
        reading.label(one): None
        for one in reading.definition.steps.values()
        for way in one.ways
        if rule.name in way.separate_from and one.name != rule.name and set(way.roles) & reading.caller.roles
    }
    return list(later)


def _way(reading: Reading, rule: StepRule) -> Way | None:
    """Return the way a step would take from where the case stands; None where it does not begin there."""
    claim = reading.claim
    try:
        return reading.definition.way(rule.name, claim.status, claim.facts(), claim.entered_from)
    except Refusal:
        return None


def why_needed(code: str, language: Language) -> tuple[str, str]:
    """Return why a paper is asked for and how a family gets it, as the letters say it."""
    words = LETTERS.paper.get(code)
    return (in_language(words.why, language), in_language(words.how, language)) if words else ("", "")
