"""Where the planes of a frame lie in the ring of shared memory: one definition for both processes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Layout", "Planes"]

Planes = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]
_ALIGNMENT = 4096
_AHEAD = 8
"""Frames that may be decoded ahead of the consumer."""
_RING_BYTES = 256 << 20
"""Above this size of the ring fewer frames are decoded ahead, but always one."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A ring of `slots` frames of planar YUV 4:2:0, `width` × `height` pixels."""

    width: int
    height: int
    slots: int

    @classmethod
    def holding(cls, width: int, height: int, keep: int) -> Layout:
        """Return a ring for a consumer that looks at a frame and the `keep` before it."""
        one = cls(width, height, 1)
        ahead = min(_AHEAD, _RING_BYTES // one.slot_bytes - keep - 1)
        return cls(width, height, keep + 1 + max(1, ahead))

    @property
    def chroma_shape(self) -> tuple[int, int]:
        """Rows and columns of a colour plane; odd sizes are rounded up."""
        return (self.height + 1) // 2, (self.width + 1) // 2

    @property
    def slot_bytes(self) -> int:
        """Bytes from one frame to the next."""
        rows, columns = self.chroma_shape
        return -(-(self.height * self.width + 2 * rows * columns) // _ALIGNMENT) * _ALIGNMENT

    @property
    def total_bytes(self) -> int:
        """Bytes of the whole ring."""
        return self.slot_bytes * self.slots

    def planes(self, ring: NDArray[np.uint8], slot: int) -> Planes:
        """Return the three planes of `slot` as views of `ring`."""
        rows, columns = self.chroma_shape
        luma_size, chroma_size = self.height * self.width, rows * columns
        start = slot * self.slot_bytes
        middle = start + luma_size
        return (
            ring[start:middle].reshape(self.height, self.width),
            ring[middle : middle + chroma_size].reshape(rows, columns),
            ring[middle + chroma_size : middle + 2 * chroma_size].reshape(rows, columns),
        )
