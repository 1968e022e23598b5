"""Small compact spots that differ from what is around them, in brightness or in colour.

A spot is what an opening removes: taking from each channel its opening (for bright) or closing (for dark) with a
square wider than any sticker leaves only what is narrower than the square (the top-hat, Serra 1982). Luma counts when
brighter, the colour differences both ways, so that a sticker of any colour on cloth of any colour stands out by at
least one. The remaining contrast is cut at several levels; pieces of sticker size that are not long survive.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from medius.motion.stickers._result import Bytes2D

__all__ = ["contrast_map", "find_spots"]

_SQUARE = np.ones((17, 17), dtype=np.uint8)
_CHROMA_GAIN = 1.6
_LEVELS = (12, 19, 30, 48, 77, 123)
_AREA = (7, 260)
_LONGEST = 2.4
_EMPTIEST = 0.5
_LEVEL_OF_PEAK = 0.45
_MOST = 12

Floats = NDArray[np.float64]


def contrast_map(picture: Bytes2D) -> Bytes2D:
    """Return how much each pixel differs from its wider surroundings, 0 to 255, shape (height, width)."""
    luma, u, v = cv2.split(picture)
    channels = cv2.merge([luma, u, v, cv2.bitwise_not(u), cv2.bitwise_not(v)])
    hats = cv2.morphologyEx(channels, cv2.MORPH_TOPHAT, _SQUARE)
    parts = cv2.split(hats)
    colour = cv2.max(cv2.max(parts[1], parts[2]), cv2.max(parts[3], parts[4]))
    return np.asarray(cv2.max(parts[0], cv2.convertScaleAbs(colour, alpha=_CHROMA_GAIN)), dtype=np.uint8)


def find_spots(picture: Bytes2D) -> Floats:
    """Find spots of sticker size.

    Parameters
    ----------
    picture
        Luma, U, V at the work scale, shape (height, width, 3).

    Returns
    -------
    ndarray
        One row a spot, the one that stands out most first: x, y (pixels of `picture`, centre of the first pixel at 0.5,
        0.5), radius of the circle with the same area, contrast.
    """
    contrast = contrast_map(picture)
    height, width = contrast.shape
    found: list[tuple[float, float, float, float]] = []
    for level in _LEVELS:
        _, mask = cv2.threshold(contrast, level, 255, cv2.THRESH_BINARY)
        n, _, stats, centres = cv2.connectedComponentsWithStats(mask, connectivity=4, ltype=cv2.CV_16U)
        if n < 2:
            break
        for (left, top, wide, high, area), (x, y) in zip(stats[1:].tolist(), centres[1:].tolist(), strict=True):
            if (
                _AREA[0] <= area <= _AREA[1]
                and wide <= _LONGEST * high
                and high <= _LONGEST * wide
                and area >= _EMPTIEST * wide * high
                and left > 0
                and top > 0
                and left + wide < width
                and top + high < height
            ):
                peak = float(contrast[top : top + high, left : left + wide].max())
                if level >= _LEVEL_OF_PEAK * peak:
                    found.append((x + 0.5, y + 0.5, (area / np.pi) ** 0.5, peak))
    return _distinct(found)


def _distinct(found: list[tuple[float, float, float, float]]) -> Floats:
    """Keep the first of those that share a centre (the lowest level), the strongest first, not too many."""
    kept: list[tuple[float, float, float, float]] = []
    for spot in found:
        if all((spot[0] - k[0]) ** 2 + (spot[1] - k[1]) ** 2 > max(k[2], 2.0) ** 2 for k in kept):
            kept.append(spot)
    kept.sort(key=lambda spot: -spot[3])
    return np.array(kept[:_MOST], dtype=np.float64).reshape(-1, 4)
