"""The history of a case as sentences: who did what when, for whom, on which evidence, and what followed from it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final

from api.bootstrap import House
from api.console.sentences import WORDS, say, say_or
from api.http.access import READERS
from api.http.answers import history, opened, texts_of
from domain.attempt.events import AttemptRefused
from domain.claim.aggregate import Claim
from domain.claim.events import BenefitCalculated, ClaimApproved, PaymentFailed, PenaltyDetermined
from domain.command import SYSTEM
from domain.fact import ClockChange, Fact
from domain.handling.events import CaseAssigned
from domain.period import written_day
from domain.rupiah import Language, written_rupiah
from domain.sealed import Sealed
from store.access import Entry
from store.records import Recorded
from workflows.chairs import Caller
from workflows.days import legal_day
from workflows.lifecycle import Definition
from workflows.reveal import FIELDS

MONEY: Final = frozenset({"claim.payment_ordered", "claim.payment_succeeded", "claim.payment_failed"})
ADDED: Final = "claim.document_added"
PAPERS: Final = frozenset({ADDED, "claim.document_rejected"})
SHOWN: Final[Mapping[str, frozenset[str]]] = {  # filter to the marks it shows
    "decisions": frozenset({"step", "refusal"}),
    "papers": frozenset({"paper"}),
    "money": frozenset({"money"}),
    "notes": frozenset({"note"}),
    "looks": frozenset({"look"}),
}
FOR_THE_FAMILY: Final = frozenset(
    {"claim.documents_returned", "claim.document_rejected"}
)  # reasons it reads anyway
WORDS_SAID: Final = ("text", "reason", "findings", "note")  # sealed words of a fact, the first that is there
LOOKS_MAX: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An entry of the history. look: step, paper, money, refusal, note or look.

    actor: None where a family reads it, who is told in which role it was done, not by whom of the staff.
    moved: where the case went, in words. follows: clocks, amounts and holders, each as a sentence.
    """

    at: datetime
    look: str
    sentence: str
    actor: str | None
    role: str | None
    delegated: bool
    on_behalf_of: str | None
    effective_on: date | None  # where it differs from the day of recording
    recorded_on: date
    moved: tuple[str, str] | None
    said: str | None
    follows: Sequence[str]
    evidence: Sequence[tuple[str, str]]
    version: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """For whom the history is told, and of what."""

    caller: Caller
    definition: Definition
    language: Language


async def told_of(
    house: House, claim: Claim, entries: Sequence[tuple[Recorded, Fact]], reader: Reader
) -> list[Told]:
    """Return the whole history, the newest first, with the looks that the reader may know of."""
    texts = await said_in(house, entries, reader)
    found = list(_told(reversed(entries), texts, reader))
    found += [_of_look(entry, reader) for entry in await _looks(house, claim, reader.caller)]
    return sorted(found, key=lambda one: one.at, reverse=True)


async def changes_since(house: House, claim: Claim, version: int, reader: Reader) -> list[Told]:
    """Return what happened to a case after the version that somebody saw, the newest first."""
    entries = [
        entry
        for entry in await history(house.office.cases, claim.id, reader.caller)
        if entry[0].stream == claim.id and entry[0].version > version
    ]
    texts = await said_in(house, entries, reader)
    return list(_told(reversed(entries), texts, reader))


def counts(entries: Sequence[Told]) -> list[tuple[str, int]]:
    """Return the filters with how many entries each shows; those that would show none are left out."""
    found = [(name, sum(one.look in looks for one in entries)) for name, looks in SHOWN.items()]
    return [("all", len(entries)), *((name, n) for name, n in found if n)]


def by_day(entries: Iterable[Told], shown: str) -> list[tuple[date, list[Told]]]:
    """Return the entries that a filter shows, by the day of recording."""
    looks = SHOWN.get(shown)
    kept = (one for one in entries if looks is None or one.look in looks)
    return [(day, list(of_day)) for day, of_day in groupby(kept, key=lambda one: one.recorded_on)]


async def said_in(
    house: House, entries: Sequence[tuple[Recorded, Fact]], reader: Reader
) -> dict[int, str | None]:
    """Return the words that facts carry under seal, by position, for who may read them; None where erased."""
    if not reader.caller.is_only_participant:
        texts = await texts_of(house.keyring, entries)
        found = {position: next(iter(values.values()), None) for position, values in texts.items() if values}
    else:
        found = {}
    sealed = {
        record.position: value
        for record, fact in entries
        if record.position not in found
        and (not reader.caller.is_only_participant or record.topic in FOR_THE_FAMILY)
        for value in [_sealed_words(fact)]
        if value is not None
    }
    await house.keyring.load(value.subject_id for value in sealed.values())
    return found | {position: opened(value, house.keyring) for position, value in sealed.items()}


def _sealed_words(fact: Fact) -> Sealed[str] | None:
    said = (getattr(fact, name, None) for name in WORDS_SAID)
    return next((value for value in said if isinstance(value, Sealed)), None)


async def _looks(house: House, claim: Claim, caller: Caller) -> list[Entry]:
    """Return looks at personal values: all of them to who watches over it, to others their own."""
    if caller.is_only_participant:
        return []
    watches = bool(caller.roles & READERS)
    return await house.access.page(
        case_id=claim.id, actor=None if watches else caller.name, area=caller.area, limit=LOOKS_MAX
    )


def _of_look(entry: Entry, reader: Reader) -> Told:
    fields = [
        getattr(FIELDS[name], f"label_{reader.language}").lower()
        if name in FIELDS
        else _paper(name.removeprefix("document "), reader)
        for name in entry.fields
    ]
    return Told(
        at=entry.seen_at,
        look="look",
        sentence=say("event.look", reader.language, fields=", ".join(fields)),
        actor=entry.actor,
        role=entry.roles[0] if entry.roles else None,
        delegated=False,
        on_behalf_of=None,
        effective_on=None,
        recorded_on=legal_day(entry.seen_at),
        moved=None,
        said=None,
        follows=[say("event.look_reason", reader.language, reason=entry.reason)] if entry.reason else [],
        evidence=(),
        version=None,
    )


def _paper(code: str, reader: Reader) -> str:
    paper = reader.definition.documents.get(code)
    return code if paper is None else str(getattr(paper, f"name_{reader.language}"))


def _told(
    entries: Iterable[tuple[Recorded, Fact]], texts: Mapping[int, str | None], reader: Reader
) -> Iterator[Told]:
    """Yield the history as sentences, in the order given."""
    caller, language = reader.caller, reader.language
    for record, fact, papers in _together(entries):
        recorded_on = legal_day(record.recorded_at)
        unseen = caller.is_only_participant and fact.actor != caller.name
        by_system = fact.actor == SYSTEM
        yield Told(
            at=record.recorded_at,
            look=_look(record.topic),
            sentence=_sentence(record.topic, fact, len(papers), reader),
            actor=None if unseen or by_system else fact.actor,
            role=fact.acting_roles[0] if fact.acting_roles else None,
            delegated=fact.delegation is not None and not caller.is_only_participant,
            on_behalf_of=fact.on_behalf_of.relation if fact.on_behalf_of else None,
            effective_on=fact.effective_on if fact.effective_on != recorded_on else None,
            recorded_on=recorded_on,
            moved=_moved(fact, reader),
            said=texts.get(record.position),
            follows=list(_follows(fact, reader, language)),
            evidence=papers,
            version=record.version if record.topic.startswith("claim.") else None,
        )


def _together(
    entries: Iterable[tuple[Recorded, Fact]],
) -> Iterator[tuple[Recorded, Fact, list[tuple[str, str]]]]:
    """Yield entries with their papers; papers that one person brought one after the other are one entry."""

    def brought(entry: tuple[Recorded, Fact]) -> tuple[str, str] | int:
        record, fact = entry
        alone = record.position if record.topic != ADDED else None
        return alone or (fact.actor, legal_day(record.recorded_at).isoformat())

    for _, group in groupby(entries, key=brought):
        found = list(group)
        yield *found[0], [paper for _, fact in reversed(found) for paper in _evidence(fact)]


def _look(topic: str) -> str:
    if topic == "attempt.refused":
        return "refusal"
    if topic in MONEY:
        return "money"
    if topic in PAPERS:
        return "paper"
    return "note" if topic.startswith("handling.") else "step"


def _sentence(topic: str, fact: Fact, papers: int, reader: Reader) -> str:
    definition, language = reader.definition, reader.language
    rule = definition.steps.get(fact.step or "")
    label = "" if rule is None else str(getattr(rule, f"label_{language}"))
    if isinstance(fact, AttemptRefused):
        step = label or say_or(f"act.{fact.step}", language, fact.step or "")
        return say("event.attempt", language, step=step)
    if topic == ADDED and papers > 1:
        return say("event.papers_added", language, n=papers)
    if f"event.{topic}" in WORDS:
        return say(f"event.{topic}", language)
    return label or topic


def _moved(fact: Fact, reader: Reader) -> tuple[str, str] | None:
    before, after = (
        reader.definition.statuses.get(name or "") for name in (fact.from_status, fact.to_status)
    )
    if before is None or after is None or before is after:
        return None
    return str(getattr(before, f"label_{reader.language}")), str(getattr(after, f"label_{reader.language}"))


def _follows(fact: Fact, reader: Reader, language: Language) -> Iterator[str]:
    """Yield what came with a fact: an amount, a holder, the clocks it started, stopped or paused."""
    match fact:
        case BenefitCalculated(determination=found) | PenaltyDetermined(determination=found):
            outcome = say_or(f"outcome.{found.outcome}", language, "")
            yield outcome.capitalize() if found.is_rejection else written_rupiah(found.total, language)
        case ClaimApproved():
            yield written_rupiah(fact.amount, language)
        case PaymentFailed(bank_code=code) if code:
            yield say("event.bank_code", language, code=code)
        case AttemptRefused(code=code):
            yield say_or(f"refused.{code}", language, fact.message)
        case CaseAssigned():
            yield say("event.given_to", language, to=fact.to)
    if money := _paid(fact, language):
        yield money
    yield from clock_sentences(fact.clocks, reader.definition, language)


def _paid(fact: Fact, language: Language) -> str:
    amount = getattr(fact, "amount", None)
    if getattr(type(fact), "TOPIC", "") not in MONEY or not isinstance(amount, int):
        return ""
    reference = getattr(fact, "bank_reference", None)
    return written_rupiah(amount, language) + (f" · {reference}" if reference else "")


def clock_sentences(
    changes: Iterable[ClockChange], definition: Definition, language: Language
) -> Iterator[str]:
    """Yield what happens to legal clocks, with the day on which they run out."""
    for change in changes:
        rule = definition.clocks.get(change.clock)
        label = change.clock if rule is None else str(getattr(rule, f"label_{language}"))
        due = written_day(change.due_on, language) if change.due_on else ""
        if change.change in ("started", "restarted") and due:
            yield say(f"clock_change.{change.change}", language, clock=label, due=due)
        else:
            yield say(f"clock_change.{change.change}_plain", language, clock=label)


def _evidence(fact: Any) -> Iterator[tuple[str, str]]:  # Any: facts of many classes
    code, sha256 = getattr(fact, "code", None), getattr(fact, "sha256", None)
    if isinstance(code, str) and isinstance(sha256, str):
        yield code, sha256
