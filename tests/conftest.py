"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def find_test_data() -> Path | None:
    """Return the folder of real recordings, or None where it is absent."""
    for candidate in (os.environ.get("MEDIUS_TEST_DATA"), ROOT.parent / "shared" / "data"):
        if candidate and (Path(candidate) / "README.md").is_file():
            return Path(candidate)
    return None


@pytest.fixture(scope="session")
def data() -> Path:
    """Folder of real recordings; skips the test where it is absent."""
    folder = find_test_data()
    if folder is None:
        pytest.skip("the folder of real recordings is absent: set MEDIUS_TEST_DATA or put it at ../shared/data")
    return folder


@pytest.fixture(scope="session")
def samples() -> Path:
    """Folder of the bundled sample runner."""
    return ROOT / "samples" / "runner"
