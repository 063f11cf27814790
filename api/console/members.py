"""The register of members: filters with counts, page by page, and as a file; and the page of one member."""

from collections.abc import AsyncIterator, Mapping, Sequence
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.bootstrap import House
from api.console.filters import Filter, address_with, filters_of, refuse_unknown, refuse_unwritable
from api.console.fresh import caught_up, is_fresh
from api.console.pages import ConsoleRoute, page
from api.console.session import Session, caller_at, language_of, session_of
from api.console.sheets import Cell, as_file
from api.console.statuses import statuses_of
from api.http.callers import TheHouse, internal, now
from api.http.cases import look_at
from domain.occupations import find_occupation
from domain.programme.aggregate import Programme
from domain.rupiah import Language
from projections.enrollment_register.view import Listed, Member, Wanted
from projections.page import LIMIT_MAX
from workflows.chairs import Caller
from workflows.days import legal_day

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
PATH = "/members"
TITLE = (
    "id", "nomor", "keadaan", "perlindungan", "mulai", "lunas_sampai", "meninggal", "berakhir", "wilayah",
    "kecamatan", "kelurahan", "pekerjaan", "segmen", "mulai_daftar", "sejak", "peristiwa",
)  # fmt: skip


@router.get(PATH)
async def list_members(
    request: Request,
    house: TheHouse,
    programme: UUID | None = None,
    status: str | None = None,
    ward: str | None = None,
    occupation: str | None = None,
    cursor: str | None = None,
) -> HTMLResponse:
    """Show the members of the reader's area in the order in which they came, with the cover of today."""
    caller, language = await staff_at(house, session_of(request)), language_of(request)
    wanted = wanted_by(house, caller, programme, status, ward, occupation)
    fresh = await is_fresh(request, "enrollment_register")
    listed = await house.views.enrollments.listed(wanted, on=legal_day(now()), cursor=cursor)
    chosen = {
        "programme": str(programme) if programme else None,
        "status": status,
        "ward": ward,
        "occupation": occupation,
    }
    words = statuses_of(house, "enrollment", language)
    of = await look_at(house, Programme, programme, caller) if programme else None
    return page(
        request,
        "members.html",
        here="members",
        keys=True,
        side={"members": listed.total} if not any(chosen.values()) else None,
        members=listed.page.items,
        programme=of.opened if isinstance(of, Programme) else None,
        all_programmes=address_with(PATH, **{**chosen, "programme": None}),
        occupation_of=lambda code: occupation_words(code, language),
        statuses=words,
        total=listed.total,
        filters=_filters(listed, chosen, words, language),
        narrowed=any(chosen.values()),
        more=address_with(PATH, **chosen, cursor=listed.page.next) if listed.page.next else None,
        back=address_with(PATH, **chosen) if cursor else None,
        file=address_with("/members.csv", **chosen),
        position=listed.page.position,
        fresh=fresh,
        now=now(),
    )


@router.get("/members.csv")
async def members_as_file(
    request: Request,
    house: TheHouse,
    programme: UUID | None = None,
    status: str | None = None,
    ward: str | None = None,
    occupation: str | None = None,
) -> Response:
    """Return exactly the list as a file. Nobody's name or NIK is in it, so it may travel."""
    caller = await staff_at(house, session_of(request))
    wanted = wanted_by(house, caller, programme, status, ward, occupation)
    await caught_up(request, "enrollment_register")
    return as_file(f"peserta-{legal_day(now()).isoformat()}", TITLE, _pages(house, wanted))


async def staff_at(house: House, session: Session) -> Caller:
    """Return the caller of a session. Refused (`not_your_role`) for families."""
    return internal(await caller_at(house, session))


def wanted_by(
    house: House,
    caller: Caller,
    programme: UUID | None,
    status: str | None,
    ward: str | None,
    occupation: str | None,
) -> Wanted:
    """Return which members the reader wants, of the reader's area. Refused (`invalid`) for an unknown status."""
    refuse_unknown("status", status, statuses_of(house, "enrollment", "id"))
    for name, value in (("ward", ward), ("occupation", occupation)):
        refuse_unwritable(name, value)
    return Wanted(programme_id=programme, status=status, ward=ward, occupation=occupation, area=caller.area)


def occupation_words(code: str, language: Language) -> str:
    """Return an occupation in words; a code that this version does not know stands for itself."""
    found = find_occupation(code)
    if found is None:
        return code
    return found.name_id if language == "id" else found.name_en


def _filters(
    listed: Listed, chosen: Mapping[str, str | None], words: Mapping[str, str], language: Language
) -> list[Filter]:
    lines = (
        ("status", listed.by_status, words.__getitem__, words),
        ("ward", listed.by_ward, str, listed.by_ward),
        (
            "occupation",
            listed.by_occupation,
            lambda one: occupation_words(one, language),
            listed.by_occupation,
        ),
    )
    return filters_of(PATH, "members", lines, chosen=chosen, language=language)


async def _pages(house: House, wanted: Wanted) -> AsyncIterator[Sequence[Sequence[Cell]]]:
    cursor = None
    while True:
        found = await house.views.enrollments.page(
            on=legal_day(now()),
            programme_id=wanted.programme_id,
            status=wanted.status,
            ward=wanted.ward,
            occupation=wanted.occupation,
            area=wanted.area,
            cursor=cursor,
            limit=LIMIT_MAX,
        )
        yield [_row(member) for member in found.items]
        if (cursor := found.next) is None:
            return


def _row(member: Member) -> Sequence[Cell]:
    cover = member.coverage
    return (
        str(member.enrollment_id), member.number, member.status, cover.status, cover.starts_on,
        str(cover.paid_through) if cover.paid_through else None, member.died_on, member.ended_on,
        member.area_code, member.district, member.ward, occupation_words(member.occupation, "id"), member.segment,
        member.effective_on, member.since, member.position,
    )  # fmt: skip
