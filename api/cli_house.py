"""What every command needs: settings, an event loop that can be told to stop, an open house, a last word."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import date
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer

T = TypeVar("T")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON")]


def read_settings(definitions: Path | None = None) -> Any:
    from pydantic import ValidationError

    from api.settings import Settings

    try:
        settings = Settings()
    except ValidationError as refused:
        for error in refused.errors():
            say(f"JAMINAN_{str(error['loc'][0]).upper()}: {error['msg']}")
        raise typer.Exit(1) from None
    return settings.model_copy(update={"definitions": definitions}) if definitions else settings


def run(work: Coroutine[Any, Any, T], *, goes_on: bool = False) -> T:
    """Do the work. goes_on: it has no end of its own, so being told to stop is no failure."""
    import uvloop

    from api.serve import PortTaken
    from api.signals import ToldToStop, until_told

    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(until_told(work))
    except PortTaken as taken:
        fail(str(taken))
    except ToldToStop as stopped:
        raise typer.Exit(0 if goes_on else 128 + stopped.told) from None


def in_house(use: Callable[[Any], Coroutine[Any, Any, T]]) -> T:
    """Open the house, use it and close it. It may be open in a server at the same time."""
    from api.bootstrap import open_house

    async def opened() -> T:
        async with open_house(read_settings(), say=say) as house:
            return await use(house)

    return run(opened())


def say(sentence: str) -> None:
    typer.echo(sentence, err=True)


def read_day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail(f"{option} is a day, such as 2023-09-01")


def fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
