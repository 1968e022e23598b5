"""The house as it should stand: documented, in small files, and without a trace of the machine that built it."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

import medius

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "medius"
LONGEST = 430
_MACHINE = re.compile(
    r"/(?:home|Users|root|work)/(?!you\b|me\b|\.\.\.)\w|/tmp/\w|[A-Z]:\\\\Users|"
    r"https?://(?:[\w.-]*(?:registry|artifactory|nexus|pypi|proxy|mirror|internal|corp)[\w.-]*|10\.\d|192\.168)"
)


@cache
def tracked() -> tuple[Path, ...]:
    """Return the files of the repository; skips outside of one."""
    try:
        done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return tuple(ROOT / name for name in done.stdout.decode().split("\0") if name and (ROOT / name).is_file())


def modules() -> Iterator[str]:
    """Yield every module of the package that can be imported without starting a program."""
    for info in pkgutil.walk_packages(medius.__path__, "medius."):
        if "__main__" not in info.name and "._child" not in info.name:
            yield info.name


@pytest.mark.parametrize("name", sorted(name for name in modules() if "._" not in name))
def test_every_public_name_has_a_docstring(name: str) -> None:
    module: ModuleType = importlib.import_module(name)
    assert inspect.getdoc(module), f"{name} has no docstring"
    for public in getattr(module, "__all__", ()):
        thing = getattr(module, public)
        if inspect.isclass(thing) or inspect.isfunction(thing):
            assert inspect.getdoc(thing), f"{name}.{public} has no docstring"
        if inspect.isclass(thing) and thing.__module__ == name:
            for method, function in vars(thing).items():
                if inspect.isfunction(function) and not method.startswith("_"):
                    assert inspect.getdoc(getattr(thing, method)), f"{name}.{public}.{method} has no docstring"


@pytest.mark.parametrize("name", sorted(modules()))
def test_what_a_module_lists_is_there(name: str) -> None:
    module = importlib.import_module(name)
    for public in getattr(module, "__all__", ()):
        assert hasattr(module, public), f"{name} lists {public}"


def test_files_stay_short() -> None:
    long = {}
    for file in tracked():
        if file.suffix == ".py" and "data" not in file.relative_to(ROOT).parts:
            lines = len(file.read_text("utf-8").splitlines())
            if lines > LONGEST:
                long[str(file.relative_to(ROOT))] = lines
    assert long == {}


def test_the_usual_file_is_short() -> None:
    lengths = sorted(len(file.read_text("utf-8").splitlines()) for file in SOURCE.rglob("*.py"))
    assert lengths[len(lengths) // 2] < 250


def test_functions_stay_short() -> None:
    lengths = []
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body
                documented = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
                first = body[1].lineno if documented and len(body) > 1 else body[0].lineno
                lengths.append(((node.end_lineno or first) - first + 1, f"{file.relative_to(ROOT)}:{node.name}"))
    assert sum(length > 50 for length, _ in lengths) <= 0.01 * len(lengths), sorted(lengths)[-8:]
    assert max(lengths)[0] <= 100, max(lengths)


def test_no_path_of_a_machine_and_no_registry_in_tracked_files() -> None:
    found = []
    for file in tracked():
        if file == Path(__file__):
            continue
        try:
            text = file.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if _MACHINE.search(line):
                found.append(f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert found == []


def test_no_recording_and_no_network_is_tracked() -> None:
    allowed = {ROOT / "samples" / "runner" / name for name in ("rear.mp4", "side.mp4")}
    kinds = {".mp4", ".mov", ".webm", ".tflite", ".onnx", ".task", ".c3d", ".trc", ".osim", ".fit"}
    assert [str(f.relative_to(ROOT)) for f in tracked() if f.suffix in kinds and f not in allowed] == []


def test_imports_only_at_the_top_name_nothing_above_their_floor() -> None:
    # The whole contract is checked by import-linter (make lint); this keeps the ground floor honest in any test run.
    for room in ("motion", "record", "evidence"):
        for file in (SOURCE / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("medius."):
                    floor = (node.module or "").split(".")[1]
                    assert floor in {room, "errors", "record", "evidence"}, f"{file.name} imports {node.module}"
