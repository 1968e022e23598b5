"""Keep every run once: of two files of one run the richer wins."""

from __future__ import annotations

from pathlib import PurePosixPath

from medius.load._process import PackedRun, Processed
from medius.load._reports import FileReport
from medius.load._summary import METHOD, summary_from_json
from medius.record.runs import KnownFile, RunStore, StoredRun

__all__ = ["RunKeeper", "short_name"]

_SAME_RUN_OVERLAP = 0.5
_SHORTEST_S = 1.0


def short_name(path: str) -> str:
    """Return the last part of a path, also of one that an archive wrote on another system."""
    return PurePosixPath(path.replace("\\", "/")).name


class RunKeeper:
    """Take processed files one by one, in order, and keep their runs in `store`."""

    def __init__(self, store: RunStore) -> None:
        self.store = store
        self._origin: dict[int, FileReport] = {}

    def take(self, report: FileReport, sha256: str, processed: Processed) -> None:
        """Fill `report` with what became of the file, and keep its runs."""
        name = short_name(report.path)
        if processed.refusal is not None:
            report.status, report.reason = "refused", f"{name} was refused: {processed.refusal}."
            return  # not remembered: a later version may read it
        kept: list[int] = []
        if processed.runs:
            kept = self._keep_runs(report, sha256, processed)
        else:
            report.status = "not-a-run"
            sentences = [f"{name} is not a run: {processed.other}.", *_remarks(processed)]
            if processed.damage:
                sentences.append(f"It is also damaged: {processed.damage}.")
            report.reason = " ".join(sentences)
        self.store.remember_file(sha256, report.path, report.status, report.reason, METHOD, kept)

    def take_known(self, report: FileReport, known: KnownFile) -> None:
        """Fill `report` of a file whose content was imported before."""
        if known.status == "not-a-run":
            report.status, report.reason = "not-a-run", known.reason
            return
        report.status = "duplicate"
        report.reason = f"{short_name(report.path)} is already known"
        report.reason += f" as {known.path}." if known.path != report.path else "."
        report.runs = [summary_from_json(self.store.run(run_id).summary) for run_id in known.kept_ids]

    def _keep_runs(self, report: FileReport, sha256: str, processed: Processed) -> list[int]:
        known = self.store.known_file(sha256)
        for run_id in () if known is None or known.method == METHOD else known.run_ids:
            self.store.remove_run(run_id)
        kept: list[int] = []
        elsewhere: list[StoredRun] = []
        for run in processed.runs:
            report.runs.append(run.summary)
            same = self._same_runs(run)
            better = next((stored for stored in same if _richness(stored) >= run.summary.richness), None)
            if better is not None:
                elsewhere.append(better)
                kept.append(better.id)
                continue
            added = self.store.add_run(sha256, report.path, run.span, run.summary.to_json(), run.samples, run.profile)
            kept.append(added)
            self._origin[added] = report
            for poorer in same:
                self._replace(poorer, added, report)
        name = short_name(report.path)
        sentences = []
        if processed.damage:
            sentences.append(f"{name} is damaged: {processed.damage}. What is whole was kept.")
        if elsewhere:
            where = elsewhere[0].path
            known_from = "it holds twice" if where == report.path else f"that is already known from {where}"
            sentences.append(f"{name} holds a run {known_from}; it was kept once.")
        sentences += _remarks(processed, "" if sentences else name)
        added_any = len(elsewhere) < len(processed.runs)
        report.status = "partial" if processed.damage else "imported" if added_any else "duplicate"
        report.reason = " ".join(sentences)
        return kept

    def _same_runs(self, run: PackedRun) -> list[StoredRun]:
        """Return the stored runs of the same time: nobody runs twice at once."""
        start, stop = run.span
        same = []
        for stored in self.store.runs(start=start, stop=stop):
            overlap = min(stop, stored.stop) - max(start, stored.start)
            shorter = max(min(stop - start, stored.stop - stored.start), _SHORTEST_S)
            if overlap >= _SAME_RUN_OVERLAP * shorter or abs(start - stored.start) <= _SHORTEST_S:
                same.append(stored)
        return same

    def _replace(self, poorer: StoredRun, run_id: int, report: FileReport) -> None:
        self.store.replace_run(poorer.id, run_id)
        earlier = self._origin.pop(poorer.id, None)
        if earlier is None or earlier is report or any(other is earlier for other in self._origin.values()):
            return
        earlier.status = "duplicate"
        earlier.reason = (
            f"{short_name(earlier.path)} holds the same run as {report.path}, which carries more and is kept."
        )


def _richness(stored: StoredRun) -> tuple[int, int, int]:
    return summary_from_json(stored.summary).richness


def _remarks(processed: Processed, name: str = "") -> list[str]:
    """Make sentences of the remarks, the first one naming the file where no sentence before does."""
    sentences = [f"{remark[0].upper()}{remark[1:]}." for remark in processed.remarks]
    return [f"{name}: {processed.remarks[0]}.", *sentences[1:]] if name and sentences else sentences
