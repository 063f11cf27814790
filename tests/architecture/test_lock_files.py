"""Lock files hold exact versions and hashes, no addresses, and agree with pyproject.toml."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.sources import ROOT

LOCKS: Final = ("runtime.txt", "dev.txt", "build.txt", "mutation.txt")


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_holds_only_pins_and_hashes(name: str) -> None:
    """No index, no link, no editable path: where packages come from is the installer's business."""
    lines = _text(name).splitlines()
    assert "://" not in _text(name)
    strange = [
        line
        for line in lines
        if not re.fullmatch(r"\S+==\S+( ; .+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?", line)
    ]
    assert not strange


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_a_hash(name: str) -> None:
    pins = re.split(r"^(?=\S)", _text(name), flags=re.MULTILINE)[1:]
    assert pins
    assert not [pin.splitlines()[0] for pin in pins if "--hash=sha256:" not in pin]


@pytest.mark.parametrize(
    ("name", "extras"),
    [("runtime.txt", ()), ("dev.txt", ("dev",)), ("mutation.txt", ("dev", "mutation"))],
)
def test_the_lock_satisfies_the_project(name: str, extras: tuple[str, ...]) -> None:
    """A requirement that was added or raised without `make lock` is named here."""
    pins = _pins(name)
    unmet = [str(asked) for asked in _asked(extras) if not _is_met(asked, pins)]
    assert not unmet, "run `make lock`"


def test_the_full_set_contains_the_other_sets() -> None:
    """So that an environment made for development runs exactly what `make run` would run."""
    full = _pins("dev.txt")
    for name in ("runtime.txt", "build.txt"):
        assert _pins(name).items() <= full.items(), f"{name} differs from dev.txt: run `make lock`"


def _is_met(asked: Requirement, pins: dict[str, str]) -> bool:
    version = pins.get(canonicalize_name(asked.name))
    return version is not None and asked.specifier.contains(version, prereleases=True)


def _asked(extras: Iterable[str]) -> list[Requirement]:
    project = _project()
    lists = [project["dependencies"], *(project["optional-dependencies"][extra] for extra in extras)]
    return [Requirement(line) for lines in lists for line in lines]


def _pins(name: str) -> dict[str, str]:
    found = re.findall(r"^(\S+)==(\S+)", _text(name), flags=re.MULTILINE)
    return {canonicalize_name(package.partition("[")[0]): version for package, version in found}


def _text(name: str) -> str:
    return Path(ROOT, "requirements", name).read_text(encoding="utf-8")


@cache
def _project() -> dict[str, Any]:  # Any: TOML
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project
