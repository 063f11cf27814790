"""Brings a database to the newest schema: numbered SQL files, each applied once and never changed after."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg

APP_ROLE: Final = "jaminan_app"
TRIGRAMS: Final = "pg_trgm"
MIGRATIONS: Final = Path(__file__).parent / "migrations"


class ReleasedMigrationChanged(Exception):
    """A file that was applied to this database reads differently today: the two no longer agree."""


class ExtensionMissing(Exception):
    """The database server lacks a module that the schema is built on."""


class AnotherLog(Exception):
    """The log has an origin already, and it is not the one that was asked for."""


async def migrate(admin_url: str, folder: Path = MIGRATIONS) -> list[str]:
    """Apply what is missing, each file in a transaction of its own; return the names applied.

    admin_url: a session of the owner of the database. Two at once are safe: the second waits.
    Raises `ReleasedMigrationChanged` or `ExtensionMissing` before anything is applied.
    """
    files = _files(folder)
    async with _sole_migrator(admin_url) as connection:
        await connection.execute(_BEGINNING)
        rows = await connection.fetch("select name, sha256 from log.migration")
        applied: dict[str, str] = {row["name"]: row["sha256"] for row in rows}
        changed = [name for name, sql in files if name in applied and applied[name] != _digest(sql)]
        if changed:
            raise ReleasedMigrationChanged(f"Changed since it was applied: {', '.join(changed)}")
        missing = [(name, sql) for name, sql in files if name not in applied]
        if missing:
            await _refuse_without_extensions(connection)
        for name, sql in missing:
            async with connection.transaction():
                await connection.execute(sql)
                await connection.execute(
                    "insert into log.migration (name, sha256) values ($1, $2)", name, _digest(sql)
                )
        return [name for name, _ in missing]


async def initialise(admin_url: str, *, log_id: UUID, simulated: bool) -> None:
    """Say once which log this is, and whether its recorded instants follow a demonstration's clock.

    The same words again change nothing; others raise `AnotherLog`.
    """
    async with _sole_migrator(admin_url) as connection:
        origin = await connection.fetchrow("select log_id, simulated from log.origin")
        if origin is None:
            await connection.execute(
                "insert into log.origin (log_id, simulated) values ($1, $2)", log_id, simulated
            )
        elif (origin["log_id"], origin["simulated"]) != (log_id, simulated):
            raise AnotherLog(f"This database holds log {origin['log_id']}, simulated: {origin['simulated']}")


# The application role may have been made beforehand by whoever runs the server; then it is left as it is.
_BEGINNING = f"""
do $$ begin
    if not exists (select from pg_roles where rolname = '{APP_ROLE}') then
        create role {APP_ROLE} login;
    end if;
exception when duplicate_object or unique_violation then null;  -- made meanwhile for another database
end $$;
create schema if not exists log;
create table if not exists log.migration (
    name       text        primary key,
    sha256     text        not null,
    applied_at timestamptz not null default clock_timestamp()
);
"""


@asynccontextmanager
async def _sole_migrator(admin_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute("set client_min_messages = warning")
        await connection.execute("select pg_advisory_lock(hashtext('jaminan.migrate'))")
        yield connection
    finally:
        await connection.close()  # and with it the lock


async def _refuse_without_extensions(connection: asyncpg.Connection, needed: str = TRIGRAMS) -> None:
    there = await connection.fetchval("select true from pg_available_extensions where name = $1", needed)
    if not there:
        raise ExtensionMissing(
            f"This database server has no extension {needed}, which finds names as they are spelled: install the "
            "contrib modules of PostgreSQL beside the server (such as the package postgresql-contrib), then start again"
        )


def _files(folder: Path) -> list[tuple[str, str]]:
    return [(path.name, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.sql"))]


def _digest(sql: str) -> str:
    return sha256(sql.encode()).hexdigest()
