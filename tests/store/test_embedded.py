"""The PostgreSQL that comes with the package, met as it is: real servers, real processes, real kills."""

import asyncio
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import psutil  # type: ignore[import-untyped]
import pytest

from store.embedded import EmbeddedPostgres, Server, home_folder
from store.postgres.account import Account
from store.postgres.binaries import find_binaries
from store.postgres.cluster import Cluster
from store.postgres.passwords import Passwords
from store.postgres.postmaster import Postmaster
from store.postgres.unavailable import DataAreGone, DidNotStart, HomeIsBusy, NoPostgres, OtherMajorVersion

ROOT = os.geteuid() == 0
LINUX = sys.platform == "linux"

# A process that owns or joins the server of a home, tells which, and waits to be ended.
ANOTHER = """
import json, signal, sys
from pathlib import Path
from store.embedded import EmbeddedPostgres
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
with EmbeddedPostgres(Path(sys.argv[1])) as server:
    print(json.dumps({"owned": server.owned, "pid": server.pid, "port": server.port}), flush=True)
    signal.pause()
"""

# A parent that inherits the orphans of its children and never asks after them: a container without an init.
CARELESS_PARENT = """
import ctypes, signal, subprocess, sys
ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER
owner = subprocess.Popen([sys.executable, "-c", sys.argv[2], sys.argv[1]], stdout=subprocess.PIPE)
print(owner.stdout.readline().decode(), end="", flush=True)
owner.kill()
owner.wait()
print("{}", flush=True)
signal.pause()
"""


class Process:
    """Another process, by what it told last."""

    def __init__(self, *arguments: str | Path) -> None:
        here = Path(__file__).parents[2]
        command = [sys.executable, "-c", *map(str, arguments)]
        self._process = subprocess.Popen(command, cwd=here, stdout=subprocess.PIPE, text=True)

    def tells(self) -> dict[str, Any]:  # Any: JSON
        assert self._process.stdout
        return json.loads(self._process.stdout.readline())  # type: ignore[no-any-return]

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        self._process.send_signal(how)
        self._process.wait(30)
        if self._process.stdout:
            self._process.stdout.close()


@pytest.fixture
def another() -> Iterator[Callable[..., Process]]:
    started: list[Process] = []

    def start(*arguments: str | Path) -> Process:
        started.append(Process(*arguments))
        return started[-1]

    yield start
    for process in started:
        process.end(signal.SIGKILL)


@pytest.fixture(scope="module")
def open_folder() -> Iterator[Path]:
    """A folder that every account may pass through, which those of pytest are not."""
    folder = Path(tempfile.mkdtemp(prefix="jaminan-test-")).resolve()
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def home(open_folder: Path) -> Iterator[Path]:
    """A home that earlier tests may have used. Nothing runs there, before or after."""
    folder = open_folder / "home"
    yield folder
    if left := Postmaster.noted_in(folder / "data"):
        left.stop()


@pytest.fixture
def new_home(open_folder: Path) -> Iterator[Path]:
    """A home that is not there yet, for a test that needs a first start or does damage."""
    folder = open_folder / "new" / "home"
    folder.parent.mkdir(mode=0o755)
    yield folder
    if left := Postmaster.noted_in(folder / "data"):
        left.stop()
    shutil.rmtree(folder.parent)


@pytest.fixture
def running(home: Path) -> Iterator[Server]:
    with EmbeddedPostgres(home) as server:
        yield server


def ask(url: str, *statements: str) -> Any:  # Any: whatever the last statement returns
    """Return the first value of the last statement."""

    async def run() -> Any:
        connection = await asyncpg.connect(url)
        try:
            return [await connection.fetchval(statement) for statement in statements][-1]
        finally:
            await connection.close()

    return asyncio.run(run())


def write_row(server: Server) -> None:
    ask(server.admin_url, "DROP TABLE IF EXISTS kept", "CREATE TABLE kept AS SELECT 42 AS n")


def read_row(server: Server) -> Any:
    return ask(server.admin_url, "SELECT n FROM kept")


def family(pid: int) -> set[int]:
    """Return this process and its children, as far as they are alive."""
    try:
        member = psutil.Process(pid)
        alive = [member, *member.children()]
    except psutil.NoSuchProcess:
        return set()
    return {one.pid for one in alive if one.is_running() and one.status() != psutil.STATUS_ZOMBIE}


def wait_for(happened: Callable[[], object], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.01)


@contextmanager
def changed(path: Path, text: str) -> Iterator[None]:
    before = path.read_text()
    path.write_text(text)
    yield
    path.write_text(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_first_start_makes_a_database_with_two_roles(new_home: Path) -> None:
    told: list[str] = []
    with EmbeddedPostgres(new_home, say=told.append) as server:
        assert server.owned
        assert ask(server.app_url, "SELECT current_database()") == server.database == "jaminan"
        assert ask(server.app_url, "SELECT current_user") == "jaminan_app"
        assert not ask(server.app_url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        assert ask(server.admin_url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'jaminan'"
        assert ask(server.admin_url, owner) == "jaminan_admin"
        assert server.version == ask(server.admin_url, "SHOW server_version")
        assert "postgresql://" not in repr(server)
    assert told[0].startswith("Setting up PostgreSQL")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("data_checksums", "on"),
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("server_encoding", "UTF8"),
        ("password_encryption", "scram-sha-256"),
        ("listen_addresses", "127.0.0.1"),
        ("unix_socket_directories", ""),
        ("log_statement", "none"),
        ("log_error_verbosity", "terse"),
        ("TimeZone", "UTC"),
    ],
)
def test_server_runs_with(running: Server, setting: str, value: str) -> None:
    assert ask(running.admin_url, f"SHOW {setting}") == value


def test_no_password_no_entry(running: Server) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        ask(f"postgresql://jaminan_admin:guess@127.0.0.1:{running.port}/jaminan", "SELECT 1")


def test_letters_beyond_ascii_have_two_cases(running: Server) -> None:
    assert ask(running.admin_url, "SELECT lower('ÉÜ')") == "éü"


def test_log_of_the_server_names_no_person(running: Server) -> None:
    ask(running.admin_url, "CREATE TABLE person (name text UNIQUE)", "GRANT ALL ON person TO jaminan_app")
    ask(running.app_url, "INSERT INTO person VALUES ('Sri Rahayu')")
    for url in (running.app_url, running.admin_url):
        with pytest.raises(asyncpg.UniqueViolationError):
            ask(url, "INSERT INTO person VALUES ('Sri Rahayu')")
    with pytest.raises(asyncpg.DataError):
        ask(running.app_url, "SELECT 'Sri Rahayu'::int")
    log = (running.data_directory.parent / "log" / "postgresql.log").read_text()
    assert "duplicate key" in log  # of the admin: the errors of the application are its own to log
    assert "Sri" not in log


def test_secrets_are_for_the_owner_only_whatever_the_umask(new_home: Path) -> None:
    before = os.umask(0)
    try:
        with EmbeddedPostgres(new_home):
            for secret in ("run/server.json", "passwords.json", "owner.lock", "log/postgresql.log"):
                assert mode(new_home / secret) == 0o600
            for folder in ("run", "log", "data"):
                assert mode(new_home / folder) == 0o700
            assert mode(new_home / "postgresql.conf") == 0o644
            assert mode(new_home) == (0o711 if ROOT else 0o700)
    finally:
        os.umask(before)
    assert not (new_home / "run" / "server.json").exists()


def test_data_and_passwords_outlive_the_server(home: Path) -> None:
    with EmbeddedPostgres(home) as first:
        write_row(first)
    assert not family(first.pid)
    with EmbeddedPostgres(home) as second:
        assert read_row(second) == 42
        assert second.system_identifier == first.system_identifier
        assert second.app_url.rpartition("@")[0] == first.app_url.rpartition("@")[0]


def test_stop_leaves_no_process(home: Path) -> None:
    postgres = EmbeddedPostgres(home)
    before = family(postgres.start_or_join().pid)
    assert len(before) > 3
    postgres.stop()
    postgres.stop()
    assert not set().union(*(family(pid) for pid in before))


def test_owner_ended_by_sigterm_leaves_no_process(home: Path, another: Callable[..., Process]) -> None:
    owner = another(ANOTHER, home)
    server = owner.tells()
    assert server["owned"]
    owner.end(signal.SIGTERM)
    assert not family(server["pid"])


def test_second_process_joins(home: Path, another: Callable[..., Process]) -> None:
    assert EmbeddedPostgres(home).join() is None
    owner = another(ANOTHER, home).tells()
    joined = EmbeddedPostgres(home).start_or_join()
    assert (joined.owned, joined.pid, joined.port) == (False, owner["pid"], owner["port"])
    assert ask(joined.app_url, "SELECT 1") == 1
    assert EmbeddedPostgres(home).join() == joined


def test_stop_of_a_joiner_stops_nothing(home: Path) -> None:
    with EmbeddedPostgres(home) as server:
        joiner = EmbeddedPostgres(home)
        assert joiner.start_or_join().pid == server.pid
        joiner.stop()
        assert ask(server.app_url, "SELECT 1") == 1


def test_fork_of_the_owner_stops_nothing(home: Path) -> None:
    postgres = EmbeddedPostgres(home)
    with postgres as server:
        child = os.fork()
        if child == 0:
            postgres.stop()
            os._exit(0)
        os.waitpid(child, 0)
        assert ask(server.app_url, "SELECT 1") == 1


def test_of_processes_that_start_at_once_one_owns(new_home: Path, another: Callable[..., Process]) -> None:
    told = [process.tells() for process in [another(ANOTHER, new_home) for _ in range(4)]]
    assert sorted(server["owned"] for server in told) == [False, False, False, True]
    assert len({(server["pid"], server["port"]) for server in told}) == 1


def test_home_whose_owner_has_no_server_is_busy(home: Path) -> None:
    postgres = EmbeddedPostgres(home)
    server = postgres.start_or_join()
    Postmaster(server.pid, server.data_directory).stop()
    with pytest.raises(HomeIsBusy, match=str(os.getpid())):
        EmbeddedPostgres(home, patience_seconds=0.3).start_or_join()
    postgres.stop()


def test_server_of_a_killed_owner_is_adopted(home: Path, another: Callable[..., Process]) -> None:
    owner = another(ANOTHER, home)
    left = owner.tells()
    owner.end(signal.SIGKILL)
    assert left["pid"] in family(left["pid"])
    with EmbeddedPostgres(home) as server:
        assert (server.owned, server.pid, server.port) == (True, left["pid"], left["port"])
        assert ask(server.app_url, "SELECT 1") == 1
    assert not family(left["pid"])


def test_server_of_an_owner_killed_while_starting_is_adopted(
    home: Path, another: Callable[..., Process]
) -> None:
    owner = another(ANOTHER, home)
    left = owner.tells()
    owner.end(signal.SIGKILL)
    (home / "run" / "server.json").unlink()  # it had no time to leave word
    with EmbeddedPostgres(home) as server:
        assert server.pid == left["pid"]


def test_server_without_an_owner_can_be_joined(home: Path, another: Callable[..., Process]) -> None:
    owner = another(ANOTHER, home)
    left = owner.tells()
    owner.end(signal.SIGKILL)
    joined = EmbeddedPostgres(home).join()
    assert joined
    assert (joined.owned, joined.pid) == (False, left["pid"])


def test_server_that_does_not_know_us_is_left_alone(home: Path, another: Callable[..., Process]) -> None:
    owner = another(ANOTHER, home)
    left = owner.tells()
    owner.end(signal.SIGKILL)
    (home / "passwords.json").unlink()
    with pytest.raises(DidNotStart, match=f"kill -INT {left['pid']}"):
        EmbeddedPostgres(home).start_or_join()
    assert left["pid"] in family(left["pid"])


def test_lost_passwords_are_replaced(home: Path) -> None:
    with EmbeddedPostgres(home) as first:
        write_row(first)
    (home / "passwords.json").unlink()
    with EmbeddedPostgres(home) as second:
        assert read_row(second) == 42
        assert ask(second.app_url, "SELECT current_user") == "jaminan_app"


def test_killed_server_is_started_again_by_its_owner_on_its_port(home: Path) -> None:
    postgres = EmbeddedPostgres(home)
    with postgres as first:
        write_row(first)
        assert postgres.start_or_join() is first
        os.kill(first.pid, signal.SIGKILL)
        wait_for(lambda: first.pid not in family(first.pid))
        second = postgres.start_or_join()
        assert (second.owned, second.port) == (True, first.port)
        assert second.pid != first.pid
        assert read_row(second) == 42


def test_start_waits_for_a_busy_process_of_the_killed_server(home: Path) -> None:
    postgres = EmbeddedPostgres(home)
    with ThreadPoolExecutor() as pool, postgres as first:
        pool.submit(ask, first.app_url, "SELECT count(*) FROM generate_series(1, 10_000_000)")
        active = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'jaminan_app' AND state = 'active'"
        wait_for(lambda: ask(first.admin_url, active))
        os.kill(first.pid, signal.SIGKILL)
        wait_for(lambda: first.pid not in family(first.pid))
        assert ask(postgres.start_or_join().app_url, "SELECT 1") == 1


def test_server_killed_with_its_owner_is_started_again(home: Path, another: Callable[..., Process]) -> None:
    owner = another(ANOTHER, home)
    left = owner.tells()
    joined = EmbeddedPostgres(home).join()
    assert joined
    write_row(joined)
    owner.end(signal.SIGKILL)
    os.kill(left["pid"], signal.SIGKILL)
    with EmbeddedPostgres(home) as server:
        assert server.pid != left["pid"]
        assert read_row(server) == 42


@pytest.mark.skipif(not LINUX, reason="makes a zombie by a call of Linux")
def test_zombie_is_no_running_server(home: Path, another: Callable[..., Process]) -> None:
    parent = another(CARELESS_PARENT, home, ANOTHER)
    left = parent.tells()
    assert parent.tells() == {}  # the owner has been killed
    os.kill(left["pid"], signal.SIGKILL)
    stat_file = Path(f"/proc/{left['pid']}/stat")
    wait_for(lambda: " Z " in stat_file.read_text())
    assert EmbeddedPostgres(home).join() is None
    with EmbeddedPostgres(home) as server:
        assert " Z " in stat_file.read_text()
        assert server.pid != left["pid"]


def test_stranger_with_the_number_of_the_server_is_no_server(home: Path) -> None:
    with EmbeddedPostgres(home) as server:
        note = (home / "data" / "postmaster.pid").read_text()
        word = (home / "run" / "server.json").read_text()
    ours = str(os.getpid())
    (home / "data" / "postmaster.pid").write_text(note.replace(str(server.pid), ours, 1))
    (home / "run" / "server.json").write_text(word.replace(str(server.pid), ours))
    assert EmbeddedPostgres(home).join() is None
    with EmbeddedPostgres(home) as again:
        assert again.pid != os.getpid()


def test_other_data_in_the_same_place_are_not_joined(home: Path) -> None:
    with EmbeddedPostgres(home):
        word = home / "run" / "server.json"
        told = json.loads(word.read_text())
        word.write_text(json.dumps(told | {"system_identifier": told["system_identifier"] + 1}))
        assert EmbeddedPostgres(home).join() is None


@pytest.mark.parametrize("word", ["", "{", "[]", "{}", '{"data_directory": "/"}'])
def test_unreadable_word_of_a_server_is_none(new_home: Path, word: str) -> None:
    (new_home / "run").mkdir(parents=True)
    (new_home / "run" / "server.json").write_text(word)
    assert EmbeddedPostgres(new_home).join() is None


def test_set_up_that_was_cut_off_begins_anew(new_home: Path) -> None:
    for left in ("data.new", "postgresql/0.0.0.part"):
        (new_home / left).mkdir(parents=True)
    (new_home / "data.new" / "PG_VERSION").write_text("18\n")
    new_home.chmod(0o755)
    with EmbeddedPostgres(new_home) as server:
        assert ask(server.app_url, "SELECT 1") == 1


def test_lost_data_are_not_replaced_by_empty_ones(home: Path) -> None:
    with EmbeddedPostgres(home):
        pass
    (home / "data").rename(home / "lost")
    with pytest.raises(DataAreGone, match="Bring the folder back"):
        EmbeddedPostgres(home).start_or_join()
    (home / "lost").rename(home / "data")


def test_data_of_another_major_version_are_not_touched(home: Path) -> None:
    with EmbeddedPostgres(home) as server:
        ours = server.version.partition(".")[0]
    with changed(home / "data" / "PG_VERSION", "14\n"):
        with pytest.raises(OtherMajorVersion, match=f"written by PostgreSQL 14 and need it; here is {ours}"):
            EmbeddedPostgres(home).start_or_join()


def test_server_that_cannot_start_says_why(home: Path) -> None:
    with EmbeddedPostgres(home):
        pass
    with changed(home / "data" / "postgresql.auto.conf", "shared_buffers = 'much'\n"):
        for _ in range(2):  # a failed start leaves no lock behind
            with pytest.raises(DidNotStart, match=r"postgresql\.auto\.conf.*postgresql\.log"):
                EmbeddedPostgres(home).start_or_join()


def test_without_a_wheel_the_postgres_of_the_system_serves(new_home: Path) -> None:
    new_home.mkdir()
    account = Account.for_data(new_home / "data")
    try:
        binaries = find_binaries(new_home, account, wheel=None)
    except NoPostgres:
        pytest.skip("this system has no PostgreSQL of its own")
    cluster = Cluster(new_home, binaries, account, new_home / "log")
    passwords = Passwords.new()
    cluster.create(passwords)
    postmaster = cluster.start(None)
    try:
        assert postmaster.port
        version = ask(passwords.app_url(postmaster.port), "SHOW server_version")
        assert version.startswith(binaries.version)
    finally:
        postmaster.stop()


@pytest.mark.skipif(not ROOT, reason="only root runs the server as somebody else")
class TestAsRoot:
    def test_server_runs_as_an_account_without_rights(self, home: Path) -> None:
        with EmbeddedPostgres(home) as server:
            assert (home / "data").stat().st_uid != 0
            runs_as = psutil.Process(server.pid)
            assert 0 not in (*runs_as.uids(), *runs_as.gids())

    def test_home_that_nobody_else_may_enter_keeps_its_mode(self, new_home: Path) -> None:
        shut, out_of_homes = new_home / "root", new_home / "var" / "jaminan"
        shut.mkdir(parents=True)
        shut.chmod(0o700)
        for _ in range(2):
            with EmbeddedPostgres(shut / ".jaminan", out_of_homes=out_of_homes) as server:
                assert mode(shut) == 0o700
                assert server.data_directory.is_relative_to(out_of_homes)
                assert mode(shut / ".jaminan" / "run" / "server.json") == 0o600
                joined = EmbeddedPostgres(shut / ".jaminan", out_of_homes=out_of_homes).join()
                assert joined
                assert joined.pid == server.pid
        assert mode(shut) == 0o700
        assert len(list(out_of_homes.iterdir())) == 1

    def test_home_that_was_shut_later_gets_no_second_database(self, new_home: Path) -> None:
        with EmbeddedPostgres(new_home):
            pass
        new_home.chmod(0o700)
        with pytest.raises(DataAreGone, match="can no longer enter"):
            EmbeddedPostgres(new_home, out_of_homes=new_home.parent / "var").start_or_join()
        assert not (new_home.parent / "var").exists()

    def test_two_shut_homes_have_two_databases(self, new_home: Path) -> None:
        new_home.mkdir()
        new_home.chmod(0o700)
        with EmbeddedPostgres(new_home / "a", out_of_homes=new_home.parent / "var") as a:
            with EmbeddedPostgres(new_home / "b", out_of_homes=new_home.parent / "var") as b:
                assert a.system_identifier != b.system_identifier


def test_home_is_named_by_the_environment_or_lies_in_the_folder_of_the_user(tmp_path: Path) -> None:
    assert home_folder({"JAMINAN_HOME": str(tmp_path)}) == tmp_path.resolve()
    assert home_folder({"HOME": str(tmp_path)}) == tmp_path.resolve() / ".jaminan"
    with suppress(RuntimeError):
        assert home_folder({}).name == ".jaminan"
