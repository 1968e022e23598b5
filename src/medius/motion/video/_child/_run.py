"""The loop of the decoding process."""

from __future__ import annotations

import json
import mmap
import os
import resource
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.frame import VideoFrame

from medius.motion.video._child._open import Opened, open_container, open_video
from medius.motion.video._child._planes import write_planes
from medius.motion.video._child._talk import ParentGoneError, Refusal, Talk
from medius.motion.video._child._timing import Clock
from medius.motion.video._layout import Layout

__all__ = ["main"]

_MEMORY_LIMIT = 6 << 30
"""Address space of the decoding process in bytes (Linux): several times what 4K with 10 bits needs."""


def main() -> int:
    """Decode what the one argument, a JSON object, asks for; return the exit code."""
    request = json.loads(sys.argv[1])
    talk = Talk(incoming=0, outgoing=os.dup(1))
    os.dup2(2, 1)
    _limit_resources()
    try:
        _serve(request, talk)
    except ParentGoneError:
        return 0
    except Refusal as refusal:
        talk.send("refuse", text=str(refusal))
    except MemoryError:
        talk.send("refuse", text="needs more memory to decode than Medius allows. Convert it to MP4 with H.264.")
    except Exception:
        talk.send("crash", text=traceback.format_exc())
        return 1
    return 0


def _limit_resources() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_LIMIT, _MEMORY_LIMIT))


def _serve(request: dict[str, Any], talk: Talk) -> None:
    path = Path(request["path"])
    opened = open_video(path, request["slow_motion"], talk)
    talk.send("opened", info=opened.info, notes=opened.notes)
    if request["ring"] is None:
        return
    layout = Layout(opened.info["width"], opened.info["height"], request["slots"])
    talk.wait_for_go(layout.slots)
    ring = np.frombuffer(mmap.mmap(request["ring"], layout.total_bytes), np.uint8)
    _Decoding(request, opened, talk).deliver(layout, ring)
    talk.send("end")


class _Decoding:
    """Decode a file from start to end and hand out the frames that were asked for."""

    def __init__(self, request: dict[str, Any], opened: Opened, talk: Talk) -> None:
        self._path = Path(request["path"])
        self._opened = opened
        self._talk = talk
        slow = opened.info["slow_motion_factor"]
        self._start: float | None = request["start_s"]
        self._end: float | None = request["end_s"]
        self._stride: int = request["stride"]
        self._max: int | None = request["max_frames"]
        self._wanted = None if request["wanted"] is None else set(request["wanted"])
        self._slow = slow
        self._clock = Clock(opened.origin_s, opened.step_s, slow)
        self._bad_packets = 0
        self._resized = 0
        self._decoded = 0
        self._broke_off = False

    def deliver(self, layout: Layout, ring: np.ndarray[Any, np.dtype[np.uint8]]) -> None:
        """Write frames into the ring as slots come free."""
        sent = 0
        last_wanted = max(self._wanted, default=-1) if self._wanted is not None else None
        for index, (time_s, frame) in enumerate(self._frames()):
            if (self._max is not None and sent >= self._max) or (last_wanted is not None and index > last_wanted):
                break
            if index % self._stride or (self._wanted is not None and index not in self._wanted):
                self._talk.alive()
                continue
            slot = self._talk.free_slot()
            write_planes(frame, self._opened.orientation, layout.planes(ring, slot), full_range=self._opened.full_range)
            self._talk.send("frame", slot=slot, index=index, time_s=time_s)
            sent += 1
        self._tell()

    def _frames(self) -> Iterator[tuple[float, VideoFrame]]:
        """Yield real time and frame, from the start asked for to the end asked for."""
        for frame in self._decode():
            seconds = None if frame.pts is None else float(frame.pts * frame.time_base)
            time_s = self._clock(seconds)
            if self._end is not None and time_s >= self._end:
                return
            if self._start is not None and time_s < self._start:
                self._talk.alive()
                continue
            yield time_s, frame

    def _decode(self) -> Iterator[VideoFrame]:
        container, stream = open_container(self._path)
        with container:
            if self._start and self._opened.origin_s is not None and stream.time_base:
                target = self._opened.origin_s + self._start * self._slow
                container.seek(int(target / stream.time_base), stream=stream)
            packets = container.demux(stream)
            while True:
                try:
                    packet = next(packets)
                except StopIteration:
                    return
                except av.error.FFmpegError:
                    self._broke_off = True
                    return
                try:
                    frames = packet.decode()
                except av.error.FFmpegError:
                    self._bad_packets += 1
                    self._talk.alive()
                    continue
                for frame in frames:
                    if isinstance(frame, VideoFrame):
                        self._decoded += 1
                        yield frame

    def _tell(self) -> None:
        if self._bad_packets:
            self._talk.send("note", text=f"{self._bad_packets} damaged pieces of the file were skipped.")
        if self._broke_off:
            self._talk.send("note", text="The file is damaged or cut off: what lies before that was used.")
        if self._clock.repaired:
            self._talk.send(
                "note", text=f"{self._clock.repaired} frames had no usable time stamp; they were spaced evenly."
            )
