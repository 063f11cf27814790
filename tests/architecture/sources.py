"""Which files make up the project, for the tests that keep its house rules."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
ROOMS: Final = ("domain", "store", "workflows", "projections", "api")
VENDORED: Final = tuple(ROOT / "api" / way / "static" / "vendor" for way in ("http", "console"))
_TEXT: Final = frozenset(
    {".py", ".md", ".toml", ".sql", ".txt", ".csv", ".json", ".yaml", ".js", ".css", ".html"}
)
_MADE: Final = frozenset({"__pycache__", ".data", ".peers"})  # by running things, the benchmarks among them
_PLACES: Final = (*ROOMS, "tests", "benchmarks", "deploy", "docs", "scripts", "requirements", ".ci")


def modules(*rooms: str) -> Iterator[Path]:
    """Yield the Python modules of some rooms, of all rooms if none is named."""
    for room in rooms or ROOMS:
        yield from sorted((ROOT / room).rglob("*.py"))


def texts() -> Iterator[Path]:
    """Yield every text file that we write ourselves."""
    yield from (path for path in sorted(ROOT.iterdir()) if path.suffix in _TEXT or path.name == "Makefile")
    for place in _PLACES:
        for path in sorted((ROOT / place).rglob("*")):
            ours = path.suffix in _TEXT or path.parent.name in {"scripts", ".ci"}
            others = not {*VENDORED}.isdisjoint(path.parents)
            made = not _MADE.isdisjoint(path.parts)
            if ours and path.is_file() and not made and not others:
                yield path


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def at(path: Path, node: ast.AST | int) -> str:
    """Return where something stands, as a person would look for it."""
    line = node if isinstance(node, int) else getattr(node, "lineno", 1)
    return f"{path.relative_to(ROOT)}:{line}"
