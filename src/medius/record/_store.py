"""What every small SQLite store of the record shares: opening, one transaction at a time, and errors in sentences."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

from medius.errors import OutputError, UnreadableFileError

__all__ = ["SqliteStore", "StoreWords"]


@dataclass(frozen=True, slots=True)
class StoreWords:
    """How a store's errors are told.

    Attributes
    ----------
    what
        What is kept: ``The runs``.
    if_unusable
        What to do when the file cannot be used.
    if_unwritable
        What to do when it cannot be written.
    """

    what: str
    if_unusable: str
    if_unwritable: str


class SqliteStore:
    """One SQLite file in a folder, safe against crashes.

    Parameters
    ----------
    folder
        Where the file lies; it is made where it is missing.

    Raises
    ------
    OutputError
        If the folder or the file cannot be made or written.
    UnreadableFileError
        If the file is damaged or of a newer Medius; it is left as it is.
    """

    file_name: ClassVar[str]
    schema: ClassVar[str]
    version: ClassVar[int]
    synchronous: ClassVar[str] = "FULL"
    words: ClassVar[StoreWords]

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._database = sqlite3.connect(self.folder / self.file_name, timeout=30.0, isolation_level=None)
        except (OSError, sqlite3.OperationalError) as error:
            raise OutputError(
                f"{self.words.what} cannot be kept in {self.folder} ({error}). Choose another folder with --store or "
                "MEDIUS_DATA."
            ) from error
        try:
            self._prepare()
        except sqlite3.DatabaseError as error:
            self._database.close()
            raise UnreadableFileError(
                f"{self.folder / self.file_name} cannot be used ({error}). {self.words.if_unusable}"
            ) from error

    def _prepare(self) -> None:
        (version,) = self._database.execute("PRAGMA user_version").fetchone()
        if version > self.version:
            raise sqlite3.DatabaseError(f"it was written by a newer Medius, version {version} of its layout")
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute(f"PRAGMA synchronous = {self.synchronous}")
        self._database.executescript(self.schema)
        self._database.execute(f"PRAGMA user_version = {self.version}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Make everything inside one transaction that nobody else can come between: all of it is kept, or nothing."""
        self._execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._execute("COMMIT")

    def _execute(self, statement: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        try:
            return self._database.execute(statement, values)
        except sqlite3.OperationalError as error:
            raise OutputError(
                f"{self.words.what} cannot be written to {self.folder} ({error}). {self.words.if_unwritable}"
            ) from error
