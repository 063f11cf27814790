"""Members of a programme counted by all that their months follow from, kept with the register: a few rows for many.

What asks about a whole programme, such as its invoices or its statement, reads these counts and not the members.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from projections.reader import Db, Table

ALIKE: Final = Table(
    "read.enrollment_alike",
    """
    alike         uuid    not null
    programme_id  uuid    not null
    roster_id     uuid
    district      text    not null
    ward          text    not null
    occupation    text    not null
    wage_base     integer not null
    status        text    not null
    is_registered boolean not null
    listed_from   date[]  not null
    paid_months   text[]  not null
    renewed_lists uuid[]  not null
    renewed_from  date[]  not null
    members       bigint  not null
    """,
    key=("alike",),
    indexes=("(programme_id)", "(alike) where members = 0"),
)
KEY: Final = ALIKE.names[1:-1]
_OF_A_MEMBER: Final = ", ".join(
    "registered_position is not null as is_registered" if name == "is_registered" else name for name in KEY
)


@asynccontextmanager
async def recounted(
    db: Db, register: str, alike: str, which: str, *values: Any
) -> AsyncIterator[None]:  # Any: parameters of the condition
    """Take members out of their counts while they change, and count them again as they are afterwards.

    which: a condition on the register that means the same members before and after.
    """
    await _count(db, register, alike, "-", which, *values)
    yield
    await _count(db, register, alike, "+", which, *values)
    await db.execute(f"delete from {alike} where members = 0")


async def _count(db: Db, register: str, alike: str, sign: str, which: str, *values: Any) -> None:
    key = ", ".join(KEY)
    # JSON writes days alike whatever the settings of a connection.
    await db.execute(
        f"""
        insert into {alike}
        select md5(jsonb_build_array({key})::text)::uuid, {key}, {sign} members
        from (select {_OF_A_MEMBER}, count(*) as members from {register} where {which} group by {key}) as c
        on conflict (alike) do update set members = {alike}.members + excluded.members""",
        *values,
    )
