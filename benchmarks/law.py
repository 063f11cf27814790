"""The law: determinations per second in one process, and past decisions worked out again from the log.

A determination is what an amount sheet shows: lines, the working of each in both languages, payees, notices. A
replay reads the decisions from the log, works each out again under today's rules and compares to the rupiah.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import cycle, islice
from typing import Any, Final
from uuid import uuid5

from api.replay import replay
from benchmarks.city import DECIDED_AT, FILED, Filed, settle
from benchmarks.ground import Database, Ground
from benchmarks.harness import Cell, alternate
from benchmarks.keys import MASTER_KEY
from benchmarks.plan import Plan
from benchmarks.results import Measure
from domain.benefit.accident import determine_accident
from domain.benefit.accident_facts import AccidentFacts, Aid
from domain.benefit.death import DeathFacts, determine_death
from domain.benefit.determination import Determination
from domain.benefit.disability import Disability
from domain.benefit.rules import RULES
from domain.claim.events import BenefitCalculated
from domain.period import Month
from store.mapper import SealingMapper
from store.records import Append
from store.sealing import Keyring
from store.store import Store

DECISIONS: Final = 100_000
IN_QUICK: Final = 10_000
TOGETHER: Final = 500
DECIDED: Final = "claim.benefit_calculated"


def _death(day: date, start: date, paid_through: str, **more: Any) -> DeathFacts:
    months = frozenset(Month.of(start).through(Month.parse(paid_through)))
    stated: dict[str, Any] = {"segment": "BPU_APBD", "wage_base": 1_000_000, "paid_months_total": len(months)}
    return DeathFacts(date_of_death=day, membership_start=start, paid_months=months, **(stated | more))


def _accident(day: date, paid_through: str, **more: Any) -> AccidentFacts:
    start = date(2018, 1, 1)
    months = frozenset(Month.of(start).through(Month.parse(paid_through)))
    stated: dict[str, Any] = {"segment": "BPU_APBD", "wage_base": 1_000_000, "result": "RECOVERED"}
    return AccidentFacts(accident_on=day, membership_start=start, paid_months=months, **(stated | more))


# Both versions of the law, every outcome, in the proportion in which an office meets them.
DEATHS: Final = (
    *(_death(date(2024, 5, n), date(2023, 9, 1), "2024-05") for n in range(1, 15)),
    _death(date(2024, 6, 30), date(2023, 7, 1), "2024-03"),
    _death(date(2024, 7, 1), date(2023, 7, 1), "2024-03"),
    _death(date(2025, 4, 30), date(2025, 2, 1), "2025-04"),
    _death(date(2025, 9, 30), date(2021, 9, 1), "2025-09", children=2),
    _death(date(2019, 12, 1), date(2018, 4, 1), "2019-12", children=1),
    _death(date(2024, 8, 17), date(2023, 1, 1), "2024-08", heir_tier="NONE"),
)
ACCIDENTS: Final = (
    _accident(date(2024, 5, 14), "2024-05", result="DEATH", stmb_days=4),
    _accident(date(2022, 1, 10), "2022-01", stmb_days=400, transport={"land": 350_000, "sea": 2_400_000}),
    _accident(
        date(2024, 7, 7),
        "2024-07",
        result="PARTIAL",
        stmb_days=90,
        disabilities=(Disability(code="THUMB", side="right"), Disability(code="INDEX", side="right")),
        aids=(Aid(code="JKK_GLASSES", actual=1_400_000),),
    ),
    _accident(date(2024, 9, 10), "2024-07", result="TOTAL", wage_base=2_000_000, children=1),
)


async def ask(ground: Ground, plan: Plan) -> Iterable[Measure]:
    """Measure the calculators alone, and a replay from the log."""
    decisions = IN_QUICK if plan.quick else DECISIONS
    decided = await _decided(ground, decisions)
    async with await Store.open(decided.app_url) as store:
        cells = [
            Cell("deaths", lambda: _per_second(determine_death, DEATHS, plan.seconds)),
            Cell("accidents", lambda: _per_second(determine_accident, ACCIDENTS, plan.seconds)),
            Cell("replay", lambda: _replayed_per_second(store, decisions)),
        ]
        found = await alternate(cells, ground.home, plan.rounds)
    return [
        *Measure.of("law-determinations", "death benefits determined", found, "deaths", unit="/s"),
        *Measure.of("law-determinations.jkk", "work accidents determined", found, "accidents", unit="/s"),
        *Measure.of(
            "law-replay",
            f"{decisions:,} stored decisions replayed from the log",
            found,
            "replay",
            unit="decisions/s",
            goal=10_000,
        ),
    ]


async def _per_second(
    determine: Callable[[Any], Determination], facts: Sequence[Any], seconds: float
) -> float:
    done, began = 0, time.perf_counter()
    while (taken := time.perf_counter() - began) < seconds:
        for one in facts:
            assert determine(one).rule_set == RULES.version
        done += len(facts)
    return done / taken


async def _replayed_per_second(store: Store, decisions: int) -> float:
    """What `jaminan rules replay` does once it is connected; under the rules of today nothing differs."""
    mapper = SealingMapper(Keyring(MASTER_KEY, store.pool))
    began = time.perf_counter()
    done = await replay(store, mapper, RULES)
    taken = time.perf_counter() - began
    assert (done.decisions, done.items) == (decisions, [])
    return decisions / taken


async def _decided(ground: Ground, decisions: int) -> Database:
    """Return a kept database with so many claims, each reported, filed and calculated; made where it is missing."""
    kept = await ground.kept(f"decided_{decisions}")
    async with await Store.open(kept.app_url) as store:
        there = await store.streams_with(DECIDED, [Filed(n).claim for n in range(decisions)])
        if len(there) < decisions:
            print(f"making {decisions:,} decisions, only this once", flush=True)
            mapper = SealingMapper(Keyring(MASTER_KEY, store.pool))
            await settle(store, mapper, range(decisions), papers=False)
            calculations = _calculations(decisions)
            while part := list(islice(calculations, TOGETHER)):
                await store.append([await _append(mapper, one) for one in part], bulk=True)
                await asyncio.sleep(0)
    return kept


def _calculations(decisions: int) -> Iterator[BenefitCalculated]:
    determined = cycle([determine_death(facts) for facts in DEATHS])
    for n, determination in zip(range(decisions), determined, strict=False):
        claim = Filed(n).claim
        yield BenefitCalculated(
            originator_id=claim,
            originator_version=3,
            timestamp=DECIDED_AT,
            actor="agus",
            acting_roles=("calculator",),
            effective_on=FILED,
            command_id=uuid5(claim, "calculated"),
            determination=determination,
            enrollment_version=3,
            programme_version=2,
            step="calculate",
            from_status="VERIFYING",
            to_status="CALCULATED",
        )


async def _append(mapper: SealingMapper, fact: BenefitCalculated) -> Append:
    sealed = await mapper.seal([fact])
    return Append(command_id=fact.command_id, request=b"told", events=sealed.events)
