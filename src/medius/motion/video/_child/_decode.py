"""Decode a file from a place on, past whatever is damaged, and keep account of the damage."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from medius.motion.video._child._open import Opened, open_container
from medius.motion.video._child._talk import Talk
from medius.motion.video._child._timing import Clock

__all__ = ["Damage", "decode"]

_PREROLL_S = 0.25
"""How far before the wanted start to seek, in seconds of the file: time stamps may be a little off in an index."""
_CUT_OFF_S = 0.5
_DECODER_DELAY = 3
"""An error may surface this many packets after the one that caused it: the threads of the decoder work ahead."""
_MAX_DOUBTED = 300
"""Some cameras refresh the picture bit by bit and never write a key frame: do not wait for one longer than this."""


@dataclass(slots=True)
class Damage:
    """What was wrong with a file while it was decoded."""

    bad_packets: int = 0
    bad_frames: int = 0
    broke_off: bool = False
    hidden: bool = False
    last_s: float | None = None
    repaired_times: int = 0
    at_end: bool = False
    notes: list[str] = field(default_factory=list)

    def sentences(self, duration_s: float | None) -> Iterator[str]:
        """Say it; `duration_s` is the length that the file declares, in real time."""
        lost = self.bad_packets + self.bad_frames  # a packet is about a frame
        if lost:
            yield f"The file is damaged: about {_count(lost, 'frame')} could not be decoded whole and were left out."
        short = (
            self.at_end
            and not self.hidden
            and duration_s is not None
            and self.last_s is not None
            and self.last_s < 0.97 * duration_s - _CUT_OFF_S
        )
        if short or self.broke_off:
            length = f"declares {duration_s:.1f} s, but " if duration_s and short else ""
            yield f"The file {length}breaks off after {self.last_s or 0:.1f} s; what is whole was used."
        if self.repaired_times:
            yield f"{_count(self.repaired_times, 'frame')} had no usable time stamp and were spaced evenly."


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" + ("" if number == 1 else "s")


def decode(
    path: Path, opened: Opened, start_s: float | None, end_s: float | None, damage: Damage, talk: Talk
) -> Iterator[tuple[float, VideoFrame]]:
    """Yield real time in seconds and frame, from `start_s` up to without `end_s`; fill in `damage`."""
    slow = opened.info["slow_motion_factor"]
    clock = Clock(opened.origin_s, opened.step_s, slow)
    container, stream = open_container(path)
    with container:
        if start_s and opened.origin_s is not None and stream.time_base:
            target = max(opened.origin_s, opened.origin_s + start_s * slow - _PREROLL_S)
            container.seek(int(target / stream.time_base), stream=stream)
        for frame in _frames(container, stream, damage, talk):
            seconds = None if frame.pts is None else float(frame.pts * (stream.time_base or 0))
            time_s = clock(seconds)
            damage.last_s = time_s
            damage.repaired_times = clock.repaired
            if end_s is not None and time_s >= end_s:
                return
            if start_s is not None and time_s < start_s:
                talk.alive()
                continue
            yield time_s, frame
        damage.at_end = True


def _frames(container: InputContainer, stream: VideoStream, damage: Damage, talk: Talk) -> Iterator[VideoFrame]:
    packets = container.demux(stream)
    doubt = _Doubt()
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except av.error.FFmpegError:
            damage.broke_off = True
            return
        damage.hidden |= packet.is_discard
        doubt.packet(packet.dts)
        try:
            if packet.is_corrupt:
                raise av.error.InvalidDataError(0, "the demuxer says so")
            frames = packet.decode()
        except av.error.FFmpegError:
            damage.bad_packets += 1
            doubt.begin()
            talk.alive()
            continue
        for frame in frames:
            if doubt.trusts(frame):
                yield frame
            else:
                damage.bad_frames += 1
                talk.alive()


class _Doubt:
    """Which frames to leave out: the damaged ones, and those after them that were built upon them.

    A frame is described by its difference to earlier ones, so damage smears on until the next key frame.
    """

    def __init__(self) -> None:
        self._recent: deque[int] = deque(maxlen=_DECODER_DELAY)
        self._since: float | None = None
        self._doubted = 0

    def packet(self, dts: int | None) -> None:
        """Note that a packet with this decoding time goes into the decoder."""
        if dts is not None:
            self._recent.append(dts)

    def begin(self) -> None:
        """One of the last few packets was damaged."""
        self._since = min(self._recent, default=-math.inf)
        self._doubted = 0

    def trusts(self, frame: VideoFrame) -> bool:
        """Say whether `frame` can be used."""
        decoded = math.inf if frame.dts is None else frame.dts
        if frame.is_corrupt:
            self._since = decoded if self._since is None else min(decoded, self._since)
            self._doubted = 0
            return False
        if self._since is None or decoded < self._since:
            return True
        self._doubted += 1
        if (frame.key_frame and decoded > self._since) or self._doubted > _MAX_DOUBTED:
            self._since = None
            return True
        return False
