"""One process group that does everything: HTTP, read models, processes, and the database if it is ours."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog
import uvicorn

from api.bootstrap import House, open_house, run_processes
from api.http.app import create_app
from api.settings import Settings
from store.postgres.unavailable import DatabaseUnavailable

log = structlog.get_logger("serve")
WATCH_EVERY = 1.0  # seconds between two looks at our own database

AfterStart = Callable[[House, str], Awaitable[None]]


class PortTaken(Exception):
    """Another program listens on the port."""


async def serve(
    settings: Settings,
    *,
    host: str,
    port: int,
    demo: bool,
    say: Callable[[str], None],
    after_start: AfterStart,
) -> None:
    """Serve until SIGTERM or SIGINT, then stop everything that was started.

    after_start: called with the open house and the address before the first answer is promised.
    """
    listener = _listener(host, port)
    stop = _stop_on_signals()
    async with open_house(settings, demo=demo, say=say) as house, working(house), watching(house):
        server = _Server(
            uvicorn.Config(
                create_app(house),
                log_config=None,
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=5,
                server_header=False,
            )
        )
        serving = asyncio.create_task(server.serve([listener]), name="http")
        stopping = asyncio.create_task(stop.wait(), name="signals")
        address = f"http://{host}:{listener.getsockname()[1]}"
        started = asyncio.create_task(_announce(server, house, address, after_start), name="start")
        await asyncio.wait({serving, stopping, started}, return_when=asyncio.FIRST_COMPLETED)
        try:
            if started.done():
                await started
                await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            started.cancel()
            server.should_exit = True
            await asyncio.wait({serving}, timeout=10)
            stopping.cancel()


@contextlib.asynccontextmanager
async def working(house: House) -> AsyncIterator[None]:
    """Keep read models and processes going."""
    await house.runner.start()
    processes = asyncio.create_task(run_processes(house), name="processes")
    try:
        yield
    finally:
        processes.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await processes
        await house.runner.stop()


@contextlib.asynccontextmanager
async def watching(house: House) -> AsyncIterator[None]:
    """Start our own PostgreSQL anew whenever it was killed, as long as this process owns it."""
    embedded = house.database.embedded

    async def watch() -> None:
        while embedded is not None and house.database.owned:
            await asyncio.sleep(WATCH_EVERY)
            try:
                await asyncio.to_thread(embedded.start_or_join)
            except DatabaseUnavailable as fault:
                log.warning("database does not start", reason=str(fault))

    watcher = asyncio.create_task(watch(), name="database watch")
    try:
        yield
    finally:
        watcher.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watcher


class _Server(uvicorn.Server):
    """A server that leaves signals to us: ours stop more than HTTP."""

    def capture_signals(self) -> contextlib.AbstractContextManager[None]:  # type: ignore[override]
        return contextlib.nullcontext()


async def _announce(server: uvicorn.Server, house: House, address: str, after_start: AfterStart) -> None:
    while not server.started:
        await asyncio.sleep(0.01)
    await after_start(house, address)


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    return stop


def _listener(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as fault:
        listener.close()
        raise PortTaken(
            f"port {port} of {host} is taken: stop the other program or give another --port"
        ) from fault
    return listener
