"""The built-in issuer of a demonstration: a key of its own in the home, and tokens for personas."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from joserfc import jwt
from joserfc.jwk import OKPKey

from store.postgres import private_files

ISSUER: Final = "jaminan-demo"
VALID_FOR: Final = timedelta(days=7)
_FILE: Final = "demo-issuer.json"


class NoDemo(Exception):
    """This home is no demonstration, so nobody may ask it for tokens."""


def make_issuer(home: Path) -> None:
    """Make the key of the demonstration's issuer, unless there is one."""
    path = home / _FILE
    if path.exists():
        return
    key = OKPKey.generate_key("Ed25519", {"use": "sig", "alg": "Ed25519"}, auto_kid=True)
    private_files.make_home(home)
    private_files.write_once(path, json.dumps(key.as_dict(private=True)))


def public_keys(home: Path) -> dict[str, object] | None:
    """Return the issuer's public keys as a JWKS, or None where there is no demonstration."""
    path = home / _FILE
    if not path.exists():
        return None
    key = OKPKey.import_key(json.loads(path.read_text()))
    return {"keys": [key.as_dict(private=False)]}


def token(
    home: Path, *, roles: Iterable[str], name: str, area: str | None, audience: str, now: datetime
) -> str:
    """Return a bearer token of the demonstration. Raises `NoDemo` where the home is none."""
    path = home / _FILE
    if not path.exists():
        raise NoDemo(
            f"{home} is not a demonstration: start it with `jaminan serve --demo`, or use your issuer's tokens"
        )
    key = OKPKey.import_key(json.loads(path.read_text()))
    claims: dict[str, object] = {
        "iss": ISSUER,
        "aud": audience,
        "sub": name,
        "roles": sorted(set(roles)),
        "iat": int(now.timestamp()),
        "exp": int((now + VALID_FOR).timestamp()),
    }
    if area is not None:
        claims["area"] = area
    return jwt.encode({"alg": "Ed25519", "kid": key.kid}, claims, key, algorithms=["Ed25519"])
