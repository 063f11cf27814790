"""What one node carries against the country's volumes, worked out from the latest figures."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.harness import figure, table
from benchmarks.results import Measure

PAGE: Final = Path(__file__).parents[1] / "docs" / "explanation" / "scale.md"
BEGINS: Final = "<!-- from here written by `make bench` -->\n"
ENDS: Final = "<!-- to here -->\n"

# Dossier, chapter 8: a year of the whole country, and what a claim or a member leaves in the log.
EVENTS_A_YEAR: Final = 8_500_000  # death and work accident claims
MEMBERS: Final = 8_280_000  # informal workers, May 2025
CLAIMS_A_YEAR: Final = 69_029 + 177_727
WORKING_HOURS_A_YEAR: Final = 245 * 8
PEAK: Final = 10  # the busiest second against the average of working hours


class Line(NamedTuple):
    """One demand of the country against what a node was measured to do."""

    demand: str
    needed: str
    measured: str
    share: str


def write_scale(measures: Sequence[Measure]) -> None:
    """Put the table into the page; without the figures it needs, the page stays as it is."""
    found = {one.id: one for one in measures}
    lines = _lines(found)
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGINS)
    after = rest.partition(ENDS)[2]
    if lines and rest:
        told = table([line._asdict() for line in lines])
        PAGE.write_text(f"{before}{BEGINS}\n{told}\n\n{ENDS}{after}", encoding="utf-8")


def _lines(found: Mapping[str, Measure]) -> list[Line]:
    lines: list[Line] = []
    average = EVENTS_A_YEAR / (WORKING_HOURS_A_YEAR * 3_600)
    if steps := found.get("4.32"):
        lines.append(
            Line(
                f"all claims of the country, {PEAK} times the average of working hours",
                f"{figure(average * PEAK)} steps/s",
                f"{figure(steps.value)} steps/s over HTTP",
                f"{average * PEAK / steps.value:.1%} of a node",
            )
        )
    if rows := found.get("7"):
        hours = MEMBERS / rows.value / 3_600
        lines.append(
            Line(
                f"every one of {MEMBERS:,} informal workers on a list anew",
                f"{MEMBERS:,} rows",
                f"{figure(rows.value)} rows/s",
                f"{hours:.1f} hours",
            )
        )
    if rebuild := found.get("6"):
        minutes = EVENTS_A_YEAR / rebuild.value / 60
        lines.append(
            Line(
                "all read models anew, for each year of claims in the log",
                f"{EVENTS_A_YEAR:,} events",
                f"{figure(rebuild.value)} events/s",
                f"{minutes:.1f} minutes a year",
            )
        )
    if size := found.get("10.bytes"):
        claims, members = EVENTS_A_YEAR * size.value / 1e9, MEMBERS * 9 * size.value / 1e9
        lines.append(
            Line(
                "the log on the disk",
                f"{EVENTS_A_YEAR:,} events a year, and 9 for each member once",
                f"{figure(size.value)} bytes an event",
                f"{claims:.0f} GB a year, {members:.0f} GB once",
            )
        )
    return lines
