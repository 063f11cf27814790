"""The year that is replayed, and what is said of it on the page about scale."""

from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.results import Measure
from benchmarks.scale import BEGINS, ENDS, write_scale
from benchmarks.year import STEPS_A_YEAR, busiest_steps_per_second, replay, waits_of


def test_who_comes_while_another_is_served_waits_for_him_too() -> None:
    assert list(waits_of([0.0, 1.0, 10.0], [3.0, 2.0, 1.0])) == [3.0, 4.0, 1.0]


def test_a_year_is_the_same_year_whenever_it_is_drawn() -> None:
    assert list(replay(500.0)) == list(replay(500.0))


def test_the_busiest_ten_minutes_are_busier_than_the_average_and_no_more_than_ten_times() -> None:
    average = STEPS_A_YEAR / (240 * 8 * 3_600)
    assert 2 * average < busiest_steps_per_second() < 10 * average


def test_waits_grow_with_the_country_until_it_is_more_than_the_server_can_do() -> None:
    found = list(replay(100.0))
    assert all(one.growth < other.growth and one.wait_p99 < other.wait_p99 for one, other in pairwise(found))
    assert [one.busy < 1 for one in found] == [True] * (len(found) - 1) + [False]
    assert found[0].growth == 1


def test_a_server_that_is_overrun_leaves_people_waiting_for_minutes() -> None:
    last = list(replay(3.0))[-1]
    assert last.busy > 1
    assert last.wait_max > 60


@pytest.fixture
def scale_page(tmp_path: Path) -> Path:
    page = tmp_path / "scale.md"
    page.write_text(f"before\n{BEGINS}old\n{ENDS}after\n")
    return page


def test_what_runs_out_first_stands_first(scale_page: Path) -> None:
    write_scale(
        [
            Measure(id="4.32", what="steps", value=40.0, unit="req/s"),
            Measure(id="7", what="list", value=1.0, unit="rows/s"),
        ],
        scale_page,
    )
    text = scale_page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    places = [
        text.index(what)
        for what in ("informal workers on a list", "papers on a disk", "one server over HTTP")
    ]
    assert places == sorted(places)
    assert "| 1 | 3." in text.partition("replayed against one server")[2]


def test_what_has_no_figure_yet_is_left_out(scale_page: Path) -> None:
    write_scale([], scale_page)
    text = scale_page.read_text()
    assert "papers on a disk" in text
    assert "one server over HTTP" not in text
    assert "replayed against" not in text
