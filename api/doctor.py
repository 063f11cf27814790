"""What is installed, where the data are, how far everything is, and what is wrong with which remedy."""

import platform
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from importlib.metadata import version
from urllib.parse import urlsplit

import msgspec

from api.bootstrap import House, open_house
from api.http.callers import now
from api.law import is_stale
from api.settings import Settings
from domain.benefit.rules import RULES
from domain.refusal import Busy
from domain.working_days import CALENDAR
from projections.rebuild import Workshop
from store.master_key import FILE_NAME
from workflows.days import legal_day
from workflows.runner import process_states
from workflows.watches import WatchState

CALENDAR_AHEAD = timedelta(days=60)  # due dates reach this far


class Finding(msgspec.Struct, kw_only=True):
    """What is wrong, and what to do."""

    problem: str
    remedy: str


class Examination(msgspec.Struct, kw_only=True):
    """Everything the doctor looked at."""

    jaminan: str
    python: str
    postgresql: str
    database: str  # address, never with a password
    home: str
    log: str
    simulated: bool
    position: int
    read_models: dict[str, str]
    processes: dict[str, str]
    watches: dict[str, str]
    clocks_unwritten: int | None  # ran out and are not on record as missed; None while nobody can tell
    rule_set: str
    calendar: str
    stale_parameters: list[str]
    problems: list[Finding]

    def lines(self) -> Iterator[str]:
        yield f"jaminan {self.jaminan}, Python {self.python}, PostgreSQL {self.postgresql}"
        yield f"database {self.database}, home {self.home}"
        yield f"log {self.log}{' (simulated)' if self.simulated else ''}, position {self.position}"
        for name, state in {**self.read_models, **self.processes}.items():
            yield f"  {name}: {state}"
        for name, state in self.watches.items():
            yield f"  watch {name}: {state}"
        if self.clocks_unwritten is not None:
            yield f"{self.clocks_unwritten} clocks ran out and are not on record as missed"
        yield f"rules {self.rule_set}, calendar {self.calendar}"
        for rule in self.stale_parameters:
            yield f"  confirmed long ago: {rule}"
        for finding in self.problems:
            yield f"PROBLEM {finding.problem}: {finding.remedy}"
        yield f"{len(self.problems)} problems"


async def examine(settings: Settings) -> Examination:
    """Look at everything of an installation; changes nothing but what every start changes."""
    async with open_house(settings, demo=settings.demo) as house:
        problems: list[Finding] = []
        shop = Workshop(house.database.app_url, house.store, house.mapper, house.keyring)
        models: dict[str, str] = {}
        for status in await shop.status():
            models[status.name] = f"{status.state}, position {status.position}, lag {status.lag}"
            if status.error:
                problems.append(
                    Finding(
                        problem=f"{status.name} stopped at position {status.error['position']}",
                        remedy="mend what the error names, then `jaminan projection rebuild`",
                    )
                )
        today = legal_day(now())
        problems += _calendar(today) + _keys(settings)
        watches, unwritten = await house.watches.states(), await _unwritten(house, today)
        if not house.origin.simulated:  # a demonstration's days begin when told
            problems += _days(house, watches, unwritten, today)
        url = urlsplit(house.database.app_url)
        return Examination(
            jaminan=version("jaminan"),
            python=platform.python_version(),
            postgresql=await house.store.pool.fetchval("show server_version"),
            database=f"{url.hostname}:{url.port}{url.path}",
            home=str(settings.home),
            log=str(house.origin.log_id),
            simulated=house.origin.simulated,
            position=await house.store.last_position(),
            read_models=models,
            processes=await _processes(house, problems),
            watches={state.name: str(state) for state in watches},
            clocks_unwritten=unwritten,
            rule_set=RULES.version,
            calendar=CALENDAR.version,
            stale_parameters=_stale(today),
            problems=problems,
        )


def _stale(today: date) -> list[str]:
    """Return the rules last confirmed long ago, or never against a text (those rest on memory)."""
    return [
        f"{rule.rule_id} ({rule.citation.confirmed_on or 'never'})"
        for rule in RULES.rules
        if is_stale(rule.citation.confirmed_on, today)
    ]


def _calendar(today: date) -> list[Finding]:
    if CALENDAR.covers(today + CALENDAR_AHEAD):
        return []
    return [
        Finding(
            problem=f"the holiday calendar ends on {CALENDAR.ends}",
            remedy="add the decreed holidays of the next year",
        )
    ]


def _keys(settings: Settings) -> list[Finding]:
    beside = (settings.home / FILE_NAME).exists()
    if settings.database_url is None or not beside:
        return []
    return [
        Finding(
            problem="the master key lies in a file while the data are production's",
            remedy="give it by JAMINAN_MASTER_KEY from a vault and remove the file",
        )
    ]


async def _unwritten(house: House, today: date) -> int | None:
    try:
        return await house.views.deadlines.unwritten(today)
    except Busy:  # the read model is being built
        return None


def _days(
    house: House, watches: Sequence[WatchState], unwritten: int | None, today: date
) -> Iterator[Finding]:
    """Yield what keeps days from being told. A server, or `jaminan worker`, tells them within a minute."""
    states = {state.name: state for state in watches}
    for name in (house.watch.name, house.deadlines.name):
        state = states.get(name)
        if state is not None and state.fault is not None:
            yield Finding(
                problem=f"watch {name} stands still: {state.fault}",
                remedy="see the log of the server; it tries again every minute",
            )
        elif state is None or state.day != today:
            yield Finding(
                problem=f"watch {name} was not told today, {today.isoformat()}",
                remedy="keep `jaminan serve` or `jaminan worker` running, or tell it by `jaminan watch`",
            )
    if unwritten:
        yield Finding(
            problem=f"{unwritten} clocks ran out and are not on record as missed",
            remedy="keep `jaminan serve` or `jaminan worker` running: they write it down within a minute",
        )


async def _processes(house: House, problems: list[Finding]) -> dict[str, str]:
    states = await process_states(house.store)
    for state in states:
        if state.stopped_at is not None:
            problems.append(
                Finding(
                    problem=f"process {state.name} {state}",
                    remedy="see the log of the server; it goes on by itself once the cause is gone",
                )
            )
    return {state.name: str(state) for state in states}
