"""`jaminan rules`: the law as dated data, for people and for machines."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from api.cli_house import AsJson, in_house, read_day

rules_app = typer.Typer(help="The law as dated data.", no_args_is_help=True)


@rules_app.command("check")
def rules_check(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)], as_json: AsJson = False
) -> None:
    """Run worked cases against the rules; prints the first difference of each failing case.

    Exit code 0 where every case passes, 1 where one does not, or where the file is no file of cases (dossier,
    chapter 11).
    """
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

    day = read_day(on, "--on") if on else legal_day(datetime.now(UTC))
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


@rules_app.command("commitments")
def rules_commitments(
    on: Annotated[str, typer.Option("--on", help="The day to look ahead from; default today")] = "",
    as_json: AsJson = False,
) -> None:
    """Forecast what the scholarships of past decisions may still cost, at the utmost, year by year.

    For each claim with the right: the dearest school years of its dearest two children that fit in before each
    is too old. A forecast for the reserve, no debt. Children are counted, never named; nothing is written.
    """
    from api.commitments import commitments
    from workflows.days import legal_day

    day = read_day(on, "--on") if on else legal_day(datetime.now(UTC))
    found = in_house(lambda house: commitments(house.store, house.mapper, on=day))
    typer.echo(msgspec.json.encode(found) if as_json else "\n".join(found.lines()))


@rules_app.command("replay")
def rules_replay(
    rules: Annotated[
        Path | None,
        typer.Option(help="Rules to add, such as a reform; without it the rules of today", dir_okay=False),
    ] = None,
    first: Annotated[str, typer.Option("--from", help="Decisions from this legal day on")] = "",
    last: Annotated[str, typer.Option("--to", help="Decisions up to this legal day")] = "",
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV")] = False,
    as_json: AsJson = False,
) -> None:
    """Work every past decision out again, and list those whose outcome or amount would differ, with the sum.

    With a file of rules it costs a reform before it is law; without one it finds what was decided against
    the rules. Nothing is written. Exit code 1 where something differs under the rules of today.
    """
    from api.replay import as_csv as written
    from api.replay import as_table, proposed_rules, replay

    tried = proposed_rules(rules)
    days = {
        "first": read_day(first, "--from") if first else None,
        "last": read_day(last, "--to") if last else None,
    }
    done = in_house(lambda house: replay(house.store, house.mapper, tried, **days))
    if as_json:
        typer.echo(msgspec.json.encode(done))
    else:
        typer.echo(written(done) if as_csv else "\n".join(as_table(done)), nl=not as_csv)
    if rules is None and done.items:
        raise typer.Exit(1)
