"""The house rules that a tool can see. Each test names every place that breaks its rule."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from tests.architecture.sources import ROOMS, at, modules, texts, tree

LINES_MAX: Final = 400  # past this, a second subject has moved in
INNER_ROOMS: Final = ("domain", "store", "workflows", "projections")
# Assembled, so that the rule does not find itself.
PRIVATE_PATH: Final = re.compile(r"(?<![\w.])/(?:" + "|".join(("work", "root", "home", "Users")) + r")/\w")
CLOCKS: Final = frozenset({"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"})


def test_only_the_api_reads_the_clock() -> None:
    """Time is a parameter everywhere else, so any moment can be replayed and tested."""
    broken = [
        f"{at(path, node)} {ast.unparse(node)}"
        for path in modules(*INNER_ROOMS)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and ".".join(ast.unparse(node).split(".")[-2:]) in CLOCKS
    ]
    assert not broken


def test_the_domain_knows_no_floating_point() -> None:
    """Money is whole rupiah, and exact fractions while a sum is worked out. Refusing a float is welcome."""
    broken = [at(path, node) for path in modules("domain") for node in _floats(tree(path))]
    assert not broken


def test_workflows_turn_nothing_into_a_float() -> None:
    broken = [
        at(path, node)
        for path in modules("workflows")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "float"
    ]
    assert not broken


def test_package_files_are_empty() -> None:
    """Each name has one address: the module it is written in."""
    packages = [path for path in modules(*ROOMS, "tests") if path.name == "__init__.py"]
    assert packages
    assert not [at(path, 1) for path in packages if path.read_text(encoding="utf-8")]


def test_every_module_says_what_it_is() -> None:
    silent = [at(path, 1) for path in _written() if not ast.get_docstring(tree(path))]
    assert not silent


def test_no_module_holds_two_subjects() -> None:
    """Stories in tests may be long; a module of the product is one subject."""
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert not [f"{at(path, 1)} {lines} lines" for path, lines in lengths.items() if lines > LINES_MAX]


def test_no_error_is_swallowed() -> None:
    """Nothing catches everything and goes on; an expected error is caught by its name."""
    broken = [
        at(path, node)
        for path in modules(*ROOMS, "tests")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler) and _catches_all(node) and _does_nothing(node.body)
    ]
    assert not broken


def test_no_path_of_a_private_machine_is_written_down() -> None:
    broken = [
        f"{at(path, number)} {line.strip()[:80]}"
        for path in texts()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if PRIVATE_PATH.search(line)
    ]
    assert not broken


def _written() -> Iterable[Path]:
    return (path for path in modules(*ROOMS, "tests") if path.name != "__init__.py")


def _floats(node: ast.AST) -> Iterator[ast.AST]:
    """Yield every use of the type and every number with a point, except where a type is asked for."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "isinstance":
        return
    if (isinstance(node, ast.Name) and node.id == "float") or (
        isinstance(node, ast.Constant) and isinstance(node.value, float)
    ):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from _floats(child)


def _catches_all(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or ast.unparse(handler.type) in {"Exception", "BaseException"}


def _does_nothing(body: Iterable[ast.stmt]) -> bool:
    return all(
        isinstance(line, ast.Pass | ast.Continue)
        or (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))
        for line in body
    )
