"""Who looked at personal values: for those who watch over it."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from api.bootstrap import House
from api.http import access_shapes
from api.http.answers import json_answer
from api.http.callers import TheCaller, TheHouse, uuid_of
from api.http.cases import look_at
from api.http.reference import ALWAYS, described
from domain.claim.aggregate import Claim
from domain.enrollment.aggregate import Enrollment
from domain.refusal import Invalid, NotYourRole
from projections.page import cursor_of, read_cursor, within_limit
from store.access import Entry
from workflows.chairs import Caller
from workflows.days import WIB

router = APIRouter(prefix="/v1", tags=["personal data"])
READERS: Final = frozenset({"auditor", "admin"})
_CURSOR: Final = "access"
_PAGE: Final = described(
    answer=access_shapes.AccessPage, refusals=("unauthenticated", "not_your_role", "busy", "invalid")
)
_OF_A_CASE: Final = described(answer=access_shapes.AccessPage, refusals=(*ALWAYS, "not_your_role", "invalid"))


async def watcher(caller: TheCaller) -> Caller:
    """Return who may read the record of looks. Refused (`not_your_role`) for all others."""
    if not caller.roles & READERS:
        raise NotYourRole("the record of looks is read by auditor or admin", roles=sorted(READERS))
    return caller


TheWatcher = Annotated[Caller, Depends(watcher)]
Cursor = Annotated[str | None, Query(description="`next` of the page before")]


@router.get("/access", **_PAGE)
async def list_access(
    house: TheHouse,
    caller: TheWatcher,
    case: UUID | None = None,
    person: UUID | None = None,
    actor: str | None = None,
    from_: Annotated[str | None, Query(alias="from", description="A legal day, or an instant")] = None,
    to: Annotated[str | None, Query(description="A legal day, included, or an instant, not included")] = None,
    cursor: Cursor = None,
    limit: int = 50,
) -> Response:
    """Return who looked at whose personal values and why, the newest first; never the values."""
    return await page_of(
        house,
        caller,
        case=case,
        person=person,
        actor=actor,
        seen_from=_moment("from", from_, of_day=0),
        seen_before=_moment("to", to, of_day=1),
        cursor=cursor,
        limit=limit,
    )


@router.get("/claims/{claim_id}/access", **_OF_A_CASE)
async def list_access_of_claim(
    claim_id: str, house: TheHouse, caller: TheWatcher, cursor: Cursor = None, limit: int = 50
) -> Response:
    """Return who looked at personal values of a claim, the newest first."""
    claim = await look_at(house, Claim, uuid_of(claim_id), caller)
    return await page_of(house, caller, case=claim.id, cursor=cursor, limit=limit)


@router.get("/enrollments/{enrollment_id}/access", **_OF_A_CASE)
async def list_access_of_enrollment(
    enrollment_id: str, house: TheHouse, caller: TheWatcher, cursor: Cursor = None, limit: int = 50
) -> Response:
    """Return who looked at personal values of a member, the newest first."""
    enrollment = await look_at(house, Enrollment, uuid_of(enrollment_id), caller)
    return await page_of(house, caller, case=enrollment.id, cursor=cursor, limit=limit)


async def page_of(
    house: House,
    caller: Caller,
    *,
    case: UUID | None = None,
    person: UUID | None = None,
    actor: str | None = None,
    seen_from: datetime | None = None,
    seen_before: datetime | None = None,
    cursor: str | None,
    limit: int,
) -> Response:
    """Return a page of looks within the area of who reads."""
    limit, before = within_limit(limit), read_cursor(_CURSOR, cursor, int)
    found = await house.access.page(
        case_id=case,
        person_id=person,
        actor=actor,
        area=caller.area,
        seen_from=seen_from,
        seen_before=seen_before,
        before=before,
        limit=limit + 1,
    )
    shown = found[:limit]
    return json_answer(
        access_shapes.AccessPage(
            items=[_item(entry, told="auditor" in caller.roles) for entry in shown],
            next=cursor_of(_CURSOR, shown[-1].number) if len(found) > limit else None,
            position=await house.store.last_position(),
        )
    )


def _item(entry: Entry, *, told: bool) -> access_shapes.AccessItem:
    """Return a look; its reason, which may name people, is for auditors."""
    return access_shapes.AccessItem(
        number=entry.number,
        seen_at=entry.seen_at,
        actor=entry.actor,
        roles=list(entry.roles),
        kind=entry.kind,
        case_id=entry.case_id,
        person_id=entry.subjects[0],
        subjects=list(entry.subjects),
        fields=list(entry.fields),
        reason=entry.reason if told else None,
    )


def _moment(name: str, text: str | None, *, of_day: int) -> datetime | None:
    """Return an instant, or of a day its beginning, so many days later, in Asia/Jakarta. Refused (`invalid`)."""
    if text is None:
        return None
    try:
        if len(text) == len("2024-05-22"):
            day = date.fromisoformat(text) + timedelta(days=of_day)
            instant: datetime | None = datetime.combine(day, time(), WIB)
        else:
            instant = datetime.fromisoformat(text.replace(" ", "+"))
    except (ValueError, OverflowError):
        instant = None
    if instant is None or instant.tzinfo is None or not 1900 < instant.year < 9000:
        raise Invalid(
            f"{name} is a day such as 2024-05-22, or an instant with its time zone, such as "
            "2024-05-20T09:00:00+07:00",
            field=name,
        )
    return instant
