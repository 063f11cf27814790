"""Goal 4: a durable step over HTTP, beside an echo of the same framework and a plain INSERT for each request.

The product is `jaminan serve` as anybody starts it, with read models and processes: the token is checked, the
office decides, the commit is on disk before the answer. The load comes from a process of its own.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AsyncExitStack
from functools import partial
from typing import Any, Final

from benchmarks.contender import Contender, contender
from benchmarks.ground import Ground
from benchmarks.harness import Cell, Readings, alternate, percentile
from benchmarks.plan import Plan
from benchmarks.results import Measure
from benchmarks.serving import Served, served
from benchmarks.town import filed_claims

CONNECTIONS: Final = (1, 8, 32)
CLAIMS: Final = 10_000


async def ask(ground: Ground, plan: Plan) -> Iterable[Measure]:
    """Measure requests per second, and how long one takes, at 1, 8 and 32 connections."""
    template = await filed_claims(ground, CLAIMS)
    waits: dict[str, list[float]] = {}
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(ground.database(like=template.name))
        plain = await stack.enter_async_context(ground.database())
        await ground.tell("create table plain (id bigserial primary key, body text)", database=plain.name)
        office = await stack.enter_async_context(served(database))
        light = await stack.enter_async_context(contender("http_echo", plain.admin_url))
        address = str((await light.ask())["address"])
        load = await stack.enter_async_context(contender("http_load", str(CLAIMS)))
        ways: dict[str, Callable[[int], dict[str, Any]]] = {
            "ours": partial(_steps, office),
            "echo": lambda _: {"address": address, "path": "/echo"},
            "INSERT": lambda _: {"address": address, "path": "/insert"},
        }
        cells = [
            Cell(_name(way, n), partial(_run, load, question(n), n, plan.seconds, waits, _name(way, n)))
            for way, question in ways.items()
            for n in CONNECTIONS
        ]
        found = await alternate(cells, ground.home, plan.rounds)
    found.by_cell |= waits
    return list(_measures(found, tuple(ways)))


def _measures(found: Readings, ways: tuple[str, ...]) -> Iterator[Measure]:
    for n in CONNECTIONS:
        is_goal = n == 32
        what = f"HTTP durable steps, {_connections(n)}"
        ours, echo, insert = (_name(way, n) for way in ways)
        rate = partial(Measure.of, readings=found, cell=ours, unit="req/s")
        yield from rate(f"4.{n}", what, against=echo, goal=0.35 if is_goal else None)
        yield from rate(f"4.{n} insert", what, against=insert)
        if found.has(ours):
            wait = partial(Measure.of, readings=found, unit="ms", at_most=True)
            yield from wait(f"4.{n} p50", f"{what}: p50", cell=f"{ours}: p50")
            yield from wait(f"4.{n} p99", f"{what}: p99", cell=f"{ours}: p99", goal=50.0 if is_goal else None)


def _steps(office: Served, _: int) -> dict[str, Any]:
    return {"address": office.address, "tokens": office.tokens}


async def _run(
    load: Contender,
    question: dict[str, Any],
    connections: int,
    seconds: float,
    waits: dict[str, list[float]],
    name: str,
) -> float:
    told = await load.ask(**question, connections=connections, seconds=seconds)
    for part, of in ((0.5, "p50"), (0.99, "p99")):
        waits.setdefault(f"{name}: {of}", []).append(percentile(told["waits"], part) * 1000)
    return float(told["requests"]) / float(told["seconds"])


def _name(way: str, connections: int) -> str:
    return f"{way}, {_connections(connections)}"


def _connections(connections: int) -> str:
    return "1 connection" if connections == 1 else f"{connections} connections"
