"""`jaminan serve` on a database of the ground, with people who hold tokens of an issuer of their own."""

import asyncio
import json
import os
import signal
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from joserfc import jwt
from joserfc.jwk import OKPKey

from benchmarks.ground import Database
from benchmarks.keys import MASTER_KEY
from benchmarks.memory import memory_mb
from benchmarks.six_steps import PEOPLE

ISSUER: Final = "benchmark"
STOP_SECONDS: Final = 20


@dataclass(frozen=True)
class Served:
    """A running server: where it answers, how long it took to, and the tokens of the people of the six steps."""

    address: str
    seconds_to_answer: float
    tokens: dict[str, str]
    pid: int

    @property
    def memory_mb(self) -> float:
        """What the server holds in memory, with the process of its read models."""
        return memory_mb(self.pid)


@asynccontextmanager
async def served(database: Database) -> AsyncIterator[Served]:
    """Start the product on a database and wait until it answers; stop it as an operator would."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        key = OKPKey.generate_key("Ed25519", {"use": "sig", "alg": "Ed25519"}, auto_kid=True)
        keys = home / "keys.json"
        keys.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
        environment = os.environ | {
            "JAMINAN_HOME": str(home),
            "JAMINAN_MASTER_KEY": b64encode(MASTER_KEY).decode(),
            "JAMINAN_DATABASE_URL": database.app_url,
            "JAMINAN_DATABASE_ADMIN_URL": database.admin_url,
            "JAMINAN_ISSUER": ISSUER,
            "JAMINAN_JWKS_FILE": str(keys),
            "JAMINAN_LOG_LEVEL": "WARNING",
        }
        began = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).parent / "jaminan"),
            "serve",
            "--port",
            "0",
            env=environment,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            assert process.stdout is not None
            address = await _ready(process.stdout)
            seconds = time.perf_counter() - began
            tokens = {step: _token(key, name, role) for step, (name, role) in PEOPLE.items()}
            yield Served(address, seconds, tokens, process.pid)
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), STOP_SECONDS)
            except TimeoutError:
                process.kill()
                await process.wait()


async def _ready(output: asyncio.StreamReader) -> str:
    """Return the address from the line that says so."""
    while line := (await output.readline()).decode():
        if line.startswith("ready "):
            return line.split()[1]
    raise RuntimeError("the server ended before it was ready")


def _token(key: OKPKey, name: str, role: str) -> str:
    now = datetime.now(UTC)
    claims: dict[str, object] = {
        "iss": ISSUER,
        "aud": "jaminan",
        "sub": name,
        "roles": [role],
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(hours=8)).timestamp()),
    }
    return jwt.encode({"alg": "Ed25519", "kid": key.kid}, claims, key, algorithms=["Ed25519"])
