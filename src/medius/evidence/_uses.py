"""Find what in the program rests on a fact, without importing the rooms above.

Nothing has to be registered. The package's own files are read as text:

- every TOML file: each table that has a key ``evidence`` (or another list of ids) is one use;
- every Python file: each string that is exactly a fact id, anywhere but in a docstring, is one use, named after the
  function, class or constant it stands in.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple

from medius.evidence._ledger import facts, withheld
from medius.evidence._models import ID_PATTERN

__all__ = ["Use", "check_package", "scan", "uses"]

_ID = re.compile(ID_PATTERN)
_LABELS = ("id", "code", "name", "key", "title", "text", "question")


class Use(NamedTuple):
    """One place that rests on a fact: the id, the file inside the package, and what in that file."""

    fact_id: str
    file: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.what}"


def uses(fact_id: str) -> tuple[Use, ...]:
    """Return every place in the program that rests on `fact_id`, sorted by file."""
    return tuple(use for use in _package_uses() if use.fact_id == fact_id)


def check_package() -> tuple[str, ...]:
    """Return a sentence for every reference to an id that is unknown or was never read in a source.

    An empty answer proves that nothing in the package's data and code rests on such a fact.
    """
    problems = []
    for use in _package_uses():
        if use.fact_id in withheld():
            problems.append(f"{use} rests on {use.fact_id}, which was never read in a source.")
        elif use.fact_id not in facts():
            problems.append(f"{use} rests on {use.fact_id}, which is not in the ledger.")
    return tuple(problems)


@cache
def _package_uses() -> tuple[Use, ...]:
    return tuple(sorted(set(scan(files("medius")))))


def scan(folder: Traversable, prefix: str = "") -> Iterator[Use]:
    """Yield every use of a fact id in the TOML and Python files under `folder`."""
    for path in folder.iterdir():
        name = f"{prefix}{path.name}"
        if path.is_dir():
            if path.name != "__pycache__":
                yield from scan(path, f"{name}/")
        elif path.name == "withheld.toml":
            continue
        elif path.name.endswith(".toml"):
            yield from _in_table(tomllib.loads(path.read_text(encoding="utf-8")), name, path.name.removesuffix(".toml"))
        elif path.name.endswith(".py"):
            yield from _in_python(path.read_text(encoding="utf-8"), name)


def _in_table(table: dict[str, Any], file: str, what: str) -> Iterator[Use]:
    label = next((str(table[key]) for key in _LABELS if isinstance(table.get(key), str)), None)
    what = f"{what} {label}" if label else what
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _in_table(value, file, f"{what} {key}")
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, dict):
                    yield from _in_table(item, file, f"{what} {key}")
                elif isinstance(item, str) and _ID.fullmatch(item):
                    yield Use(item, file, what)


def _in_python(text: str, file: str) -> Iterator[Use]:
    yield from _in_node(ast.parse(text), file, "module")


def _in_node(node: ast.AST, file: str, what: str) -> Iterator[Use]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Constant) and isinstance(child.value, str) and _ID.fullmatch(child.value):
            yield Use(child.value, file, what)
        yield from _in_node(child, file, _name_of(child) or what)


def _name_of(node: ast.AST) -> str | None:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name if name.isupper() else None
        case _:
            return None
