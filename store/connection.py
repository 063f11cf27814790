"""How the store speaks to PostgreSQL, and which of its failures say what about a write."""

from typing import Any, Final

import asyncpg
from asyncpg import exceptions as postgres

APPLICATION_NAME: Final = "jaminan"
CONNECT_MAX: Final = 2.0  # seconds

# The link is gone and the outcome of what was sent is unknown. The server says 57P01 and its kin when it
# goes down or is not up yet, 25006 when it has become a stand-by.
LOST: Final = (
    OSError,
    TimeoutError,
    postgres.PostgresConnectionError,
    postgres.AdminShutdownError,
    postgres.CrashShutdownError,
    postgres.CannotConnectNowError,
    postgres.TooManyConnectionsError,
    postgres.ReadOnlySQLTransactionError,
    postgres.InternalClientError,
    postgres.InvalidCachedStatementError,  # a migration went by: prepare it again
)

# The server undid the whole statement: nothing was written.
NOTHING_WRITTEN: Final = (
    postgres.QueryCanceledError,
    postgres.LockNotAvailableError,
    postgres.DeadlockDetectedError,
    postgres.SerializationError,
    postgres.InsufficientResourcesError,
)


def is_lost(error: BaseException) -> bool:
    """Whether this error leaves open what became of the statement."""
    if isinstance(error, postgres.InterfaceError):  # asyncpg on a closed connection, or on a bad argument
        return not isinstance(error, ValueError)
    return isinstance(error, LOST)


async def connect(url: str, **settings: str) -> "asyncpg.Connection[Any]":
    """Open a connection that belongs to one task; `settings` are parameters of the server session."""
    return await asyncpg.connect(
        url, timeout=CONNECT_MAX, server_settings={"application_name": APPLICATION_NAME, **settings}
    )


async def open_pool(url: str, size: int) -> "asyncpg.Pool[Any]":
    """Open a pool for reads and read models.

    A connection that comes back is only rolled back, not reset: the reset would be one more round trip
    on every read. So nobody may leave a session setting or a session lock behind.
    """
    return await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=size,
        reset=_leave_as_it_is,
        server_settings={"application_name": APPLICATION_NAME, "jit": "off"},
    )


async def fetch(pool: "asyncpg.Pool[Any]", query: str, *arguments: object) -> "list[asyncpg.Record]":
    """Read; once more if the connection turns out to be dead, for reading twice is harmless."""
    try:
        return await pool.fetch(query, *arguments)
    except Exception as error:
        if not is_lost(error):
            raise
        return await pool.fetch(query, *arguments)


async def _leave_as_it_is(_: Any) -> None:
    """Do nothing."""
