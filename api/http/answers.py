"""From what the engine knows to what machines read: the translations that several routes share."""

from collections.abc import Mapping, Sequence
from datetime import MAXYEAR, MINYEAR, date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from eventsourcing.utils import get_topic
from fastapi.responses import Response

from api.http import shapes
from api.http.problems import in_indonesian
from domain.attempt.events import AttemptRefused, attempts_of
from domain.case import Case
from domain.coverage import Coverage
from domain.delegation.events import DelegationRevoked
from domain.enrollment.aggregate import Enrollment
from domain.enrollment.checks import CHECKS, NOT_MADE, Check
from domain.fact import ClockChange, Fact
from domain.handling.events import HandlingFact, handling_of
from domain.nik import mask
from domain.programme.aggregate import Programme
from domain.refusal import Invalid, NotFound
from domain.risk.events import COMPARED, RiskFound, risk_of
from domain.sealed import Erased, Sealed
from domain.world import World
from projections.case_timeline.clear import clear_fields
from projections.case_timeline.projection import evidence_of
from projections.case_timeline.view import TimelineEntry
from store.records import Recorded
from store.sealing import Keyring
from store.store import Store
from workflows.answer import Answer
from workflows.cases import Cases
from workflows.catalogue import STEP_COMMANDS
from workflows.chairs import Caller
from workflows.desk import open_steps, step_views
from workflows.forms import form_of
from workflows.lifecycle import Definition
from workflows.papers import checklist, papers_missing

BESIDE: Final = frozenset({get_topic(AttemptRefused), get_topic(RiskFound)})  # no versions of the case
FOR_STAFF: Final = frozenset({"flag_reasons"})  # fields of facts that no participant reads


def json_answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a body as JSON."""
    return Response(msgspec.json.encode(body), status, dict(headers or {}), media_type="application/json")


def step_answer(answer: Answer, status: int = 200) -> Response:
    """Return what a step came to, with the version as ETag and the position for the next read."""
    data = {"position": answer.position, **answer.data}
    return json_answer(
        data, status, {"ETag": f'"{data["version"]}"', "Jaminan-Position": str(answer.position)}
    )


def masked(text: str | None) -> str | None:
    """Return a NIK or account number that may be shown to whoever sees the case; None where it was erased."""
    return None if text is None else mask(text)


def opened(value: Sealed[Any] | None, keyring: Keyring) -> Any:
    """Return a personal value whose key is loaded, or None where there is none or it was erased."""
    if value is None:
        return None
    found = value.open(keyring)
    return None if isinstance(found, Erased) else found


def coverage_view(coverage: Coverage) -> shapes.CoverageView:
    return shapes.CoverageView(
        status=coverage.status,
        from_=coverage.starts_on,
        paid_through=str(coverage.paid_through) if coverage.paid_through else None,
        unpaid_months=[str(month) for month in coverage.unpaid_months],
    )


def clock_view(change: ClockChange) -> shapes.ClockView:
    return shapes.ClockView(
        clock=change.clock,
        state=change.change,
        on=change.on,
        waiting_on=change.waiting_on,
        due_on=change.due_on,
        calendar=change.calendar,
        calendar_ends=change.calendar_ends,
        basis=change.basis,
    )


def enrollment_view(
    enrollment: Enrollment,
    programme: Programme,
    definition: Definition,
    world: World,
    caller: Caller,
    on: date,
) -> shapes.EnrollmentView:
    """Return a membership with its cover on a day."""
    begun = enrollment.begun
    return shapes.EnrollmentView(
        id=enrollment.id,
        number=enrollment.number,
        status=enrollment.status,
        version=enrollment.version,
        position=enrollment.position,
        open_steps=open_steps(definition, enrollment, caller, world),
        coverage=coverage_view(enrollment.membership(programme.contributions).coverage(on)),
        programme_id=begun.programme_id,
        roster_id=begun.roster_id,
        row=begun.row,
        spell=enrollment.spell,
        reenrolled_on=enrollment.reenrolled_on,
        area_code=begun.area_code,
        ward=begun.ward,
        district=begun.district,
        occupation=enrollment.occupation,
        segment=begun.segment,
        wage_base=begun.wage_base,
        effective_on=begun.effective_on,
        definition=definition.key,
        missing=missing_papers(definition, enrollment, world),
        flags=sorted(enrollment.flags),
        warnings=list(begun.warnings),
        renewals=[
            shapes.RenewalView(roster_id=one.roster_id, row=one.row, from_=one.from_on, to=one.to_on)
            for one in enrollment.renewals
        ],
        checks=[_check(enrollment.checks.get(name) or Check(name=name, result=NOT_MADE)) for name in CHECKS],
        asked_for=list(enrollment.asked_for),
        rejected_for=enrollment.rejected_for,
        ended_on=enrollment.ended.ended_on if enrollment.ended else None,
        ended_for=enrollment.ended_for,
        replaces=begun.replaces,
        replaced_by=enrollment.replaced_by,
        clocks=[clock_view(change) for change in enrollment.clocks.values()],
    )


def _check(check: Check) -> shapes.CheckView:
    return shapes.CheckView(
        name=check.name, result=check.result, by=check.by, source=check.source, on=check.on
    )


# Steps off the usual way: their papers are asked for when somebody means to take them; till then nobody misses them.
_ASIDE: Final = frozenset({"change_payee", "propose_termination", "replace", "terminate"})
# A returned file goes on with whatever was brought; the family still brings all that the counter then asks for.
_BROUGHT_FOR: Final[Mapping[str, str]] = {"INCOMPLETE": "confirm_complete"}


def missing_papers(definition: Definition, case: Case, world: World) -> list[str]:
    """Return the papers that people must bring for the case to go on from where it stands."""
    facts = case.facts()
    codes: dict[str, None] = {}
    for rule in definition.steps_from(case.status):
        if rule.system_only or rule.name in _ASIDE:
            continue
        for way in rule.ways:
            if case.status in way.sources and (way.when is None or way.when.holds(facts)):
                codes.update(dict.fromkeys(papers_missing(way, case, world)))
    later = definition.steps.get(_BROUGHT_FOR.get(case.status, ""))
    for way in later.ways if later else ():
        codes.update(dict.fromkeys(papers_missing(way, case, world)))
    return list(codes)


async def papers_view(
    definition: Definition, case: Case, world: World, keyring: Keyring
) -> shapes.PapersView:
    """Return the checklist and every paper that was brought, with the reasons of those rejected."""
    await keyring.load([case.subject_id])
    return shapes.PapersView(
        required=[
            shapes.PaperView(
                code=line.code,
                name_id=line.name_id,
                name_en=line.name_en,
                needed_for=line.needed_for,
                state=line.state,
                sha256=line.sha256,
                reason=opened(line.reason, keyring),
            )
            for line in checklist(definition, case, world)
        ],
        missing=missing_papers(definition, case, world),
        documents=[
            shapes.PaperVersion(
                code=paper.code,
                sha256=paper.sha256,
                media_type=paper.media_type,
                size=paper.size,
                state="rejected" if paper.rejected else "present" if paper is papers[-1] else "replaced",
                reason=opened(paper.rejected, keyring),
            )
            for papers in case.papers.values()
            for paper in papers
        ],
        version=case.version,
        position=case.position,
    )


def steps_view(definition: Definition, case: Case, caller: Caller, world: World) -> shapes.StepsView:
    """Return every step from here, open or with the reason why not, and the form it takes."""
    items = []
    for view in step_views(definition, case, caller, world):
        refusal = view.refusal
        command = STEP_COMMANDS.get((definition.aggregate, view.rule.name))
        items.append(
            shapes.StepView(
                step=view.rule.name,
                label_id=view.rule.label_id,
                label_en=view.rule.label_en,
                open=view.is_open,
                roles=list(view.rule.roles),
                code=refusal.code if refusal else None,
                reason=refusal.message if refusal else None,
                reason_id=in_indonesian(refusal.code, refusal.detail) if refusal else None,
                missing=list(refusal.detail.get("missing", ())) if refusal else [],
                form=msgspec.json.schema(form_of(command)) if command else {},
            )
        )
    return shapes.StepsView(
        items=items, next=None, status=case.status, version=case.version, position=case.position
    )


async def history(
    cases: Cases, case_id: UUID, caller: Caller, *, up_to: int | None = None
) -> list[tuple[Recorded, Fact]]:
    """Return the events of a case and what stands beside it, in the order of the log.

    That are refused attempts on it, who handled it, and what a comparison with other claims found. A participant
    is told of no attempts but his own, never who handles the case, and of no findings.
    """
    risks = (risk_of(case_id, flag) for flag in COMPARED)
    attempts = attempts_of(case_id)
    found = await cases.events(case_id, attempts, handling_of(case_id), *risks, up_to=up_to)
    if not any(record.stream == case_id for record, _ in found):
        raise NotFound("there is no case with this id at that moment", id=str(case_id))
    if caller.is_only_participant:
        found = [
            (record, fact)
            for record, fact in found
            if record.stream == case_id or (record.stream == attempts and fact.actor == caller.name)
        ]
    return sorted(found, key=lambda entry: entry[0].position)


async def texts_of(
    keyring: Keyring, entries: Sequence[tuple[Recorded, Fact]]
) -> dict[int, dict[str, str | None]]:
    """Return what facts about people at work say in sealed words, by position; None where it was erased.

    For the office: nobody else gets to see these facts.
    """
    sealed = {
        record.position: {name: vars(fact)[name] for name in ("text", "reason") if vars(fact).get(name)}
        for record, fact in entries
        if isinstance(fact, HandlingFact | DelegationRevoked)
    }
    await keyring.load(value.subject_id for values in sealed.values() for value in values.values())
    return {
        position: {name: opened(value, keyring) for name, value in values.items()}
        for position, values in sealed.items()
    }


def history_item(
    record: Recorded, fact: Fact, case_id: UUID, caller: Caller, texts: dict[str, str | None]
) -> shapes.HistoryItem:
    """Return one event as the caller may read it; sealed values stay shut and are left out.

    texts: words of the event that were opened for the office.

    A participant reads what was done in which role, not by whom of the staff, and no flags.
    """
    role = fact.acting_roles[0] if fact.acting_roles else None
    reduced = caller.is_only_participant
    return shapes.HistoryItem(
        position=record.position,
        version=record.version if record.stream == case_id else None,
        event=record.topic,
        step=fact.step,
        from_=fact.from_status,
        to=fact.to_status,
        actor=role or "staff" if reduced and fact.actor != caller.name else fact.actor,
        role=role,
        roles=list(fact.acting_roles),
        recorded_at=record.recorded_at,
        decided_at=fact.decided_at,
        effective_on=fact.effective_on,
        on_behalf_of=fact.on_behalf_of.relation if fact.on_behalf_of else None,
        definition=fact.definition,
        delegation=None if reduced else fact.delegation,
        evidence=[shapes.Evidence(code=code, sha256=sha256) for code, sha256 in evidence_of(fact)],
        clocks=[clock_view(change) for change in fact.clocks],
        flags=[] if reduced else list(fact.flags),
        data={
            name: value for name, value in clear_fields(fact).items() if not (reduced and name in FOR_STAFF)
        }
        | texts,
    )


def told_item(entry: TimelineEntry, case_id: UUID, texts: dict[str, str | None]) -> shapes.HistoryItem:
    """Return one entry of the timeline; an event of another stream has no version of this case.

    texts: words of the event that were opened for the office.
    """
    own = entry.case_id == case_id and entry.event not in BESIDE and not entry.event.startswith("handling.")
    return shapes.HistoryItem(
        position=entry.position,
        version=entry.version if own else None,
        event=entry.event,
        step=entry.step,
        from_=entry.from_status,
        to=entry.to_status,
        actor=entry.actor,
        role=entry.roles[0] if entry.roles else None,
        roles=list(entry.roles),
        recorded_at=entry.recorded_at,
        decided_at=entry.decided_at,
        effective_on=entry.effective_on,
        on_behalf_of=entry.on_behalf_of,
        definition=entry.definition,
        delegation=entry.delegation,
        evidence=[shapes.Evidence(code=code, sha256=sha256) for code, sha256 in entry.evidence],
        clocks=[clock_view(msgspec.convert(clock, ClockChange)) for clock in entry.clocks],
        flags=list(entry.flags),
        data=entry.data | texts,
    )


def moment_of(as_of: str | None) -> datetime | None:
    """Return the instant that is asked for; None for now. Refused (`invalid`)."""
    if as_of is None:
        return None
    try:
        instant: datetime | None = datetime.fromisoformat(as_of.replace(" ", "+"))
    except ValueError:
        instant = None
    # The first and the last year of the calendar lie partly outside it in some time zones.
    if instant is None or instant.tzinfo is None or not MINYEAR < instant.year < MAXYEAR:
        raise Invalid(
            "as_of is an instant with its time zone, such as 2024-05-20T09:00:00+07:00", field="as_of"
        )
    return instant


async def position_for(store: Store, as_of: str | None) -> int | None:
    """Return the position up to which a past moment is folded; None for now. Refused (`invalid`)."""
    instant = moment_of(as_of)
    return None if instant is None else await store.position_at(instant)


def listed(items: Sequence[Any], position: int) -> dict[str, Any]:
    """Return a whole list as a page without a next one."""
    return {"items": list(items), "next": None, "position": position}
