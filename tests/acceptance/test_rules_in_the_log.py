"""A start with rules that say something else than stored decisions used is refused, with the way to correct them."""

import shutil
from pathlib import Path

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Town
from tests.acceptance.server import command_line

ROOT = Path(__file__).parents[2]


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """The product's own rules in a copy that may be edited."""
    shutil.copytree(ROOT / "domain", tmp_path / "domain", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def edit(program: Path, file: str, before: str, after: str) -> None:
    path = program / "domain" / "benefit" / "parameters" / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "before", "after", "says"),
    [
        (
            "death.toml",
            "rupiah = 20_000_000",
            "rupiah = 21_000_000",
            "The rule JKM-LUMP-V2 was changed, but decisions in the log may have used it as it was. Put it back, and "
            'add the correction as a rule with an id of its own and supersedes = "JKM-LUMP-V2".',
        ),
        (
            "contribution_bands.csv",
            "1,0,1099000,1000000,10000,",
            "1,0,1099000,1100000,11000,",
            "The row `band 1 from 2015-07-01` was changed, but decisions in the log may have used it as it was. Put "
            "it back; a new table begins with rows of its own day.",
        ),
    ],
)
def test_a_changed_parameter_file_stops_the_start(
    town: Town, program: Path, file: str, before: str, after: str, says: str
) -> None:
    place = stories.enrolled_workers(town)
    stories.pay(town, place, stories.MONTHS)
    stories.calculated(town, place.workers[0].nik, "2024-05-10")
    unchanged = command_line(town.home, "rules", "replay", PYTHONPATH=str(program))
    assert unchanged.returncode == 0, unchanged.stderr
    edit(program, file, before, after)
    for command in (("serve", "--demo", "--port", "0"), ("doctor",)):
        refused = command_line(town.home, *command, PYTHONPATH=str(program))
        assert (refused.returncode, refused.stdout) == (1, "")
        assert refused.stderr.splitlines()[-1] == says
