"""What a figure of the benchmarks is: told with figures that are given, so nothing here is timed."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from benchmarks.harness import Cell, Readings, Spread, alternate, figure, percentile, probe, table


def gives(*figures: float) -> Callable[[], Awaitable[float]]:
    """Make what a cell runs: it gives these figures, one a round."""
    coming = iter(figures)

    async def run() -> float:
        return next(coming)

    return run


async def test_every_cell_runs_once_in_each_round_with_a_probe_before_it(tmp_path: Path) -> None:
    found = await alternate([Cell("a", gives(1, 2, 3)), Cell("b", gives(4, 5, 6))], tmp_path, rounds=3)
    assert found.by_cell == {"a": [1, 2, 3], "b": [4, 5, 6]}
    assert len(found.fsyncs) == 3
    assert found.fsync > 0


async def test_the_order_of_the_cells_is_drawn_anew_in_each_round(tmp_path: Path) -> None:
    order: list[str] = []

    def noting(name: str) -> Cell:
        async def run() -> float:
            order.append(name)
            return 1.0

        return Cell(name, run)

    rounds, names = 12, "abcd"
    await alternate([noting(name) for name in names], tmp_path, rounds)
    drawn = ["".join(order[start : start + 4]) for start in range(0, len(order), 4)]
    assert all(sorted(one) == sorted(names) for one in drawn)
    assert len(set(drawn)) > 1  # one order in twelve draws of 24: once in 10 to the 15th


async def test_a_cell_that_fails_is_left_out_and_costs_no_other_figure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tried = 0

    async def fails_the_second_time() -> float:
        nonlocal tried
        tried += 1
        if tried == 2:
            raise RuntimeError("no more")
        return 1.0

    cells = [Cell("good", gives(7, 8, 9)), Cell("bad", fails_the_second_time)]
    found = await alternate(cells, tmp_path, rounds=3)
    assert found.by_cell["good"] == [7, 8, 9]
    assert tried == 2
    assert found.has("good")
    assert not found.has("good", "bad")
    assert not found.has("never asked")
    assert "bad: failed, left out" in capsys.readouterr().out


def test_a_ratio_is_the_median_of_the_ratios_of_each_round() -> None:
    """The ratio of the medians would be 2, though no round saw more than half of that but one."""
    readings = Readings({"ours": [10.0, 20.0, 30.0], "theirs": [10.0, 5.0, 60.0]})
    assert readings.ratio("ours", to="theirs") == 1.0


def test_a_spread_is_the_median_with_the_lowest_and_highest() -> None:
    assert Spread.of([5.0, 1.0, 2_000.0]) == Spread(median=5.0, lowest=1.0, highest=2_000.0)
    assert str(Spread.of([5.0, 1.0, 2_000.0])) == "5 [1 to 2,000]"


@pytest.mark.parametrize(
    ("part", "expected"), [(0.0, 1.0), (0.5, 51.0), (0.99, 100.0), (1.0, 100.0)], ids=str
)
def test_a_percentile_is_the_value_below_which_that_part_lies(part: float, expected: float) -> None:
    assert percentile([float(n) for n in range(100, 0, -1)], part) == expected


def test_a_probe_leaves_nothing_behind(tmp_path: Path) -> None:
    assert probe(tmp_path) > 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("value", "told"),
    [(1_234_567.8, "1,234,568"), (99.96, "100"), (6.129, "6.13"), (0.0613, "0.0613"), (0, "0")],
)
def test_a_figure_has_the_digits_that_mean_something(value: float, told: str) -> None:
    assert figure(value) == told


def test_a_table_has_the_columns_of_its_first_row() -> None:
    rows: list[dict[str, object]] = [{"a": 1, "b": "x"}, {"a": 2}]
    assert table(rows) == "| a | b |\n| --- | --- |\n| 1 | x |\n| 2 |  |"
