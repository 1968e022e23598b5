"""Import whatever a runner's watch wrote: every file is accounted for, every run is kept once."""

from __future__ import annotations

import hashlib
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from medius.load._process import PackedRun, Processed
from medius.load._summary import METHOD, RunSummary, summary_from_json
from medius.load._walk import LIMITS, Found, Limits, count_files, find_files
from medius.load._workers import Task, Workers
from medius.record.runs import KnownFile, RunStore

__all__ = ["SCHEMA", "STATUSES", "FileReport", "ImportReport", "ImportStatus", "import_runs"]

SCHEMA = "medius.import/1"
"""Name and version of the JSON form of an import."""

ImportStatus = Literal["imported", "duplicate", "not-a-run", "partial", "refused"]
STATUSES: tuple[ImportStatus, ...] = ("imported", "partial", "duplicate", "not-a-run", "refused")

_POOL_FROM = 64
_COMMIT_EVERY = 32
_SAME_RUN_OVERLAP = 0.5
_SHORTEST_S = 1.0


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


@dataclass
class _Pending:
    """A file on its way: its report takes its place in the order now, its content comes when it is done."""

    report: FileReport
    sha256: str
    task: Task


class _Importer:
    """Take processed files one by one, in order, and keep the runs."""

    def __init__(self, store: RunStore) -> None:
        self.store = store
        self.origin: dict[int, FileReport] = {}

    def take(self, pending: _Pending, processed: Processed) -> None:
        report = pending.report
        name = PurePosixPath(report.path.replace("\\", "/")).name
        if processed.refusal is not None:
            report.status, report.reason = "refused", f"{name} was refused: {processed.refusal}."
            return  # not remembered: a later version may read it
        if not processed.runs:
            report.status = "not-a-run"
            sentences = [f"{name} is not a run: {processed.other}.", *_remarks(processed)]
            if processed.damage:
                sentences.append(f"It is also damaged: {processed.damage}.")
            report.reason = " ".join(sentences)
        else:
            known = self.store.known_file(pending.sha256)
            if known is not None and known.method != METHOD:
                for run_id in known.run_ids:  # measured by an older method
                    self.store.remove_run(run_id)
            self._keep(pending, processed, name)
        self.store.remember_file(pending.sha256, report.path, report.status, report.reason, METHOD)

    def _keep(self, pending: _Pending, processed: Processed, name: str) -> None:
        report = pending.report
        kept_elsewhere: list[str] = []
        added = False
        for run in processed.runs:
            report.runs.append(run.summary)
            better = self._known_better(run, report)
            if better is None:
                run_id = self.store.add_run(
                    pending.sha256, report.path, run.span, run.summary.to_json(), run.samples, run.profile
                )
                self.origin[run_id] = report
                added = True
            else:
                kept_elsewhere.append(better)
        sentences = []
        if processed.damage:
            sentences.append(f"{name} is damaged: {processed.damage}. What is whole was kept.")
        if kept_elsewhere:
            sentences.append(f"{name} holds a run that is already known from {kept_elsewhere[0]} and was kept once.")
        if sentences or processed.remarks:
            sentences += _remarks(processed, name if not sentences else "")
        report.status = "partial" if processed.damage else "imported" if added else "duplicate"
        report.reason = " ".join(sentences)

    def _known_better(self, run: PackedRun, report: FileReport) -> str | None:
        """Return the path of a stored run that is this one and at least as rich; drop stored ones that are poorer."""
        start, stop = run.span
        for stored in self.store.runs(start=start, stop=stop):
            overlap = min(stop, stored.stop) - max(start, stored.start)
            shorter = max(min(stop - start, stored.stop - stored.start), _SHORTEST_S)
            if overlap < _SAME_RUN_OVERLAP * shorter and abs(start - stored.start) > _SHORTEST_S:
                continue
            if summary_from_json(stored.summary).richness >= run.summary.richness:
                return stored.path
            self.store.remove_run(stored.id)
            earlier = self.origin.pop(stored.id, None)
            if earlier is not None and earlier is not report and not any(o is earlier for o in self.origin.values()):
                name = PurePosixPath(earlier.path).name
                earlier.status = "duplicate"
                earlier.reason = f"{name} holds the same run as {report.path}, which carries more and is kept."
        return None

    def take_known(self, report: FileReport, known: KnownFile) -> None:
        name = PurePosixPath(report.path.replace("\\", "/")).name
        if known.status == "not-a-run":
            report.status, report.reason = "not-a-run", known.reason
            return
        report.status = "duplicate"
        report.reason = f"{name} is already known" + (f" as {known.path}." if known.path != report.path else ".")
        report.runs = [summary_from_json(self.store.run(run_id).summary) for run_id in known.run_ids]


def import_runs(
    paths: Iterable[Path | str],
    store: RunStore,
    *,
    now: float | None = None,
    workers: int = 2,
    limits: Limits = LIMITS,
    progress: Callable[[int, int, str], None] | None = None,
) -> ImportReport:
    """Import every run under `paths`.

    Parameters
    ----------
    paths
        Files, folders and archives.
    store
        Where the runs are kept. What it holds already is not read again, so a stopped import goes on where it stopped.
    now
        The present in Unix seconds; files from after it are refused. Default: the clock.
    workers
        Processes that decode and measure, for imports of 64 files and more; 1 does everything in this one.
    limits
        What archives may ask for.
    progress
        Called with (files done, files expected, path of the last one).

    Returns
    -------
    What became of every file, in the order they were found.
    """
    roots = [Path(path) for path in paths]
    moment = time.time() if now is None else now
    expected = count_files(roots)
    report = ImportReport()
    importer = _Importer(store)
    pool = Workers(workers if expected >= _POOL_FROM else 1, moment)
    try:
        pending = _submit(find_files(roots, limits), report, importer, pool)
        for batch in _batches(pending, _COMMIT_EVERY):
            with store.writing():
                for item in batch:
                    importer.take(item, pool.result(item.task))
            if progress is not None and batch:
                progress(len(report.files), max(expected, len(report.files)), batch[-1].report.path)
        if progress is not None:
            progress(len(report.files), len(report.files), "")
    finally:
        pool.close()
    return report


def _submit(found: Iterator[Found], report: ImportReport, importer: _Importer, pool: Workers) -> Iterator[_Pending]:
    """Yield files in order as they are ready, never holding more than a few."""
    queue: deque[_Pending] = deque()
    in_flight: dict[str, FileReport] = {}
    for file in found:
        if file.ignored:
            report.ignored[PurePosixPath(file.path.replace("\\", "/")).suffix.lower() or "(no ending)"] += 1
            continue
        entry = FileReport(file.path, "refused")
        report.files.append(entry)
        if file.data is None:
            entry.reason = f"{PurePosixPath(file.path).name} was refused: {file.problem}."
            continue
        sha256 = hashlib.sha256(file.data).hexdigest()
        known = importer.store.known_file(sha256)
        if known is not None and known.method == METHOD:
            importer.take_known(entry, known)
            continue
        if sha256 in in_flight:
            entry.status = "duplicate"
            entry.reason = f"{PurePosixPath(file.path).name} is the same file as {in_flight[sha256].path}."
            entry.runs = in_flight[sha256].runs
            continue
        in_flight[sha256] = entry
        queue.append(_Pending(entry, sha256, pool.submit(file.data)))
        while len(queue) > pool.in_flight:
            item = queue.popleft()
            yield item
            in_flight.pop(item.sha256, None)
    yield from queue


def _remarks(processed: Processed, name: str = "") -> list[str]:
    """Make sentences of the remarks, the first one naming the file where no sentence before does."""
    sentences = [f"{remark[0].upper()}{remark[1:]}." for remark in processed.remarks]
    return [f"{name}: {processed.remarks[0]}.", *sentences[1:]] if name and sentences else sentences


def _batches(items: Iterator[_Pending], size: int) -> Iterator[list[_Pending]]:
    batch: list[_Pending] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    yield batch
