"""Where imported runs are kept: one SQLite file in the user's data folder.

The store knows files by their content (SHA-256) and runs by when they happened. It holds plain data; what the data mean
is the business of `medius.load`. Every write is one transaction, so an import that is stopped in the middle, by Ctrl-C or a
power cut, leaves whole runs behind and goes on where it stopped.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from numpy.typing import NDArray

from medius.record._store import SqliteStore, StoreWords

__all__ = ["KnownFile", "RunStore", "StoredRun", "data_folder", "pack_columns", "unpack_columns"]

FILE_NAME = "runs.sqlite3"
_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    sha256 TEXT PRIMARY KEY, path TEXT NOT NULL, status TEXT NOT NULL, reason TEXT NOT NULL, method TEXT NOT NULL,
    kept TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL, path TEXT NOT NULL, start REAL NOT NULL, stop REAL NOT NULL,
    summary TEXT NOT NULL, samples BLOB NOT NULL, profile BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS runs_by_time ON runs (start, stop);
"""

Columns = Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True)
class KnownFile:
    """What became of a file at an earlier import.

    ``run_ids`` are the runs that came from it, ``kept_ids`` those that its runs are kept as, perhaps from another file.
    """

    path: str
    status: str
    reason: str
    method: str
    run_ids: tuple[int, ...]
    kept_ids: tuple[int, ...]


@dataclass(frozen=True)
class StoredRun:
    """A run without its samples: ``start`` and ``stop`` in Unix seconds, ``summary`` as `medius.load` wrote it."""

    id: int
    sha256: str
    path: str
    start: float
    stop: float
    summary: dict[str, Any]


def data_folder() -> Path:
    """Return the folder of the user's data: ``MEDIUS_DATA`` where set, else the platform's own place."""
    override = os.environ.get("MEDIUS_DATA")
    return Path(override) if override else Path(platformdirs.user_data_dir("medius", appauthor=False))


def pack_columns(columns: Columns) -> bytes:
    """Pack equally long columns into compressed bytes.

    Times, places and clocks keep all digits; the rest keeps the seven of a 32-bit number.
    """
    layout: list[tuple[str, str, int]] = []
    blocks: list[bytes] = []
    for name, column in columns.items():
        kind = "<f8" if name in ("time", "clock", "latitude", "longitude") else "<f4"
        block = np.ascontiguousarray(column.astype(kind))
        layout.append((name, kind, int(column.size)))
        blocks.append(block.view(np.uint8).reshape(-1, block.itemsize).T.tobytes())
    head = json.dumps(layout).encode()
    return zlib.compress(len(head).to_bytes(4, "little") + head + b"".join(blocks), level=1)


def unpack_columns(data: bytes) -> dict[str, NDArray[np.float64]]:
    """Undo `pack_columns`."""
    raw = zlib.decompress(data)
    start = 4 + int.from_bytes(raw[:4], "little")
    columns = {}
    for name, kind, count in json.loads(raw[4:start]):
        width = np.dtype(kind).itemsize
        block = np.frombuffer(raw, np.uint8, count * width, start).reshape(width, count).T
        columns[name] = np.ascontiguousarray(block).view(kind).reshape(count).astype(np.float64)
        start += count * width
    return columns


class RunStore(SqliteStore):
    """The imported runs of one person.

    Parameters
    ----------
    folder
        Where the database lies; made where it is absent. Default: `data_folder`.

    Raises
    ------
    OutputError
        If the folder cannot be made or written.
    UnreadableFileError
        If the database there is damaged or of a newer Medius.
    """

    file_name = FILE_NAME
    schema = _SCHEMA
    version = _VERSION
    # A lost last transaction is imported again; waiting for the disk after each run would cost more than that.
    synchronous = "NORMAL"
    words = StoreWords(
        "The runs",
        "Move it away; the runs can be imported again.",
        "Make room, or close the other import, and start again; nothing that was imported is lost.",
    )

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__(data_folder() if folder is None else folder)

    def known_file(self, sha256: str) -> KnownFile | None:
        """Return what became of the file with this content, or None if it was never imported."""
        row = self._execute(
            "SELECT path, status, reason, method, kept FROM files WHERE sha256 = ?", (sha256,)
        ).fetchone()
        if row is None:
            return None
        ids = self._execute("SELECT id FROM runs WHERE sha256 = ? ORDER BY start", (sha256,)).fetchall()
        path, status, reason, method, kept = row
        return KnownFile(path, status, reason, method, tuple(number for (number,) in ids), tuple(json.loads(kept)))

    def remember_file(
        self, sha256: str, path: str, status: str, reason: str, method: str, kept_ids: Sequence[int] = ()
    ) -> None:
        """Remember what became of a file, and as which runs its own are kept."""
        self._execute(
            "INSERT OR REPLACE INTO files (sha256, path, status, reason, method, kept) VALUES (?, ?, ?, ?, ?, ?)",
            (sha256, path, status, reason, method, json.dumps(list(kept_ids))),
        )

    def add_run(
        self, sha256: str, path: str, span: tuple[float, float], summary: dict[str, Any], samples: bytes, profile: bytes
    ) -> int:
        """Add a run with its packed samples and profile; return its id."""
        cursor = self._execute(
            "INSERT INTO runs (sha256, path, start, stop, summary, samples, profile) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (sha256, path, *span, json.dumps(summary, separators=(",", ":")), samples, profile),
        )
        return int(cursor.lastrowid or 0)

    def remove_run(self, run_id: int) -> None:
        """Remove a run."""
        self._execute("DELETE FROM runs WHERE id = ?", (run_id,))

    def replace_run(self, run_id: int, by: int) -> None:
        """Remove a run in favour of another that is the same one, richer."""
        self.remove_run(run_id)
        rows = self._execute("SELECT sha256, kept FROM files WHERE kept LIKE ?", (f"%{run_id}%",)).fetchall()
        for sha256, kept in rows:
            ids = [by if number == run_id else number for number in json.loads(kept)]
            self._execute("UPDATE files SET kept = ? WHERE sha256 = ?", (json.dumps(ids), sha256))

    def runs(self, *, start: float = float("-inf"), stop: float = float("inf")) -> list[StoredRun]:
        """Return the runs that overlap the time from `start` to `stop` (Unix seconds), in order of time."""
        with closing(
            self._execute(
                "SELECT id, sha256, path, start, stop, summary FROM runs WHERE stop >= ? AND start <= ? ORDER BY start, id",
                (start, stop),
            )
        ) as rows:
            return [_stored_run(row) for row in rows]

    def run(self, run_id: int) -> StoredRun:
        """Return one run; `KeyError` if there is none with this id."""
        row = self._execute(
            "SELECT id, sha256, path, start, stop, summary FROM runs WHERE id = ?", (run_id,)
        ).fetchone()
        if row is None:
            raise KeyError(run_id)
        return _stored_run(row)

    def samples(self, run_id: int) -> dict[str, NDArray[np.float64]]:
        """Return the samples of a run, by channel; `KeyError` if there is no such run."""
        return self._columns("samples", run_id)

    def profile(self, run_id: int) -> dict[str, NDArray[np.float64]]:
        """Return the profile of a run (every 10 s: clock, distance, altitude, gradient); `KeyError` if there is no such run."""
        return self._columns("profile", run_id)

    def _columns(self, what: str, run_id: int) -> dict[str, NDArray[np.float64]]:
        query = {"samples": "SELECT samples FROM runs WHERE id = ?", "profile": "SELECT profile FROM runs WHERE id = ?"}
        row = self._execute(query[what], (run_id,)).fetchone()
        if row is None:
            raise KeyError(run_id)
        return unpack_columns(row[0])


def _stored_run(row: tuple[int, str, str, float, float, str]) -> StoredRun:
    run_id, sha256, path, start, stop, summary = row
    return StoredRun(run_id, sha256, path, start, stop, json.loads(summary))
