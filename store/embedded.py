"""The PostgreSQL that comes with the package: started by the first process of a home, shared by all.

One process owns the server of a home, by a lock that ends with the process. Others join. A server
that outlived its owner is adopted by the next. Everything here waits: call it in a thread
(`asyncio.to_thread`), never on the event loop.
"""

import asyncio
import atexit
import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType

import asyncpg

from store.postgres import private_files
from store.postgres.account import Account
from store.postgres.binaries import find_binaries, wheel_folder
from store.postgres.cluster import Cluster
from store.postgres.passwords import DATABASE, Passwords
from store.postgres.postmaster import Postmaster
from store.postgres.unavailable import DataAreGone, DatabaseUnavailable, DidNotStart, HomeIsBusy

OUT_OF_HOMES = Path("/var/lib/jaminan")

_LOG_BYTES_MAX = 16 * 1024 * 1024
_ANSWER_SECONDS = 10


def home_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder of this installation: JAMINAN_HOME, or `.jaminan` in the user's own folder."""
    if named := environ.get("JAMINAN_HOME"):
        return Path(named).expanduser().resolve()
    return Path(environ.get("HOME") or Path.home()).resolve() / ".jaminan"


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running server. Its URLs hold passwords: they are for connecting, never for showing."""

    admin_url: str = field(repr=False)
    app_url: str = field(repr=False)
    database: str = DATABASE
    owned: bool  # by this process, which must stop it
    system_identifier: int
    data_directory: Path
    pid: int
    port: int
    version: str  # of PostgreSQL, "18.6"


class EmbeddedPostgres:
    """The one server of a home.

    say: is told what is being done, for a person who waits.
    patience_seconds: how long to wait for another process that is starting or stopping the server.
    out_of_homes: where root keeps the data of a home that the account of the server cannot enter.
    """

    def __init__(
        self,
        home: Path,
        *,
        say: Callable[[str], None] = lambda _: None,
        patience_seconds: float = 60,
        out_of_homes: Path = OUT_OF_HOMES,
    ) -> None:
        self.home = home.resolve()
        self._say = say
        self._patience_seconds = patience_seconds
        self._out_of_homes = out_of_homes
        self._lock = private_files.Lock(self.home / "owner.lock")
        self._note = self.home / "run" / "server.json"
        self._passwords = self.home / "passwords.json"
        self._one_at_a_time = threading.RLock()
        self._server: Server | None = None  # the one we own, owned last, or joined
        self._postmaster: Postmaster | None = None

    @property
    def was_set_up(self) -> bool:
        """Tell whether this home ever had a server."""
        return self._passwords.exists()

    def start_or_join(self) -> Server:
        """Return the server of this home: started, adopted, or joined if another process owns it.

        The owner may call it again at any time: that costs nothing while the server lives, and starts
        it anew after it was killed, on its old port if that is free. Raises `DatabaseUnavailable`.
        """
        try:
            with self._one_at_a_time:
                if self._lock.is_held and self._server and self._postmaster and self._postmaster.is_alive:
                    return self._server
                private_files.make_home(self.home)
                private_files.make_folder(self._note.parent)
                return self._own() if self._lock.take() else self._join_or_inherit()
        except PermissionError as error:
            raise _belongs_to_another(error) from error

    def keep(self) -> None:
        """Keep the server running for one who uses it: call it now and then, it costs next to nothing.

        What the owner finds killed is started anew. Who joined takes over once the owner has ended:
        adopts a server that was left running, or starts it on the port that all know, if that is free.
        Raises `DatabaseUnavailable`.
        """
        with self._one_at_a_time:
            if self._server and not (self._postmaster and self._postmaster.is_alive) and self._lock.take():
                self._own()

    def join(self) -> Server | None:
        """Return the server that its owner left word of, or None if it does not run or is another one."""
        try:
            noted = json.loads(self._note.read_bytes())
            noted |= {"data_directory": Path(noted["data_directory"]), "owned": self._lock.is_held}
            server = Server(**noted)
        except PermissionError as error:
            raise _belongs_to_another(error) from error
        except (OSError, ValueError, TypeError, KeyError):  # none, or one of another release
            return None
        told = _answer(server.admin_url, Postmaster(server.pid, server.data_directory))
        return server if told and told[:2] == (server.data_directory, server.system_identifier) else None

    def stop(self) -> None:
        """Stop the server if this process owns it, and wait until it is gone. May be called again."""
        with self._one_at_a_time:
            if not self._lock.is_held:
                return
            self._note.unlink(missing_ok=True)  # from here on nobody joins
            if self._postmaster and self._postmaster.is_alive:
                self._say("Stopping PostgreSQL")
                self._postmaster.stop()
            self._give_up()

    def __enter__(self) -> Server:
        return self.start_or_join()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _join_or_inherit(self) -> Server:
        """Wait for the owner: until it has a running server, or until it is gone and the lock is ours."""
        until = time.monotonic() + self._patience_seconds
        while time.monotonic() < until:
            if server := self.join():
                self._say("Joining the PostgreSQL that is running")
                self._server = server
                return server
            if self._lock.take():
                return self._own()
            time.sleep(0.05)
        raise HomeIsBusy(
            f"Process {self._lock.last_holder} owns {self.home}, but has had no running server for "
            f"{self._patience_seconds:.0f} seconds. Wait until it has started, or end it, and start again."
        )

    def _own(self) -> Server:
        """Adopt or start the server, now that the lock is ours."""
        atexit.register(self.stop)  # for an owner that ends without a word
        try:
            cluster = self._cluster()
            self._postmaster = self._adopt(cluster) or self._start(cluster)
            self._server = self._recognise(cluster, self._postmaster)
            private_files.write(self._note, json.dumps(asdict(self._server), default=str))
        except BaseException:
            if self._postmaster and self._postmaster.child:  # an orphan that is not ours is left alone
                self._postmaster.stop()
            self._give_up()
            raise
        return self._server

    def _give_up(self) -> None:
        self._postmaster = None
        atexit.unregister(self.stop)
        self._lock.release()

    def _cluster(self) -> Cluster:
        account, place = self._account_and_place()
        log = self.home / "log" / "postgresql.log"
        private_files.make_folder(log.parent)
        if log.exists() and log.stat().st_size > _LOG_BYTES_MAX:
            log.replace(log.with_suffix(".log.1"))
        return Cluster(place, find_binaries(place, account, wheel_folder()), account, log)

    def _account_and_place(self) -> tuple[Account, Path]:
        """Return who runs the server and where: in the home, or elsewhere if that account cannot enter it.

        No mode of a folder that we did not make is changed. The file `elsewhere` remembers the place.
        """
        remembered = self.home / "elsewhere"
        place = Path(remembered.read_text().strip()) if remembered.exists() else self.home
        account = Account.for_data(place / "data")
        if not account.is_another or account.reaches(place):
            return account, place
        if self._passwords.exists():
            raise DataAreGone(
                f"User {account.uid}, who runs PostgreSQL for root, can no longer enter {place}, where its "
                "data are. Let every user pass through it and the folders above it, as before."
            )
        place = self._out_of_homes / secrets.token_hex(8)
        private_files.make_folder(place.parent, mode=0o711)
        private_files.make_folder(place, mode=0o711)
        if not account.reaches(place):
            raise DatabaseUnavailable(
                f"PostgreSQL refuses to run as root, and user {account.uid} can enter neither {self.home} "
                f"nor {place}. Set JAMINAN_HOME to a folder that all users may pass through."
            )
        private_files.write(remembered, f"{place}\n")
        return account, place

    def _adopt(self, cluster: Cluster) -> Postmaster | None:
        """Return the server that a killed owner left running on these data, or None."""
        orphan = Postmaster.noted_in(cluster.data)
        if orphan is None or not orphan.is_alive:
            return None
        self._say("Taking over the PostgreSQL that is still running")
        return orphan if orphan.wait_until_ready(self._patience_seconds) else None

    def _start(self, cluster: Cluster) -> Postmaster:
        """Start the server, with new data the first time, and with new passwords if they were lost.

        Passwords are kept only once they hold, so where there are passwords there were data.
        """
        if not self._passwords.exists():
            passwords = Passwords.new()
            if cluster.exists:
                cluster.set_passwords(passwords)
            else:
                self._say(f"Setting up PostgreSQL {cluster.binaries.version}, only this once")
                cluster.create(passwords)
            passwords.keep_in(self._passwords)
        elif not cluster.exists:
            raise DataAreGone(
                f"This home had a database, but {cluster.data} is gone. Bring the folder back, "
                f"or remove {self._passwords} to begin with an empty one."
            )
        self._say(f"Starting PostgreSQL {cluster.binaries.version}")
        return cluster.start(self._server.port if self._server else None)

    def _recognise(self, cluster: Cluster, postmaster: Postmaster) -> Server:
        """Return the server once it has shown that it knows our passwords and holds our data."""
        passwords, port = Passwords.kept_in(self._passwords), postmaster.port
        told = _answer(passwords.admin_url(port), postmaster) if passwords and port else None
        if passwords and port and told and told[:2] == (cluster.data, cluster.system_identifier):
            return Server(
                admin_url=passwords.admin_url(port),
                app_url=passwords.app_url(port),
                owned=True,
                system_identifier=cluster.system_identifier,
                data_directory=cluster.data,
                pid=postmaster.pid,
                port=port,
                version=told[2],
            )
        raise DidNotStart(
            f"Process {postmaster.pid} runs on {cluster.data} but does not answer as the server of "
            f"{self.home}. Stop it (kill -INT {postmaster.pid}) and start Jaminan again."
        )


def _answer(url: str, postmaster: Postmaster) -> tuple[Path, int, str] | None:
    """Return data folder, system identifier and version as the server tells them, or None if it does not.

    One that has just lost a process to a crash refuses for a moment, while it recovers: ask again.
    """

    async def ask() -> tuple[Path, int, str]:
        connection = await asyncpg.connect(url, timeout=_ANSWER_SECONDS)
        try:
            row = await connection.fetchrow(
                "SELECT current_setting('data_directory'), system_identifier, "
                "current_setting('server_version') FROM pg_control_system()"
            )
            assert row
            return Path(row[0]), row[1], row[2]
        finally:
            await connection.close()

    until = time.monotonic() + _ANSWER_SECONDS
    while postmaster.is_alive and time.monotonic() < until:
        try:
            return asyncio.run(ask())
        except (asyncpg.CannotConnectNowError, ConnectionError):
            time.sleep(0.05)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return None
    return None


def _belongs_to_another(error: PermissionError) -> DatabaseUnavailable:
    return DatabaseUnavailable(
        f"{error.filename} belongs to another account. Run Jaminan as the account that made it, "
        "or set JAMINAN_HOME to a folder of your own."
    )
