"""Bearer tokens: whose they are and whether they hold. Keys come as JWKS, algorithms from a fixed list."""

import asyncio
import json
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx2
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from domain.command import SYSTEM
from domain.mandate import Mandate
from domain.refusal import Refusal
from workflows.catalogue import ROLES
from workflows.chairs import Caller

log = structlog.get_logger("tokens")
ALGORITHMS: Final = ["Ed25519", "ES256", "RS256", "PS256"]
TOKENS_MAX: Final = 2_048  # kept in memory, of about a kilobyte each
LEEWAY: Final = 30  # seconds between the issuer's clock and ours


class Unauthenticated(Refusal):
    """Nobody knows who asks."""

    code = "unauthenticated"


class TokenVerifier:
    """Checks tokens of the issuers it was given. Names and roles of a token are never logged."""

    def __init__(self, *, audience: str, roles_claim: str) -> None:
        self._audience = audience
        self._roles_claim = roles_claim
        self._issuers: dict[str, Callable[[], KeySet]] = {}
        self._known: OrderedDict[str, _Known] = OrderedDict()

    def trust(self, issuer: str, keys: Callable[[], KeySet]) -> None:
        """Accept tokens of this issuer that verify under its keys."""
        self._issuers[issuer] = keys

    def caller(self, authorization: str | None) -> Caller:
        """Return who asks. Refused (`unauthenticated`) without a valid token."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthenticated("send a bearer token: Authorization: Bearer …")
        token = token.strip()
        known = self._known.get(token)
        if known is None or not known.counts(self._issuers[known.caller.issuer]()):
            known = self._known[token] = self._look_into(token)
        self._known.move_to_end(token)
        while len(self._known) > TOKENS_MAX:
            self._known.popitem(last=False)
        return known.caller

    def _look_into(self, token: str) -> "_Known":
        """Return whose a token is, if one of our issuers signed it for us and it counts now."""
        claims, keys = self._verified(token)
        name = claims.get("sub")
        roles = claims.get(self._roles_claim)
        if not isinstance(name, str) or name in ("", SYSTEM) or not isinstance(roles, list):
            raise Unauthenticated("the token names no person (sub) or no roles")
        area = claims.get("area")
        if area is not None and not (isinstance(area, str) and Mandate.read(area).code):
            raise Unauthenticated("the area of the token is no area code: without a limit, leave it out")
        roles = frozenset(
            role for role in roles if isinstance(role, str) and role in ROLES and role != "system"
        )
        return _Known(Caller(name=name, roles=roles, area=area, issuer=claims["iss"]), claims["exp"], keys)

    def _verified(self, token: str) -> tuple[dict[str, Any], KeySet]:
        for issuer, keys_of in self._issuers.items():
            try:
                keys = keys_of()
                claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
                rules = jwt.JWTClaimsRegistry(
                    leeway=LEEWAY,
                    iss={"essential": True, "value": issuer},
                    aud={"essential": True, "value": self._audience},
                    exp={"essential": True},
                )
                rules.validate(claims)
            except (JoseError, ValueError):
                continue
            return claims, keys
        raise Unauthenticated("the token is not valid: expired, of another issuer, or altered; get a new one")


@dataclass(frozen=True, slots=True)
class _Known:
    """A token that held when it was first seen.

    ends_at: seconds of the epoch. keys: those it was signed under.
    """

    caller: Caller
    ends_at: float
    keys: KeySet

    def counts(self, keys: KeySet) -> bool:
        """Whether it still does: what it says and who signed it cannot change, its time and the keys can."""
        return self.keys is keys and self.ends_at >= time.time() - LEEWAY


class KeysOfFile:
    """The keys of a JWKS file, read anew when the file changes.

    Keys once read stay in use while the file is away or does not read: whoever replaces it may be half way.
    """

    def __init__(self, path: Path) -> None:
        """Read the keys now. Raises `KeysUnavailable`."""
        self._path = path
        self._seen = self._look()
        try:
            self._known = _key_set(path.read_bytes())
        except (OSError, ValueError) as fault:
            raise KeysUnavailable(
                f"the keys of the token issuer cannot be read ({type(fault).__name__}): check JAMINAN_JWKS_FILE"
            ) from fault

    def __call__(self) -> KeySet:
        if (seen := self._look()) != self._seen:
            self._seen = seen
            try:
                self._known = _key_set(self._path.read_bytes())
            except (OSError, ValueError) as fault:
                log.warning("keys of the issuer stay as they are", reason=type(fault).__name__)
        return self._known

    def _look(self) -> tuple[int, int] | None:
        """Return what changes with the file; None while there is none."""
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size


class KeysOfUrl:
    """The keys of a JWKS address. Fetched before the first request and then every while, never within one."""

    def __init__(self, url: str, *, refresh_every: float = 300.0) -> None:
        """refresh_every: seconds; an issuer publishes a new key at least this long before it signs with it."""
        self._url = url
        self._refresh_every = refresh_every
        self._known: KeySet | None = None

    def __call__(self) -> KeySet:
        assert self._known is not None, "keys are fetched before the first request"
        return self._known

    async def fetch(self) -> None:
        """Fetch the keys now. Raises `KeysUnavailable`; known keys stay in use."""
        try:
            async with httpx2.AsyncClient(timeout=10, follow_redirects=False) as client:
                answer = await client.get(self._url)
                answer.raise_for_status()
                self._known = _key_set(answer.content)
        except (httpx2.HTTPError, ValueError) as fault:
            raise KeysUnavailable(
                f"the keys of the token issuer cannot be fetched ({type(fault).__name__}): check JAMINAN_JWKS_URL"
            ) from fault

    async def keep_fresh(self) -> None:
        """Fetch the keys again and again until cancelled; a failure is logged and tried later."""
        while True:
            await asyncio.sleep(self._refresh_every)
            try:
                await self.fetch()
            except KeysUnavailable as fault:
                log.warning("keys of the issuer stay as they are", reason=str(fault))


class KeysUnavailable(Exception):
    """The issuer's keys are not to be had, so nobody could be let in."""


def _key_set(text: bytes) -> KeySet:
    """Return the keys of a JWKS. Raises ValueError for anything else."""
    try:
        return KeySet.import_key_set(json.loads(text))
    except (JoseError, KeyError, TypeError, AttributeError) as fault:
        raise ValueError("this is no JWKS with keys") from fault
