"""Where the parts of a chart stand: whole numbers of its frame, worked out here, drawn by templates.

Bars start at zero and are proportional to what they show, to the nearest unit; what is more than nothing is never
drawn as nothing, and of two values the larger one never gets the shorter bar.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

DIAMONDS_MAX: Final = 1_000
PER_ROW: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A bar: its upper left corner, width and height."""

    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> int:
        return self.x + self.width // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The part of a chart that bars may fill: from `top` down to `floor`, where zero is."""

    width: int
    top: int
    floor: int

    @property
    def height(self) -> int:
        return self.floor - self.top


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloth:
    """A programme as a cloth of diamonds: covered, about to lapse, and places left, in this order.

    each: up to how many people of its kind one diamond stands for; whatever kind has people has a diamond.
    """

    each: int
    covered: int
    lapsing: int
    left: int
    per_row: int

    @property
    def rows(self) -> int:
        return -(-(self.covered + self.lapsing + self.left) // self.per_row)


def length(value: int, *, full: int, longest: int) -> int:
    """Return how long the bar of a value is where `full` is drawn at the `longest`. No value lies below zero."""
    if value <= 0 or full <= 0:
        return 0
    nearest = (2 * min(value, full) * longest + full) // (2 * full)
    return max(1, nearest)


def columns(values: Sequence[Sequence[int]], frame: Frame, *, full: int, gap: int = 2) -> list[list[Box]]:
    """Return standing bars: for each group one box for each of its values, side by side with a gap between.

    full: the value that fills the frame. Groups share the width evenly, a third of each is left free.
    """
    boxes = []
    for n, group in enumerate(values):
        begins, ends = frame.width * n // len(values), frame.width * (n + 1) // len(values)
        room = (ends - begins) * 2 // 3
        width = max(1, (room - gap * (len(group) - 1)) // max(1, len(group)))
        first = (begins + ends - len(group) * width - (len(group) - 1) * gap) // 2
        heights = [length(value, full=full, longest=frame.height) for value in group]
        boxes.append(
            [
                Box(x=first + i * (width + gap), y=frame.floor - height, width=width, height=height)
                for i, height in enumerate(heights)
            ]
        )
    return boxes


def level(value: int, frame: Frame, *, full: int) -> int:
    """Return at which height of the frame a line stands that means a value."""
    return frame.floor - length(value, full=full, longest=frame.height)


def cloth(*, covered: int, lapsing: int, target: int, per_row: int = PER_ROW) -> Cloth:
    """Return the diamonds of a programme. covered: all who are, those about to lapse among them.

    Up to 1,000 people have a diamond each; above that one stands for up to 2, 5, 10, 20 … people of its kind, so
    that 1,000 diamonds are enough, and at most two more where kinds begin a diamond of their own.
    """
    each = _round_number(-(-max(covered, target) // DIAMONDS_MAX))
    steady, soon, left = (
        -(-people // each) for people in (covered - lapsing, lapsing, max(0, target - covered))
    )
    return Cloth(each=each, covered=steady, lapsing=soon, left=left, per_row=per_row)


def diamonds(first: int, count: int, *, per_row: int, pitch: int = 14, half: int = 5) -> str:
    """Return the path of diamonds number `first` to `first + count - 1` of a cloth, row by row."""
    return "".join(
        f"M{n % per_row * pitch + pitch // 2} {n // per_row * pitch + pitch // 2 - half}"
        f"l{half} {half}-{half} {half}-{half}-{half}z"
        for n in range(first, first + count)
    )


def _round_number(least: int) -> int:
    """Return the smallest of 1, 2, 5, 10, 20, 50 … that is not below the least."""
    power = 1
    while True:
        for step in (1, 2, 5):
            if step * power >= least:
                return step * power
        power *= 10
