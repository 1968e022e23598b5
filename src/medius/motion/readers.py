"""Readers register themselves by suffix; a new format is a new file and no other change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import xarray as xr

from medius.errors import UnreadableFileError

__all__ = ["FOLDER", "Reader", "find_reader", "read_motion", "reader", "registered_suffixes"]


FOLDER = "/"
"""Stands in the place of an ending for formats that are a folder of files."""


class Reader(Protocol):
    """Turn a file into a Motion."""

    def __call__(self, path: Path, /, **options: Any) -> xr.Dataset:
        """Read `path`."""
        ...


Sniffer = Callable[[Path], bool]
_READERS: list[tuple[frozenset[str], Sniffer | None, Reader]] = []


def reader(*suffixes: str, sniff: Sniffer | None = None) -> Callable[[Reader], Reader]:
    """Register a function as the reader of files that end in one of `suffixes`.

    Parameters
    ----------
    suffixes
        Endings with the dot, lower case: ``".c3d"``; `FOLDER` for a folder.
    sniff
        Looks into a file and says whether this reader can take it, for endings that several formats share
        (``".txt"``, ``".json"``).
    """

    def register(function: Reader) -> Reader:
        _READERS.append((frozenset(suffixes), sniff, function))
        return function

    return register


def registered_suffixes() -> tuple[str, ...]:
    """All endings of files that some reader takes, sorted."""
    return tuple(sorted({suffix for suffixes, _, _ in _READERS for suffix in suffixes} - {FOLDER}))


def find_reader(path: Path) -> Reader:
    """Return the reader for `path`, by ending and, where endings are shared, by content.

    Raises
    ------
    UnreadableFileError
        If no reader takes the file.
    """
    suffix = FOLDER if path.is_dir() else path.suffix.lower()
    for suffixes, sniff, function in _READERS:
        if suffix in suffixes and (sniff is None or sniff(path)):
            return function
    if suffix == FOLDER:
        raise UnreadableFileError(f"The folder {path.name} holds no movement that Medius reads. Give a file.")
    raise UnreadableFileError(
        f"{path.name} is not a kind of file that Medius reads as motion. It reads {', '.join(registered_suffixes())}."
    )


def read_motion(path: str | Path, **options: Any) -> xr.Dataset:
    """Read any file that holds movement into a Motion."""
    file = Path(path)
    if not file.exists():
        raise UnreadableFileError(f"{file} does not exist. Check the spelling of the path.")
    if file.is_file() and file.stat().st_size == 0:
        raise UnreadableFileError(f"{file.name} is empty (0 bytes). Copy or export it again.")
    return find_reader(file)(file, **options)
