"""What `jaminan projection` says while it works on a long log, and of how much it speaks."""

import asyncio

import pytest

from api.cli_projection import _counted, _shown
from projections.progress import Progress
from tests.faults.program import PATIENCE


async def test_it_says_how_far_the_slower_process_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("api.cli_projection.ELSEWHERE", 0.01)
    progress = Progress()
    progress.processes, progress.up_to = 2, 60_000
    progress.reach(40_000, process=0)
    progress.reach(20_000, process=1)

    async def told(words: str) -> None:
        said = ""
        while words not in said:
            await asyncio.sleep(0.01)
            said += capsys.readouterr().err

    async def work() -> str:
        async with asyncio.timeout(PATIENCE):
            await told("20,000 of 60,000 events")
            progress.reach(60_000, process=0)
            progress.reach(60_000, process=1)
            await told("all events; then this")
        return "done"

    assert await _shown(work(), progress, "then this") == "done"


def test_one_is_one() -> None:
    assert [_counted(number, "row") for number in (0, 1, 2)] == ["0 rows", "1 row", "2 rows"]
