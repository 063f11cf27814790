"""What a command that was carried out is answered."""

from typing import Any, NamedTuple


class Answer(NamedTuple):
    """What a command was answered. `data` is remembered with the command id for whoever repeats it."""

    position: int
    data: dict[str, Any]  # JSON: id, kind, status, version, open_steps and what the step adds
