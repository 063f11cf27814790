"""Two tables of a read model, compared cell by cell. Names what differs, never a value: some are personal."""

from dataclasses import dataclass
from typing import Final

from projections.reader import Db, Table

FOUND_MAX: Final = 1_000  # rows that differ


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell that is not what the log says.

    key: of the row, its parts joined by a slash. column: empty if the whole row is concerned.
    kind: differs, missing (the log wants the row) or extra (the log knows nothing of it).
    """

    table: str
    key: str
    column: str
    kind: str


async def compare(db: Db, served: Table, folded: Table) -> tuple[int, list[Difference]]:
    """Return how many rows the log wants, and where the served table differs.

    Both tables are looked at in the caller's snapshot.
    """
    key = ", ".join(served.key)
    first = served.key[0]
    named = " || '/' || ".join(f"coalesce(s.{name}, f.{name})::text" for name in served.key)
    others = [name for name in served.names if name not in served.key]
    differs = " or ".join(f"s.{name} is distinct from f.{name}" for name in others) or "false"
    cells = ", ".join(f"case when s.{name} is distinct from f.{name} then '{name}' end" for name in others)
    rows = await db.fetch(
        f"""
        select {named} as key, s.{first} is null as missing, f.{first} is null as extra,
            array_remove(array[{cells}]::text[], null) as columns
        from {served.name} s full join {folded.name} f using ({key})
        where s.{first} is null or f.{first} is null or {differs}
        order by 1 limit {FOUND_MAX}"""
    )
    found: list[Difference] = []
    for row in rows:
        if row["missing"] or row["extra"]:
            kind = "missing" if row["missing"] else "extra"
            found.append(Difference(served.name, row["key"], "", kind))
        else:
            found += [Difference(served.name, row["key"], column, "differs") for column in row["columns"]]
    return int(await db.fetchval(f"select count(*) from {folded.name}")), found
