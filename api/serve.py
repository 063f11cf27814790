"""One process group that does everything: HTTP, read models, processes, and the database if it is ours."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine

import structlog
import uvicorn

from api.bootstrap import House, open_house, to_its_end
from api.collecting import collect, settle_memory
from api.days import watch_days
from api.http.app import create_app
from api.kept import kept
from api.observability import places
from api.settings import Settings
from store.postgres.unavailable import DatabaseUnavailable

log = structlog.get_logger("serve")
WATCH_EVERY = 1.0  # seconds between two looks at our own database
KEEP_ALIVE = 75  # seconds; longer than clients and proxies keep theirs, which else ask on one that just ends
GRACE = 5  # seconds in which requests under way are answered, once we are told to stop

AfterStart = Callable[[House, str], Awaitable[None]]


class PortTaken(Exception):
    """The address cannot be listened on, mostly because another program does."""


async def serve(
    settings: Settings,
    *,
    host: str,
    port: int,
    demo: bool,
    say: Callable[[str], None],
    after_start: AfterStart,
) -> None:
    """Serve until cancelled, then stop everything that was started, in the opposite order.

    Requests under way are answered, what waits to be written is written, read models and processes
    stop between two facts, PostgreSQL stops last. Raises `PortTaken` before anything is started.

    after_start: called with the open house and the address before the first answer is promised.
    """
    with _listener(host, port) as listener:
        address = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
        async with (
            open_house(settings, demo=demo, begins=True, say=say) as house,
            working(house),
            watching(house),
            answering(house, listener) as http,
        ):
            settle_memory()
            await after_start(house, address)
            await asyncio.wait({http})
            http.result()


@contextlib.asynccontextmanager
async def working(house: House) -> AsyncIterator[None]:
    """Keep read models and processes going."""
    async with (
        kept(house.read_models, house.processes),
        _beside(watch_days(house), name="days"),
        _beside(collect(), name="collector"),
        _fresh_keys(house),
    ):
        yield


@contextlib.asynccontextmanager
async def watching(house: House) -> AsyncIterator[None]:
    """Start our own PostgreSQL anew whenever it was killed, and take it over when its owner ended."""
    embedded = house.database.embedded

    async def watch() -> None:
        while embedded is not None:
            await asyncio.sleep(WATCH_EVERY)
            try:
                await to_its_end(embedded.keep)
            except DatabaseUnavailable as fault:
                log.warning("database does not start", reason=str(fault))

    async with _beside(watch(), name="database watch"):
        yield


@contextlib.asynccontextmanager
async def answering(house: House, listener: socket.socket) -> AsyncIterator["asyncio.Task[None]"]:
    """Answer HTTP; yields the task that does, which ends by itself only by a fault."""
    server = _Server(
        uvicorn.Config(
            create_app(house),
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=GRACE,
            timeout_keep_alive=KEEP_ALIVE,
            server_header=False,
        )
    )
    serving = asyncio.create_task(server.serve([listener]), name="http")
    try:
        while not (server.started or serving.done()):
            await asyncio.sleep(0.01)
        yield serving
    finally:
        house.closing.set()
        server.should_exit = True
        await asyncio.wait({serving}, timeout=2 * GRACE)


def _fresh_keys(house: House) -> contextlib.AbstractAsyncContextManager[None]:
    """Keep the issuer's keys fresh, where they are fetched."""
    if house.keys is None:
        return contextlib.nullcontext()
    return _beside(house.keys.keep_fresh(), name="keys of the issuer")


@contextlib.asynccontextmanager
async def _beside(work: Coroutine[None, None, None], *, name: str) -> AsyncIterator[None]:
    """Do work beside the block, and cancel it at the end of the block."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_tell_of_a_fault)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


def _tell_of_a_fault(task: "asyncio.Task[None]") -> None:
    """Work beside ends only when it is cancelled: any other end must not go unnoticed."""
    if not task.cancelled() and (fault := task.exception()) is not None:
        log.error("work ended", work=task.get_name(), fault=type(fault).__name__, at=places(fault))


class _Server(uvicorn.Server):
    """A server that leaves signals to us: ours stop more than HTTP."""

    def capture_signals(self) -> contextlib.AbstractContextManager[None]:  # type: ignore[override]
        return contextlib.nullcontext()


def _listener(host: str, port: int) -> socket.socket:
    """Take the address at once: of two programs that start at the same time, one is told."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as fault:
        listener.close()
        if fault.errno == errno.EADDRINUSE:
            reason = f"port {port} of {host} is taken: stop the other program or give another --port"
        else:
            reason = f"port {port} of {host} cannot be used ({fault.strerror}): give another --host or --port"
        raise PortTaken(reason) from fault
    return listener
