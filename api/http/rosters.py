"""Lists of sponsors: upload, follow the check, bring papers, take a step with all or some members."""

import asyncio
import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.bootstrap import House
from api.http import examples, shapes, sponsor_shapes
from api.http.answers import json_answer
from api.http.callers import Asked, TheCaller, TheHouse, TheStaff, asked, body_of, now, uuid_of
from api.http.cases import add_document, created_id, history_page, look_at, look_to_act
from api.http.reference import ALWAYS, STEP, WRITING, described
from api.http.roster_steps import ask_for_step, read_bulk_form, rule_for, step_view
from api.http.uploads import Upload, read_upload
from domain.enrollment.aggregate import Enrollment
from domain.mandate import Mandate
from domain.programme.aggregate import Programme
from domain.refusal import (
    Duplicate,
    Invalid,
    NotYourRole,
    OutsideArea,
    Refusal,
    StepNotOpen,
    SubjectErased,
    TooLarge,
)
from domain.roster.aggregate import FILE_KEY, Roster, file_digest
from domain.roster.commands import AddDocument, ReceiveRoster
from domain.roster.events import RowIssue
from domain.roster.ids import new_list_id
from domain.sealed import Erased
from projections.page import LIMIT_MAX
from store.access import Look
from workflows.chairs import Caller
from workflows.days import legal_day
from workflows.roster.messages import Explanation, message, rejected, remark, returned
from workflows.roster.result_sheet import as_csv, as_workbook, result_rows
from workflows.roster.sheet import open_sheet, refuse_too_large
from workflows.roster.sheet_messages import sheet_message
from workflows.roster.table import ROWS_MAX, SIZE_MAX, SheetRefused

ROW_DESKS = frozenset({"sponsor_officer", "ward_verifier", "intake"})  # who carry a list on by its rows
RESULT_KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
router = APIRouter(prefix="/v1/rosters", tags=["rosters"])
ROWS_SEEN = "Baris daftar dibuka"  # the reason of such a look
ANSWER_WITHIN = 20.0  # seconds; a longer step goes on and answers 202
LIST_KINDS = frozenset(
    {
        "application/octet-stream",
        "application/vnd.ms-excel",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "text/csv",
        "text/plain",
    }
)


@router.post(
    "",
    **described(
        answer=sponsor_shapes.RosterView,
        later=sponsor_shapes.RosterView,
        multipart={"file": "binary", "programme_id": "uuid", "effective_on": "date", "replaces": "uuid?"},
        example=examples.LIST,
        refusals=(*WRITING, "step_not_open"),
    ),
)
async def receive_roster(request: Request, house: TheHouse, caller: TheCaller) -> Response:
    """Take in a list (CSV or XLSX). Its rows are checked in the background: follow `GET /v1/rosters/{id}`.

    The same bytes again for the same programme and day answer 200 with the first list. A corrected list
    names the one it `replaces`: rows that are equal to a row accepted there count as `unchanged` and stay
    members of that list; the others are checked anew, and this list takes up the workers who are new.
    """
    upload = await read_upload(request, limit=SIZE_MAX, kinds=LIST_KINDS)
    asking = asked(request, caller, *upload.parts)
    roster, is_new = await send_in(house, upload, upload.form({"programme_id", "replaces"}), asking)
    status = 202 if is_new else 200
    return json_answer(roster_view(roster), status, {"Location": f"/v1/rosters/{roster.id}"})


async def send_in(house: House, upload: Upload, fields: dict[str, Any], asking: Asked) -> tuple[Roster, bool]:
    """Take in the list of an upload; return it, or the first one of the same file, and whether it is new."""
    if fields["effective_on"] is None:
        raise Invalid("effective_on is missing: the day the list is to take effect", field="effective_on")
    programme = await look_at(house, Programme, _id_in(upload, "programme_id"), asking.caller)
    replaces = _id_in(upload, "replaces") if upload.fields.get("replaces") else None
    if replaces is not None:
        await look_at(house, Roster, replaces, asking.caller)
    receive = ReceiveRoster(
        case_id=new_list_id(created_id(asking, "roster")),
        programme_id=programme.id,
        replaces=replaces,
        sha256=hashlib.sha256(upload.content).hexdigest(),
        size=len(upload.content),
        media_type=upload.media_type,
        **asking.header(fields, ahead=True),
    )
    roster_id = await take_in(house, receive, upload.content)
    roster = await look_at(house, Roster, roster_id, asking.caller)
    assert isinstance(roster, Roster)
    return roster, roster_id == receive.case_id


async def take_in(house: House, receive: ReceiveRoster, content: bytes) -> UUID:
    """Keep a list and return its id; where the same file is known, the id of the list that came first.

    Nothing is kept for somebody who may not send it.
    """
    await house.office.rehearse(receive)
    try:
        await asyncio.to_thread(refuse_too_large, content)
    except SheetRefused as refused:
        raise TooLarge(sheet_message(refused, "en"), limit=ROWS_MAX) from None
    digest = file_digest(receive.programme_id, receive.effective_on, receive.sha256, receive.replaces)
    first = (await house.store.find_owners(FILE_KEY, [digest])).get(digest)
    if first is not None and first != receive.case_id:
        return first
    await house.documents.put(content, receive.case_id)
    [outcome] = await house.office.carry_out([receive])
    if isinstance(outcome, Duplicate) and outcome.detail["key"] == FILE_KEY:
        return UUID(outcome.detail["existing_id"])  # sent by two at the same moment
    if isinstance(outcome, Refusal):
        raise outcome
    return receive.case_id


def _id_in(upload: Upload, field: str) -> UUID:
    try:
        return UUID(upload.text(field))
    except ValueError:
        what = field.removesuffix("_id") if field != "replaces" else "list"
        raise Invalid(f"{field} is the id of a {what}", field=field) from None


@router.get("/{roster_id}", **described(answer=sponsor_shapes.RosterView))
async def get_roster(roster_id: str, house: TheHouse, caller: TheStaff) -> Response:
    """Return a list: how far its check is, what is wrong with which row, and the steps asked for."""
    roster = await look_at(house, Roster, uuid_of(roster_id), caller)
    assert isinstance(roster, Roster)
    return json_answer(roster_view(roster), headers={"ETag": f'"{roster.version}"'})


@router.post(
    "/{roster_id}/documents",
    **described(
        status=201,
        answer=shapes.StepAnswer,
        multipart={"file": "binary", "code": ""},
        example=examples.LIST_PAPER,
        refusals=WRITING,
    ),
)
async def post_document(roster_id: str, request: Request, house: TheHouse, caller: TheCaller) -> Response:
    """Add a paper that counts for every member of the list: ENR_PKS, ENR_VERVAL, ENR_SK."""
    return await add_document(request, house, caller, Roster, uuid_of(roster_id), AddDocument)


@router.post(
    "/{roster_id}/steps/{step}",
    **described(
        answer=sponsor_shapes.RosterStepAnswer,
        later=sponsor_shapes.RosterStepAnswer,
        body=dict[str, Any],
        example=examples.ROSTER_STEP,
        refusals=STEP,
    ),
)
async def post_step(
    roster_id: str, step: str, request: Request, house: TheHouse, caller: TheCaller
) -> Response:
    """Take a step with every accepted member, with `rows`, or with all but `except_rows`; one outcome a row."""
    asking = asked(request, caller)
    roster = await look_to_act(house, Roster, uuid_of(roster_id), asking, step)
    assert isinstance(roster, Roster)
    rule = rule_for(house, roster, step)
    body = await body_of(request)
    fields = read_bulk_form(step, body)
    asking = asked(request, caller, body)
    answer = await ask_for_step(house, caller, roster, rule, fields, asking)
    return await _outcome(house, roster.id, asking.command_id, answer.position)


@router.get(
    "/{roster_id}/result",
    **described(
        file=RESULT_KINDS.values(),
        refusals=(*ALWAYS, "not_your_role", "invalid", "step_not_open", "erased"),
    ),
)
async def get_result(roster_id: str, house: TheHouse, caller: TheStaff, format: str = "csv") -> Response:
    """Return the refused rows, and those sent back later, in the sponsor's own columns, to mend and send again.

    The columns `alasan` and `perbaikan` say what is wrong and what to do. format: csv or xlsx.
    """
    if format not in RESULT_KINDS:
        raise Invalid(f"format is one of {', '.join(RESULT_KINDS)}", field="format")
    roster = await look_at(house, Roster, uuid_of(roster_id), caller)
    assert isinstance(roster, Roster)
    if roster.status != "checked":
        raise StepNotOpen(
            f"the list is {roster.status}: the rows to mend are known when every row is checked",
            status=roster.status,
        )
    if not any(seat.roles & ROW_DESKS for seat in caller.seats):
        raise NotYourRole(
            "the rows as they were written are read by the desks that carry a list on",
            roles=sorted(ROW_DESKS),
        )
    if not sees_rows(roster, caller):
        raise OutsideArea(
            f"the sheet holds rows of all wards of {roster.area_code}, your mandate is {caller.area}: "
            "ask the office that sent the list",
            area_code=roster.area_code,
        )
    content = await house.documents.get(roster.received.sha256, roster.id)
    if isinstance(content, Erased):
        raise SubjectErased("the list was erased: there is nothing to mend any more")
    await note_rows_seen(house, roster, caller)
    remarks = await _remarks(house, roster)
    made = await asyncio.to_thread(_result_sheet, content, remarks, format, roster.received.decided_at)
    name = f"perbaikan-{roster.id}.{format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(made, headers=headers, media_type=RESULT_KINDS[format])


def sees_rows(roster: Roster, caller: Caller) -> bool:
    """Whether somebody works with the rows of a list, and with those of its whole area."""
    return any(
        seat.roles & ROW_DESKS and (seat.area is None or Mandate.read(seat.area).covers(roster.area_code))
        for seat in caller.seats
    )


async def note_rows_seen(house: House, roster: Roster, caller: Caller) -> None:
    """Put on record that somebody is about to see rows of a list as they were written, unless it is the sender."""
    if caller.name != roster.received.actor:
        await note_list_seen(house, roster, caller, field="rows", reason=ROWS_SEEN)


async def note_list_seen(house: House, roster: Roster, caller: Caller, *, field: str, reason: str) -> None:
    """Put on record that somebody is about to see something of a list in the clear."""
    look = Look(
        id=uuid4(),
        actor=caller.name,
        issuer=caller.issuer,
        roles=sorted(caller.roles),
        kind="roster",
        case_id=roster.id,
        area_code=roster.area_code,
        subjects=[roster.subject_id],
        fields=[field],
        reason=reason,
    )
    await house.access.note(look)


def _result_sheet(content: bytes, remarks: dict[int, Explanation], kind: str, received_at: datetime) -> bytes:
    sheet = open_sheet(content)
    rows = result_rows(sheet, remarks)
    return as_csv(rows, sheet.delimiter) if kind == "csv" else as_workbook(rows, received_at)


async def _remarks(house: House, roster: Roster) -> dict[int, Explanation]:
    """Return what to tell about each row that was refused, sent back or rejected."""
    remarks = {issue.row: remark(issue) for issue in roster.issues if issue.severity == "reject"}
    await house.views.positions.wait_for("enrollment_register", await house.store.last_position())
    for status in ("RETURNED", "REJECTED"):
        cursor = None
        while True:
            page = await house.views.enrollments.page(
                on=legal_day(now()), roster_id=roster.id, status=status, cursor=cursor, limit=LIMIT_MAX
            )
            members = await house.office.cases.load(member.enrollment_id for member in page.items)
            for member in members.values():
                assert isinstance(member, Enrollment) and member.begun.row is not None
                is_back = member.status == "RETURNED"
                remarks[member.begun.row] = (
                    returned(member.asked_for) if is_back else rejected(member.rejected_for)
                )
            if (cursor := page.next) is None:
                break
    return remarks


@router.get("/{roster_id}/history", **described(answer=shapes.HistoryPage, refusals=(*ALWAYS, "invalid")))
async def get_history(
    roster_id: str,
    house: TheHouse,
    caller: TheStaff,
    as_of: str | None = None,
    cursor: str | None = None,
    limit: int = 200,
) -> Response:
    """Return what happened to a list, oldest first."""
    await look_at(house, Roster, uuid_of(roster_id), caller)
    return await history_page(house, uuid_of(roster_id), caller, as_of=as_of, cursor=cursor, limit=limit)


def roster_view(roster: Roster) -> sponsor_shapes.RosterView:
    refused, unchanged = len(roster.refused_rows), len(roster.unchanged_rows)
    return sponsor_shapes.RosterView(
        id=roster.id,
        programme_id=roster.received.programme_id,
        effective_on=roster.received.effective_on,
        replaces=roster.received.replaces,
        status=roster.status,
        rows=roster.rows,
        checked=roster.checked_to,
        accepted=roster.checked_to - refused - unchanged,
        unchanged=unchanged,
        rejected=refused,
        warnings=len(roster.warned_rows),
        issues=[issue_view(issue, roster) for issue in roster.issues],
        steps=[step_view(request_id, step) for request_id, step in roster.steps.items()],
        documents=sorted(roster.papers),
        unknown_columns=list(roster.unknown_columns),
        version=roster.version,
        position=roster.position,
        code=roster.failure.code if roster.failure else None,
        message=roster.failure.message if roster.failure else None,
        message_id=roster.failure.message_id if roster.failure else None,
    )


def issue_view(issue: RowIssue, roster: Roster) -> sponsor_shapes.RosterIssue:
    stands = roster.standing.get(issue.row)
    return sponsor_shapes.RosterIssue(
        row=issue.row,
        field=issue.field,
        code=issue.code,
        severity=issue.severity,
        message=message(issue, "en"),
        message_id=message(issue, "id"),
        first_row=issue.first_row,
        enrollment_id=stands.enrollment_id if stands and issue.code == stands.reason else None,
    )


async def _outcome(house: House, roster_id: UUID, request_id: UUID, position: int) -> Response:
    """Answer when the step is done with every member, or that it still runs."""
    await house.reached("member_steps", position, within=ANSWER_WITHIN)
    roster = await house.office.cases.get(roster_id)
    assert isinstance(roster, Roster)
    found = step_view(request_id, roster.steps[request_id])
    body = sponsor_shapes.RosterStepAnswer(
        id=roster.id,
        request_id=request_id,
        step=found.step,
        state=found.state,
        done=found.done,
        refused=found.refused,
        position=await house.store.last_position(),
    )
    return json_answer(body, 200 if found.state == "done" else 202)
