"""Folders, files and a lock that belong to one account and to nobody else."""

import fcntl
import os
import tempfile
from contextlib import suppress
from pathlib import Path


def make_folder(folder: Path, *, mode: int = 0o700) -> None:
    """Make a folder with exactly this mode. One that is there already stays as it is."""
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(exist_ok=True)
        folder.chmod(mode)  # whatever the umask


def make_home(path: Path) -> None:
    """Make the folder of an installation, unless there is one.

    Root's may be passed through: the account that runs PostgreSQL for root has its data inside.
    """
    make_folder(path, mode=0o711 if os.geteuid() == 0 else 0o700)


def write(path: Path, text: str) -> None:
    """Replace a file whole: a reader, and a loss of power, meet the old text or the new."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    sync_folder(path.parent)


def write_once(path: Path, text: str) -> None:
    """Make a file whole, unless there is one: of several who do so at once, one wins and all use its."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")  # mode 0600
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(draft)
            sync_folder(path.parent)
    finally:
        os.unlink(draft)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


class Lock:
    """A lock between processes. The system releases it when its holder ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opened: int | None = None
        self._holder = 0

    @property
    def is_held(self) -> bool:
        """Tell whether this very process took it. A fork of the holder inherits the file, not the right."""
        return self._opened is not None and self._holder == os.getpid()

    @property
    def last_holder(self) -> str:
        """The number of the process that took it last, as far as known."""
        return self._path.read_text().strip() or "of unknown number"

    def take(self) -> bool:
        """Take it, or return False at once if another holds it."""
        if self.is_held:
            return True
        opened = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(opened)
            return False
        self._opened, self._holder = opened, os.getpid()
        os.truncate(opened, 0)
        os.pwrite(opened, f"{self._holder}\n".encode(), 0)
        return True

    def release(self) -> None:
        if self._opened is not None and self.is_held:
            os.close(self._opened)
            self._opened = None
