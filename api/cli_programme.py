"""`jaminan programme`: what a programme comes to, for people and for machines."""

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import msgspec
import typer

from api.cli_house import fail, in_house, say

programme_app = typer.Typer(help="Programmes of sponsors.", no_args_is_help=True)


@programme_app.callback()
def _programme() -> None:
    """Keep `statement` a command of its own while it is the only one."""


@programme_app.command("statement")
def programme_statement(
    programme: Annotated[UUID, typer.Argument(help="Id of the programme")],
    month: Annotated[str, typer.Option(help="Contribution month, such as 2023-12")],
    out: Annotated[
        Path | None,
        typer.Option(help="Workbook (.xlsx) to write; without it JSON is printed", dir_okay=False),
    ] = None,
) -> None:
    """Give the statement of a month: heads and money, claims by stage, budget left. Nobody is named."""
    from domain.refusal import Refusal

    if out is not None and out.suffix.lower() != ".xlsx":
        fail("--out is a workbook: give a name that ends in .xlsx")
    try:
        content, view = in_house(lambda house: _statement(house, programme, month, workbook=out is not None))
    except Refusal as refusal:
        fail(refusal.message)
    if out is None:
        typer.echo(content)
        return
    out.write_bytes(content)
    say(f"{out}: {view.name}, {view.month}, as of {view.as_of}, position {view.position}")


async def _statement(house: Any, programme_id: UUID, month: str, *, workbook: bool) -> tuple[bytes, Any]:
    from datetime import UTC, datetime

    from api.http.programme_months import caught_up, month_of
    from api.http.statement import statement_of
    from api.statement_workbook import statement_workbook
    from domain.programme.aggregate import Programme
    from domain.refusal import NotFound
    from projections.programme_ledger.statement import MODELS

    programme = await house.office.cases.get(programme_id)
    if not isinstance(programme, Programme):
        raise NotFound("there is no programme with this id")
    await caught_up(house, *(model.name for model in MODELS), position=programme.position)
    view = await statement_of(house, programme.id, programme.opened, month_of(month))
    return statement_workbook(view, datetime.now(UTC)) if workbook else msgspec.json.encode(view), view
