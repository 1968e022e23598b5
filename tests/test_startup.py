"""The command line answers at once: heavy libraries are imported when they are needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

import medius

_HEAVY = ("av", "cv2", "matplotlib", "numpy", "openvino", "pandas", "pydantic", "scipy", "typst", "xarray")


@pytest.mark.parametrize("module", ["medius", "medius.cli"])
def test_importing_loads_no_heavy_library(module: str) -> None:
    program = f"import sys, {module}; print(*sorted(set({_HEAVY}) & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_every_public_name_is_there() -> None:
    assert sorted(set(medius.__all__)) == sorted(medius.__all__)
    for name in medius.__all__:
        assert getattr(medius, name).__name__ == name
    assert set(medius.__all__) <= set(dir(medius))


def test_a_name_that_is_not_there_is_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'analyze'"):
        getattr(medius, "analyze")  # noqa: B009
