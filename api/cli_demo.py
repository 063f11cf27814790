"""The commands around the demonstration: `jaminan demo seed`."""

from datetime import UTC, date, datetime
from typing import Annotated

import typer

from api.cli_house import fail, read_day, read_settings, run, say

demo_app = typer.Typer(help="The demonstration city.", no_args_is_help=True)
ADDRESS = "http://127.0.0.1:8000"  # where `jaminan serve` listens unless it is told otherwise


@demo_app.callback()
def demo() -> None:
    """The demonstration city."""


@demo_app.command("seed")
def demo_seed(
    day: Annotated[
        str, typer.Option(help="Day up to which the story is told, YYYY-MM-DD; today if left out")
    ] = "",
) -> None:
    """Fill a demonstration with the demonstration city. What is told already is not told twice."""
    from workflows.days import legal_day

    today = legal_day(datetime.now(UTC))
    told = read_day(day, "--day") if day else today
    if told > today:
        fail(f"--day: {told.isoformat()} lies ahead: the story is told up to a day that has come")
    run(_seed(told))


async def _seed(today: date) -> None:
    from api.bootstrap import open_house
    from api.demo.seed import seed_demo
    from api.serve import working

    async with open_house(read_settings(), demo=True, begins=True, say=say) as house, working(house):
        await seed_demo(house, ADDRESS, say, today=today)
