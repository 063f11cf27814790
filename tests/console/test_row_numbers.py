"""Rows as people write them: what is written is what is read, and what cannot be a row is refused."""

import hypothesis
import pytest
from hypothesis import strategies as st

from api.console.row_numbers import TEXT_MAX, read_rows, written_rows
from domain.refusal import Invalid
from workflows.roster.table import ROWS_MAX


@hypothesis.given(st.sets(st.integers(1, 300)))
def test_what_is_written_is_what_is_read(rows: set[int]) -> None:
    assert read_rows(written_rows(rows), "among") == tuple(sorted(rows))


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("1-3, 5", (1, 2, 3, 5)),
        ("5;2 ; 2", (2, 5)),
        ("4 – 6", (4, 5, 6)),
        ("7 9", (7, 9)),
        (", ,", ()),
        ("", ()),
        (f"{ROWS_MAX}", (ROWS_MAX,)),
    ],
)
def test_rows_are_read_as_people_write_them(text: str, rows: tuple[int, ...]) -> None:
    assert read_rows(text, "among") == rows


@pytest.mark.parametrize(
    "text", ["0", "-1", "3-1", "1-", "a", "1.5", "١", f"{ROWS_MAX + 1}", "1-9999999", "1," * TEXT_MAX]
)
def test_what_cannot_be_a_row_is_refused_with_its_field(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_rows(text, "among")
    assert (
        refused.value.detail["field"] == "among" and "misalnya 1-20, 35" in refused.value.detail["detail_id"]
    )
