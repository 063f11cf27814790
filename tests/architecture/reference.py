"""The pages of docs/reference that follow from the code; `make reference` writes them."""

import dataclasses
import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import PackageNotFoundError, metadata
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from pydantic.fields import FieldInfo
from typer.main import get_command

from api.cli import app as cli
from api.http.problems import STATUS_OF, TITLES, TITLES_ID
from api.settings import Settings
from domain.fact import Fact
from domain.refusal import Refusal
from domain.sealed import Sealed
from tests.architecture import cases_page, law_page
from tests.architecture.sources import ROOMS, ROOT
from tests.history.examples import class_version, event_classes, stored_name
from workflows.diagram import diagram
from workflows.library import OWN_FOLDER, Library
from workflows.lifecycle import Definition
from workflows.reveal import FIELDS, REASON_LENGTH

FOLDER: Final = ROOT / "docs" / "reference"
NOTE: Final = "This page follows from the code: `make reference` writes it, and a test compares them."


def write() -> None:
    for name, page in PAGES.items():
        path = FOLDER / name
        path.write_text(page(), encoding="utf-8")
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")


def events() -> str:
    """Every event, by its stored name, with the fields beyond the header."""
    header = {field.name for field in dataclasses.fields(Fact)} | {"originator_topic"}
    shared = ", ".join(
        f"`{name}`" for name in sorted(header - {"originator_id", "originator_version", "timestamp"})
    )
    lines = [
        "# Events",
        "",
        NOTE,
        "",
        "A stored name is part of the log and never changes. Beyond the fields named here every event has",
        "its stream, its version in the stream, `timestamp` (when the office decided, UTC) and the header:",
        f"{shared}. The log adds position and instant of recording.",
        "**Sealed** fields hold personal values; see [sealing](../decisions/0005-sealing.md).",
    ]
    for aggregate, classes in _grouped(event_classes(), lambda cls: stored_name(cls).partition(".")[0]):
        lines += [
            "",
            f"## {aggregate}",
            "",
            "| stored name | version | what happened | fields |",
            "|---|---|---|---|",
        ]
        for cls in classes:
            kinds = get_type_hints(cls)
            own = [
                f"`{f.name}` {_word(kinds[f.name])}" for f in dataclasses.fields(cls) if f.name not in header
            ]
            lines.append(f"| `{stored_name(cls)}` | {class_version(cls)} | {_told(cls)} | {'; '.join(own)} |")
    lines += ["", "## Parts", "", "| part | what it is | fields |", "|---|---|---|"]
    for part in sorted(set(_parts(event_classes())), key=lambda cls: cls.__name__):
        kinds = get_type_hints(part)
        fields = [f"`{f.name}` {_word(kinds[f.name])}" for f in dataclasses.fields(part)]
        lines.append(f"| {part.__name__} | {_told(part)} | {'; '.join(fields)} |")
    return _page(lines)


def refusals() -> str:
    """Every code with which the engine says no."""
    for room in ROOMS:
        for module in pkgutil.walk_packages([str(ROOT / room)], f"{room}."):
            importlib.import_module(module.name)
    said: dict[str, list[str]] = {}
    for cls in sorted(set(_below(Refusal)), key=lambda cls: cls.__name__):
        if not cls.__module__.startswith("tests."):
            said.setdefault(cls.code, []).append(_told(cls))
    weighing = {cls.code for cls in _below(Refusal) if cls.weighs}
    lines = [
        "# Refusals",
        "",
        NOTE,
        "",
        "A refusal is a problem document (`application/problem+json`) with a stable `code`, in `detail` a sentence",
        "that names what is wrong and what to do, and in `title_id` the same in general, in Indonesian.",
        "A refused attempt *of weight* is on record beside the case, and so is a second claim for one death.",
        "",
        "| code | status | title | of weight | when | in Indonesian |",
        "|---|---|---|---|---|---|",
    ]
    for code, status in STATUS_OF.items():
        weight = "yes" if code in weighing else ""
        when = " ".join(said.get(code, []))
        lines.append(f"| `{code}` | {status} | {TITLES[code]} | {weight} | {when} | {TITLES_ID[code]} |")
    return _page(lines)


def settings() -> str:
    """Every setting, as the environment variable that holds it."""
    prefix = Settings.model_config.get("env_prefix", "")
    lines = ["# Settings", "", NOTE, "", "All settings are environment variables.", ""]
    lines += ["| variable | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        lines.append(f"| `{(prefix + name).upper()}` | {_default(field)} | {field.description} |")
    lines.append(
        "| `JAMINAN_MASTER_KEY` |  | 32 bytes in base64 that wrap the keys of personal data; "
        "without it the file `master.key` of the home, made on first run |"
    )
    return _page(lines)


def command_line() -> str:
    """Every command of `jaminan` with its options."""
    lines = ["# Command line", "", NOTE, "", "`jaminan COMMAND --help` says the same in the terminal."]
    for words, command in _commands(get_command(cli), ["jaminan"]):
        arguments = [param.name.upper() for param in command.params if param.param_type_name == "argument"]
        usage = " ".join([*words, *arguments])
        lines += ["", f"## {' '.join(words)}", "", f"`{usage}`", "", " ".join((command.help or "").split())]
        options = [param for param in command.params if param.param_type_name == "option"]
        if options:
            lines += ["", "| option | default | meaning |", "|---|---|---|"]
        for param in options:
            names = ", ".join(f"`{name}`" for name in (*param.opts, *param.secondary_opts))
            lines.append(f"| {names} | {_shown(param.default)} | {getattr(param, 'help', None) or ''} |")
    return _page(lines)


def lifecycles() -> str:
    """Every lifecycle that comes with the package: its diagram, its steps and its clocks."""
    lines = ["# Lifecycles", "", NOTE]
    for definition in Library.load(OWN_FOLDER):
        lines += ["", f"## {definition.key}: {definition.label_en}", "", "```mermaid"]
        lines += [*diagram(definition).splitlines(), "```", ""]
        lines += ["| step | from | to | who | event |", "|---|---|---|---|---|"]
        lines += _steps(definition)
        lines += ["", "| clock | length | counted from | waits on | by | when it is missed |"]
        lines += ["|---|---|---|---|---|---|", *_clocks(definition)]
    return _page(lines)


def personal_data() -> str:
    """What is shown masked, and who may see it in the clear."""
    shortest, longest = REASON_LENGTH
    lines = [
        "# Personal data",
        "",
        NOTE,
        "",
        "NIK and account numbers are shown with their last four characters, a birth date as its year, and the",
        "rest of what stands below not at all. `POST /v1/claims/{id}/reveal` and",
        "`/v1/enrollments/{id}/reveal` with `fields` and a `reason` show them to the roles that need them;",
        "everybody else is refused `not_your_role`, which is on record beside the case. Participants see",
        "nothing in the clear.",
        "",
        "Each look is one row of an append-only table, written before anything is shown: number, instant of",
        "the database, who, in which roles, which case, whose values, which fields, and the reason, sealed",
        f"under the key of the person the case is about ({shortest} to {longest}",
        "characters). Values are never kept there. Auditors",
        "and admins read it with `GET /v1/access?case=&person=&actor=&from=&to=`, of one case with `GET",
        "/v1/claims/{id}/access` and `GET /v1/enrollments/{id}/access`.",
        "",
        "| field | what it shows | Indonesian | of | roles |",
        "|---|---|---|---|---|",
    ]
    for field in FIELDS.values():
        cells = (field.label_en, field.label_id, ", ".join(sorted(field.kinds)), ", ".join(field.roles))
        lines.append(f"| `{field.name}` | {' | '.join(cells)} |")
    return _page(lines)


def dependencies() -> str:
    """What is installed to run Jaminan, and under which licence."""
    lines = ["# Dependencies at run time", "", NOTE, ""]
    lines += ["| package | version | licence |", "|---|---|---|"]
    lines += [
        f"| {name} | {version} | {licence(name)} |" for name, version, _ in runtime_pins() if licence(name)
    ]
    elsewhere = [
        f"{name} {version}" for name, version, marker in runtime_pins() if marker and not licence(name)
    ]
    lines += ["", f"Only on other platforms: {', '.join(elsewhere) or 'none'}."]
    lines += ["Served to the browser: Swagger UI, Apache-2.0, unchanged (`api/http/static/vendor/`)."]
    lines += [
        "",
        "Never installed with it, only for the tests: among others Playwright (Apache-2.0) and axe-core (MPL-2.0,",
        "inside axe-playwright-python, MIT), which drive and judge the pages in a Chromium of the machine.",
    ]
    return _page(lines)


def law() -> str:
    """Every rule of the law, benefit by benefit."""
    return _page(law_page.lines(NOTE))


def worked_cases() -> str:
    """The amount sheets of all worked cases."""
    return _page(cases_page.lines(NOTE))


def runtime_pins() -> list[tuple[str, str, str]]:
    """Return name, version and platform marker of everything that `make run` installs."""
    text = (ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8")
    return re.findall(r"^(\S+)==(\S+)(?: ; ([^\\]+))? \\$", text, flags=re.MULTILINE)


def licence(name: str) -> str:
    """Return the licence a package declares, empty if the package is not installed on this platform."""
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return ""
    named = next((told[key] for key in ("License-Expression", "License") if key in told), "")
    if not named:
        classified = (
            line.rpartition(" :: ")[2] for line in told.get_all("Classifier", []) if "License ::" in line
        )
        named = ", ".join(classified)
    return named.splitlines()[0] if named else "not declared"


PAGES: Final[dict[str, Callable[[], str]]] = {
    "events.md": events,
    "settings.md": settings,
    "command-line.md": command_line,
    "lifecycles.md": lifecycles,
    "dependencies.md": dependencies,
    "refusals.md": refusals,
    "law.md": law,
    "worked-cases.md": worked_cases,
    "personal-data.md": personal_data,
}


def _commands(command: Any, words: list[str]) -> Iterator[tuple[list[str], Any]]:
    """Yield the commands that do something, each with the words that call it. Any: typer keeps its own click."""
    if below := getattr(command, "commands", None):
        for name, one in below.items():
            yield from _commands(one, [*words, name])
    else:
        yield words, command


def _shown(default: Any) -> str:
    return "" if default is None or default is False or not str(default) else f"`{default}`"


def _steps(definition: Definition) -> Iterator[str]:
    for rule in definition.steps.values():
        targets = dict.fromkeys(way.to or "(stays)" for way in rule.ways)
        cells = (", ".join(rule.sources), ", ".join(targets), ", ".join(rule.roles))
        yield f"| `{rule.name}` | {' | '.join(cells)} | `{rule.event}` |"


def _clocks(definition: Definition) -> Iterator[str]:
    for clock in definition.clocks.values():
        counted = "the day of recording" if clock.measured_from == "recorded_at" else "the legal day"
        follows = clock.missed.label_en if clock.missed else "it is on record"
        step = f" (`{clock.missed.step}`)" if clock.missed and clock.missed.step else ""
        cells = (f"{clock.length} {clock.unit.replace('_', ' ')}", counted, clock.owner.replace("_", " "))
        yield f"| `{clock.name}` | {' | '.join(cells)} | {clock.article} | {follows}{step} |"


def _parts(classes: Iterable[type[Any]]) -> Iterator[type[Any]]:
    """Yield the types that fields of these are made of, and the types that those are made of."""
    for cls in classes:
        for kind in get_type_hints(cls).values():
            found = [one for one in _leaves(kind) if dataclasses.is_dataclass(one)]
            yield from found
            yield from _parts(found)


def _leaves(kind: Any) -> Iterator[type[Any]]:
    if isinstance(kind, type) and not get_args(kind):
        yield kind
    for argument in get_args(kind):
        yield from _leaves(argument)


def _word(kind: Any) -> str:
    """Return a type as a person would say it."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Sealed:
        return f"**sealed** {_word(arguments[0])}"
    if origin in {Union, UnionType}:
        told = " or ".join(_word(one) for one in arguments if one is not NoneType)
        return f"{told} (optional)" if NoneType in arguments else told
    if origin is tuple and arguments[1:] == (...,):
        return f"list of {_word(arguments[0])}"
    if origin is dict:
        return f"table of {_word(arguments[1])}"
    if origin is Literal:
        return " or ".join(str(one) for one in arguments)
    if origin is tuple:
        return f"({', '.join(_word(one) for one in arguments)})"
    return {str: "text", int: "number", bool: "yes or no"}.get(kind, getattr(kind, "__name__", str(kind)))


def _told(cls: type[Any]) -> str:
    """Return the first sentence of a class, empty where only the dataclass wrote one."""
    text = inspect.cleandoc(vars(cls).get("__doc__") or "").partition("\n\n")[0]
    return "" if text.startswith(f"{cls.__name__}(") else " ".join(text.split())


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None:
        return "`.jaminan` in the home of the user"
    return "" if field.default is None else f"`{field.default}`"


def _below(cls: type[Refusal]) -> Iterator[type[Refusal]]:
    for subclass in cls.__subclasses__():
        yield subclass
        yield from _below(subclass)


def _grouped(
    classes: Iterable[type[Fact]], key: Callable[[type[Fact]], str]
) -> Iterator[tuple[str, list[type[Fact]]]]:
    groups: dict[str, list[type[Fact]]] = {}
    for cls in classes:
        groups.setdefault(key(cls), []).append(cls)
    yield from groups.items()


def _page(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    write()
