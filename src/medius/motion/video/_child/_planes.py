"""From a decoded frame, in whatever format and orientation, to upright planes of 8 bits."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from av.sidedata.sidedata import Type as SideDataType
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange
from numpy.typing import NDArray

from medius.motion.video._layout import Planes

__all__ = ["Orientation", "orientation_of", "write_planes"]

_PLANAR_8BIT = ("yuv420p", "yuvj420p")


@dataclass(frozen=True, slots=True)
class Orientation:
    """How stored rows and columns become displayed ones: first swapped, then flipped."""

    transpose: bool = False
    flip_x: bool = False
    flip_y: bool = False

    @property
    def mirrored(self) -> bool:
        """Whether left and right of the stored picture are exchanged beyond any turn."""
        return self.transpose ^ self.flip_x ^ self.flip_y

    @property
    def rotation_deg(self) -> int:
        """Clockwise turn in degrees, after mirroring left and right if `mirrored`."""
        if self.transpose:
            return 270 if self.flip_y ^ self.mirrored else 90
        return 180 if self.flip_y else 0

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Return displayed width and height of a stored picture."""
        return (height, width) if self.transpose else (width, height)

    def apply(self, stored: NDArray[np.uint8], out: NDArray[np.uint8]) -> None:
        """Write the displayed picture into `out`."""
        if not (self.transpose or self.flip_x or self.flip_y):
            np.copyto(out, stored)
            return
        import cv2

        if not self.transpose:
            cv2.flip(stored, {(True, True): -1, (True, False): 1, (False, True): 0}[self.flip_x, self.flip_y], dst=out)
        elif self.mirrored:
            turned = cv2.transpose(stored)
            cv2.flip(turned, -1, dst=out) if self.flip_x else np.copyto(out, turned)
        else:
            turn = cv2.ROTATE_90_CLOCKWISE if self.flip_x else cv2.ROTATE_90_COUNTERCLOCKWISE
            cv2.rotate(stored, turn, dst=out)


def orientation_of(frame: VideoFrame) -> Orientation:
    """Read the display matrix that came with `frame`; turns that are no multiple of 90° go to the nearest one.

    The matrix maps stored (x, y) to displayed (a x + c y, b x + d y), y pointing down (``libavutil/display.h``).
    """
    matrix = _side_data(frame, SideDataType.DISPLAYMATRIX)
    if matrix is None or len(matrix) < 36:
        return Orientation()
    a, b, _, c, d, *_ = struct.unpack("=9i", matrix[:36])
    if a == b == c == d == 0:
        return Orientation()
    if abs(b) + abs(c) > abs(a) + abs(d):
        return Orientation(True, flip_x=c < 0, flip_y=b < 0)
    return Orientation(False, flip_x=a < 0, flip_y=d < 0)


def _side_data(frame: VideoFrame, kind: Any) -> bytes | None:
    for item in frame.side_data:
        if item.type == kind:
            return bytes(item)
    return None


def write_planes(frame: VideoFrame, orientation: Orientation, out: Planes, *, full_range: bool) -> None:
    """Write `frame`, converted to 8-bit 4:2:0 and to the size of `out` where it differs, upright into `out`."""
    height, width = out[0].shape
    if orientation.transpose:
        height, width = width, height
    if frame.format.name not in _PLANAR_8BIT or (frame.width, frame.height) != (width, height):
        span = ColorRange.JPEG if full_range else ColorRange.MPEG
        frame = frame.reformat(width, height, "yuv420p", src_color_range=span, dst_color_range=span)
    for number, (plane, target) in enumerate(zip(frame.planes, out, strict=True)):
        rows, columns = (height, width) if number == 0 else ((height + 1) // 2, (width + 1) // 2)
        stored = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[:rows, :columns]
        orientation.apply(stored, target)
