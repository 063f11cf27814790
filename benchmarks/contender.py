"""The asking side of a contender: start its program, ask it for a round, stop it."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
PEERS: Final = Path(__file__).parent / ".peers"
REQUIREMENTS: Final = Path(__file__).parent / "peers.txt"
PIPE_MAX: Final = 1 << 24  # bytes of a line


class Contender:
    """A program that waits to be asked."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def steps_per_second(self, callers: int, seconds: float) -> float:
        """Return what so many callers got done."""
        told = await self.ask(callers=callers, seconds=seconds)
        return float(told["steps"]) / float(told["seconds"])

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        """End it at once, without a word to it."""
        with suppress(ProcessLookupError):
            self._process.kill()

    async def ask(self, **question: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(question).encode() + b"\n")
        await self._process.stdin.drain()
        return await self.told()

    async def told(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"a contender ended with {await self._process.wait()}: see its words above")
        told: dict[str, Any] = json.loads(line)
        return told


@asynccontextmanager
async def contender(module: str, *arguments: str, python: Path | None = None) -> AsyncIterator[Contender]:
    """Start a program of `benchmarks.contenders` and wait until it is ready.

    python: the interpreter of the peers' environment, for a peer.
    """
    process = await asyncio.create_subprocess_exec(
        str(python or sys.executable),
        "-m",
        f"benchmarks.contenders.{module}",
        *arguments,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        limit=PIPE_MAX,
    )
    try:
        asked = Contender(process)
        await asked.told()
        yield asked
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            process.kill()
            await process.wait()


def peers_python() -> Path:
    """Return the interpreter of the peers' own environment, which is made the first time somebody asks."""
    python = PEERS / "bin" / "python"
    made_for = PEERS / "requirements.txt"
    if not made_for.exists() or made_for.read_text() != REQUIREMENTS.read_text():
        print("Installing the peers into benchmarks/.peers, only this once", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(PEERS)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, "--require-hashes", "-r", str(REQUIREMENTS)], check=True)
        made_for.write_text(REQUIREMENTS.read_text())
    return python
