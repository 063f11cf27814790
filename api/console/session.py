"""Who sits at the console: a sealed cookie that names a person and roles, and the proof that a form is ours.

The cookie says what a token says. It is made here for a persona of a demonstration; an issuer's sign-in makes
the same cookie from the same claims.
"""

import base64
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from fastapi import Request, Response

from api.bootstrap import House
from api.http.callers import now
from domain.delegation.commands import DESK_ROLES
from domain.refusal import Refusal
from domain.rupiah import Language
from store.sessions import EndedSessions
from workflows.catalogue import ROLES
from workflows.chairs import Caller
from workflows.days import legal_day

COOKIE: Final = "jaminan_session"
LANGUAGE_COOKIE: Final = "jaminan_language"
ACT_COOKIE: Final = "jaminan_act"
ACT_LASTS: Final = 60  # seconds; by then every list shows it
LASTS: Final = timedelta(hours=12)
LANGUAGE_LASTS: Final = 365 * 24 * 3600  # seconds


class NotSignedIn(Exception):
    """Nobody sits at this browser; the page of signing in is next."""


class FormNotOurs(Refusal):
    """A form that was not sent from a page of this session."""

    code = "not_your_role"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A person at a browser. id: drawn anew at each sign-in; forms are bound to it."""

    id: str
    name: str
    roles: frozenset[str]
    area: str | None
    issuer: str
    ends_at: datetime

    @classmethod
    def begun(cls, *, name: str, roles: frozenset[str], area: str | None, issuer: str) -> "Session":
        return cls(
            id=uuid4().hex, name=name, roles=roles & ROLES, area=area, issuer=issuer, ends_at=now() + LASTS
        )


def keep(response: Response, session: Session, house: House, *, secure: bool) -> None:
    """Let the browser keep a session until it ends."""
    said = {
        "id": session.id,
        "name": session.name,
        "roles": sorted(session.roles),
        "area": session.area,
        "issuer": session.issuer,
        "ends_at": session.ends_at.timestamp(),
    }
    text = base64.urlsafe_b64encode(json.dumps(said).encode()).decode()
    value = f"{text}.{_seal(house, text)}"
    seconds = int(LASTS.total_seconds())
    response.set_cookie(COOKIE, value, max_age=seconds, httponly=True, samesite="lax", secure=secure)


def forget(response: Response) -> None:
    response.delete_cookie(COOKIE)


async def notice_end(request: Request) -> None:
    """Look whether the session of this request was ended before its time; from then on its cookie is worth nothing.

    Every route of the console looks once, before anything else.
    """
    house: House = request.app.state.house
    try:
        session = session_of(request)
    except NotSignedIn:
        return
    request.state.session_ended = await EndedSessions(house.store.pool).has_ended(session.id)


async def end(house: House, session: Session) -> None:
    """End a session here and for every copy of its cookie."""
    await EndedSessions(house.store.pool).end(session.id, session.ends_at, now())


def session_of(request: Request) -> Session:
    """Return who sits there. Raises `NotSignedIn` without a sealed session that has not ended."""
    house: House = request.app.state.house
    if getattr(request.state, "session_ended", False):
        raise NotSignedIn
    text, _, seal = request.cookies.get(COOKIE, "").partition(".")
    if not text or not _same(seal, _seal(house, text)):
        raise NotSignedIn
    said = json.loads(base64.urlsafe_b64decode(text))
    if said["ends_at"] < now().timestamp():
        raise NotSignedIn
    return Session(
        id=said["id"],
        name=said["name"],
        roles=frozenset(said["roles"]),
        area=said["area"],
        issuer=said["issuer"],
        ends_at=datetime.fromtimestamp(said["ends_at"], now().tzinfo),
    )


async def caller_at(house: House, session: Session) -> Caller:
    """Return the caller of a session, with the chairs of absent people that are filled today."""
    caller = Caller(name=session.name, roles=session.roles, area=session.area, issuer=session.issuer)
    today = legal_day(now())
    if caller.roles & DESK_ROLES and (found := await house.views.delegations.of_delegate(caller.name, today)):
        return await house.office.with_chairs(caller, found, today)
    return caller


def note_act(response: Response, position: int) -> None:
    """Let the next list wait for what this person has just done."""
    response.set_cookie(ACT_COOKIE, str(position), max_age=ACT_LASTS, httponly=True, samesite="lax")


def last_act(request: Request) -> int:
    """Return the position of what this browser did last, 0 if that is long ago."""
    text = request.cookies.get(ACT_COOKIE, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


def form_token(house: House, session: Session) -> str:
    """Return what a form of this session carries."""
    return house.keyring.hmac("console form", session.id).hex()


def check_form(house: House, session: Session, token: str) -> None:
    """Refuse a form that another page sent in this person's name."""
    if not _same(token, form_token(house, session)):
        raise FormNotOurs(
            "this form is not of your session any more: open the page again and send it from there"
        )


def language_of(request: Request) -> Language:
    """Return the language the browser chose; Indonesian first."""
    return "en" if request.cookies.get(LANGUAGE_COOKIE) == "en" else "id"


def _same(told: str, ours: str) -> bool:
    """Compare in constant time; what was told may be any text, letters beyond ASCII too."""
    return hmac.compare_digest(told.encode("utf-8", "replace"), ours.encode())


def _seal(house: House, text: str) -> str:
    return house.keyring.hmac("console session", text).hex()
