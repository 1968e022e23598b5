"""The work of the decoding process, from the request to the last frame."""

from __future__ import annotations

import mmap
import os
import resource
import sys
import traceback
from pathlib import Path
from typing import Any

import numpy as np

from medius.motion.video._child._decode import Damage, decode
from medius.motion.video._child._open import Opened, open_video
from medius.motion.video._child._planes import write_planes
from medius.motion.video._child._talk import ParentGoneError, Refusal, Talk
from medius.motion.video._info import ColorInfo
from medius.motion.video._layout import Layout

__all__ = ["main"]

_MEMORY_LIMIT = 6 << 30
"""Address space of the decoding process in bytes (Linux): several times what 4K with 10 bits needs."""


def main() -> int:
    """Decode what the request on standard input, a line of JSON, asks for; return the exit code."""
    talk = Talk(incoming=0, outgoing=os.dup(1))
    os.dup2(2, 1)
    _limit_resources()
    try:
        _serve(talk.request(), talk)
    except ParentGoneError:
        return 0
    except Refusal as refusal:
        return _last_word(talk, "refuse", str(refusal))
    except MemoryError:
        return _last_word(
            talk, "refuse", "needs more memory to decode than Medius allows. Convert it to MP4 with H.264."
        )
    except Exception:
        _last_word(talk, "crash", traceback.format_exc())
        return 1
    return 0


def _last_word(talk: Talk, kind: str, text: str) -> int:
    try:
        talk.send(kind, text=text)
    except ParentGoneError:
        return 1
    return 0


def _limit_resources() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform == "linux":
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        limit = _MEMORY_LIMIT if hard == resource.RLIM_INFINITY else min(hard, _MEMORY_LIMIT)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _serve(request: dict[str, Any], talk: Talk) -> None:
    path = Path(request["path"])
    opened = open_video(path, request["slow_motion"], talk)
    talk.send("opened", info=opened.info, notes=opened.notes)
    if request["ring"] is None:
        return
    layout = Layout.holding(opened.info["width"], opened.info["height"], request["keep"])
    talk.wait_for_go(layout.slots)
    ring = np.frombuffer(mmap.mmap(request["ring"], layout.total_bytes), np.uint8)
    damage = Damage()
    _deliver(path, request, opened, layout, ring, damage, talk)
    for sentence in damage.sentences(opened.info["duration_s"]):
        talk.send("note", text=sentence)
    talk.send("end")


def _deliver(
    path: Path,
    request: dict[str, Any],
    opened: Opened,
    layout: Layout,
    ring: np.ndarray[Any, np.dtype[np.uint8]],
    damage: Damage,
    talk: Talk,
) -> None:
    """Write the frames that were asked for into the ring as slots come free."""
    stride, most = request["stride"], request["max_frames"]
    wanted = None if request["indices"] is None else set(request["indices"])
    if most == 0 or wanted == set():
        return
    last = None if wanted is None else max(wanted)
    color = ColorInfo(**opened.info["color"])
    sent = 0
    for index, (time_s, frame) in enumerate(decode(path, opened, request["start_s"], request["end_s"], damage, talk)):
        if index % stride == 0 and (wanted is None or index in wanted):
            slot = talk.free_slot()
            write_planes(frame, opened.orientation, color, layout.planes(ring, slot))
            talk.send("frame", slot=slot, index=index, time_s=time_s)
            sent += 1
        else:
            talk.alive()
        if sent == most or index == last:
            return
