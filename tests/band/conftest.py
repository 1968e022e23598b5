"""The script that makes the accuracy tables: the tests hold its rows to their limits."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

ROOT = next(p for p in Path(__file__).parents if (p / "pyproject.toml").is_file())


@pytest.fixture(scope="session")
def accuracy_lab() -> ModuleType:
    """The module ``scripts.accuracy_lab``."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    return import_module("scripts.accuracy_lab")
