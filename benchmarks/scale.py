"""What one node carries against the country's volumes, on paper and replayed, worked out from the latest figures."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.harness import figure, table
from benchmarks.results import Measure
from benchmarks.year import HOUR, STEPS_A_YEAR, busiest_steps_per_second, replay

PAGE: Final = Path(__file__).parents[1] / "docs" / "explanation" / "scale.md"
BEGINS: Final = "<!-- from here written by `make bench` -->\n"
ENDS: Final = "<!-- to here -->\n"

# Dossier, chapter 8: a year of the whole country.
MEMBERS: Final = 8_280_000  # informal workers, May 2025
CLAIMS_A_YEAR: Final = 69_029 + 177_727
EVENTS_OF_A_MEMBER: Final = 9  # once
LISTS_WITHIN: Final = 20 * 8 * 3_600  # seconds: all lists of the country in the working hours of one month
PAPERS_OF_A_CLAIM: Final = 9 * 200_000  # bytes
DISK: Final = 10**12  # bytes


class Line(NamedTuple):
    """A demand of the whole country against what a node was measured to do; times: the countries it carries."""

    times: float
    demand: str
    needed: str
    measured: str


def write_scale(measures: Sequence[Measure], page: Path = PAGE) -> None:
    """Put the tables into the page; what has no figure yet is left out."""
    found = {one.id: one.value for one in measures}
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGINS)
    after = rest.partition(ENDS)[2]
    parts = [*_on_paper(found), *_replayed(found)]
    if rest:
        told = "\n\n".join(parts)
        page.write_text(f"{before}{BEGINS}\n{told}\n\n{ENDS}{after}", encoding="utf-8")


def _on_paper(found: Mapping[str, float]) -> Iterator[str]:
    """Yield the table of what runs out, first things first."""
    if lines := sorted(_lines(found)):
        yield "What a node carries of each, as multiples of the whole country; what runs out first stands first:"
        yield table(
            [
                {
                    "demand of the country": line.demand,
                    "needed": line.needed,
                    "measured": line.measured,
                    "carries": f"{figure(line.times)} × the country",
                }
                for line in lines
            ]
        )


def _lines(found: Mapping[str, float]) -> Iterator[Line]:
    pace = busiest_steps_per_second()
    busiest = "steps of the busiest ten minutes of the year"
    for id_, what in (
        ("4.32", "one server over HTTP"),
        ("5.full", "one house with all read models, without HTTP"),
        ("3.ours in two processes 128", "the log, two processes"),
    ):
        if steps := found.get(id_):
            yield Line(
                steps / pace, f"{busiest}: {what}", f"{figure(pace)} steps/s", f"{figure(steps)} steps/s"
            )
    if rows := found.get("7"):
        needed = MEMBERS / LISTS_WITHIN
        yield Line(
            rows / needed,
            f"every one of {MEMBERS:,} informal workers on a list anew, within one month",
            f"{figure(needed)} rows/s",
            f"{figure(rows)} rows/s",
        )
    if rebuilt := found.get("6"):
        needed = STEPS_A_YEAR / (8 * HOUR)
        yield Line(
            rebuilt / needed,
            "all read models anew over night, eight hours, for a year of claims in the log",
            f"{figure(needed)} events/s",
            f"{figure(rebuilt)} events/s",
        )
    if size := found.get("10.bytes"):
        log = STEPS_A_YEAR * size
        yield Line(
            DISK / log,
            f"facts on a disk of 1 TB: {STEPS_A_YEAR:,} events a year",
            f"{figure(log / 1e9)} GB a year, and {figure(MEMBERS * EVENTS_OF_A_MEMBER * size / 1e9)} GB once",
            f"{figure(size)} bytes an event",
        )
    papers = CLAIMS_A_YEAR * PAPERS_OF_A_CLAIM
    yield Line(
        DISK / papers,
        f"papers on a disk of 1 TB: nine of 200 KB for each of {CLAIMS_A_YEAR:,} claims",
        f"{figure(papers / 1e9)} GB a year",
        "as they are",
    )


def _replayed(found: Mapping[str, float]) -> Iterator[str]:
    """Yield the table of the busiest ten minutes as the country grows, with the measured pace of a server."""
    if capacity := found.get("4.32"):
        yield (
            f"The busiest ten minutes of a year, replayed against one server that takes {figure(capacity)} steps/s,"
            " one after the other:"
        )
        yield table(
            [
                {
                    "times the country": f"{one.growth:,}",
                    "steps/s": figure(one.steps_per_second),
                    "busy": f"{one.busy:.0%}",
                    "answered within, p50": f"{figure(one.wait_p50 * 1000)} ms",
                    "p99": f"{figure(one.wait_p99 * 1000)} ms",
                    "longest": f"{figure(one.wait_max * 1000)} ms",
                }
                for one in replay(capacity)
            ]
        )
