"""What the rooms import is what `make run` installs."""

import ast
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions

from packaging.utils import canonicalize_name

from tests.architecture.reference import runtime_pins
from tests.architecture.sources import ROOMS, at, modules, tree


def test_rooms_import_only_what_the_runtime_set_holds() -> None:
    """A package of the development set is there in every test, and missing when it counts."""
    installed = {canonicalize_name(name) for name, _, _ in runtime_pins()}
    known = packages_distributions()
    missing = [
        f"{at(path, node)} {name}"
        for path in modules()
        for node in ast.walk(tree(path))
        for name in _imported(node)
        if name not in sys.stdlib_module_names
        and name not in ROOMS
        and not {canonicalize_name(found) for found in known.get(name, [])} & installed
    ]
    assert not missing


def _imported(node: ast.AST) -> Iterator[str]:
    """Yield the first part of what an import statement names."""
    if isinstance(node, ast.Import):
        yield from (alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        yield node.module.partition(".")[0]
