"""Logs as JSON lines on standard error, with a last net for personal values."""

import logging
import re
import sys
from collections.abc import MutableMapping
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
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")


def without_personal_values(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take out what must never stand in a log, whoever wrote it."""
    for name, value in event.items():
        if name in _NEVER:
            event[name] = "[personal]"
        elif isinstance(value, str):
            event[name] = _LONG_NUMBER.sub("************", value)
    return event
