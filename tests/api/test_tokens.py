"""Bearer tokens: whose they are, whether they hold, and where the issuer's keys come from."""

import asyncio
import json
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey

from api import tokens
from api.demo import issuer
from api.tokens import KeysOfFile, KeysOfUrl, KeysUnavailable, TokenVerifier, Unauthenticated

NOW = datetime.now(UTC)
CLAIMS: dict[str, Any] = {
    "iss": "https://issuer.example",
    "aud": "jaminan",
    "sub": "Rina",
    "roles": ["verifier"],
    "exp": int((NOW + timedelta(hours=1)).timestamp()),
}


@pytest.fixture(scope="module")
def key() -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"use": "sig"}, auto_kid=True)


@pytest.fixture
def verifier(key: OKPKey) -> TokenVerifier:
    verifier = TokenVerifier(audience="jaminan", roles_claim="roles")
    keys = KeySet([key])
    verifier.trust("https://issuer.example", lambda: keys)
    return verifier


def signed(key: Any, claims: dict[str, Any], alg: str = "Ed25519") -> str:
    return "Bearer " + jwt.encode({"alg": alg, "kid": key.kid}, claims, key, algorithms=[alg])


def test_a_valid_token_says_who_asks(verifier: TokenVerifier, key: OKPKey) -> None:
    caller = verifier.caller(signed(key, {**CLAIMS, "area": "3375"}))
    assert (caller.name, caller.roles, caller.area) == ("Rina", frozenset({"verifier"}), "3375")


def test_roles_that_nobody_may_hold_are_left_out(verifier: TokenVerifier, key: OKPKey) -> None:
    caller = verifier.caller(signed(key, {**CLAIMS, "roles": ["system", "emperor", "auditor"]}))
    assert caller.roles == frozenset({"auditor"})


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://another.example"},
        {"aud": "another"},
        {"exp": int((NOW - timedelta(minutes=5)).timestamp())},
        {"exp": None},
        {"sub": None},
        {"sub": ""},
        {"roles": "verifier"},
        {"roles": None},
    ],
)
def test_a_token_that_does_not_hold_is_refused(
    verifier: TokenVerifier, key: OKPKey, change: dict[str, Any]
) -> None:
    claims = {name: value for name, value in {**CLAIMS, **change}.items() if value is not None}
    with pytest.raises(Unauthenticated):
        verifier.caller(signed(key, claims))


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer a.b.c", "Bearer é"])
def test_no_token_no_entry(verifier: TokenVerifier, header: str | None) -> None:
    with pytest.raises(Unauthenticated):
        verifier.caller(header)


def test_another_key_and_another_algorithm_are_refused(verifier: TokenVerifier, key: OKPKey) -> None:
    kid = key.kid or ""
    stranger = OKPKey.generate_key("Ed25519", {"kid": kid})
    with pytest.raises(Unauthenticated):
        verifier.caller(signed(stranger, CLAIMS))
    with pytest.raises(Unauthenticated):
        verifier.caller(signed(ECKey.generate_key("P-256", {"kid": kid}), CLAIMS, "ES256"))
    secret = OctKey.import_key(str(key.as_dict(private=False)["x"]), {"kid": kid})
    with pytest.raises(Unauthenticated):
        verifier.caller(signed(secret, CLAIMS, "HS256"))


def test_a_known_token_ends_with_its_time_and_with_its_key(
    key: OKPKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its signature is worked out once; whether it counts is asked every time."""
    keys = [KeySet([key])]
    verifier = TokenVerifier(audience="jaminan", roles_claim="roles")
    verifier.trust("https://issuer.example", lambda: keys[-1])
    token = signed(key, CLAIMS)
    assert [verifier.caller(token).name for _ in range(2)] == ["Rina", "Rina"]
    with monkeypatch.context() as two_hours_later:
        two_hours_later.setattr(tokens, "LEEWAY", -7_200)
        with pytest.raises(Unauthenticated):
            verifier.caller(token)
    assert verifier.caller(token).name == "Rina"
    keys.append(KeySet([OKPKey.generate_key("Ed25519", {"use": "sig"}, auto_kid=True)]))
    with pytest.raises(Unauthenticated):
        verifier.caller(token)


def test_not_every_token_is_kept_in_memory(
    verifier: TokenVerifier, key: OKPKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "TOKENS_MAX", 2)
    names = [verifier.caller(signed(key, {**CLAIMS, "sub": name})).name for name in "abcd"]
    assert names == list("abcd")
    assert len(verifier._known) == 2


def test_keys_of_a_file_are_read_anew_when_it_changes(tmp_path: Path, key: OKPKey) -> None:
    path = tmp_path / "jwks.json"
    earlier = OKPKey.generate_key("Ed25519", auto_kid=True)
    path.write_text(json.dumps({"keys": [earlier.as_dict(private=False)]}))
    keys = KeysOfFile(path)
    assert [one.kid for one in keys().keys] == [earlier.kid]
    path.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    os.utime(path, (1, 1))
    assert [one.kid for one in keys().keys] == [key.kid]


NO_KEYS = [b"", b"{", b"[]", b"{}", b"null", b'{"keys": []}', b'{"keys": 1}', b'{"keys": [1]}', b"\xff"]


@pytest.mark.parametrize("content", [*NO_KEYS, None], ids=repr)
def test_keys_of_a_file_survive_its_failure(tmp_path: Path, key: OKPKey, content: bytes | None) -> None:
    path = tmp_path / "jwks.json"
    good = json.dumps({"keys": [key.as_dict(private=False)]})
    path.write_text(good)
    keys = KeysOfFile(path)
    verifier = TokenVerifier(audience="jaminan", roles_claim="roles")
    verifier.trust("https://issuer.example", keys)
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    assert verifier.caller(signed(key, CLAIMS)).name == "Rina"
    successor = OKPKey.generate_key("Ed25519", {"use": "sig"}, auto_kid=True)
    path.write_text(json.dumps({"keys": [successor.as_dict(private=False)]}))
    assert verifier.caller(signed(successor, CLAIMS)).name == "Rina"


@pytest.mark.parametrize("content", [*NO_KEYS, None], ids=repr)
def test_without_any_keys_there_is_no_start(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "jwks.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(KeysUnavailable, match="JAMINAN_JWKS_FILE"):
        KeysOfFile(path)


@pytest.fixture
def published(key: OKPKey) -> Iterator[tuple[str, dict[str, Any]]]:
    """Serve a JWKS that the test may change."""
    served: dict[str, Any] = {"status": 200, "keys": {"keys": [key.as_dict(private=False)]}}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(served["keys"]).encode()
            self.send_response(served["status"])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/jwks.json", served
    server.shutdown()
    thread.join()
    server.server_close()


async def test_keys_of_an_address_stay_fresh_and_survive_its_failure(
    published: tuple[str, dict[str, Any]], key: OKPKey
) -> None:
    url, served = published
    keys = KeysOfUrl(url, refresh_every=0.01)
    await keys.fetch()
    verifier = TokenVerifier(audience="jaminan", roles_claim="roles")
    verifier.trust("https://issuer.example", keys)
    assert verifier.caller(signed(key, CLAIMS)).name == "Rina"

    successor = OKPKey.generate_key("Ed25519", {"use": "sig"}, auto_kid=True)
    served["keys"] = {"keys": [key.as_dict(private=False), successor.as_dict(private=False)]}
    fresh = asyncio.create_task(keys.keep_fresh())
    async with asyncio.timeout(10):
        while len(keys().keys) < 2:
            await asyncio.sleep(0.01)
    served["keys"] = []
    with pytest.raises(KeysUnavailable):
        await keys.fetch()
    served["status"] = 500
    with pytest.raises(KeysUnavailable, match="JAMINAN_JWKS_URL"):
        await keys.fetch()
    assert verifier.caller(signed(successor, CLAIMS)).name == "Rina"
    fresh.cancel()


def test_the_demonstration_signs_for_its_own_home_alone(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for home in (one, other):
        home.mkdir()
        issuer.make_issuer(home)
    verifier = TokenVerifier(audience="jaminan", roles_claim="roles")
    keys = KeySet.import_key_set(issuer.public_keys(one))  # type: ignore[arg-type]  # its own export
    verifier.trust(issuer.ISSUER, lambda: keys)

    def of(home: Path) -> str:
        made = issuer.token(home, roles=["intake"], name="Budi", area=None, audience="jaminan", now=NOW)
        return f"Bearer {made}"

    assert verifier.caller(of(one)).name == "Budi"
    with pytest.raises(Unauthenticated):
        verifier.caller(of(other))
    assert "d" not in (issuer.public_keys(one) or {})["keys"][0]  # type: ignore[index]  # no private part


def test_a_home_that_is_no_demonstration_gives_no_token(tmp_path: Path) -> None:
    with pytest.raises(issuer.NoDemo, match="serve --demo"):
        issuer.token(tmp_path, roles=["intake"], name="Budi", area=None, audience="jaminan", now=NOW)
