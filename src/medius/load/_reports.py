"""What became of the files of an import."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

from medius.load._summary import RunSummary

__all__ = ["SCHEMA", "STATUSES", "FileReport", "ImportReport", "ImportStatus"]

SCHEMA = "medius.import/1"
"""Name and version of the JSON form of an import."""

ImportStatus = Literal["imported", "duplicate", "not-a-run", "partial", "refused"]
STATUSES: tuple[ImportStatus, ...] = ("imported", "partial", "duplicate", "not-a-run", "refused")


@dataclass
class FileReport:
    """What became of one file.

    Attributes
    ----------
    path
        The file, inside archives the way through them.
    status
        ``imported``; ``partial`` (damaged: what is whole was kept); ``duplicate`` (known, or kept from a richer file);
        ``not-a-run``; ``refused``.
    reason
        A sentence that names the file; empty for ``imported`` where there is nothing to say.
    runs
        Its runs.
    """

    path: str
    status: ImportStatus
    reason: str = ""
    runs: list[RunSummary] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form: the keys of the longest run beside the file's own, and all runs under ``runs``."""
        rows = [run.row() for run in self.runs]
        longest = max(rows, key=lambda row: row["distance_m"] or 0.0, default={})
        return {"path": self.path, "status": self.status, "reason": self.reason, **longest, "runs": rows}


@dataclass
class ImportReport:
    """What became of all files; ``ignored`` counts files that are none of a watch, by their ending."""

    files: list[FileReport] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)

    def count(self, status: ImportStatus) -> int:
        """Return how many files ended with `status`."""
        return sum(report.status == status for report in self.files)

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "schema": SCHEMA,
            "files": [report.to_json() for report in self.files],
            "summary": {
                **{status: self.count(status) for status in STATUSES},
                "ignored": dict(sorted(self.ignored.items())),
            },
        }
