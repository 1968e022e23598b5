"""One picture of a video."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from medius.motion.video._info import ColorInfo, Matrix

__all__ = ["Frame"]

_LUMA_WEIGHTS: dict[Matrix, tuple[float, float]] = {
    "bt601": (0.299, 0.114),
    "bt709": (0.2126, 0.0722),
    "bt2020": (0.2627, 0.0593),
}
"""Weights of red and blue in luma (ITU-R BT.601, BT.709, BT.2020)."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture, upright, as planar YUV 4:2:0 with 8 bits.

    The planes of a frame from a `FrameSource` are views of memory that is used again: they hold until the source has
    handed out `keep` more frames (4 if nothing else was said). Use `copy` for what must live longer.

    Attributes
    ----------
    index
        Number of the frame, 0 being the first frame read (the first at or after ``start_s``).
    time_s
        Real time of capture in seconds from the first frame of the file.
    luma
        Brightness, uint8, shape (height, width).
    chroma_u, chroma_v
        Colour differences (blue, red), uint8, shape (⌈height / 2⌉, ⌈width / 2⌉); 128 is grey.
    color
        How the planes turn into red, green and blue.
    """

    index: int
    time_s: float
    luma: NDArray[np.uint8]
    chroma_u: NDArray[np.uint8]
    chroma_v: NDArray[np.uint8]
    color: ColorInfo = field(default_factory=ColorInfo)

    @property
    def width(self) -> int:
        """Columns of the picture, in pixels."""
        return int(self.luma.shape[1])

    @property
    def height(self) -> int:
        """Rows of the picture, in pixels."""
        return int(self.luma.shape[0])

    def copy(self) -> Frame:
        """Return a frame whose planes are its own."""
        return replace(self, luma=self.luma.copy(), chroma_u=self.chroma_u.copy(), chroma_v=self.chroma_v.copy())

    def to_rgb(self) -> NDArray[np.uint8]:
        """Return red, green, blue, uint8, shape (height, width, 3), a new array."""
        return _convert(self, reverse=False)

    def to_bgr(self) -> NDArray[np.uint8]:
        """Return blue, green, red, uint8, shape (height, width, 3), a new array, as OpenCV takes it."""
        return _convert(self, reverse=True)


def _convert(frame: Frame, *, reverse: bool) -> NDArray[np.uint8]:
    import cv2

    size = (2 * frame.chroma_u.shape[1], 2 * frame.chroma_u.shape[0])
    rows, columns = frame.luma.shape
    u, v = (
        cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR)[:rows, :columns]
        for plane in (frame.chroma_u, frame.chroma_v)
    )
    matrix = _yuv_to_rgb(frame.color)
    picture = cv2.transform(cv2.merge((frame.luma, u, v)), matrix[::-1] if reverse else matrix)
    return np.asarray(picture, dtype=np.uint8)


def _yuv_to_rgb(color: ColorInfo) -> NDArray[np.float32]:
    """Return the 3 × 4 matrix that takes (Y, U, V, 1) to (R, G, B), all 0 to 255."""
    red, blue = _LUMA_WEIGHTS[color.matrix]
    green = 1 - red - blue
    luma_gain, chroma_gain, black = (1.0, 1.0, 0.0) if color.full_range else (255 / 219, 255 / 224, 16.0)
    linear = np.array(
        [
            [luma_gain, 0, 2 * (1 - red) * chroma_gain],
            [
                luma_gain,
                -2 * (1 - blue) * blue / green * chroma_gain,
                -2 * (1 - red) * red / green * chroma_gain,
            ],
            [luma_gain, 2 * (1 - blue) * chroma_gain, 0],
        ]
    )
    offset = -linear @ np.array([black, 128, 128])
    return np.column_stack([linear, offset]).astype(np.float32)
