"""Cut a turned square out of a YUV picture, anti-aliased, as the network wants it.

Only the square is converted to RGB. Shrinking is done by area averaging before the turn: a bilinear crop of a large body
would skip pixels, and the key points would jump with the crop's phase.
"""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from medius.motion.pose.region import Region

__all__ = ["YUV_TO_RGB", "crop"]

Plane = NDArray[np.uint8]

YUV_TO_RGB = np.array(
    [
        [1.164384, 0.0, 1.792741, -248.100994],
        [1.164384, -0.213249, -0.532909, 76.878080],
        [1.164384, 2.112402, 0.0, -289.017566],
    ],
    dtype=np.float32,
)
"""BT.709, limited range, to RGB 0 to 255 (ITU-R BT.709). The network does not notice the difference to BT.601."""

_BLACK = (16, 128, 128)


def crop(planes: tuple[Plane, Plane, Plane], region: Region, side: int) -> NDArray[np.uint8]:
    """Return the region as YUV, shape (side, side, 3), black outside the picture."""
    luma, chroma_u, chroma_v = planes
    out: Any = cv2.merge(
        (
            _crop_plane(luma, region, 1.0, side, _BLACK[0]),
            _crop_plane(chroma_u, region, 0.5, side, _BLACK[1]),
            _crop_plane(chroma_v, region, 0.5, side, _BLACK[2]),
        )
    )
    return out  # type: ignore[no-any-return]


def to_network(yuv: NDArray[np.uint8], scale: float, offset: float) -> NDArray[np.float32]:
    """Convert a YUV square to RGB × scale + offset, float32, shape (1, side, side, 3)."""
    matrix = YUV_TO_RGB * np.float32(scale)
    matrix[:, 3] += np.float32(offset)
    rgb: Any = cv2.transform(yuv.astype(np.float32), matrix)
    np.clip(rgb, np.float32(offset), np.float32(255 * scale + offset), out=rgb)
    return rgb[None]  # type: ignore[no-any-return]


def _crop_plane(plane: Plane, region: Region, ratio: float, side: int, black: int) -> Any:
    # Everything below is in continuous plane coordinates: a pixel's centre lies at +0.5.
    height, width = plane.shape
    x, y, size = region.x * ratio, region.y * ratio, region.size * ratio
    reach = size / 2 * (abs(math.cos(region.rotation)) + abs(math.sin(region.rotation)))
    shrink = size / side
    margin = 2.0 * max(shrink, 1.0)
    x0, x1 = max(0, math.floor(x - reach - margin)), min(width, math.ceil(x + reach + margin))
    y0, y1 = max(0, math.floor(y - reach - margin)), min(height, math.ceil(y + reach + margin))
    if x1 - x0 < 2 or y1 - y0 < 2:
        return np.full((side, side), black, dtype=np.uint8)
    part: Any = plane[y0:y1, x0:x1]
    fx = fy = 1.0
    if shrink > 1.05:
        small = (max(2, round((x1 - x0) / shrink)), max(2, round((y1 - y0) / shrink)))
        fx, fy = (x1 - x0) / small[0], (y1 - y0) / small[1]
        part = cv2.resize(part, small, interpolation=cv2.INTER_AREA)
    c, s = math.cos(region.rotation) * shrink, math.sin(region.rotation) * shrink
    half = side / 2
    # Maps a pixel of the square (centre at +0.5) to a pixel of the part (centre at +0.5).
    matrix = np.array(
        [
            [c / fx, -s / fx, (x - x0 + (c - s) * 0.5 - (c - s) * half) / fx - 0.5],
            [s / fy, c / fy, (y - y0 + (s + c) * 0.5 - (s + c) * half) / fy - 0.5],
        ]
    )
    return cv2.warpAffine(
        part,
        matrix,
        (side, side),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=black,
    )
