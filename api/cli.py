"""The command line: `jaminan serve`, `token`, `roster`, `projection`, `workflow`, `rules`, `doctor`."""

import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import msgspec
import typer

from api.cli_demo import demo_app
from api.cli_house import AsJson, fail, read_day, read_settings, run, say
from api.cli_programme import programme_app
from api.cli_projection import projection_app
from api.cli_rules import rules_app

app = typer.Typer(
    help="Jaminan: claims workflow engine for social insurance.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # a trace with values could show personal data
)
roster_app = typer.Typer(help="Lists of sponsors.", no_args_is_help=True)
workflow_app = typer.Typer(help="Lifecycle definitions: prove and show.", no_args_is_help=True)
app.add_typer(roster_app, name="roster")
app.add_typer(projection_app, name="projection")
app.add_typer(workflow_app, name="workflow")
app.add_typer(rules_app, name="rules")
app.add_typer(programme_app, name="programme")
app.add_typer(demo_app, name="demo")


@app.command()
def serve(
    demo: Annotated[
        bool, typer.Option(help="Demonstration: simulated log, built-in issuer of tokens")
    ] = False,
    seed: Annotated[
        bool, typer.Option(help="Fill an empty demonstration with the demonstration city")
    ] = False,
    host: Annotated[str, typer.Option(help="Address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one", min=0, max=65_535)] = 8000,
    definitions: Annotated[Path | None, typer.Option(help="Folder of definitions that add to ours")] = None,
) -> None:
    """Serve HTTP, read models and processes; starts PostgreSQL of its own unless one is configured."""
    from api.demo.seed import seed_demo
    from api.observability import set_up_logs
    from api.serve import serve as serve_house
    from workflows.days import legal_day

    settings = read_settings(definitions=definitions)
    demo = demo or settings.demo
    set_up_logs(settings.log_level)

    async def after_start(house: Any, address: str) -> None:
        if seed and demo:
            await seed_demo(house, address, say, today=legal_day(datetime.now(UTC)))
        typer.echo(f"ready {address}")

    run(
        serve_house(settings, host=host, port=port, demo=demo, say=say, after_start=after_start), goes_on=True
    )


@app.command()
def token(
    as_: Annotated[str, typer.Option("--as", help="Role or roles, separated by commas")],
    name: Annotated[str | None, typer.Option(help="Person; the first role if not given")] = None,
    area: Annotated[str | None, typer.Option(help="Area code that limits the mandate")] = None,
) -> None:
    """Print a bearer token of the demonstration's issuer."""
    from api.demo import issuer
    from workflows.catalogue import ROLES

    settings = read_settings()
    roles = [role.strip() for role in as_.split(",") if role.strip()]
    unknown = [role for role in roles if role not in ROLES or role == "system"]
    if unknown or not roles:
        known = ", ".join(sorted(ROLES - {"system"}))
        fail(f"--as: there is no role {unknown[0] if unknown else as_!r}; roles are {known}")
    if settings.demo:
        issuer.make_issuer(settings.home)
    try:
        typer.echo(
            issuer.token(
                settings.home,
                roles=roles,
                name=name or roles[0],
                area=area,
                audience=settings.audience,
                now=datetime.now(UTC),
            )
        )
    except issuer.NoDemo as refusal:
        fail(str(refusal))


@app.command()
def worker() -> None:
    """Run read models and processes without HTTP, to share the work of a server."""
    from api.observability import set_up_logs
    from api.worker import work

    settings = read_settings()
    set_up_logs(settings.log_level)
    run(work(settings, say), goes_on=True)


@app.command()
def watch(
    day: Annotated[str, typer.Option(help="Day that begins, YYYY-MM-DD; today if left out")] = "",
) -> None:
    """Write down what a day brings: months unpaid, memberships lapsed, clocks that ran out and what follows.

    Servers do this by themselves every day; in a demonstration days begin only when told.
    """
    from api.worker import begin_day

    written = run(begin_day(read_settings(), read_day(day, "--day") if day else None, say))
    typer.echo(f"{written} facts written")


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Say what is installed, where the database is, how far everything is, and what is wrong."""
    from api.doctor import examine

    findings = run(examine(read_settings()))
    if as_json:
        typer.echo(msgspec.json.encode(findings))
    else:
        for line in findings.lines():
            typer.echo(line)
    if findings.problems:
        raise typer.Exit(1)


@roster_app.command("import")
def roster_import(
    file: Annotated[Path, typer.Argument(help="List in CSV or XLSX", exists=True, dir_okay=False)],
    programme: Annotated[str, typer.Option(help="Id of the programme")],
    effective_on: Annotated[str, typer.Option(help="Day the list is to take effect, YYYY-MM-DD")],
    name: Annotated[str, typer.Option(help="Who imports, for the record")] = "",
    replaces: Annotated[str, typer.Option(help="Id of the list that this one corrects")] = "",
    as_json: AsJson = False,
) -> None:
    """Take in a list and check every row. Exit code 2 when rows were refused."""
    from api.imports import import_roster

    day = read_day(effective_on, "--effective-on")
    who = name or os.environ.get("USER") or "cli"
    view = run(
        import_roster(read_settings(), file, programme, day, who, replaces=replaces or None, quiet=as_json)
    )
    if as_json:
        typer.echo(msgspec.json.encode(view))
    else:
        typer.echo(f"{view.status}: {view.rows or 0} rows, {view.accepted} accepted, {view.rejected} refused")
        if view.replaces:
            typer.echo(f"{view.unchanged} unchanged from roster {view.replaces}")
        for issue in view.issues:
            typer.echo(f"row {issue.row} {issue.field} {issue.code}: {issue.message}")
        if view.message:
            typer.echo(f"{view.code}: {view.message}")
        typer.echo(f"roster {view.id}")
    if view.rejected or view.status != "checked":
        raise typer.Exit(2)


@workflow_app.command("check")
def workflow_check(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """Prove a definition: every status reachable, every clock ended, no payment without approval, names known."""
    from workflows.catalogue import EVENTS, ROLES
    from workflows.definition_file import DefinitionRefused
    from workflows.guards import GUARDS
    from workflows.lifecycle import Definition
    from workflows.proofs import Known, prove

    try:
        definition = Definition.load(file)
    except DefinitionRefused as refused:
        findings = list(refused.findings)
    else:
        findings = prove(definition, Known(events=EVENTS.keys(), roles=ROLES, guards=GUARDS.keys()))
    for finding in findings:
        typer.echo(str(finding), err=True)
    if findings:
        raise typer.Exit(1)
    typer.echo(f"{file.name}: proved")


@workflow_app.command("show")
def workflow_show(name: Annotated[str, typer.Argument(help="Name, or name@version")]) -> None:
    """Print a definition as a Mermaid diagram."""
    from api.bootstrap import load_library
    from domain.refusal import NotFound
    from workflows.diagram import diagram

    library = load_library(read_settings())
    try:
        definition = library.get(name) if "@" in name else library.latest(name, date.max)
    except NotFound as refusal:
        fail(refusal.message)
    typer.echo(diagram(definition))


def main() -> None:
    """Run the command line. Faults a person can mend are sentences, not traces."""
    from asyncpg import InterfaceError, PostgresError

    from api.bootstrap import NoLog
    from api.tokens import KeysUnavailable
    from domain.dated import RulesContradict
    from domain.refusal import Refusal
    from projections.reader import Poisoned
    from store.master_key import MasterKeyUnusable
    from store.migrate import AnotherLog, ExtensionMissing, ReleasedMigrationChanged
    from store.postgres.unavailable import DatabaseUnavailable
    from store.sealing import OtherMasterKey
    from workflows.definition_file import DefinitionRefused

    try:
        app()
    except Refusal as refusal:
        _stop(f"{refusal.code}: {refusal.message}")
    except (
        AnotherLog,
        DatabaseUnavailable,
        DefinitionRefused,
        ExtensionMissing,
        KeysUnavailable,
        MasterKeyUnusable,
        NoLog,
        OtherMasterKey,
        ReleasedMigrationChanged,
        RulesContradict,
    ) as fault:
        _stop(str(fault))
    except Poisoned as fault:
        _stop(f"A read model cannot take in a fact of the log: {fault}. What serves is as right as it was.")
    except (InterfaceError, OSError, PostgresError) as fault:
        sentence = _reason(fault)
        if sentence is None:
            raise
        _stop(sentence)


def _reason(fault: Exception) -> str | None:
    """Say what is wrong with a file or with the way to the database; None for what is ours to mend.

    The address of the database holds a password and stays unsaid.
    """
    from asyncpg import (
        ClientConfigurationError,
        InvalidAuthorizationSpecificationError,
        InvalidCatalogNameError,
    )

    from store.connection import is_lost

    if isinstance(fault, OSError) and fault.filename:
        return f"{fault.filename}: {fault.strerror}"
    refused = (ClientConfigurationError, InvalidAuthorizationSpecificationError, InvalidCatalogNameError)
    if isinstance(fault, refused) or is_lost(fault):
        return (
            f"The database cannot be reached ({type(fault).__name__}). Look whether it runs, and what "
            "JAMINAN_DATABASE_URL and JAMINAN_DATABASE_ADMIN_URL say, if they are set."
        )
    return None


def _stop(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)  # noqa: T201  # the last word of the program
    sys.exit(1)
