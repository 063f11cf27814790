"""A real `jaminan serve --demo` in a process of its own, on an empty home, stopped as an operator stops it."""

import asyncio
import json
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from tests.acceptance.office_client import JAMINAN, Town, cli_token


@dataclass
class Serving:
    """A running server: where it answers, where it keeps its data, and what it says on standard error."""

    address: str
    home: Path
    log: Path

    @property
    def admin_url(self) -> str:
        """Return the session of the owner of the database, as the server left word of it."""
        return str(json.loads((self.home / "run" / "server.json").read_text())["admin_url"])

    def query(self, statement: str, *values: object) -> list[Any]:
        """Return the rows of a question to the server's own database."""

        async def ask() -> list[Any]:
            connection = await asyncpg.connect(self.admin_url)
            try:
                return list(await connection.fetch(statement, *values))
            finally:
                await connection.close()

        return asyncio.run(ask())


@contextmanager
def home_of_a_stranger() -> Iterator[Path]:
    """Yield a folder for data; as root, PostgreSQL runs under another account, which must be able to enter."""
    folder = Path(tempfile.mkdtemp(prefix="jaminan-acceptance-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def command_line(
    home: Path, *arguments: str, timeout: float = 120, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run `jaminan` with an environment that says nothing else, and return what came of it. timeout: seconds."""
    return subprocess.run(
        [str(JAMINAN), *arguments],
        env={"JAMINAN_HOME": str(home), "PATH": "", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )


@contextmanager
def serving(folder: Path, *options: str, **environment: str) -> Iterator[Serving]:
    """Serve from `folder/home` until the end of the block; then SIGTERM must end it cleanly."""
    home, log = folder / "home", folder / "server.log"
    command: Sequence[str] = [str(JAMINAN), "serve", "--demo", "--port", "0", *options]
    with (
        log.open("ab") as errors,
        subprocess.Popen(
            command,
            env={"JAMINAN_HOME": str(home), "PATH": "", **environment},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as server,
    ):
        try:
            yield Serving(_address(server, log), home, log)
        finally:
            ended_alone = server.poll() is not None
            server.send_signal(signal.SIGTERM)
            code = server.wait(timeout=60)
    assert not ended_alone, f"the server ended by itself with {code}: {_end_of(log)}"
    assert code == 0, f"SIGTERM ended the server with {code}: {_end_of(log)}"
    assert not (home / "run" / "server.json").exists(), "PostgreSQL was not stopped with it"


@contextmanager
def served_before(*options: str) -> Iterator[Path]:
    """Yield a folder whose home a server has made ready, and left."""
    with home_of_a_stranger() as folder:
        with serving(folder, *options):
            pass
        yield folder


@contextmanager
def serving_copy(made: Path) -> Iterator[Serving]:
    """Serve the same home as `made` has, in a folder of its own: much sooner than a first start."""
    with home_of_a_stranger() as folder:
        # With its owners, for PostgreSQL asks for them; Python copies none.
        subprocess.run(["cp", "-a", str(made / "home"), str(folder)], check=True)
        with serving(folder) as running:
            yield running


@contextmanager
def town_of(serving: Serving, token: Callable[..., str] | None = None) -> Iterator[Town]:
    """Yield the people of a server. token: what makes their tokens, the command line where it is not told."""
    town = Town(serving.address, serving.home, token or cli_token(serving.home))
    try:
        yield town
    finally:
        town.close()


def _address(server: "subprocess.Popen[str]", log: Path) -> str:
    """Return the address of the line `ready http://…`."""
    assert server.stdout is not None
    for line in server.stdout:
        if line.startswith("ready "):
            return line.removeprefix("ready ").strip()
    raise AssertionError(f"the server ended before it was ready: {_end_of(log)}")


def _end_of(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:]
