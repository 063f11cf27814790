"""Who runs PostgreSQL: ourselves, or, since it refuses root, an unprivileged account that exists already."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from store.postgres.unavailable import NoAccount

# What a server needs to know of its surroundings. Everything else, PGDATA and PGPORT above all, is left out.
_KEPT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR")


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the operating system under whose name the server and its tools run."""

    uid: int
    gid: int

    @classmethod
    def for_data(cls, data: Path) -> "Account":
        """Return ourselves, or as root whoever owns the data, or for new data `nobody` or the like.

        Raises `NoAccount` when root finds no other account.
        """
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid())
        if data.exists() and (owner := data.stat()).st_uid != 0:
            return cls(owner.st_uid, owner.st_gid)
        others = {entry.pw_name: entry for entry in pwd.getpwall() if entry.pw_uid != 0}
        for name in ("nobody", "postgres", "daemon", *others):
            if name in others:
                return cls(others[name].pw_uid, others[name].pw_gid)
        raise NoAccount(
            "PostgreSQL refuses to run as root, and this system has no other account. "
            "Run Jaminan as an ordinary user, or set JAMINAN_DATABASE_URL to a server of your own."
        )

    @property
    def is_another(self) -> bool:
        return self.uid != os.geteuid()

    def reaches(self, folder: Path) -> bool:
        """Tell whether this account may enter the folder, by trying: modes alone know no access lists.

        Raises `NoAccount` where root itself may not become another user, as in some containers.
        """
        try:
            return self.run(["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)]).returncode == 0
        except PermissionError as error:
            raise NoAccount(
                f"PostgreSQL refuses to run as root, and root may not run it as user {self.uid} here. "
                "Run Jaminan as an ordinary user, or set JAMINAN_DATABASE_URL to a server of your own."
            ) from error

    def run(self, command: Sequence[str | Path], *, told: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command to its end as this account; `told` goes to its standard input."""
        return subprocess.run(  # noqa: S603 (programs of our own choice)
            command,
            input=told,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            **self.surroundings(),
        )

    def surroundings(self) -> dict[str, Any]:  # Any: keywords of subprocess, of many types
        """Return the keywords of `subprocess` that make this account run it, with few variables."""
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        here: dict[str, Any] = {"cwd": "/", "env": environment | {"LC_ALL": "C", "TZ": "UTC"}}
        if self.is_another:
            here |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return here

    def make_folder(self, folder: Path) -> None:
        """Make a folder that only this account may enter."""
        folder.mkdir(mode=0o700)
        if self.is_another:
            os.chown(folder, self.uid, self.gid)
