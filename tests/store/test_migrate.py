"""Migrations: once each, unchanged, by whoever owns the database."""

import asyncio
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from store.embedded import Server
from store.migrate import (
    MIGRATIONS,
    AnotherLog,
    ExtensionMissing,
    ReleasedMigrationChanged,
    _refuse_without_extensions,
    initialise,
    migrate,
)
from tests.conftest import Database


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for file in MIGRATIONS.glob("*.sql"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


async def test_each_file_is_applied_once(database: Database, folder: Path) -> None:
    assert await migrate(database.admin_url, folder) == []
    (folder / "9998_more.sql").write_text("create table log.more ();")
    (folder / "9999_broken.sql").write_text("create table log.half (); select 1 / 0;")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(database.admin_url, folder)
    (folder / "9999_broken.sql").write_text("create table log.half ();")  # it was never released
    both = await asyncio.gather(*(migrate(database.admin_url, folder) for _ in range(2)))
    assert sorted(both) == [[], ["9999_broken.sql"]]


async def test_a_released_file_that_changed_is_refused(database: Database, folder: Path) -> None:
    with (folder / "0001_log.sql").open("a") as file:
        file.write("-- a harmless word\n")
    (folder / "9999_more.sql").write_text("create table log.more ();")
    with pytest.raises(ReleasedMigrationChanged, match=r"0001_log\.sql"):
        await migrate(database.admin_url, folder)
    (folder / "0001_log.sql").write_bytes((MIGRATIONS / "0001_log.sql").read_bytes())
    assert await migrate(database.admin_url, folder) == ["9999_more.sql"]


async def test_a_server_without_a_module_is_refused_with_what_to_install(
    admin: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    await _refuse_without_extensions(admin)
    with pytest.raises(ExtensionMissing, match=r"no extension pg_other.*install the contrib modules"):
        await _refuse_without_extensions(admin, "pg_other")


async def test_the_origin_is_said_once(database: Database) -> None:
    log_id = uuid4()
    await initialise(database.admin_url, log_id=log_id, simulated=False)
    await initialise(database.admin_url, log_id=log_id, simulated=False)
    with pytest.raises(AnotherLog, match=str(log_id)):
        await initialise(database.admin_url, log_id=log_id, simulated=True)
    with pytest.raises(AnotherLog):
        await initialise(database.admin_url, log_id=uuid4(), simulated=False)


async def test_an_ordinary_owner_of_the_database_may_migrate(server: Server, template: str) -> None:
    """Where a server is managed by others, nobody is superuser and the application role exists beforehand."""
    superuser = await asyncpg.connect(server.admin_url)
    try:
        await superuser.execute("create role plain_owner login password 'plain'")
        await superuser.execute("create database owned owner plain_owner")
        url = f"postgresql://plain_owner:plain@127.0.0.1:{server.port}/owned"
        assert await migrate(url) == sorted(file.name for file in MIGRATIONS.glob("*.sql"))
        await initialise(url, log_id=uuid4(), simulated=False)
    finally:
        await superuser.execute("drop database if exists owned with (force)")
        await superuser.execute("drop role plain_owner")
        await superuser.close()
