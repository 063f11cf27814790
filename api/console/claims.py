"""The register of claims: queues by status with their counts, page by page, and as a file."""

from collections.abc import AsyncIterator, Mapping, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.bootstrap import House
from api.console.filters import Filter, address_with, filters_of, refuse_unknown
from api.console.fresh import caught_up, is_fresh
from api.console.pages import ConsoleRoute, page
from api.console.people import names_of
from api.console.sentences import say, say_or
from api.console.session import caller_at, language_of, session_of
from api.console.sheets import Cell, as_file
from api.console.statuses import statuses_of
from api.http.callers import TheHouse, now
from domain.rupiah import Language
from projections.claim_register.view import Claim, Listed, Wanted
from projections.page import LIMIT_MAX
from workflows.chairs import Caller
from workflows.days import legal_day

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
PATH = "/claims"
TITLE = (
    "id", "nomor", "manfaat", "keadaan", "hasil", "wilayah", "meninggal", "diajukan", "lengkap", "batas_bayar",
    "dibayar_pada", "ditetapkan", "disetujui", "dibayar", "denda", "tanda", "sejak", "peristiwa",
)  # fmt: skip


@router.get(PATH)
async def list_claims(
    request: Request,
    house: TheHouse,
    status: str | None = None,
    kind: str | None = None,
    cursor: str | None = None,
) -> HTMLResponse:
    """Show claims, the newest first: all of the reader's area, or to a family those it reported itself."""
    caller, language = await caller_at(house, session_of(request)), language_of(request)
    wanted = wanted_by(house, caller, status, kind)
    fresh = await is_fresh(request, "claim_register")
    listed = await house.views.claims.listed(wanted, cursor=cursor)
    chosen = {"status": status, "kind": kind}
    words = statuses_of(house, "claim", language)
    return page(
        request,
        "claims.html",
        here="claims",
        keys=True,
        side={"claims": listed.total} if not any(chosen.values()) else None,
        claims=listed.page.items,
        names=await names_of(house, {claim.person_id for claim in listed.page.items}),
        statuses=words,
        total=listed.total,
        title=words[status] if status else say("claims.title", language),
        filters=_filters(listed, chosen, words, language),
        narrowed=any(chosen.values()),
        today=legal_day(now()),
        more=address_with(PATH, **chosen, cursor=listed.page.next) if listed.page.next else None,
        back=address_with(PATH, **chosen) if cursor else None,
        file=None if caller.is_only_participant else address_with("/claims.csv", **chosen),
        position=listed.page.position,
        fresh=fresh,
        now=now(),
    )


@router.get("/claims.csv")
async def claims_as_file(
    request: Request, house: TheHouse, status: str | None = None, kind: str | None = None
) -> Response:
    """Return exactly the list as a file. Nobody's name or NIK is in it, so it may travel."""
    caller = await caller_at(house, session_of(request))
    wanted = wanted_by(house, caller, status, kind)
    await caught_up(request, "claim_register")
    return as_file(f"klaim-{legal_day(now()).isoformat()}", TITLE, _pages(house, wanted))


def wanted_by(house: House, caller: Caller, status: str | None, kind: str | None) -> Wanted:
    """Return which claims the reader wants, of those the reader may see. Refused (`invalid`) for an unknown choice."""
    refuse_unknown("status", status, statuses_of(house, "claim", "id"))
    refuse_unknown(
        "kind", kind, {one.name.partition("-")[0] for one in house.library if one.aggregate == "claim"}
    )
    return Wanted(
        status=status,
        kind=kind,
        area=caller.area,
        reported_by=caller.name if caller.is_only_participant else None,
    )


def _filters(
    listed: Listed, chosen: Mapping[str, str | None], words: Mapping[str, str], language: Language
) -> list[Filter]:
    lines = (
        ("kind", listed.by_kind, lambda one: say_or(f"kind.{one}", language, one), listed.by_kind),
        ("status", listed.by_status, words.__getitem__, words),
    )
    return filters_of(PATH, "claims", lines, chosen=chosen, language=language)


async def _pages(house: House, wanted: Wanted) -> AsyncIterator[Sequence[Sequence[Cell]]]:
    cursor = None
    while True:
        found = await house.views.claims.page(
            status=wanted.status,
            kind=wanted.kind,
            area=wanted.area,
            reported_by=wanted.reported_by,
            cursor=cursor,
            limit=LIMIT_MAX,
        )
        yield [_row(claim) for claim in found.items]
        if (cursor := found.next) is None:
            return


def _row(claim: Claim) -> Sequence[Cell]:
    return (
        str(claim.id), claim.number, claim.kind, claim.status, claim.outcome, claim.area_code, claim.event_on,
        claim.claim_date, claim.complete_on, claim.due_on, claim.paid_on, claim.total, claim.approved_amount,
        claim.paid_amount, claim.penalty_due, " ".join(claim.flags), claim.since, claim.position,
    )  # fmt: skip
