"""Readers are chosen by ending and, where endings are shared, by content."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from medius.errors import UnreadableFileError
from medius.motion import make_motion, read_motion, reader, readers, registered_suffixes


@pytest.fixture(autouse=True)
def own_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what a test registers to itself."""
    monkeypatch.setattr(readers, "_READERS", [])


def made_by(source: str) -> Any:
    """Return a reader that says who it was."""

    def read(path: Path, /, **options: Any) -> xr.Dataset:
        return make_motion(
            np.ones((2, 2, 1)), time=[0.0, 1.0], keypoints=("nose",), unit="px", source=source, attrs=options
        )

    return read


def test_a_new_format_is_one_function(tmp_path: Path) -> None:
    reader(".xyz")(made_by("xyz"))
    file = tmp_path / "RUN.XYZ"
    file.write_bytes(b"x")
    assert read_motion(file).attrs["source"] == "xyz"
    assert read_motion(str(file), scale=2).attrs["scale"] == 2
    assert registered_suffixes() == (".xyz",)


def test_shared_endings_are_told_apart_by_content(tmp_path: Path) -> None:
    reader(".txt", sniff=lambda path: path.read_bytes().startswith(b"A"))(made_by("a"))
    reader(".txt", sniff=lambda path: path.read_bytes().startswith(b"B"))(made_by("b"))
    for name in ("a", "b"):
        file = tmp_path / f"{name}.txt"
        file.write_text(name.upper())
        assert read_motion(file).attrs["source"] == name
    other = tmp_path / "other.txt"
    other.write_text("C")
    with pytest.raises(UnreadableFileError, match=r"other\.txt is not a kind of file.*\.txt"):
        read_motion(other)


def test_a_folder_has_its_own_reader(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="holds no movement"):
        read_motion(tmp_path)
    reader(readers.FOLDER, ".one")(made_by("folder"))
    assert read_motion(tmp_path).attrs["source"] == "folder"
    assert registered_suffixes() == (".one",)


def test_absent_and_empty_files_are_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="does not exist"):
        read_motion(tmp_path / "absent.c3d")
    empty = tmp_path / "empty.c3d"
    empty.touch()
    with pytest.raises(UnreadableFileError, match="0 bytes"):
        read_motion(empty)
