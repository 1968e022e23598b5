"""Video in, frames out."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Collection, Iterator
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from medius.errors import InvalidValueError, UnreadableFileError
from medius.motion.video._frame import Frame
from medius.motion.video._info import ColorInfo, VideoInfo
from medius.motion.video._layout import Layout
from medius.motion.video._worker import Worker

__all__ = ["FrameSource", "probe", "read_frames"]

_MAX_KEEP = 64


def probe(path: str | Path, *, slow_motion: float | None = None) -> VideoInfo:
    """Find out what a video holds, without decoding more than its first frame.

    Parameters
    ----------
    path
        The file.
    slow_motion
        How many times slower than life it plays; None to believe its metadata.

    Raises
    ------
    UnreadableFileError
        If it is no video that can be decoded; the message says why and what to do.
    """
    file = _check(path)
    worker = Worker(file, _request(slow_motion=slow_motion), with_ring=False)
    try:
        return _info(file, _hash(file), worker.receive()["info"])
    finally:
        worker.close()


class FrameSource:
    """The frames of a video, decoded in a process of its own, upright and with their real times.

    Use it in a ``with`` statement and iterate over it once::

        with FrameSource("run.mov") as source:
            for frame in source:
                look_at(frame.luma, frame.time_s)

    Memory does not grow with the length of the clip: frames travel through a ring of shared memory, and decoding waits
    while the ring is full. The planes of a frame stay valid until `keep` more frames were drawn.

    Parameters
    ----------
    path
        MP4, MOV, MKV, WebM, AVI or MPEG-TS.
    slow_motion
        How many times slower than life the file plays (8 for 240 frames a second stored as 30); times are divided by
        it. None to believe the metadata of the file.
    start_s, end_s
        Part of the clip to read, real seconds from its first frame: from `start_s` up to but without `end_s`.
    max_frames
        Stop after so many frames.
    stride
        Hand out only every so-manyth frame: those whose index it divides.
    indices
        Hand out only the frames with these indices; reading stops after the last of them.
    keep
        How many more frames may be drawn before the planes of a frame are used again.

    Attributes
    ----------
    info
        What is known of the file, see `VideoInfo`.
    notes
        Sentences on what went wrong without stopping the work: damaged or missing parts, odd time stamps. Complete when
        the iteration has ended.

    Raises
    ------
    UnreadableFileError
        On entering, if the file is no video that can be decoded; while iterating, if the decoder crashed or hangs.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        slow_motion: float | None = None,
        start_s: float | None = None,
        end_s: float | None = None,
        max_frames: int | None = None,
        stride: int = 1,
        indices: Collection[int] | None = None,
        keep: int = 4,
    ) -> None:
        self._path = Path(path)
        self._keep = keep
        self._request = _request(
            slow_motion=slow_motion,
            start_s=start_s,
            end_s=end_s,
            max_frames=max_frames,
            stride=stride,
            indices=None if indices is None else sorted({int(index) for index in indices}),
            keep=keep,
        )
        self._worker: Worker | None = None
        self._closed = False
        self.info: VideoInfo
        self.notes: list[str] = []

    def __enter__(self) -> Self:
        file = _check(self._path)
        self._worker = Worker(file, self._request, with_ring=True)
        try:
            digest = _hash(file)
            opened = self._worker.receive()
            self.info = _info(file, digest, opened["info"])
            self.notes = list(opened["notes"])
            self._layout = Layout.holding(self.info.width, self.info.height, self._keep)
            self._ring = self._worker.map_ring(self._layout)
        except BaseException:
            self.close()
            raise
        self._frames = self._receive(self._worker)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[Frame]:
        if self._worker is None:
            raise RuntimeError("A FrameSource is used in a with statement: with FrameSource(path) as source: ...")
        return self._frames

    def close(self) -> None:
        """End the decoding process; frames that were handed out keep their planes."""
        if self._worker is not None:
            self._worker.close()
            self._closed = True

    def _receive(self, worker: Worker) -> Iterator[Frame]:
        held: deque[int] = deque()
        while not self._closed:
            if len(held) > self._keep:
                worker.release(held.popleft())
            message = worker.receive()
            if message["kind"] == "frame":
                held.append(message["slot"])
                planes = self._layout.planes(self._ring, message["slot"])
                yield Frame(message["index"], message["time_s"], *planes, color=self.info.color)
            elif message["kind"] == "note":
                self.notes.append(message["text"])
            else:
                return


def read_frames(
    path: str | Path, indices: Collection[int], *, slow_motion: float | None = None, start_s: float | None = None
) -> dict[int, NDArray[np.uint8]]:
    """Return some frames of a video as pictures.

    Parameters
    ----------
    path
        The file.
    indices
        Which frames, numbered as `FrameSource` with the same `start_s` does.
    slow_motion, start_s
        As in `FrameSource`.

    Returns
    -------
    dict
        Index → red, green, blue, uint8, shape (height, width, 3). Frames that the clip does not have are missing.
    """
    with FrameSource(path, slow_motion=slow_motion, start_s=start_s, indices=indices) as source:
        return {frame.index: frame.to_rgb() for frame in source}


def _request(**given: Any) -> dict[str, Any]:
    request: dict[str, Any] = {
        "slow_motion": None,
        "start_s": None,
        "end_s": None,
        "max_frames": None,
        "stride": 1,
        "keep": 0,
        "indices": None,
        **given,
    }
    if request["slow_motion"] is not None and not 0.01 <= request["slow_motion"] <= 100:
        raise InvalidValueError(
            f"Slow motion {request['slow_motion']:g} is not possible: give how many times slower the clip plays, "
            "for example 8 for 240 frames a second played at 30."
        )
    if not 0 <= request["keep"] <= _MAX_KEEP:
        raise InvalidValueError(f"Keeping {request['keep']} frames is not possible: give 0 to {_MAX_KEEP}.")
    if request["stride"] < 1:
        raise InvalidValueError(f"A stride of {request['stride']} is not possible: give 1 or more.")
    return request


def _check(path: str | Path) -> Path:
    file = Path(path)
    try:
        if not file.exists():
            raise UnreadableFileError(f"{file} does not exist. Check the spelling of the path.")
        if not file.is_file():
            raise UnreadableFileError(f"{file} is not a file. Give a video file.")
        if file.stat().st_size == 0:
            raise UnreadableFileError(f"{file.name} is empty (0 bytes). Copy it again from the phone.")
    except OSError as error:
        raise UnreadableFileError(f"{file} cannot be reached ({error.strerror}). Check the path.") from error
    return file


def _hash(file: Path) -> str:
    try:
        state = file.stat()
        return _digest(file, state.st_size, state.st_mtime_ns)
    except OSError as error:
        raise UnreadableFileError(f"{file.name} cannot be read ({error.strerror}). Check its permissions.") from error


@lru_cache(maxsize=64)
def _digest(file: Path, _size: int, _changed: int) -> str:
    """Hash a file once for as long as it has the same size and time of change: a film is opened several times."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _info(path: Path, digest: str, found: dict[str, Any]) -> VideoInfo:
    return VideoInfo(path=path, sha256=digest, **{**found, "color": ColorInfo(**found["color"])})
