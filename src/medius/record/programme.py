"""Where plans and logs of training are kept: one SQLite file in the user's data folder.

Nothing that was confirmed is lost: each write is one transaction that is on the disk before it is confirmed, nothing is
ever overwritten (a completed log is a new revision, a new plan leaves the old one), and a damaged file is never touched.
The store holds plain data; what they mean is the business of `medius.programme`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medius.record._store import SqliteStore, StoreWords
from medius.record.runs import data_folder

__all__ = ["ProgrammeStore", "StoredPlan"]

FILE_NAME = "programme.sqlite3"
_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS plans (id INTEGER PRIMARY KEY, made TEXT NOT NULL, plan TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS logs (
    id INTEGER PRIMARY KEY, entry INTEGER NOT NULL, plan_id INTEGER NOT NULL REFERENCES plans (id),
    day TEXT NOT NULL, written TEXT NOT NULL, log TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS logs_by_entry ON logs (entry, id);
"""


@dataclass(frozen=True)
class StoredPlan:
    """A plan as it was kept: ``made`` is the moment in ISO 8601, ``data`` the JSON form."""

    id: int
    made: str
    data: dict[str, Any]


class ProgrammeStore(SqliteStore):
    """The plans and logs of one person.

    Parameters
    ----------
    folder
        Where the database lies; made where it is absent. Default: `medius.record.runs.data_folder`.

    Raises
    ------
    OutputError
        If the folder cannot be made or written.
    UnreadableFileError
        If the database there is damaged or of a newer Medius; it is left as it is.
    """

    file_name = FILE_NAME
    schema = _SCHEMA
    version = _VERSION
    words = StoreWords(
        "The plan",
        "It was left as it is. Restore a copy, or move it away and make a new plan.",
        "Make room or close the other program, and do it again; nothing that was confirmed is lost.",
    )

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__(data_folder() if folder is None else folder)

    def add_plan(self, data: dict[str, Any], made: str) -> int:
        """Keep a plan; the newest one is the current one. Return its id."""
        cursor = self._execute("INSERT INTO plans (made, plan) VALUES (?, ?)", (made, json.dumps(data)))
        return int(cursor.lastrowid or 0)

    def plans(self) -> list[StoredPlan]:
        """Return all plans, oldest first."""
        rows = self._execute("SELECT id, made, plan FROM plans ORDER BY id").fetchall()
        return [StoredPlan(number, made, json.loads(plan)) for number, made, plan in rows]

    def current_plan(self) -> StoredPlan | None:
        """Return the newest plan, or None."""
        row = self._execute("SELECT id, made, plan FROM plans ORDER BY id DESC LIMIT 1").fetchone()
        return None if row is None else StoredPlan(row[0], row[1], json.loads(row[2]))

    def add_log(self, plan_id: int, day: str, data: dict[str, Any], written: str, entry: int | None = None) -> int:
        """Keep a log of a day, or with `entry` a new revision of one; return the number of the entry."""
        if entry is None:
            (entry,) = self._execute("SELECT COALESCE(MAX(entry), 0) + 1 FROM logs").fetchone()
        self._execute(
            "INSERT INTO logs (entry, plan_id, day, written, log) VALUES (?, ?, ?, ?, ?)",
            (entry, plan_id, day, written, json.dumps(data)),
        )
        return int(entry or 0)

    def logs(self, plan_id: int | None = None) -> list[tuple[int, dict[str, Any]]]:
        """Return entry and data of the newest revision of each log (of one plan, or of all), in order of day."""
        rows = self._execute(
            "SELECT entry, log FROM logs WHERE id IN (SELECT MAX(id) FROM logs GROUP BY entry) "
            "AND (? IS NULL OR plan_id = ?) ORDER BY day, entry",
            (plan_id, plan_id),
        ).fetchall()
        return [(entry, json.loads(log)) for entry, log in rows]

    def revisions(self, entry: int) -> list[dict[str, Any]]:
        """Return every revision of a log, oldest first."""
        rows = self._execute("SELECT log FROM logs WHERE entry = ? ORDER BY id", (entry,)).fetchall()
        return [json.loads(log) for (log,) in rows]
