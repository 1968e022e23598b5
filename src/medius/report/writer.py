"""Write a report: everything is made first, then moved into place, so nothing half-written is ever left behind."""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from medius.errors import InvalidValueError, OutputError
from medius.report._html import render_html
from medius.report._layout import lay_out
from medius.report._pdf import render_pdf
from medius.report._tables import observations_csv, render_json, strides_csv
from medius.report.model import ReportData

__all__ = ["FORMATS", "FileWriter", "render_report", "write_report"]

FORMATS = ("html", "pdf", "json", "csv")


def render_report(data: ReportData, formats: Sequence[str] = FORMATS) -> dict[str, bytes]:
    """Return the files of a report by name, without writing any.

    Parameters
    ----------
    data
        What the report shows.
    formats
        Any of `FORMATS`: ``html`` gives ``report.html``, ``pdf`` ``report.pdf``, ``json`` ``observations.json``,
        ``csv`` ``observations.csv`` and ``strides.csv``.

    Raises
    ------
    InvalidValueError
        If a format is unknown.
    """
    unknown = sorted(set(formats) - set(FORMATS))
    if unknown:
        raise InvalidValueError(f"Unknown report format {', '.join(unknown)}. Choose from {', '.join(FORMATS)}.")
    made: dict[str, bytes] = {}
    if "html" in formats or "pdf" in formats:
        layout = lay_out(data)
        if "html" in formats:
            made["report.html"] = render_html(layout)
        if "pdf" in formats:
            made["report.pdf"] = render_pdf(layout)
    if "json" in formats:
        made["observations.json"] = render_json(data)
    if "csv" in formats:
        made["observations.csv"] = observations_csv(data)
        made["strides.csv"] = strides_csv(data)
    return made


def write_report(data: ReportData, out_dir: str | Path, formats: Sequence[str] = FORMATS) -> list[Path]:
    """Write a report into a folder and return the paths, in the order of `FORMATS`.

    The same data give the same bytes. Either all files appear (older ones of the same name are replaced), or, after an
    error or an interruption, the folder is as it was.

    Parameters
    ----------
    data
        What the report shows.
    out_dir
        Folder, made if absent.
    formats
        See `render_report`.

    Raises
    ------
    OutputError
        If the folder cannot be made or written; the message says why and what to do.
    InvalidValueError
        If a format is unknown.
    """
    made = render_report(data, formats)
    folder = Path(out_dir)
    with FileWriter(folder) as writer:
        for name, content in made.items():
            writer.add(name, content)
    return [folder / name for name in made]


class FileWriter:
    """Collects files beside their target folder and moves them there together at the end.

    Examples
    --------
    >>> with FileWriter(Path("out")) as writer:  # doctest: +SKIP
    ...     writer.add("report.html", b"...")
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._created: list[Path] = []
        self._names: list[str] = []
        self._stage: Path | None = None

    def __enter__(self) -> Self:
        """Make the folder and a hidden place to collect files in."""
        try:
            missing = [path for path in (self._folder, *self._folder.parents) if not path.exists()]
            for path in reversed(missing):
                path.mkdir()
                self._created.append(path)
            self._stage = Path(tempfile.mkdtemp(prefix=".medius-", dir=self._folder))
        except OSError as error:
            self._forget()
            raise self._cannot(error) from error
        return self

    def add(self, name: str, content: bytes) -> None:
        """Collect one file."""
        try:
            self.path(name).write_bytes(content)
        except OSError as error:
            raise self._cannot(error) from error

    def path(self, name: str) -> Path:
        """Return where to write a file that is to be moved into the folder at the end (a video, for example)."""
        if self._stage is None:
            raise OutputError("A file can be added only inside the 'with' block.")
        if name not in self._names:
            self._names.append(name)
        return self._stage / name

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Move everything into place, or leave no trace."""
        if kind is not None:
            self._forget()
            return
        try:
            self._move()
        except OSError as error:
            self._forget()
            raise self._cannot(error) from error
        except BaseException:
            self._forget()
            raise
        if self._stage is not None:
            shutil.rmtree(self._stage, ignore_errors=True)

    def _move(self) -> None:
        """Swap the new files in; put the old ones back if that breaks off half-way."""
        assert self._stage is not None  # noqa: S101
        for name in self._names:
            if (self._folder / name).is_dir():
                raise IsADirectoryError(errno.EISDIR, "is a folder", name)
        kept = self._stage / "old"
        kept.mkdir()
        done: list[str] = []
        try:
            for name in self._names:
                done.append(name)
                target = self._folder / name
                if target.exists():
                    target.replace(kept / name)
                (self._stage / name).replace(target)
        except BaseException:
            for name in done:
                if (kept / name).exists():
                    (kept / name).replace(self._folder / name)
                elif not (self._stage / name).exists():
                    (self._folder / name).unlink(missing_ok=True)
            raise

    def _forget(self) -> None:
        if self._stage is not None:
            shutil.rmtree(self._stage, ignore_errors=True)
        for path in reversed(self._created):
            try:
                path.rmdir()
            except OSError:
                break

    def _cannot(self, error: OSError) -> OutputError:
        reasons = {
            errno.EACCES: "you are not allowed to write there",
            errno.EPERM: "you are not allowed to write there",
            errno.EROFS: "the disk can only be read",
            errno.ENOSPC: "the disk is full",
            errno.EDQUOT: "your share of the disk is full",
            errno.ENOTDIR: "part of the path is a file, not a folder",
            errno.EEXIST: "there is a file of that name, not a folder",
            errno.EISDIR: "a folder stands where a file should go",
            errno.ENAMETOOLONG: "the name is too long",
        }
        why = reasons.get(error.errno or 0, error.strerror or "the system refused")
        return OutputError(f"Cannot write to {self._folder}: {why}. Choose another folder.")
