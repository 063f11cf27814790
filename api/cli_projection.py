"""`jaminan projection`: how far the read models are; to build them anew, or compare them with the log."""

import asyncio
import sys
import time
from collections.abc import Coroutine, Sequence
from typing import Annotated, Any, Final, TypeVar

import msgspec
import typer

from api.cli_house import AsJson, in_house, say

T = TypeVar("T")

ON_A_TERMINAL: Final = 0.2  # seconds between two looks, which write one line again and again
ELSEWHERE: Final = 5.0  # seconds between two lines

projection_app = typer.Typer(
    help="Read models: how far, rebuild, compare with the log.", no_args_is_help=True
)


@projection_app.command("status")
def projection_status(as_json: AsJson = False) -> None:
    """Show each read model: state, position, how far behind the log."""
    rows = in_house(lambda house: _workshop(house).status())
    if as_json:
        typer.echo(msgspec.json.encode(rows))
        return
    for row in rows:
        fault = f"  {row.error}" if row.error else ""
        typer.echo(
            f"{row.name:22} v{row.version}  {row.state:12} position {row.position:>8}  lag {row.lag}{fault}"
        )


@projection_app.command("rebuild")
def projection_rebuild(
    names: Annotated[list[str] | None, typer.Argument(help="Read models; all if none is named")] = None,
    as_json: AsJson = False,
) -> None:
    """Build read models anew from the first event, beside the live ones, and swap them in."""
    done = in_house(lambda house: _rebuild(house, names or ()))
    if as_json:
        typer.echo(msgspec.json.encode(done))
        return
    for name, position in done.items():
        typer.echo(f"{name}: rebuilt to position {position}")


@projection_app.command("verify")
def projection_verify(
    names: Annotated[list[str] | None, typer.Argument(help="Read models; all if none is named")] = None,
    as_json: AsJson = False,
) -> None:
    """Compare read models with the log, cell by cell. Exit code 1 on any difference."""
    found = in_house(lambda house: _verify(house, names or ()))
    if as_json:
        typer.echo(msgspec.json.encode(found))
    else:
        for one in found:
            state = "equal to the log" if one.is_clean else _counted(len(one.differences), "difference")
            typer.echo(f"{one.name}: {_counted(one.rows, 'row')} at position {one.position}: {state}")
            for difference in one.differences[:20]:
                typer.echo(
                    f"  {difference.kind} {difference.table} {difference.key} {difference.column or ''}"
                )
    if not all(one.is_clean for one in found):
        raise typer.Exit(1)


async def _rebuild(house: Any, names: Sequence[str]) -> Any:
    shop = _workshop(house)
    return await _shown(shop.rebuild(*names), shop.progress, "they get their indexes and are swapped in")


async def _verify(house: Any, names: Sequence[str]) -> Any:
    shop = _workshop(house)
    return await _shown(shop.verify_together(*names), shop.progress, "cells are compared")


async def _shown(work: Coroutine[Any, Any, T], progress: Any, then: str) -> T:
    """Do work, and say meanwhile on stderr how far it is. then: what comes when all events are folded."""
    showing = asyncio.create_task(_show(progress, then, on_one_line=sys.stderr.isatty()))
    try:
        return await work
    finally:
        showing.cancel()
        await asyncio.gather(showing, return_exceptions=True)


async def _show(progress: Any, then: str, *, on_one_line: bool) -> None:
    began, said = time.monotonic(), ""
    try:
        while True:
            await asyncio.sleep(ON_A_TERMINAL if on_one_line else ELSEWHERE)
            done, up_to = progress.done, progress.up_to
            rate = done / (time.monotonic() - began)
            now = (
                f"{done:,} of {up_to:,} events, {rate:,.0f} a second"
                if done < up_to
                else f"all events; {then}"
            )
            if not on_one_line:
                say(now)
            elif up_to:
                typer.echo("\r" + now.ljust(len(said)), err=True, nl=False)
                said = now
    finally:
        if said:
            typer.echo("\r" + " " * len(said) + "\r", err=True, nl=False)


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _workshop(house: Any) -> Any:
    from projections.rebuild import Workshop

    return Workshop(house.database.app_url, house.store, house.mapper, house.keyring)
