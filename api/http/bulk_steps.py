"""Signing many claims with one request: each judged singly, one outcome for each, and the sum shown."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Any, Final, Literal
from uuid import UUID, uuid5

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.bootstrap import House
from api.http import examples, people_shapes
from api.http.answers import json_answer
from api.http.callers import Asked, TheHouse, TheStaff, asked, body_of
from api.http.problems import in_indonesian
from api.http.reference import ALWAYS, described
from domain.claim.aggregate import Claim
from domain.claim.commands import ApproveClaim, ClaimCommand, EndorseClaim
from domain.refusal import Busy, Invalid, Refusal
from workflows.answer import Answer
from workflows.chairs import Caller
from workflows.desk import refuse_outside_view
from workflows.forms import read_form
from workflows.refusing import key_reused

router = APIRouter(prefix="/v1/claims", tags=["claims"])
ITEMS_MAX: Final = 200  # claims of one request
RUPIAH_MAX: Final = 10**16
PATIENCE: Final = 10.0  # seconds to send the same again while the log is busy
_STEPS: Final[dict[str, type[ClaimCommand]]] = {"approve": ApproveClaim, "endorse": EndorseClaim}
_MAY_BE: Final = ("not_your_role", "too_large", "unsupported_media", "invalid", "idempotency_key_reused")


class BulkItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A claim, the amount that is signed, and the version the caller saw."""

    id: UUID
    amount: Annotated[int, msgspec.Meta(ge=0, le=RUPIAH_MAX, description="rupiah")]
    expected_version: Annotated[int, msgspec.Meta(ge=1)] | None = None


class BulkBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    items: Annotated[tuple[BulkItem, ...], msgspec.Meta(min_length=1, max_length=ITEMS_MAX)]
    effective_on: date | None = None
    note: Annotated[str, msgspec.Meta(max_length=2_000)] | None = None


@router.post(
    "/steps/{step}",
    **described(
        answer=people_shapes.BulkAnswer,
        body=BulkBody,
        example=examples.BULK,
        refusals=(*ALWAYS, *_MAY_BE),
    ),
)
async def sign_many(
    step: Literal["approve", "endorse"],
    request: Request,
    house: TheHouse,
    caller: TheStaff,
    dry_run: Annotated[bool, Query(description="only show what would come of it, and the sum")] = False,
) -> Response:
    """Approve or endorse up to 200 claims. Each is judged as if it stood alone, and none fails another.

    Send an `Idempotency-Key`: what was signed is answered as it was the first time, what was refused is
    judged again. `dry_run` stores nothing and puts no refused attempt on record.
    """
    body = await body_of(request)
    form = read_form(BulkBody, body)
    items: Sequence[BulkItem] = form.pop("items")
    _refuse_twice(items)
    asking = asked(request, caller, body)
    commands = list(_commands(step, items, form, asking))
    outcomes: Sequence[dict[str, Any] | Refusal]
    if dry_run:
        position = await house.store.last_position()
        outcomes = await house.office.preview(commands)
    else:
        answers = await _carry_out(house, asking, commands)
        positions = [answer.position for answer in answers if isinstance(answer, Answer)]
        position = max(positions) if positions else await house.store.last_position()
        outcomes = [answer.data if isinstance(answer, Answer) else answer for answer in answers]
    numbers = await _numbers(house, items, caller)
    told = [_outcome(item, one, numbers) for item, one in zip(items, outcomes, strict=True)]
    view = people_shapes.BulkAnswer(
        step=step,
        dry_run=dry_run,
        outcomes=told,
        approved=_sum(told, "done"),
        refused=_sum(told, "refused"),
        position=position,
    )
    return json_answer(view, headers={"Jaminan-Position": str(position)})


def _refuse_twice(items: Sequence[BulkItem]) -> None:
    seen: set[UUID] = set()
    for n, item in enumerate(items):
        if item.id in seen:
            raise Invalid(f"items[{n}].id: this claim stands twice in the list: send it once", field="items")
        seen.add(item.id)


def _commands(
    step: str, items: Sequence[BulkItem], form: dict[str, Any], asking: Asked
) -> Iterator[ClaimCommand]:
    """Yield the step of each claim. Its command id follows from the request's, so that it happens once."""
    header = asking.header(dict(form)) | {"keyed": True}
    kind: Any = _STEPS[step]  # each takes an amount
    for n, item in enumerate(items):
        ids = {"command_id": _item_id(asking, n), "correlation_id": asking.command_id}
        yield kind(
            case_id=item.id,
            amount=item.amount,
            **header | ids | {"expected_version": item.expected_version},
        )


def _item_id(asking: Asked, n: int) -> UUID:
    return uuid5(asking.command_id, f"item/{n}")


async def _carry_out(house: House, asking: Asked, commands: Sequence[ClaimCommand]) -> list[Answer | Refusal]:
    """Carry them out; while the log is busy, send the same again. Refused where the key meant another list."""
    if asking.keyed:
        earlier = await house.store.find_commands([_item_id(asking, n) for n in range(ITEMS_MAX)])
        if any(one.request != asking.request for one in earlier.values()):
            raise key_reused()
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return await house.office.carry_out(commands, bulk=True)
        except Busy:
            if time.monotonic() > until:
                raise
            await asyncio.sleep(0.1)


async def _numbers(house: House, items: Sequence[BulkItem], caller: Caller) -> dict[UUID, str]:
    """Return the numbers of those claims that the caller may see."""
    found: dict[UUID, str] = {}
    for id_, case in (await house.office.cases.load(item.id for item in items)).items():
        if isinstance(case, Claim) and _is_seen(case, caller):
            found[id_] = case.reported.number
    return found


def _is_seen(claim: Claim, caller: Caller) -> bool:
    try:
        refuse_outside_view(claim, caller)
    except Refusal:
        return False
    return True


def _outcome(
    item: BulkItem, outcome: dict[str, Any] | Refusal, numbers: dict[UUID, str]
) -> people_shapes.BulkOutcome:
    told = people_shapes.BulkOutcome(
        id=item.id, number=numbers.get(item.id), amount=item.amount, outcome="done"
    )
    if isinstance(outcome, Refusal):
        return msgspec.structs.replace(
            told,
            outcome="refused",
            code=outcome.code,
            message=outcome.message,
            message_id=in_indonesian(outcome.code, outcome.detail),
        )
    return msgspec.structs.replace(told, status=outcome["status"], version=outcome["version"])


def _sum(told: Sequence[people_shapes.BulkOutcome], outcome: str) -> people_shapes.BulkSum:
    amounts = [one.amount for one in told if one.outcome == outcome]
    return people_shapes.BulkSum(count=len(amounts), sum=sum(amounts))
