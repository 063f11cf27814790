"""A server that is crashed again and again, the people who work with it, and a second office on its log."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import UUID, uuid4

import asyncpg
import httpx2

from domain.case import Case
from domain.working_days import CALENDAR
from projections.enrollment_register.view import EnrollmentRegisterView, Member
from projections.positions import Positions
from store.mapper import SealingMapper
from store.master_key import load_master_key
from store.sealing import Keyring
from store.store import Store
from tests.acceptance.office_client import Person, Town
from tests.faults.program import Program, database_of, empty_home, running, town_at, wait_for
from workflows.days import WIB
from workflows.library import OWN_FOLDER, Library
from workflows.office import Office
from workflows.processes.coverage_watch import CoverageWatch, DayBegan

T = TypeVar("T")

COUNTS: Final = """
    select (select count(*) from log.event where topic !~ '^(attempt|risk)[.]') as events,
        (select count(*) from log.command c where not exists
            (select from log.event e where e.position = c.position and e.topic ~ '^(attempt|risk)[.]')) as commands,
        (select count(*) from log.natural_key) as keys"""

PEOPLE: Final = {
    "dinas": ("sponsor_officer",),
    "kelurahan": ("ward_verifier",),
    "Ina": ("intake",),
    "Budi": ("intake",),
    "Vera": ("verifier",),
    "Ujang": ("field_checker",),
    "Karim": ("calculator",),
    "Agus": ("approver_1",),
    "Ratna": ("approver_2",),
    "Fitri": ("finance",),
    "Fajar": ("finance",),
    "Siti": ("participant",),
    "pemeriksa": ("auditor",),
    "Serba": ("intake", "verifier", "calculator", "approver_1", "finance"),  # who may do too much
}


class RandomOffice:
    """A demonstration under test. Writing requests carry a key and are sent again until they are answered."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._program: Program
        self.town: Town
        self._runner = asyncio.Runner()
        self._second: tuple[Store, Office] | None = None
        self._counting: asyncpg.Connection[asyncpg.Record] | None = None
        self.crashes = 0

    def start(self) -> None:
        self._program = Program(self.home, "serve", "--demo", "--port", "0")
        self.town = town_at(self._program.ready(), self.home)

    def stop(self) -> None:
        self._leave_second()
        self._runner.close()
        self.town.close()
        self._program.process.send_signal(signal.SIGTERM)
        self._program.end()
        self._program.close()

    # -- crashes

    def kill(self) -> None:
        """Kill the server with its whole process and serve again."""
        self.crashes += 1
        self._program.process.kill()
        self._program.process.wait()
        self._leave_second()
        self.town.close()
        self._program.close()
        self.start()

    def cut(self) -> None:
        """Cut every connection to the database, the second office's too."""
        self.crashes += 1

        async def end_sessions() -> None:
            admin = await asyncpg.connect(database_of(self.home, admin=True))
            try:
                await admin.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where datname = current_database() and pid <> pg_backend_pid()"
                )
            finally:
                await admin.close()

        asyncio.run(end_sessions())
        if self._counting is not None:
            self._counting.terminate()
            self._counting = None
        self._runner.run(asyncio.sleep(0.05))  # a loop that stands still would not see its own lines cut

    # -- requests

    def person(self, name: str) -> Person:
        return self.town.person(name, *PEOPLE[name])

    def send(
        self, name: str, path: str, body: dict[str, Any], crash: Callable[[], None] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Send a request under a key until there is an answer that is not `busy`; return its status and body.

        crash: happens while the first request is on its way, so that nobody knows what became of it.
        """
        headers = {"Idempotency-Key": str(uuid4())}
        if crash is not None:
            first = threading.Thread(target=self._try, args=(name, path, body, headers), daemon=True)
            first.start()
            crash()
            first.join(60)
            assert not first.is_alive(), "the request was never answered"
        found: list[tuple[int, dict[str, Any]]] = []

        def answered() -> bool:
            answer = self._try(name, path, body, headers)
            if answer is not None and answer.status_code != 503:
                found.append((answer.status_code, answer.json()))
            return bool(found)

        wait_for(answered)
        return found[0]

    def _try(
        self, name: str, path: str, body: dict[str, Any], headers: dict[str, str]
    ) -> httpx2.Response | None:
        with suppress(httpx2.TransportError):
            return self.person(name).call("POST", path, json=body, headers=headers)
        return None

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        """Read as the auditor does, who may see everything."""
        found: dict[str, Any] = {}

        def answered() -> bool:
            with suppress(httpx2.TransportError):
                answer = self.person("pemeriksa").call("GET", path, params=query)
                if answer.status_code != 503:
                    assert answer.status_code == 200, answer.text
                    found.update(answer.json())
            return bool(found)

        wait_for(answered)
        return found

    def history(self, path: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        page = self.get(f"{path}/history", limit=100)
        items += page["items"]
        while page["next"]:
            page = self.get(f"{path}/history", limit=100, cursor=page["next"])
            items += page["items"]
        return items

    # -- the log

    def count(self) -> tuple[int, int, int]:
        """Return how many facts, commands and natural keys there are, apart from what stands beside the cases."""

        async def ask() -> tuple[int, int, int]:
            if self._counting is None or self._counting.is_closed():
                self._counting = await asyncpg.connect(database_of(self.home, admin=True))
            row = await self._counting.fetchrow(COUNTS)
            assert row is not None
            return row["events"], row["commands"], row["keys"]

        return self._runner.run(ask())

    def begin_day(self, day: date) -> int:
        """Let a second process on the same log tell the watch that a day began."""

        async def watch(store: Store, office: Office) -> int:
            view = EnrollmentRegisterView(store.pool, Positions(store))
            at = min(datetime.now(UTC), datetime.combine(day, time(12), WIB))
            return await CoverageWatch(office, view).day_began(DayBegan(day, at))

        return self._with_second(watch)

    def fold(self, *ids: UUID) -> dict[UUID, Case]:
        """Fold cases from the log, beside the server."""

        async def load(store: Store, office: Office) -> dict[UUID, Case]:
            return await office.cases.load(ids)

        return self._with_second(load)

    def registered(self, programme: UUID, on: date) -> list[Member]:
        """Return the members of a programme as the register knows them, with their cover on a day."""

        async def look(store: Store, office: Office) -> list[Member]:
            positions = Positions(store)
            await positions.wait_for("enrollment_register", await store.last_position(), timeout=20)
            view = EnrollmentRegisterView(store.pool, positions)
            return list((await view.page(on=on, programme_id=programme, limit=200)).items)

        return self._with_second(look)

    def _with_second(self, work: Callable[[Store, Office], Coroutine[Any, Any, T]]) -> T:
        async def do() -> T:
            if self._second is None:
                store = await Store.open(database_of(self.home))
                mapper = SealingMapper(Keyring(load_master_key(self.home, os.environ), store.pool))
                office = Office(store, mapper, Library.load(OWN_FOLDER), CALENDAR, simulated=True)
                self._second = store, office
            return await work(*self._second)

        return self._runner.run(do())

    def _leave_second(self) -> None:
        """Let go of connections whose database may be gone."""

        async def close() -> None:
            if self._counting is not None:
                self._counting.terminate()
            if self._second is not None:
                await self._second[0].close()

        self._runner.run(close())
        self._second = self._counting = None

    def verify(self) -> None:
        """Prove that every read model is equal to the log."""
        with running(self.home, "projection", "verify") as program:
            assert program.end() == 0, program.rest()
            assert all(line.endswith("equal to the log") for line in program.rest().splitlines())


@contextmanager
def random_office() -> Iterator[RandomOffice]:
    """Serve an empty demonstration until the end of the block."""
    with empty_home() as home:
        office = RandomOffice(home)
        office.start()
        try:
            yield office
        finally:
            office.stop()
