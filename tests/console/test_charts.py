"""Charts tell the truth: bars start at zero, stay in their frame, and keep proportion and order."""

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from api.console.charts import DIAMONDS_MAX, Frame, cloth, columns, diamonds, length, level

AMOUNTS = st.integers(0, 10**16)
FRAMES = st.builds(
    lambda width, top, height: Frame(width=width, top=top, floor=top + height),
    st.integers(200, 2_000),
    st.integers(0, 100),
    st.integers(20, 1_000),
)
GROUPS = st.integers(1, 3).flatmap(
    lambda n: st.lists(st.lists(AMOUNTS, min_size=n, max_size=n), min_size=1, max_size=24)
)


@given(st.lists(AMOUNTS, min_size=1), st.integers(1, 5_000))
def test_bars_are_proportional_and_keep_their_order(values: list[int], longest: int) -> None:
    full = max(values)
    lengths = [length(value, full=full, longest=longest) for value in values]
    assert max(lengths) == (longest if full else 0)
    for value, drawn in zip(values, lengths, strict=True):
        assert (drawn > 0) == (value > 0)
        assert drawn <= longest
        # to the nearest unit, but for what would vanish
        assert 2 * abs(drawn * full - value * longest) <= full or drawn == 1
    ordered = sorted(zip(values, lengths, strict=True))
    assert [drawn for _, drawn in ordered] == sorted(lengths)


def test_nothing_is_drawn_for_nothing() -> None:
    assert length(0, full=0, longest=100) == 0
    assert length(0, full=10, longest=100) == 0
    assert length(10**16, full=10**16, longest=100) == 100
    assert length(1, full=10**16, longest=100) == 1
    assert length(20, full=10, longest=100) == 100  # what goes beyond the frame ends with it


@given(GROUPS, FRAMES, AMOUNTS)
def test_columns_stand_on_the_floor_within_the_frame_and_never_touch(
    values: list[list[int]], frame: Frame, more: int
) -> None:
    full = max(value for group in values for value in group) + more
    groups = columns(values, frame, full=full)
    assert [len(group) for group in groups] == [len(group) for group in values]
    boxes = [box for group in groups for box in group]
    for box, value in zip(boxes, (value for group in values for value in group), strict=True):
        assert box.y + box.height == frame.floor
        assert frame.top <= box.y and box.x >= 0 and box.x + box.width <= frame.width
        assert box.width >= 1
        assert box.y == level(value, frame, full=full)
        assert box.x <= box.middle <= box.x + box.width
    for one, following in pairwise(boxes):
        assert one.x + one.width < following.x


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_cloth_has_a_diamond_for_every_kind_and_never_too_many(
    covered: int, lapsing: int, target: int
) -> None:
    lapsing = min(covered, lapsing)
    made = cloth(covered=covered, lapsing=lapsing, target=target)
    kinds = (
        (covered - lapsing, made.covered),
        (lapsing, made.lapsing),
        (max(0, target - covered), made.left),
    )
    for people, drawn in kinds:
        assert (drawn > 0) == (people > 0)
        assert 0 <= drawn * made.each - people < made.each
    assert sum(drawn for _, drawn in kinds) <= DIAMONDS_MAX + 2
    assert made.rows * made.per_row >= sum(drawn for _, drawn in kinds)
    assert made.each == 1 or max(covered, target) > DIAMONDS_MAX


def test_up_to_a_thousand_people_have_a_diamond_each() -> None:
    made = cloth(covered=817, lapsing=42, target=1000)
    assert (made.each, made.covered, made.lapsing, made.left, made.rows) == (1, 775, 42, 183, 20)
    assert cloth(covered=0, lapsing=0, target=0).rows == 0
    many = cloth(covered=180_000, lapsing=90, target=200_000)
    assert (many.each, many.covered, many.lapsing, many.left) == (200, 900, 1, 100)
    assert cloth(covered=1_200, lapsing=0, target=1_000).left == 0


@given(st.integers(0, 200), st.integers(0, 200), st.integers(1, 60))
def test_diamonds_stand_row_by_row(first: int, count: int, per_row: int) -> None:
    path = diamonds(first, count, per_row=per_row)
    found = [(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)", path)]
    assert len(set(found)) == len(found) == count
    assert [(x // 14, y // 14) for x, y in found] == [
        (n % per_row, n // per_row) for n in range(first, first + count)
    ]
