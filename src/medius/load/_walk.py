"""Find the watch files in folders, archives, and archives inside archives, without trusting any of them.

Nothing is ever unpacked to disk under a name that an archive chose. Sizes are counted while reading, not believed.
"""

from __future__ import annotations

import gzip
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from medius.load._files import SUFFIXES

__all__ = ["LIMITS", "Found", "Limits", "count_files", "find_files"]


@dataclass(frozen=True)
class Limits:
    """How much an archive may ask for.

    Attributes
    ----------
    file_bytes
        Largest watch file; a day of samples every second in FIT is near 5 MB, in GPX near 30 MB.
    archive_bytes
        Largest archive inside an archive.
    ratio
        Largest compression of a file of more than 1 MB; GPX compresses 20 to 1.
    depth
        Archives inside archives.
    members
        Files in one archive.
    """

    file_bytes: int = 256 * 2**20
    archive_bytes: int = 8 * 2**30
    ratio: float = 200.0
    depth: int = 3
    members: int = 500_000


LIMITS = Limits()
_CHUNK = 2**18
_IN_MEMORY = 2**25
_FREE_RATIO_BYTES = 2**20
_FREE_ARCHIVE_BYTES = 2**30
_ARCHIVE_ERRORS = (
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    KeyError,
)


@dataclass(frozen=True)
class Found:
    """One file.

    Attributes
    ----------
    path
        How a person finds it: the path, and inside archives the way through them.
    data
        Its bytes, or None.
    problem
        Half a sentence that says why it cannot be read, or None.
    ignored
        True for a file that is none of a watch (a picture, a spreadsheet) in a folder or archive.
    """

    path: str
    data: bytes | None = None
    problem: str | None = None
    ignored: bool = False


class _TooLargeError(ValueError):
    pass


def find_files(paths: Iterable[Path], limits: Limits = LIMITS) -> Iterator[Found]:
    """Yield every watch file under `paths`, in a fixed order, one in memory at a time."""
    for path in paths:
        if path.is_dir():
            for file in _files_under(path):
                yield from _open(file, limits, asked_for=False)
        elif path.exists():
            yield from _open(path, limits, asked_for=True)
        else:
            yield Found(str(path), problem="it does not exist; check the spelling of the path")


def count_files(paths: Iterable[Path]) -> int:
    """Count the watch files under `paths` for a progress bar; archives inside archives count as one."""
    total = 0
    for path in paths:
        for file in _files_under(path) if path.is_dir() else [path]:
            if file.suffix.lower() == ".zip":
                try:
                    with zipfile.ZipFile(file) as archive:
                        total += sum(_kind(name) != "other" for name in archive.namelist())
                except _ARCHIVE_ERRORS:
                    total += 1
            else:
                total += _kind(file.name) != "other"
    return total


def _files_under(folder: Path) -> list[Path]:
    found: list[Path] = []
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return []
    for entry in entries:
        if entry.is_dir():
            if not entry.is_symlink():
                found += _files_under(entry)
        elif entry.is_file():
            found.append(entry)
    return found


def _kind(name: str) -> str:
    path = PurePosixPath(name.replace("\\", "/").lower())
    if path.name.startswith("._") or "__macosx" in path.parts or name.endswith("/"):
        return "other"
    if path.suffix == ".gz":
        return "gzip" if PurePosixPath(path.stem).suffix in SUFFIXES else "other"
    return "zip" if path.suffix == ".zip" else "watch" if path.suffix in SUFFIXES else "other"


def _open(file: Path, limits: Limits, *, asked_for: bool) -> Iterator[Found]:
    name, kind = str(file), _kind(file.name)
    if kind == "other" and not asked_for:
        yield Found(name, ignored=True)
        return
    try:
        with file.open("rb") as stream:
            if kind == "zip":
                yield from _zip(name, stream, limits, 1)
            elif kind == "gzip":
                yield Found(name, _gunzip(stream, limits, file.stat().st_size))
            else:
                yield Found(name, _read(stream, limits.file_bytes))
    except _TooLargeError as error:
        yield Found(name, problem=str(error))
    except _ARCHIVE_ERRORS as error:
        yield Found(name, problem=f"it cannot be read ({error}); copy it again")


def _read(stream: IO[bytes], limit: int, packed: int | None = None, ratio: float = 0.0) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > limit:
            raise _TooLargeError(f"it is larger than {limit / 2**20:.0f} MB, which no activity is; it was not read")
        if packed is not None and size > _FREE_RATIO_BYTES and size > ratio * max(packed, 1):
            raise _TooLargeError(
                f"it unpacks to more than {ratio:.0f} times its size, as a ZIP bomb does; it was not read"
            )
        chunks.append(chunk)
    return b"".join(chunks)


def _gunzip(stream: IO[bytes], limits: Limits, packed: int) -> bytes:
    with gzip.GzipFile(fileobj=stream) as unpacked:
        return _read(unpacked, limits.file_bytes, packed, limits.ratio)  # type: ignore[arg-type]


def _zip(name: str, stream: IO[bytes], limits: Limits, depth: int) -> Iterator[Found]:
    try:
        archive = zipfile.ZipFile(stream)
    except _ARCHIVE_ERRORS as error:
        yield Found(name, problem=f"it is not a whole ZIP archive ({error}); download it again")
        return
    with archive:
        members = archive.infolist()
        if len(members) > limits.members:
            yield Found(name, problem=f"it claims {len(members)} files, more than any export holds; it was not read")
            return
        claimed = sum(member.file_size for member in members)
        if claimed > _FREE_ARCHIVE_BYTES and claimed > limits.ratio * stream.seek(0, 2):
            yield Found(
                name, problem="it claims to unpack to far more than its size, as a ZIP bomb does; it was not read"
            )
            return
        for member in members:
            if not member.is_dir():
                yield from _member(archive, member, name, limits, depth)


def _member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, limits: Limits, depth: int
) -> Iterator[Found]:
    path, kind = f"{name}/{member.filename}", _kind(member.filename)
    parts = PurePosixPath(member.filename.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or ":" in parts.parts[0]:
        yield Found(path, problem="its path leads outside the archive, which no export does; it was not read")
        return
    if kind == "other":
        yield Found(path, ignored=True)
        return
    if member.flag_bits & 1:
        yield Found(path, problem="it is protected by a password; unpack it yourself first")
        return
    if kind == "zip" and depth >= limits.depth:
        yield Found(path, problem=f"it lies more than {limits.depth} archives deep; unpack it yourself first")
        return
    try:
        with archive.open(member) as stream:
            if kind == "zip":
                with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as copy:
                    _copy(stream, copy, limits, member.compress_size)
                    yield from _zip(path, copy, limits, depth + 1)
            elif kind == "gzip":
                yield Found(path, _gunzip(stream, limits, member.compress_size))
            else:
                yield Found(path, _read(stream, limits.file_bytes, member.compress_size, limits.ratio))
    except _TooLargeError as error:
        yield Found(path, problem=str(error))
    except _ARCHIVE_ERRORS as error:
        yield Found(path, problem=f"it is damaged inside its archive ({error}); download the archive again")


def _copy(source: IO[bytes], target: IO[bytes], limits: Limits, packed: int) -> None:
    size = 0
    while chunk := source.read(_CHUNK):
        size += len(chunk)
        if size > limits.archive_bytes or (size > _FREE_RATIO_BYTES and size > limits.ratio * max(packed, 1)):
            raise _TooLargeError("it unpacks to far more than its size, as a ZIP bomb does; it was not read")
        target.write(chunk)
    target.seek(0)
