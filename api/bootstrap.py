"""The one place where the parts meet: from settings to a working house."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID, uuid4

import structlog
from joserfc.jwk import KeySet

from api.demo import issuer
from api.kept import Told
from api.processes import Processes, taken_up
from api.read_models import ReadModels
from api.settings import Settings
from api.tokens import KeysOfFile, KeysOfUrl, TokenVerifier
from domain.benefit.rules import RULES
from domain.working_days import CALENDAR
from projections.case_timeline.view import CaseTimelineView
from projections.claim_register.view import ClaimRegisterView
from projections.claim_traces.view import ClaimTracesView
from projections.deadlines.view import DeadlinesView
from projections.delegation_register.view import DelegationRegisterView
from projections.enrollment_register.view import EnrollmentRegisterView
from projections.person_search.view import PersonSearchView
from projections.positions import Positions
from projections.programme_ledger.board import ProgrammeBoardView
from projections.programme_ledger.months import ProgrammeMonthsView
from projections.programme_ledger.statement import ProgrammeStatementView
from projections.programme_ledger.view import ProgrammeLedgerView
from projections.roster_register.view import RosterRegisterView
from projections.totals import TotalsView
from projections.worklist.desk import DeskView
from projections.worklist.view import WorklistView
from store.access import AccessLog
from store.documents import Documents
from store.embedded import EmbeddedPostgres
from store.mapper import SealingMapper
from store.master_key import load_master_key
from store.migrate import AnotherLog, initialise, migrate
from store.sealing import Keyring
from store.store import Origin, Store
from workflows.catalogue import EVENTS, ROLES
from workflows.corrections import Corrections
from workflows.guards import GUARDS
from workflows.library import OWN_FOLDER, Library
from workflows.office import Office
from workflows.processes.coverage_watch import CoverageWatch
from workflows.processes.deadlines import Deadlines
from workflows.proofs import Known, prove_all
from workflows.publishing import publish, publish_rules
from workflows.standings import Standings
from workflows.watches import Watches

log = structlog.get_logger("house")
DEMO_BEGINS = datetime(2022, 8, 1, tzinfo=UTC)  # the clock of a demonstration's log
T = TypeVar("T")
READERS = 16  # connections for reading, besides those that what it keeps opens
LOOK_AGAIN = 0.01  # seconds between two looks at a process
PATIENCE = 5.0  # seconds that a caller waits for a process


@dataclass(frozen=True, kw_only=True)
class Views:
    """The read models, as the ways in and out use them."""

    positions: Positions
    enrollments: EnrollmentRegisterView
    claims: ClaimRegisterView
    worklist: WorklistView
    desk: DeskView
    totals: TotalsView
    timeline: CaseTimelineView
    ledger: ProgrammeLedgerView
    months: ProgrammeMonthsView
    statements: ProgrammeStatementView
    boards: ProgrammeBoardView
    deadlines: DeadlinesView
    people: PersonSearchView
    delegations: DelegationRegisterView
    traces: ClaimTracesView
    rosters: RosterRegisterView


@dataclass(frozen=True, kw_only=True)
class Database:
    """Where the database is. URLs hold passwords: for connecting, never for showing."""

    app_url: str
    admin_url: str
    embedded: EmbeddedPostgres | None


@dataclass(frozen=True, kw_only=True)
class House:
    """Everything that ways in and out need; made once per process."""

    settings: Settings
    database: Database
    origin: Origin
    store: Store
    keyring: Keyring
    mapper: SealingMapper
    documents: Documents
    access: AccessLog
    corrections: Corrections
    library: Library
    office: Office
    standings: Standings
    views: Views
    verifier: TokenVerifier
    keys: KeysOfUrl | None  # of an issuer whose keys are fetched
    read_models: ReadModels
    processes: Processes
    watch: CoverageWatch
    deadlines: Deadlines
    watches: Watches
    closing: asyncio.Event = field(default_factory=asyncio.Event)  # set once we are told to stop

    async def taken_up(self, programme_id: UUID, *, besides: UUID | None = None) -> int:
        """Return how many workers a programme has, as the log has it now, leaving out those of one list."""
        views = self.views
        return await taken_up(self.store, views.positions, views.enrollments, programme_id, besides=besides)

    async def reached(self, process: str, position: int, *, within: float = PATIENCE) -> bool:
        """Wait until a process has answered every fact up to a position; False when it takes longer.

        Nobody is kept waiting by a house that closes.
        """
        until = time.monotonic() + within
        while True:
            done = await self.store.pool.fetchval(
                "select position from work.process where name = $1", process
            )
            if done is not None and done >= position:
                return True
            if self.closing.is_set() or time.monotonic() > until:
                return False
            await asyncio.sleep(LOOK_AGAIN)


@asynccontextmanager
async def open_database(
    settings: Settings, *, say: Callable[[str], None] = lambda _: None
) -> AsyncIterator[Database]:
    """Find or start the database; stop it at the end if this process started it."""
    if settings.database_url is not None:
        app_url = settings.database_url.get_secret_value()
        admin = settings.database_admin_url
        yield Database(
            app_url=app_url, admin_url=admin.get_secret_value() if admin else app_url, embedded=None
        )
        return
    embedded = EmbeddedPostgres(settings.home, say=say)
    try:
        server = await to_its_end(embedded.start_or_join)
        yield Database(app_url=server.app_url, admin_url=server.admin_url, embedded=embedded)
    finally:
        await to_its_end(embedded.stop)


async def to_its_end(function: Callable[[], T]) -> T:
    """Run a function in a thread. Who cancels waits for its end: no thread can be stopped half way."""
    running = asyncio.create_task(asyncio.to_thread(function))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.gather(running, return_exceptions=True)
        raise


def load_library(settings: Settings) -> Library:
    """Read and prove every definition. Raises `DefinitionRefused` with all findings."""
    folders = [OWN_FOLDER] + ([settings.definitions] if settings.definitions else [])
    library = Library.load(*folders)
    prove_all(library, Known(events=EVENTS.keys(), roles=ROLES, guards=GUARDS.keys()))
    return library


class NoLog(Exception):
    """There is no log here, or not one of the kind that was asked for."""


@asynccontextmanager
async def open_house(
    settings: Settings,
    *,
    demo: bool = False,
    begins: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> AsyncIterator[House]:
    """Open everything: database, migrations, keys, definitions, office, read models.

    demo: a new log is marked as simulated, and the demonstration's issuer is made and trusted.
    begins: begin a log where there is none. Whoever only looks does not: what kind of log it is would be
    decided for ever. Raises `NoLog`, also for a demonstration in a real log.
    """
    library = load_library(settings)
    if not (begins or settings.database_url or EmbeddedPostgres(settings.home).was_set_up):
        raise _no_log(settings)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings, say=say))
        origin = await _prepared(settings, database, begins=begins, simulated=demo)
        store = await stack.enter_async_context(await Store.open(database.app_url, readers=READERS))
        keyring = Keyring(load_master_key(settings.home, os.environ), store.pool)
        mapper = SealingMapper(keyring)
        now = DEMO_BEGINS if origin.simulated else datetime.now(UTC)
        await publish(library, store, mapper, now, simulated=origin.simulated)
        await publish_rules(RULES, store, mapper, now, simulated=origin.simulated)
        if demo:
            issuer.make_issuer(settings.home)
        keys = KeysOfUrl(settings.jwks_url) if settings.jwks_url else None
        if keys is not None:
            await keys.fetch()
        views = _views(store)
        office = Office(store, mapper, library, CALENDAR, simulated=origin.simulated)
        documents = Documents(store, keyring)
        standings = Standings(store, keyring, office.cases)
        told = Told(url=database.app_url, home=str(settings.home), log_level=settings.log_level)
        yield House(
            settings=settings,
            database=database,
            origin=origin,
            store=store,
            keyring=keyring,
            mapper=mapper,
            documents=documents,
            access=AccessLog(store.pool, keyring),
            corrections=Corrections(store, keyring, office.cases),
            library=library,
            office=office,
            standings=standings,
            views=views,
            verifier=_verifier(settings, keys, demo=demo),
            keys=keys,
            read_models=ReadModels(store, told),
            watch=CoverageWatch(office, views.enrollments),
            deadlines=Deadlines(office, views.deadlines),
            watches=Watches(store, database.app_url),
            processes=Processes(told),
        )


async def _prepared(settings: Settings, database: Database, *, begins: bool, simulated: bool) -> Origin:
    if database.admin_url != database.app_url or database.embedded is not None:
        await migrate(database.admin_url)
    async with await Store.open(database.app_url, readers=1) as store:
        origin = await store.origin()
        if origin is None and begins:
            with suppress(AnotherLog):  # somebody else began it at the same moment
                await initialise(database.admin_url, log_id=uuid4(), simulated=simulated)
            origin = await store.origin()
    if origin is None:
        raise _no_log(settings)
    if simulated and not origin.simulated:
        raise NoLog(
            "This log is a real one, so it cannot be served as a demonstration, whose tokens anybody can have. "
            "Leave out --demo and JAMINAN_DEMO, or set JAMINAN_HOME to another folder."
        )
    return origin


def _no_log(settings: Settings) -> NoLog:
    where = "the database" if settings.database_url else settings.home
    return NoLog(
        f"There is no log in {where} yet. Begin one with `jaminan serve`, or a demonstration with "
        "`jaminan serve --demo`."
    )


def _views(store: Store) -> Views:
    positions = Positions(store)
    return Views(
        positions=positions,
        enrollments=EnrollmentRegisterView(store.pool, positions),
        claims=ClaimRegisterView(store.pool),
        worklist=WorklistView(store.pool),
        desk=DeskView(store.pool),
        totals=TotalsView(store.pool),
        timeline=CaseTimelineView(store.pool),
        ledger=ProgrammeLedgerView(store.pool),
        months=ProgrammeMonthsView(store.pool),
        statements=ProgrammeStatementView(store.pool),
        boards=ProgrammeBoardView(store.pool),
        deadlines=DeadlinesView(store.pool, positions),
        people=PersonSearchView(store.pool),
        delegations=DelegationRegisterView(store),
        traces=ClaimTracesView(store.pool, positions),
        rosters=RosterRegisterView(store.pool),
    )


def _verifier(settings: Settings, keys: KeysOfUrl | None, *, demo: bool) -> TokenVerifier:
    verifier = TokenVerifier(audience=settings.audience, roles_claim=settings.roles_claim)
    if demo and (published := issuer.public_keys(settings.home)) is not None:
        own = KeySet.import_key_set(published)  # type: ignore[arg-type]  # its own export
        verifier.trust(issuer.ISSUER, lambda: own)
    if settings.issuer is not None and settings.jwks_file is not None:
        verifier.trust(settings.issuer, KeysOfFile(settings.jwks_file))
    elif settings.issuer is not None and keys is not None:
        verifier.trust(settings.issuer, keys)
    return verifier
