"""Everything that ever happened to a case, in order: who, in which role, when, and on which evidence."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import msgspec

import domain.attempt.events
import domain.claim.events
import domain.enrollment.events
import domain.handling.events
import domain.payment.events
import domain.programme.events
import domain.risk.events
import domain.roster.events
from domain.fact import Fact
from projections.case_timeline.clear import clear_json
from projections.log import Entry
from projections.reader import Db, Projection, Table, facts_in
from store.sealing import Keyring

TIMELINE: Final = Table(
    "read.case_timeline",
    """
    position     bigint      not null
    case_id      uuid        not null
    version      integer     not null
    event        text        not null
    step         text
    from_status  text
    to_status    text
    actor        text        not null
    roles        jsonb       not null
    recorded_at  timestamptz not null
    decided_at   timestamptz not null
    effective_on date        not null
    definition   text
    evidence     jsonb
    clocks       jsonb
    flags        jsonb
    data         jsonb       not null
    on_behalf_of text
    delegation   uuid
    """,
    key=("case_id", "position"),
    only_added=True,
)


_BESIDE_CASES: Final = frozenset(facts_in(domain.attempt.events, domain.handling.events, domain.risk.events))


class CaseTimeline(Projection):
    """One row for each fact of a case. What is sealed never appears, nor does a trace of it."""

    name = "case_timeline"
    version = 3
    tables = (TIMELINE,)

    def __init__(self, keyring: Keyring, tables: Sequence[Table] | None = None) -> None:
        super().__init__(keyring, tables)
        self._rows: list[tuple[Any, ...]] = []  # Any: values of the columns, each of its type

    def note(self, fact: Fact, entry: Entry) -> None:
        row = (
            entry.position,
            fact.case_id if type(fact) in _BESIDE_CASES else entry.stream,  # type: ignore[attr-defined]
            entry.version,
            entry.topic,
            fact.step,
            fact.from_status,
            fact.to_status,
            fact.actor,
            _few_json(fact.acting_roles),
            entry.recorded_at,
            fact.timestamp,
            fact.effective_on,
            fact.definition,
            _json(evidence_of(fact)),
            _json(fact.clocks),
            _few_json(fact.flags) if fact.flags else None,
            clear_json(fact),
            fact.on_behalf_of and fact.on_behalf_of.relation,
            fact.delegation,
        )
        self._rows.append(row)

    reads = dict.fromkeys(
        facts_in(
            domain.claim.events,
            domain.enrollment.events,
            domain.payment.events,
            domain.programme.events,
            domain.roster.events,
            domain.attempt.events,
            domain.handling.events,
            domain.risk.events,
        ),
        note,
    )

    async def save(self, db: Db) -> None:
        await self.here[0].add(db, self._rows)
        self._rows = []

    def forget(self) -> None:
        self._rows = []


def evidence_of(fact: Fact) -> list[tuple[str, str]]:
    """Return code and SHA-256 of the papers that a fact rests on."""
    values = vars(fact)
    if "papers" in values:
        return list(values["papers"])
    if "sha256" in values:
        return [(values.get("code", "ENR_LIST"), values["sha256"])]
    return []


@lru_cache(maxsize=1024)
def _few_json(words: tuple[str, ...]) -> str:
    """Return words as JSON, which the driver writes at a fraction of what an array of PostgreSQL takes it."""
    return msgspec.json.encode(words).decode()


def _json(values: Sequence[Any]) -> str | None:
    return msgspec.json.encode(values).decode() if values else None
