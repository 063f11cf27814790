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
from store.postgres.unavailable import DidNotStart, OtherMajorVersion

_START_SECONDS = 300  # recovery after a crash counts as starting
_ATTEMPTS = 6

# Given on the command line: neither a file nor ALTER SYSTEM may undo what durability and privacy rest on.
# The log of the server takes no statement, no parameter, and of a message no detail: these may hold names.
_MUST_HOLD = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}

_CONFIGURATION = """\
# Written at every start. To change a value, use ALTER SYSTEM: it outlives and overrules this file.
max_connections = 100
shared_buffers = 128MB
min_wal_size = 512MB
max_wal_size = 2GB
checkpoint_timeout = 15min
jit = off
timezone = UTC
log_timezone = UTC
lc_messages = C
default_text_search_config = 'pg_catalog.simple'
log_line_prefix = '%m [%p] '
"""

_ADMISSION = """\
# Written at every start. Whoever knows the password may come, from this machine only.
host all all 127.0.0.1/32 scram-sha-256
"""


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
            "--auth=reject",  # its rules of admission are not used: see _ADMISSION
            "--data-checksums",
            "--encoding=UTF8",
            "--locale=C",
        ]
        if self.binaries.major >= 17:  # letters beyond ASCII have upper and lower case, on every system alike
            initdb += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        made = self.account.run(initdb)
        if made.returncode != 0:
            raise DidNotStart(f"PostgreSQL could not make its data folder {fresh}: {_last_line(made.stderr)}")
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
        self._tell(self.data, *passwords.statements())

    def start(self, port: int | None) -> Postmaster:
        """Start the server and wait until it is ready, on this port if it is free, or on any.

        Raises `OtherMajorVersion`, and `DidNotStart` when it gives up again and again: at once if
        another program snatched the port, for some seconds while processes of a killed server linger.
        """
        self._check_version()
        if (left := Postmaster.noted_in(self.data)) and not left.is_alive:
            # PostgreSQL itself would take a zombie, or a stranger with this number, for a running server.
            (self.data / "postmaster.pid").unlink(missing_ok=True)
        for attempt in range(_ATTEMPTS):
            time.sleep(0.2 * attempt)
            postmaster = self._run(_free_port(None if attempt else port))
            try:
                if postmaster.wait_until_ready(_START_SECONDS) is not None:
                    return postmaster
            except BaseException:
                postmaster.stop()
                raise
        raise DidNotStart(
            f"PostgreSQL did not start: {_last_line(self.log.read_text(errors='replace'))} "
            f"Its log is {self.log}. Put right what it names and start Jaminan again."
        )

    def _run(self, port: int) -> Postmaster:
        command = [*self._command(self.data), *_settings(_MUST_HOLD | {"port": str(port)})]
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
        settings = _settings(_MUST_HOLD | {"exit_on_error": "on"})
        command = [*self._command(data, "--single"), *settings, "postgres"]
        told = self.account.run(command, told="\n".join(statements) + "\n")
        if told.returncode != 0:
            raise DidNotStart(f"PostgreSQL could not prepare {data}: {_last_line(told.stderr)}")

    def _command(self, data: Path, *mode: str) -> list[str | Path]:
        """Return how to run `postgres`. Its settings lie outside the folder that its account owns."""
        configuration, admission = self.place / "postgresql.conf", self.place / "pg_hba.conf"
        for path, text in ((configuration, _CONFIGURATION), (admission, _ADMISSION)):
            path.write_text(text)
            path.chmod(0o644)
        files = {"config_file": str(configuration), "hba_file": str(admission)}
        return [self.binaries.program("postgres"), *mode, "-D", data, *_settings(files)]

    def _check_version(self) -> None:
        wrote = int((self.data / "PG_VERSION").read_text())
        if wrote != self.binaries.major:
            raise OtherMajorVersion(
                f"The data in {self.data} were written by PostgreSQL {wrote} and need it; here is "
                f"{self.binaries.version}. Install the release of Jaminan that brought PostgreSQL {wrote}, "
                "make a backup with it, and restore that with this one. The programs of earlier versions "
                f"are kept in {self.place / 'postgresql'}."
            )


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


def _last_line(text: str) -> str:
    """Return the last reason that PostgreSQL gave. While it starts it knows no data, so these name none."""
    lines = [line for line in text.splitlines() if "FATAL" in line or "PANIC" in line or "error:" in line]
    return lines[-1].strip() if lines else "it gave no reason."
