"""Append-only by grants and by triggers, and what an owner of the database cannot do unseen."""

from uuid import uuid4

import asyncpg
import pytest

from domain.sealed import Sealed
from store.batch import STATEMENT_OF_ONE, arguments_of_one
from store.mapper import SealingMapper
from store.sealing import Keyring, SealBroken
from store.store import Store
from tests.conftest import Database
from tests.store.facts import command
from tests.store.test_mapper import HEIR, AmountSet, Opened, header

pytestmark = pytest.mark.gate

CHANGES = ["update {} set {} = {}", "delete from {}", "truncate {} cascade"]
COLUMNS = {
    "log.event": "position",
    "log.command": "position",
    "log.origin": "simulated",
    "log.natural_key": "owner",
    "log.data_key": "wrapped",
    "log.document": "sealed",
    "log.migration": "name",
    "log.access": "actor",
}


@pytest.mark.parametrize("table", COLUMNS)
async def test_the_application_role_cannot_change_what_it_reads(database: Database, table: str) -> None:
    application = await asyncpg.connect(database.app_url)
    assert await application.fetchval(f"select count(*) from {table}") >= 0
    refused = [
        *(change.format(table, COLUMNS[table], COLUMNS[table]) for change in CHANGES),
        f"insert into {table} select * from {table}",
        f"alter table {table} disable trigger all",
        f"drop table {table}",
        f"create trigger mine before insert on {table} execute function log.refuse_change()",
        "set session_replication_role = replica",
        "create table log.mine ()",
        "create function log.append(integer) returns integer language sql as 'select 1'",
        "alter function log.append owner to jaminan_app",
        "set role jaminan_admin",
    ]
    for statement in refused:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await application.execute(statement)
    await application.close()


@pytest.mark.parametrize("table", ["log.event", "log.command", "log.origin", "log.access"])
async def test_even_the_owner_is_stopped_by_triggers(
    admin: "asyncpg.Connection[asyncpg.Record]", table: str
) -> None:
    for statement in CHANGES:
        for mode in ("origin", "replica"):
            await admin.execute(f"set session_replication_role = {mode}")
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
                await admin.execute(statement.format(table, COLUMNS[table], COLUMNS[table]))


async def test_a_temporary_table_does_not_hijack_the_function(database: Database) -> None:
    connection = await asyncpg.connect(database.app_url)
    for table in ("event", "command", "natural_key", "data_key", "origin"):
        await connection.execute(f"create temporary table {table} (like log.{table})")
    for function in ("pg_advisory_xact_lock(bigint) returns void", "pg_notify(text, text) returns void"):
        await connection.execute(f"create function pg_temp.{function} language sql as 'select 1 / 0'")
    await connection.execute("set search_path = pg_temp, log, public")
    outcome = await connection.fetchval(
        f"select outcome from log.append($1, $2, $3, $4, $5, $6, $7, $8, {', '.join(['null'] * 12)}, null)",
        [uuid4()],
        [b""],
        [None],
        [1],
        [uuid4()],
        [1],
        ["test.happened"],
        [b"{}"],
    )
    assert outcome == "recorded"
    position = await connection.fetchval(STATEMENT_OF_ONE, *arguments_of_one(command(), None))
    assert position == 2
    assert await connection.fetchval("select count(*) from pg_temp.event") == 0
    assert await connection.fetchval("select count(*) from log.event") == 2
    await connection.close()


async def test_sealed_values_swapped_between_two_rows_are_noticed(
    store: Store, keyring: Keyring, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    mapper, stream = SealingMapper(keyring), uuid4()
    opened = Opened(
        **header(originator_id=stream, originator_version=1), originator_topic="test_matter", number="1"
    )
    notes = [
        AmountSet(
            **header(originator_id=stream, originator_version=n), amount=n, note=Sealed.of(HEIR, f"note {n}")
        )
        for n in (2, 3)
    ]
    sealed = await mapper.seal([opened, *notes])
    await store.append([command(*sealed.events, new_keys=sealed.new_keys, subjects=sealed.subjects)])
    await keyring.load([HEIR])

    async def read() -> list[object]:
        rows = (await store.read_streams([stream]))[stream]
        return [mapper.event_of(row).note.open(keyring) for row in rows[1:]]

    assert await read() == ["note 2", "note 3"]
    await admin.execute("alter table log.event disable trigger append_only")
    await admin.execute(
        "update log.event e set state = o.state from log.event o"
        " where e.stream = o.stream and e.version + o.version = 5"
    )
    with pytest.raises(SealBroken, match=f"version 2 of stream {stream}"):
        await read()


async def test_the_function_is_not_for_everybody(
    database: Database, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    granted = await admin.fetch(
        "select p.oid::regprocedure::text as name, acl.grantee::regrole::text as role"
        " from pg_proc p, aclexplode(p.proacl) acl"
        " where p.pronamespace = 'log'::regnamespace and p.prosecdef and acl.grantee <> p.proowner"
    )
    assert {row["role"] for row in granted} == {"jaminan_app"}
    functions = {row["name"].partition("(")[0] for row in granted}
    assert functions == {"log.append", "log.append_one", "log.put_document", "log.note_access"}
