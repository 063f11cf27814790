"""Publishing definitions and rules into the log, so that no case and no decision depends on a file."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from domain.benefit.rules import RuleSet
from domain.command import SYSTEM, SYSTEM_ROLE
from domain.definition.events import DefinitionPublished
from domain.fact import FirstFact
from domain.rule_set.events import RulesPublished
from store.mapper import SealingMapper
from store.records import Append, Verdict
from store.store import Store
from workflows.days import legal_day
from workflows.library import Library
from workflows.lifecycle import Definition

NAMESPACE = UUID("6e5f2d0c-52c6-4f7b-9a63-0c1f5f8f6a10")  # of ids that follow from a name


async def published(store: Store, mapper: SealingMapper) -> dict[str, DefinitionPublished]:
    """Return every definition the log holds, by name@version."""
    found: dict[str, DefinitionPublished] = {}
    after = 0
    while page := await store.read_log(after, 500, topics=["definition.published"]):
        for record in page:
            event = mapper.event_of(record)
            assert isinstance(event, DefinitionPublished)
            found[f"{event.name}@{event.version}"] = event
        after = page[-1].position
    return found


async def library_of_the_log(store: Store, mapper: SealingMapper) -> Library:
    """Return the definitions that the log holds: all that a house published which is open on it, and no file."""
    known = await published(store, mapper)
    return Library(Definition.from_canonical(event.canonical) for event in known.values())


async def publish(
    library: Library, store: Store, mapper: SealingMapper, now: datetime, *, simulated: bool = False
) -> None:
    """Publish what the log does not hold, and take from the log what no file holds.

    simulated: in a demonstration's log, record at the instant given instead of now.
    Raises `DefinitionRefused` when a file was changed without a new version: start-up stops there.
    """
    known = await published(store, mapper)
    library.check_published({key: event.digest for key, event in known.items()})
    for event in known.values():
        library.add(Definition.from_canonical(event.canonical))
    for definition in library:
        if definition.key not in known:
            await _publish(definition, store, mapper, now, simulated=simulated)


async def publish_rules(
    rules: RuleSet, store: Store, mapper: SealingMapper, now: datetime, *, simulated: bool = False
) -> None:
    """Publish the rules, if the log does not hold this version.

    Raises `RulesContradict` when a rule says something else than it said when it was published: start-up
    stops there.
    """
    known = [
        mapper.event_of(record) for record in await store.read_log(0, 10_000, topics=["rules.published"])
    ]
    for event in known:
        rules.check_published(json.loads(event.statements))
    if any(event.version == rules.version for event in known):
        return
    stream = uuid5(NAMESPACE, f"rules/{rules.version}")
    event = RulesPublished(
        **_header(stream, "rules", now),
        version=rules.version,
        statements=json.dumps(rules.statements, sort_keys=True, ensure_ascii=False),
    )
    await _append(event, rules.version.encode(), store, mapper, now, simulated=simulated)


async def _publish(
    definition: Definition, store: Store, mapper: SealingMapper, now: datetime, *, simulated: bool
) -> None:
    event = DefinitionPublished(
        **_header(uuid5(NAMESPACE, definition.key), "definition", now),
        name=definition.name,
        version=definition.version,
        digest=definition.digest,
        canonical=definition.canonical,
    )
    verdict = await _append(event, definition.digest.encode(), store, mapper, now, simulated=simulated)
    if verdict.outcome not in ("recorded", "repeated"):
        known = await published(store, mapper)
        Library([definition]).check_published({definition.key: known[definition.key].digest})


def _header(stream: UUID, aggregate: str, now: datetime) -> dict[str, Any]:  # Any: the fields of an event
    return {
        "originator_id": stream,
        "originator_version": 1,
        "originator_topic": aggregate,
        "timestamp": now,
        "actor": SYSTEM,
        "acting_roles": (SYSTEM_ROLE,),
        "effective_on": legal_day(now),
        "command_id": uuid5(stream, "publish"),
    }


async def _append(
    event: FirstFact, request: bytes, store: Store, mapper: SealingMapper, now: datetime, *, simulated: bool
) -> Verdict:
    """Append what is published. Two processes may start at once: the second finds the command repeated."""
    sealed = await mapper.seal([event])
    append = Append(command_id=event.command_id, request=request, events=sealed.events, answer=None)
    [verdict] = await store.append([append], simulated_at=now if simulated else None)
    return verdict
