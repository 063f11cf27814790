"""The process of the server: is it alive, is it ours, is it ready, make it stop."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from store.postgres.unavailable import DidNotStart

_STOP_SECONDS = 60
_PAUSE_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Postmaster:
    """The first process of a server. It need not be our child: an orphan is watched by its number."""

    pid: int
    data: Path
    child: subprocess.Popen[bytes] | None = None

    @classmethod
    def noted_in(cls, data: Path) -> "Postmaster | None":
        """Return the process that the data folder names, alive or not."""
        note = _note(data)
        return cls(int(note[0]), data) if note else None

    @property
    def is_alive(self) -> bool:
        """False for a zombie, and for a stranger who was given the same number."""
        if self.child is not None:
            return self.child.poll() is None
        state, command = _process(self.pid)
        return state[:1] not in {"", "Z", "X"} and f" -D {self.data} " in command

    @property
    def port(self) -> int | None:
        """The port on which it accepts connections, or None while it is still starting."""
        note = _note(self.data)
        is_ready = len(note) >= 8 and note[7].strip() == "ready" and int(note[0]) == self.pid
        return int(note[3]) if is_ready else None

    def wait_until_ready(self, seconds: float) -> int | None:
        """Return its port, or None if it died. Raises `DidNotStart` when it is still not ready by then."""
        _wait(lambda: self.port is not None or not self.is_alive, seconds)
        if self.is_alive and self.port is None:
            raise DidNotStart(
                f"PostgreSQL (process {self.pid}) has been starting for {seconds:.0f} seconds. After a crash "
                "of a large database this may be recovery: see its log, wait, and start Jaminan again."
            )
        return self.port if self.is_alive else None

    def stop(self) -> None:
        """End it and wait until it is gone. Every way is safe: the harder ones cost a recovery later."""
        for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if not self.is_alive:
                return
            with suppress(ProcessLookupError):
                os.kill(self.pid, how)
            _wait(lambda: not self.is_alive, _STOP_SECONDS)


def _wait(happened: Callable[[], bool], seconds: float) -> None:
    """Look again and again until it happened or time is over: nobody tells us of an orphan's end."""
    until = time.monotonic() + seconds
    while not happened() and time.monotonic() < until:
        time.sleep(_PAUSE_SECONDS)


def _note(data: Path) -> list[str]:
    """Return the lines of `postmaster.pid`: pid, data, start, port, socket, address, memory, state."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []
    return lines if lines and lines[0].strip().isdigit() else []


def _process(pid: int) -> tuple[str, str]:
    """Return state and command line of a process, empty if there is none."""
    if Path("/proc/self/stat").exists():
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            return state, os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes()).replace("\0", " ")
        except (FileNotFoundError, ProcessLookupError):
            return "", ""
    ps = ["ps", "-ww", "-o", "stat=,command=", "-p", str(pid)]  # no /proc: macOS
    said = subprocess.run(ps, capture_output=True, text=True, check=False)  # noqa: S603 (a number only)
    state, _, command = said.stdout.partition(" ")
    return state, command.replace("\n", " ")
