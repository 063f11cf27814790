"""`jaminan` as a process that a test starts, watches, stops and kills."""

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from api.demo import issuer
from tests.acceptance.office_client import Town

JAMINAN = Path(sys.executable).parent / "jaminan"
PATIENCE = 60.0  # seconds that a start or a stop may take on a busy machine


class Program:
    """One run of the program. Its standard output is read line by line, its standard error is a file."""

    def __init__(self, home: Path, *arguments: str, **environment: str) -> None:
        self.home = home
        self._errors = Path(tempfile.mkstemp(prefix="jaminan-said-")[1])
        with self._errors.open("wb") as errors:
            self.process = subprocess.Popen(
                [str(JAMINAN), *arguments],
                env={"JAMINAN_HOME": str(home), "PATH": os.environ["PATH"], **environment},
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    def ready(self) -> str:
        """Wait for the first line of standard output; return the address it names."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line.startswith("ready http://127.0.0.1:"), f"{line}{self.said}"
        return line.removeprefix("ready ").strip()

    @property
    def said(self) -> str:
        """What it has said on standard error so far."""
        return self._errors.read_text(errors="replace")

    def wait_to_say(self, sentence: str) -> None:
        wait_for(lambda: sentence in self.said or self.process.poll() is not None)
        assert sentence in self.said

    def wait_to_run_postgres(self) -> None:
        """Wait until the PostgreSQL that it started, or is starting, is there."""
        wait_for(lambda: children_of(self.process.pid) or self.process.poll() is not None)

    def end(self, how: signal.Signals | None = None) -> int:
        """Send a signal, or none, and wait for the end; return the exit code."""
        if how is not None:
            self.process.send_signal(how)
        return self.process.wait(PATIENCE)

    def rest(self) -> str:
        """Return what is left of standard output, after the end."""
        assert self.process.stdout
        return self.process.stdout.read()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()
        self._errors.unlink(missing_ok=True)


@contextmanager
def running(home: Path, *arguments: str, **environment: str) -> Iterator[Program]:
    """Run the program until the end of the block; what is left of it then is killed."""
    program = Program(home, *arguments, **environment)
    try:
        yield program
    finally:
        program.close()


@contextmanager
def serving(home: Path, *arguments: str, **environment: str) -> Iterator[tuple[Program, Town]]:
    """Serve a demonstration; yields the program and the people who work with it, once it is ready."""
    with running(home, "serve", "--demo", "--port", "0", *arguments, **environment) as program:
        town = town_at(program.ready(), home)
        try:
            yield program, town
        finally:
            town.close()


def town_at(address: str, home: Path) -> Town:
    """Return people with tokens of the demonstration of this home."""

    def token(*roles: str, name: str, area: str | None = None) -> str:
        return issuer.token(
            home, roles=roles, name=name, area=area, audience="jaminan", now=datetime.now(UTC)
        )

    return Town(address, home, token)


@contextmanager
def empty_home() -> Iterator[Path]:
    """A home that is not there yet, in a folder that PostgreSQL's account may enter; nothing runs after it."""
    folder = Path(tempfile.mkdtemp(prefix="jaminan-home-"))
    folder.chmod(0o711)
    home = folder / "home"
    try:
        yield home
    finally:
        for process in processes_of(home):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        wait_for(lambda: not processes_of(home))
        shutil.rmtree(folder, ignore_errors=True)


def processes_of(home: Path) -> dict[int, str]:
    """Return the live processes that work in a home, PostgreSQL's included, by number with what they are."""
    found = {}
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError, IndexError):
            process = int(entry.name)
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            environment = (entry / "environ").read_bytes()
            here = f"JAMINAN_HOME={home}\0".encode() in environment + b"\0"
            inside = os.readlink(entry / "cwd").startswith(f"{home}/") or f"{home}/" in command
            if state not in "ZX" and (here or inside):
                found[process] = command or state
    return found


def has_word(home: Path) -> bool:
    """Tell whether the owner of the server has left word of it; a new one does so once it answers."""
    return (home / "run" / "server.json").exists()


def postmaster_of(home: Path) -> int:
    return int(_left_word(home)["pid"])


def database_of(home: Path, *, admin: bool = False) -> str:
    """Return the address of the database that the running server left word of."""
    return str(_left_word(home)["admin_url" if admin else "app_url"])


def kill_postgres(postmaster: int) -> None:
    """Kill PostgreSQL with all its processes, and wait until its first one is gone."""
    gone = os.pidfd_open(postmaster)
    family = [postmaster, *children_of(postmaster)]
    for process in family:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    select.select([gone], [], [])
    os.close(gone)


def children_of(parent: int) -> list[int]:
    children = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError, IndexError):
            if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                children.append(int(entry.name))
    return children


def wait_for(happened: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Look again and again until it happened."""
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.01)


@contextmanager
def taken_port() -> Iterator[int]:
    """A port on which another program listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def _left_word(home: Path) -> dict[str, Any]:
    word: dict[str, Any] = json.loads((home / "run" / "server.json").read_text())
    return word
