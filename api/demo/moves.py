"""How stories are written down: moves in a row, each so many working days after the one before.

`"report file+1 papers return:KK+2"` reads: reported, filed a day later, papers brought the same day, sent
back for the family card two days after that.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from api.demo.office_days import OfficeDays, at_hour

BETWEEN_MOVES: Final = 40  # minutes between two moves on one day


@dataclass(frozen=True, slots=True)
class Move:
    """One move of a story. place: which of the story it is, so that one which comes twice is two."""

    name: str
    arguments: tuple[str, ...]
    days_after: int
    place: int

    @property
    def argument(self) -> str:
        return self.arguments[0] if self.arguments else ""


def moves_of(path: str) -> tuple[Move, ...]:
    """Read a story as it is written down."""
    return tuple(_moves(path))


def _moves(path: str) -> Iterator[Move]:
    for place, word in enumerate(path.split()):
        what, _, days = word.partition("+")
        name, _, arguments = what.partition(":")
        yield Move(name, tuple(arguments.split(",")) if arguments else (), int(days or 0), place)


def dated(
    moves: tuple[Move, ...], days: OfficeDays, begins: date | int, minutes: int
) -> Iterator[tuple[datetime, Move]]:
    """Yield when each move is made.

    begins: the day of the first move; or a number, and then the last move lies so many working days before
    today. minutes: after the office opens, so that stories of one day do not all begin at once.
    """
    if isinstance(begins, int):
        day = days.before_today(begins + sum(move.days_after for move in moves))
    else:
        day = days.on_or_after(begins)
    hour = float(minutes)
    for move in moves:
        if move.days_after == 0 and move.place > 0:
            hour += BETWEEN_MOVES
        else:
            hour = minutes + move.place * 53 % 150  # nobody works by the minute
        day = days.after(day, move.days_after)
        yield at_hour(day, hour), move
