"""One data folder of PostgreSQL: made once, started often, never without its safeguards."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from store.postgres import private_files
from store.postgres.account import Account
from store.postgres.binaries import Binaries
from store.postgres.passwords import ADMIN, APP, DATABASE, Passwords
from store.postgres.postmaster import Postmaster
from store.postgres.settings import ADMISSION, CONFIGURATION, MUST_HOLD
from store.postgres.unavailable import DidNotStart, OtherMajorVersion

_START_SECONDS = 300  # recovery after a crash counts as starting
_AGAIN_SECONDS = 20
_AGAIN_FOR = ("TCP/IP", "still in use")  # a port snatched, the memory of a killed server not yet let go


@dataclass(frozen=True, slots=True)
class Cluster:
    """The data folder in `place`, its programs and its account. `log` need not be in reach of the account."""

    place: Path
    binaries: Binaries
    account: Account
    log: Path

    @property
    def data(self) -> Path:
        return self.place / "data"

    @property
    def exists(self) -> bool:
        return self.data.exists()

    @property
    def system_identifier(self) -> int:
        """What initdb drew for these data: it stands first in the control file, in every version."""
        with (self.data / "global" / "pg_control").open("rb") as control:
            return int.from_bytes(control.read(8), sys.byteorder)

    def create(self, passwords: Passwords) -> None:
        """Make data folder, roles and database; a stop half way leaves nothing that looks like a whole."""
        fresh = self.place / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        self.account.make_folder(fresh)
        initdb: list[str | Path] = [
            self.binaries.program("initdb"),
            f"--pgdata={fresh}",
            f"--username={ADMIN}",
            "--auth=reject",  # its rules of admission are not used: see ADMISSION
            "--data-checksums",
            "--encoding=UTF8",
            "--locale=C",
        ]
        if self.binaries.major >= 17:  # letters beyond ASCII have upper and lower case, on every system alike
            initdb += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        made = self.account.run(initdb)
        if made.returncode != 0:
            raise DidNotStart(f"PostgreSQL could not make its data folder {fresh}: {_reason(made.stderr)}")
        self._tell(
            fresh,
            f"CREATE ROLE {APP} LOGIN",
            # An error goes to whoever caused it. In the log its text could name a person.
            f"ALTER ROLE {APP} SET log_min_messages = log",
            *passwords.statements(),
            f"CREATE DATABASE {DATABASE}",
        )
        fresh.rename(self.data)
        private_files.sync_folder(self.place)

    def set_passwords(self, passwords: Passwords) -> None:
        """Replace the passwords. The server must not be running."""
        self._make_ready()
        self._tell(self.data, *passwords.statements())

    def start(self, port: int | None) -> Postmaster:
        """Start the server and wait until it is ready, on this port if it is free, or on any.

        Tries again for some seconds where that may help. Raises `OtherMajorVersion` and `DidNotStart`.
        """
        self._make_ready()
        until = time.monotonic() + _AGAIN_SECONDS
        while True:
            log_begins = self.log.stat().st_size if self.log.exists() else 0
            postmaster = self._run(_free_port(port))
            try:
                if postmaster.wait_until_ready(_START_SECONDS) is not None:
                    return postmaster
            except BaseException:
                postmaster.stop()
                raise
            reason = _reason(self.log.read_bytes()[log_begins:].decode(errors="replace"))
            if time.monotonic() > until or not any(sign in reason for sign in _AGAIN_FOR):
                raise DidNotStart(
                    f"PostgreSQL did not start: {reason} Put this right and start Jaminan again. "
                    f"More is in {self.log}."
                )
            time.sleep(0.2)

    def _make_ready(self) -> None:
        """Check that these programs fit these data, and forget a server that is no more.

        PostgreSQL itself would take a zombie, or a stranger with its number, for a running server.
        """
        wrote = int((self.data / "PG_VERSION").read_text())
        if wrote != self.binaries.major:
            raise OtherMajorVersion(
                f"The data in {self.data} were written by PostgreSQL {wrote} and need it; here is "
                f"{self.binaries.version}. Install the release of Jaminan that brought PostgreSQL {wrote}, "
                "make a backup with it, and restore that with this one. The programs of earlier versions "
                f"are kept in {self.place / 'postgresql'}."
            )
        if (left := Postmaster.noted_in(self.data)) and not left.is_alive:
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _run(self, port: int) -> Postmaster:
        command = [*self._command(self.data), *_settings(MUST_HOLD | {"port": str(port)})]
        with open(os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "wb") as log:
            child = subprocess.Popen(  # noqa: S603 (a program and folder of our own)
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # an interrupt at the keyboard is for us: we stop it in good order
                **self.account.surroundings(),
            )
        return Postmaster(child.pid, self.data, child)

    def _tell(self, data: Path, *statements: str) -> None:
        """Run statements without a server, in PostgreSQL's single-user mode: one a line."""
        settings = _settings(MUST_HOLD | {"exit_on_error": "on"})
        command = [*self._command(data, "--single"), *settings, "postgres"]
        told = self.account.run(command, told="\n".join(statements) + "\n")
        if told.returncode != 0:
            raise DidNotStart(f"PostgreSQL could not prepare {data}: {_reason(told.stderr)}")

    def _command(self, data: Path, *mode: str) -> list[str | Path]:
        """Return how to run `postgres`. Its settings lie outside the folder that its account owns."""
        configuration, admission = self.place / "postgresql.conf", self.place / "pg_hba.conf"
        for path, text in ((configuration, CONFIGURATION), (admission, ADMISSION)):
            path.write_text(text)
            path.chmod(0o644)
        files = {"config_file": str(configuration), "hba_file": str(admission)}
        return [self.binaries.program("postgres"), *mode, "-D", data, *_settings(files)]


def _settings(settings: dict[str, str]) -> Sequence[str]:
    return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]


def _free_port(wanted: int | None) -> int:
    """Return the wanted port if nobody listens on it, else one that the system picks."""
    for port in (wanted, 0):
        if port is None:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as PostgreSQL does
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise DidNotStart("No port is free on 127.0.0.1. End a program that holds many, and start again.")


def _reason(text: str) -> str:
    """Return why PostgreSQL gave up, in its own words. While it starts it handles no data of ours."""
    lines = text.splitlines()
    fatal = [line for line in lines if "FATAL" in line or "PANIC" in line or "error:" in line]
    return (fatal or lines or ["it gave no reason."])[-1].strip()
