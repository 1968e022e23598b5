"""Lines of JSON from the decoding process to its parent, single bytes back.

==========  ==================================================  ==========================================
message     fields                                              meaning
==========  ==================================================  ==========================================
``opened``  what `VideoInfo` holds, and ``notes``               the file can be decoded
``frame``   ``slot``, ``index``, ``time_s``                     a frame lies in that slot of the ring
``note``    ``text``                                            something a person should know
``alive``                                                       still working, nothing to show yet
``end``                                                         no more frames
``refuse``  ``text``                                            the file cannot be used, and why
==========  ==================================================  ==========================================

The parent sends the request as one line of JSON; then one byte, ``G``, once the ring has its size; then one byte for
each slot that is free again.
"""

from __future__ import annotations

import json
import os
import time
from collections import deque
from typing import Any, cast

__all__ = ["ParentGoneError", "Refusal", "Talk"]

_ALIVE_EVERY_S = 1.0


class ParentGoneError(Exception):
    """The parent closed its end: there is nobody left to decode for."""


class Refusal(Exception):  # noqa: N818 - an answer, not an accident
    """The file cannot be used; the text is a sentence for a person, without the name of the file."""


class Talk:
    """The child's end of the two pipes."""

    def __init__(self, incoming: int, outgoing: int) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._free: deque[int] = deque()
        self._last = time.monotonic()

    def send(self, kind: str, **fields: Any) -> None:
        """Send one message."""
        line = memoryview(json.dumps({"kind": kind, **fields}).encode() + b"\n")
        try:
            while line:
                line = line[os.write(self._outgoing, line) :]
        except BrokenPipeError as error:
            raise ParentGoneError from error
        self._last = time.monotonic()

    def alive(self) -> None:
        """Tell the parent that work goes on, at most once a second."""
        if time.monotonic() - self._last > _ALIVE_EVERY_S:
            self.send("alive")

    def request(self) -> dict[str, Any]:
        """Return what the parent asks for: its first line."""
        line = bytearray()
        while not line.endswith(b"\n"):
            piece = os.read(self._incoming, 1)
            if not piece:
                raise ParentGoneError
            line += piece
        return cast("dict[str, Any]", json.loads(line))

    def wait_for_go(self, slots: int) -> None:
        """Wait until the parent has given the ring its size; all slots are free then."""
        if os.read(self._incoming, 1) != b"G":
            raise ParentGoneError
        self._free.extend(range(slots))

    def free_slot(self) -> int:
        """Return a slot that may be written, waiting for one if need be."""
        if not self._free:
            released = os.read(self._incoming, 256)
            if not released:
                raise ParentGoneError
            self._free.extend(released)
        return self._free.popleft()
