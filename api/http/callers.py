"""What every request brings along: who asks, the clock, idempotency key, expected version, freshness.

Whatever a route depends on is a coroutine: the framework runs a plain function in a thread, which costs more
than most of what is done here.
"""

import hashlib
import re
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID, uuid4, uuid5

import msgspec
from fastapi import Depends, Request
from starlette.requests import ClientDisconnect

from api.bootstrap import House
from api.http.problems import UnsupportedMedia
from domain.delegation.commands import DESK_ROLES
from domain.refusal import Invalid, NotFound, NotYourRole, TooLarge
from workflows.chairs import Caller
from workflows.days import legal_day

_KEYS = UUID("5f7f6f58-8a1c-4d59-9f0b-0d7a1f6a4c11")  # of command ids that follow from a key
_VERSION = re.compile(r'\s*(?:W/)?"?(\d{1,9})"?\s*')
KEY_LENGTH_MAX = 255
YEARS_AHEAD = 10  # of a legal day that may lie after today
EARLIEST = date(2000, 1, 1)  # legal day of anything

INTERNAL = frozenset(
    {
        "intake", "verifier", "field_checker", "medical_adviser", "calculator", "approver_1", "approver_2",
        "finance", "sponsor_officer", "ward_verifier", "inspector", "auditor", "admin",
    }
)  # fmt: skip


def house_of(request: Request) -> House:
    house: House = request.app.state.house
    return house


async def caller_of(request: Request) -> Caller:
    """Return who asks, with the chairs of absent people that are filled today.

    Refused (`unauthenticated`) without a valid bearer token. A read model finds the delegations, the log
    says whether they hold.
    """
    house = house_of(request)
    caller = house.verifier.caller(request.headers.get("authorization"))
    today = legal_day(now())
    if caller.roles & DESK_ROLES and (found := await house.views.delegations.of_delegate(caller.name, today)):
        return await house.office.with_chairs(caller, found, today)
    return caller


def now() -> datetime:
    return datetime.now(UTC)


async def the_house(request: Request) -> House:
    return house_of(request)


TheHouse = Annotated[House, Depends(the_house)]
TheCaller = Annotated[Caller, Depends(caller_of)]


def internal(caller: Caller) -> Caller:
    """Return a caller of the office. Refused (`not_your_role`) for participants."""
    if not caller.roles & INTERNAL:
        raise NotYourRole("this is for the staff of the office", roles=sorted(INTERNAL))
    return caller


async def the_staff(caller: TheCaller) -> Caller:
    return internal(caller)


TheStaff = Annotated[Caller, Depends(the_staff)]


class Asked(msgspec.Struct, frozen=True):
    """The part of a writing request that is the same for every command."""

    caller: Caller
    at: datetime
    command_id: UUID
    address: bytes  # what it is asked of, and how
    request: bytes  # digest of address and body
    keyed: bool
    expected_version: int | None

    @classmethod
    def of_form(cls, caller: Caller, key: str, path: str, *parts: bytes, version: str = "") -> "Asked":
        """Return what a form of the console asks; its own key makes it act once, however often it is sent."""
        if not 0 < len(key) <= KEY_LENGTH_MAX:
            raise Invalid("this form has no key: open the page again and send it from there", field="key")
        return cls(
            caller=caller,
            at=now(),
            command_id=uuid5(_KEYS, f"console {caller.issuer}\n{caller.name}\n{key}"),
            address=path.encode(),
            request=_digest(path.encode(), *parts),
            keyed=True,
            expected_version=_version_of_form(version),
        )

    def bringing(self, *parts: bytes) -> "Asked":
        """Return the same with its body, which a repeated key must bring again."""
        return msgspec.structs.replace(self, request=_digest(self.address, *parts))

    def header(self, fields: dict[str, Any], *, ahead: bool = False) -> dict[str, Any]:
        """Return a command's header; takes `effective_on`, `note` and `on_behalf_of` out of the fields.

        ahead: the legal day may lie after today.
        """
        today = legal_day(self.at)
        effective_on: date = fields.pop("effective_on", None) or today
        if effective_on > today and not ahead:
            raise Invalid(
                f"effective_on {effective_on.isoformat()} lies after today, {today.isoformat()}: "
                "give a day up to today",
                field="effective_on",
            )
        if effective_on.year > today.year + YEARS_AHEAD:
            raise Invalid(
                f"effective_on {effective_on.isoformat()} lies more than {YEARS_AHEAD} years ahead",
                field="effective_on",
            )
        if effective_on < EARLIEST:
            raise Invalid(
                f"effective_on {effective_on.isoformat()} lies before {EARLIEST.isoformat()}, before anything "
                "that is kept here: give the day on which it happened",
                field="effective_on",
            )
        return {
            "command_id": self.command_id,
            "issued_by": self.caller.name,
            "roles": self.caller.roles,
            "area": self.caller.area,
            "delegations": tuple(chair.delegation for chair in self.caller.chairs),
            "decided_at": self.at,
            "effective_on": effective_on,
            "note": fields.pop("note", None),
            "on_behalf_of": fields.pop("on_behalf_of", None),
            "expected_version": self.expected_version,
            "keyed": self.keyed,
            "request": self.request,
        }


def _version_of_form(text: str) -> int | None:
    read = _VERSION.fullmatch(text)
    if text and read is None:
        raise Invalid(
            "this form is not as we made it: open the page again and send it from there", field="version"
        )
    return int(read[1]) if read else None


def asked(request: Request, caller: Caller, *parts: bytes) -> Asked:
    """Return what a writing request asks; `parts` are its body, which a repeated key must bring again."""
    key = request.headers.get("idempotency-key")
    if key is not None and not 0 < len(key) <= KEY_LENGTH_MAX:
        raise Invalid(f"Idempotency-Key has 1 to {KEY_LENGTH_MAX} characters", field="Idempotency-Key")
    address = f"{request.method} {request.scope['path']}".encode()
    return Asked(
        caller=caller,
        at=now(),
        command_id=uuid4() if key is None else uuid5(_KEYS, f"{caller.issuer}\n{caller.name}\n{key}"),
        address=address,
        request=_digest(address, *parts),
        keyed=key is not None,
        expected_version=_expected_version(request),
    )


def _digest(address: bytes, *parts: bytes) -> bytes:
    digest = hashlib.sha256(address)
    for part in parts:
        digest.update(len(part).to_bytes(8) + part)
    return digest.digest()


def _expected_version(request: Request) -> int | None:
    text = request.headers.get("if-match")
    if text is None or text.strip() == "*":
        return None
    read = _VERSION.fullmatch(text)
    if read is None:
        raise Invalid('If-Match is the ETag of the case, such as "7"', field="If-Match")
    return int(read[1])


async def min_position_of(request: Request) -> int:
    """Return the position a list must have reached: header Jaminan-Min-Position or query min_position."""
    text = request.headers.get("jaminan-min-position") or request.query_params.get("min_position") or "0"
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Invalid("min_position is a position of the log, such as 120", field="min_position")
    return int(text)


MinPosition = Annotated[int, Depends(min_position_of)]


def uuid_of(text: str) -> UUID:
    """Return an id of the path. Refused (`not_found`) where it is none, or not written as we write it.

    One case has one address, so that a request log, a cache and a key mean the same by it.
    """
    try:
        found = UUID(text)
    except ValueError:
        raise NotFound("there is no case with this id") from None
    if str(found) != text:
        raise NotFound("there is no case with this id: ids are written in small letters with four hyphens")
    return found


async def body_of(request: Request, limit: int = 1 << 20) -> bytes:
    """Return the JSON body. Refused (`too_large`, `unsupported_media`)."""
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind not in ("application/json", ""):
        raise UnsupportedMedia(f"send application/json, not {kind}")
    body, more = bytearray(), True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > limit:
            raise TooLarge(f"the body is larger than {limit} bytes", limit=limit)
    return bytes(body)
