"""Import whatever a runner's watch wrote: every file is accounted for, every run is kept once."""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from medius.load._keep import RunKeeper, short_name
from medius.load._reports import FileReport, ImportReport
from medius.load._summary import METHOD
from medius.load._walk import LIMITS, Found, Limits, count_files, find_files
from medius.load._workers import Task, Workers
from medius.record.runs import RunStore

__all__ = ["import_runs"]

_POOL_FROM = 64
_COMMIT_EVERY = 32


@dataclass
class _Pending:
    """A file on its way: its report takes its place in the order now, its content comes when it is done."""

    report: FileReport
    sha256: str
    task: Task


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
    keeper = RunKeeper(store)
    pool = Workers(workers if expected >= _POOL_FROM else 1, moment)
    try:
        twins: list[tuple[FileReport, FileReport]] = []
        pending = _submit(find_files(roots, limits), report, keeper, pool, twins)
        for batch in _batches(pending, _COMMIT_EVERY):
            with store.writing():
                for item in batch:
                    keeper.take(item.report, item.sha256, pool.result(item.task))
            if progress is not None and batch:
                progress(len(report.files), max(expected, len(report.files)), batch[-1].report.path)
        for twin, first in twins:
            _tell_twin(twin, first)
        if progress is not None:
            progress(len(report.files), len(report.files), "")
    finally:
        pool.close()
    return report


def _submit(
    found: Iterator[Found],
    report: ImportReport,
    keeper: RunKeeper,
    pool: Workers,
    twins: list[tuple[FileReport, FileReport]],
) -> Iterator[_Pending]:
    """Yield files in order as they are ready, never holding more than a few; note files of equal content in `twins`."""
    queue: deque[_Pending] = deque()
    seen: dict[str, FileReport] = {}
    for file in found:
        if file.ignored:
            report.ignored[PurePosixPath(file.path.replace("\\", "/")).suffix.lower() or "(no ending)"] += 1
            continue
        entry = FileReport(file.path, "refused")
        report.files.append(entry)
        if file.data is None:
            entry.reason = f"{short_name(file.path)} was refused: {file.problem}."
            continue
        sha256 = hashlib.sha256(file.data).hexdigest()
        if sha256 in seen:
            twins.append((entry, seen[sha256]))
            continue
        seen[sha256] = entry
        known = keeper.store.known_file(sha256)
        if known is not None and known.method == METHOD:
            keeper.take_known(entry, known)
            continue
        queue.append(_Pending(entry, sha256, pool.submit(file.data)))
        while len(queue) > pool.in_flight:
            yield queue.popleft()
    yield from queue


def _tell_twin(twin: FileReport, first: FileReport) -> None:
    if first.runs:
        twin.status, twin.runs = "duplicate", first.runs
        twin.reason = f"{short_name(twin.path)} is the same file as {first.path}."
    else:
        twin.status, twin.reason = first.status, f"{first.reason} {short_name(twin.path)} is the same file."


def _batches(items: Iterator[_Pending], size: int) -> Iterator[list[_Pending]]:
    batch: list[_Pending] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    yield batch
