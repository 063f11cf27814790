"""`jaminan rules`: the law as dated data, for people and for machines."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

rules_app = typer.Typer(help="The law as dated data.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON")]


@rules_app.command("check")
def rules_check(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)], as_json: AsJson = False
) -> None:
    """Run worked cases against the rules; prints the first difference of each failing case."""
    from api.rules import check_cases

    report = check_cases(file)
    typer.echo(msgspec.json.encode(report) if as_json else "\n".join(report.lines()))
    if report.failed:
        raise typer.Exit(1)


@rules_app.command("list")
def rules_list(
    on: Annotated[str, typer.Option("--on", help="Rules in force on a day; default today")] = "",
    every: Annotated[bool, typer.Option("--all", help="Also what is no longer or not yet in force")] = False,
    as_json: AsJson = False,
) -> None:
    """List the rules in force on a day: what each says, from when, and how sure it is."""
    from api.law import listed_rules, rules_on
    from workflows.days import legal_day

    day = _day(on) if on else legal_day(datetime.now(UTC))
    found = rules_on(None if every else day)
    typer.echo(msgspec.json.encode(found) if as_json else "\n".join(listed_rules(found)))


@rules_app.command("show")
def rules_show(
    rule_id: Annotated[str, typer.Argument(help="Rule, or row of a table, as an amount sheet names it")],
    as_json: AsJson = False,
) -> None:
    """Show one rule: its values, its dates, its article, its sources and what it supersedes."""
    from api.law import rule_named, told_rule

    found = rule_named(rule_id)
    typer.echo(msgspec.json.encode(found) if as_json else "\n".join(told_rule(found)))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("a day, such as 2023-09-01", param_hint="--on") from None
