"""The parent's end of a decoding process: start it, listen to it with a watch in hand, end it."""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import selectors
import subprocess
import sys
import tempfile
import time
import weakref
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
from numpy.typing import NDArray

from medius.errors import UnreadableFileError
from medius.motion.video._layout import Layout

__all__ = ["Worker"]

_CHILD = Path(__file__).parent / "_child" / "__main__.py"
_PROBABLY_DAMAGED = "The file is probably damaged: convert it to MP4 with H.264, or film again."
STALL_S = 30.0
"""Seconds without a sign of life after which the decoding process counts as hung."""


class Worker:
    """A running decoding process.

    Parameters
    ----------
    path
        The file to decode.
    request
        What to decode, see ``_child/_run.py``.
    with_ring
        Whether frames will be wanted, or only the information on the file.
    """

    def __init__(self, path: Path, request: dict[str, Any], *, with_ring: bool) -> None:
        self._path = path
        self._ring_fd = _anonymous_memory() if with_ring else None
        self._process = subprocess.Popen(
            [sys.executable, "-B", "-P", str(_CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            pass_fds=() if self._ring_fd is None else (self._ring_fd,),
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )
        self._frames = 0
        self._heard = False
        self._pending = bytearray()
        self._finalizer = weakref.finalize(self, _end, self._process, self._ring_fd)
        whole = {**request, "path": str(path.absolute()), "ring": self._ring_fd}
        self._send(json.dumps(whole).encode() + b"\n")

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def map_ring(self, layout: Layout) -> NDArray[np.uint8]:
        """Give the ring its size, let the child begin, and return the ring as bytes."""
        ring_fd = cast("int", self._ring_fd)
        os.ftruncate(ring_fd, layout.total_bytes)
        ring = np.frombuffer(mmap.mmap(ring_fd, layout.total_bytes), np.uint8)
        self._send(b"G")
        return ring

    def release(self, slot: int) -> None:
        """Tell the child that it may write `slot` again."""
        self._send(bytes([slot]))

    def receive(self) -> dict[str, Any]:
        """Return the next message, without the signs of life.

        Raises
        ------
        UnreadableFileError
            If the file is refused, or the child died, or it hangs.
        """
        while True:
            message = json.loads(self._line())
            self._heard = True
            kind = message["kind"]
            if kind == "refuse":
                self._fail(f"{self._path.name} {message['text']}")
            if kind == "crash":
                self._fail(self._died(), message["text"])
            if kind != "alive":
                self._frames += kind == "frame"
                return cast("dict[str, Any]", message)

    def close(self) -> None:
        """End the child at once and give its memory back."""
        self._finalizer()

    def _send(self, data: bytes) -> None:
        # A broken pipe means that the child has ended; what it said before is still to be read.
        with contextlib.suppress(BrokenPipeError):
            cast("IO[bytes]", self._process.stdin).write(data)

    def _line(self) -> bytes:
        output = cast("IO[bytes]", self._process.stdout)
        deadline = time.monotonic() + STALL_S
        with selectors.DefaultSelector() as selector:
            selector.register(output, selectors.EVENT_READ)
            while (end := self._pending.find(b"\n")) < 0:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    self._fail(
                        f"Decoding {self._path.name} made no progress for {STALL_S:.0f} seconds after "
                        f"{self._frames} frames. {_PROBABLY_DAMAGED}"
                    )
                piece = os.read(output.fileno(), 1 << 16)
                if not piece:
                    self._fail(self._died())
                self._pending += piece
        line = bytes(self._pending[:end])
        del self._pending[: end + 1]
        return line

    def _died(self) -> str:
        if not self._heard:
            return (
                f"The decoder crashed at once on {self._path.name}. If other videos fail too, install Medius again; if "
                "not, the file is damaged: convert it to MP4 with H.264, or film again."
            )
        return f"The decoder stopped working on {self._path.name} after {self._frames} frames. " + _PROBABLY_DAMAGED

    def _fail(self, sentence: str, detail: str | None = None) -> None:
        self.close()
        error = UnreadableFileError(sentence)
        if detail:
            error.add_note(detail)
        raise error


def _anonymous_memory() -> int:
    """Return a descriptor of shared memory without a name, so that nothing can be left behind however the end comes."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("medius-frames")
    with tempfile.TemporaryFile() as file:  # macOS: a file without a name
        return os.dup(file.fileno())


def _end(process: subprocess.Popen[bytes], ring_fd: int | None) -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    process.wait()
    if ring_fd is not None:
        os.close(ring_fd)
