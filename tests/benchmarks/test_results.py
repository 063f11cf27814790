"""The file of the latest figures, the table and the page that are written from it."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.harness import Readings
from benchmarks.page import write_page
from benchmarks.results import Measure, Results

READINGS = Readings(
    {"ours": [60.0, 80.0, 70.0], "theirs": [10.0, 10.0, 10.0], "broken": [1.0]},
    fsyncs=[5_000.0, 6_000.0, 9_000.0],
    failed={"broken"},
)


def measured(**more: Any) -> Measure:
    [measure] = Measure.of("1", "steps: ours", READINGS, "ours", **({"unit": "steps/s"} | more))
    return measure


def told(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text())
    return loaded


def test_a_measure_holds_a_cell_against_another_of_the_same_rounds() -> None:
    measure = measured(against="theirs", goal=6.0)
    assert (measure.value, measure.lowest, measure.highest) == (70.0, 60.0, 80.0)
    assert (measure.anchor, measure.ratio) == (10.0, 7.0)
    assert (measure.rounds, measure.fsync) == (3, 6_000.0)
    assert measure.judged is True


@pytest.mark.parametrize(("cell", "against"), [("broken", ""), ("ours", "broken"), ("broken", "ours")])
def test_a_cell_that_failed_gives_no_measure(cell: str, against: str) -> None:
    assert Measure.of("1", "steps", READINGS, cell, unit="steps/s", against=against) == []


@pytest.mark.parametrize(
    ("more", "met"),
    [
        ({}, None),
        ({"goal": 70.0}, True),
        ({"goal": 70.1}, False),
        ({"goal": 70.0, "at_most": True}, True),
        ({"goal": 69.9, "at_most": True}, False),
        ({"goal": 7.0, "against": "theirs"}, True),  # the ratio counts, not the value
        ({"goal": 7.1, "against": "theirs"}, False),
        ({"goal": 7.0, "against": "theirs", "at_most": True}, True),
        ({"goal": 6.9, "against": "theirs", "at_most": True}, False),
    ],
)
def test_a_goal_is_met_by_the_ratio_or_without_an_anchor_by_the_value(
    more: dict[str, Any], met: bool | None
) -> None:
    assert measured(**more).judged is met


@pytest.mark.parametrize(("value", "met"), [(0, True), (1, False)])
def test_what_must_never_happen_is_counted_against_nought(value: int, met: bool) -> None:
    assert Measure.counted("9.lost", "lost", value, unit="steps", fsync=5_000.0).judged is met


def test_the_file_has_the_shape_that_is_published(tmp_path: Path) -> None:
    path = tmp_path / "results" / "latest.json"
    Results("quick", "18.6", path).add(measured(against="theirs", goal=6.0))
    kept = told(path)
    assert list(kept) == ["machine", "versions", "measures"]
    assert {"cores", "processor", "memory_gb", "system"} <= kept["machine"].keys()
    assert {"python", "postgresql", "asyncpg", "fastapi"} <= kept["versions"].keys()
    [one] = kept["measures"]
    published = {name: one[name] for name in ("id", "value", "unit", "anchor", "ratio", "goal", "met")}
    assert published == {
        "id": "1", "value": 70.0, "unit": "steps/s", "anchor": 10.0, "ratio": 7.0, "goal": 6.0, "met": True,
    }  # fmt: skip
    assert list(one)[:7] == list(published)


def test_without_anchor_or_goal_the_file_says_null(tmp_path: Path) -> None:
    path = tmp_path / "latest.json"
    Results("quick", "18.6", path).add(measured())
    [one] = told(path)["measures"]
    assert [one[name] for name in ("anchor", "ratio", "goal", "met")] == [None] * 4


def test_what_a_run_did_not_take_stays_with_its_day_and_is_called_stale(tmp_path: Path) -> None:
    path = tmp_path / "latest.json"
    Results("full", "18.6", path).add(measured(), Measure(id="8", what="list", value=1.5, unit="ms"))
    quick = Results("quick", "18.6", path)
    quick.add(measured())
    one, eight = quick.measures
    assert (one.stale, one.on.partition(" ")[2]) == (False, "quick")
    assert (eight.stale, eight.on.partition(" ")[2]) == (True, "full")
    lines = quick.markdown().splitlines()
    assert lines[2].endswith("quick |")
    assert lines[3].endswith("full, stale |")
    assert [measure["stale"] for measure in told(path)["measures"]] == [False, True]


def test_a_run_of_some_programs_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "latest.json"
    Results("full", "18.6", path).add(Measure(id="8", what="list", value=1.5, unit="ms"))
    Results("quick", "18.6", path).add(measured())
    some = Results("full", "18.6", path, whole=False)
    some.add(Measure(id="7", what="roster", value=6_000.0, unit="rows/s"))
    assert [(one.id, one.stale) for one in some.measures] == [("1", False), ("7", False), ("8", True)]


def test_figures_stand_in_the_order_of_the_goals(tmp_path: Path) -> None:
    results = Results("quick", "18.6", tmp_path / "latest.json")
    results.add(
        *(
            Measure(id=id_, what="", value=1.0, unit="")
            for id_ in ("law-replay", "10.idle", "9.lost", "1.DBOS")
        )
    )
    assert [one.id for one in results.measures] == ["1.DBOS", "9.lost", "10.idle", "law-replay"]


def test_a_run_that_breaks_off_keeps_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "latest.json"
    Results("full", "18.6", path).add(measured())  # and nothing more is ever said
    assert [one.id for one in Results("full", "18.6", path).measures] == ["1"]


def page_of(tmp_path: Path, *measures: Measure) -> str:
    results = Results("quick", "18.6", tmp_path / "latest.json")
    results.add(*measures)
    write_page(results, tmp_path / "benchmarks.md")
    return (tmp_path / "benchmarks.md").read_text()


def test_the_page_says_plainly_what_is_missed_and_by_how_much(tmp_path: Path) -> None:
    page = page_of(tmp_path, measured(against="theirs", goal=14.0))
    assert "| 1 steps: ours | 7 | 14 | 2.0× |" in page.partition("## Where we lose")[2]


def test_what_must_never_happen_and_did_is_a_loss(tmp_path: Path) -> None:
    page = page_of(tmp_path, Measure.counted("9.lost", "lost", 3, unit="steps", fsync=5_000.0))
    assert "| 9.lost lost | 3 | 0 |" in page.partition("## Where we lose")[2]


def test_the_page_says_that_nothing_is_missed(tmp_path: Path) -> None:
    assert "No goal is missed" in page_of(tmp_path, measured(against="theirs", goal=7.0))


def test_the_page_shows_contenders_by_callers_beside_ours(tmp_path: Path) -> None:
    readings = Readings(
        {"ours, 8 callers": [60.0], "ours, 32 callers": [90.0], "DBOS, 8 callers": [20.0]}, fsyncs=[5_000.0]
    )

    def steps(id_: str, cell: str, against: str = "") -> list[Measure]:
        what = f"lifecycle steps: {cell}"
        return Measure.of(id_, what, readings, cell, unit="steps/s", against=against)

    page = page_of(
        tmp_path,
        *steps("1.DBOS", "ours, 8 callers", "DBOS, 8 callers"),
        *steps("3.ours 8", "ours, 8 callers"),
        *steps("3.ours 32", "ours, 32 callers"),
    )
    assert (
        "|  | 8 callers | 32 callers |\n| --- | --- | --- |\n| ours | 60 | 90 |\n| DBOS | 20 (3.00×) |  |"
    ) in page
