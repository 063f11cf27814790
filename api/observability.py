"""Logs as JSON lines on standard error, with a last net for personal values."""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, Final

import structlog

_LONG_NUMBER: Final = re.compile(r"(?<!\d)\d{12}(?=\d{4}(?!\d))")  # a NIK: all but its last four digits
_NEVER: Final = frozenset(
    {"nik", "name", "nama", "account_number", "account_name", "phone", "address", "body"}
)


def set_up_logs(level: str) -> None:
    """Let everything that logs write JSON lines; the server's own access log stays off: it shows addresses."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_personal_values,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Places("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


class _Places(logging.Formatter):
    """Shows a fault by its kind and the lines it passed through; a whole trace would show values."""

    def formatException(self, ei: Any) -> str:  # noqa: N802  # the name is the standard library's
        kind, _, passed = ei
        return f"{kind.__name__ if kind else None} at {_lines(passed)}"


def without_personal_values(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take out what must never stand in a log, whoever wrote it."""
    for name, value in event.items():
        if name in _NEVER:
            event[name] = "[personal]"
        elif isinstance(value, str):
            event[name] = _LONG_NUMBER.sub("************", value)
    return event


def places(fault: BaseException) -> list[str]:
    """Return the lines of code a fault passed through; not its message, which may hold values."""
    return _lines(fault.__traceback__)


def _lines(passed: TracebackType | None) -> list[str]:
    return [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(passed)][-12:]
