"""What a process holds in memory, with those that it started: a server has one for read models, one for processes."""

from pathlib import Path


def memory_mb(pid: int) -> float:
    """Return the resident memory of a process and of those it started."""
    process = Path(f"/proc/{pid}")
    started = [int(child) for file in process.glob("task/*/children") for child in file.read_text().split()]
    return _resident_mb(process) + sum(memory_mb(child) for child in started)


def _resident_mb(process: Path) -> float:
    for line in (process / "status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("the process is gone")
