"""Small spots that differ from what is around them in every direction, in brightness or in colour.

A pixel of a spot is brighter (or bluer, redder, less blue, less red) than all pixels on a circle around it; the smallest
of these differences is its contrast. A stripe, a seam, an edge or a corner always has pixels of its own kind on the
circle and gets none, so that little but round things of the circle's size is left. Circles of three sizes are tried.
Luma counts only when brighter, the colour differences both ways: a sticker of any colour on cloth of any other colour
stands out by at least one of the five.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from medius.motion.stickers._result import Bytes2D

__all__ = ["contrast_maps", "find_spots"]

_CIRCLES = (4.0, 6.5, 10.5)
"""Radii of the circles in pixels at the work scale (about 4 mm each)."""
_CHROMA_GAIN = 1.6
_LEAST = np.uint8(10)
_NEIGHBOURS = np.ones((5, 5), dtype=np.uint8)
_SMALLEST_ENOUGH = 0.75  # of the contrast on a larger circle
_RADIUS_OF_CIRCLE = 0.62
_MOST = 10

Floats = NDArray[np.float64]


def _circle(radius: float) -> Bytes2D:
    """Return a square with ones at 8 or 16 places on a circle."""
    reach = round(radius)
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), dtype=np.uint8)
    n = 8 if radius < 5 else 16
    for angle in 2 * np.pi * np.arange(n) / n:
        kernel[reach + round(radius * np.sin(angle)), reach + round(radius * np.cos(angle))] = 1
    return kernel


_KERNELS = tuple(_circle(radius) for radius in _CIRCLES)


def contrast_maps(picture: Bytes2D) -> list[Bytes2D]:
    """Return, for each circle, how much each pixel differs from all of the circle around it, 0 to 255."""
    _, height, width = picture.shape
    # One tall picture of all channels below each other: what leaks across their borders is within the margin of `_peaks`.
    smooth = cv2.GaussianBlur(picture.reshape(3 * height, width), (3, 3), 0)
    channels = np.concatenate([smooth, 255 - smooth[height:]])
    maps = []
    for kernel in _KERNELS:
        parts = cv2.subtract(channels, cv2.dilate(channels, kernel)).reshape(5, height, width)
        colour = cv2.max(cv2.max(parts[1], parts[2]), cv2.max(parts[3], parts[4]))
        both = cv2.max(parts[0], cv2.convertScaleAbs(colour, alpha=_CHROMA_GAIN))
        maps.append(np.asarray(cv2.GaussianBlur(both, (5, 5), 0), dtype=np.uint8))
    return maps


def find_spots(picture: Bytes2D) -> Floats:
    """Find spots of sticker size.

    Parameters
    ----------
    picture
        Luma, U, V at the work scale, shape (3, height, width).

    Returns
    -------
    ndarray
        One row a spot, the one that stands out most first: x, y (pixels of `picture`, centre of the first pixel at 0.5,
        0.5), rough radius, contrast.
    """
    kept: list[tuple[float, float, float, float]] = []
    for radius, contrast in zip(_CIRCLES, contrast_maps(picture), strict=True):
        for x, y, value in _peaks(contrast, round(radius)):
            rivals = [k for k in kept if (x - k[0]) ** 2 + (y - k[1]) ** 2 < (0.7 * radius) ** 2]
            if all(k[3] < _SMALLEST_ENOUGH * value for k in rivals):
                kept = [k for k in kept if k not in rivals]
                kept.append((x, y, _RADIUS_OF_CIRCLE * radius, value))
    kept.sort(key=lambda spot: -spot[3])
    return np.array(kept[:_MOST], dtype=np.float64).reshape(-1, 4)


def _peaks(contrast: Bytes2D, margin: int) -> list[tuple[float, float, float]]:
    """Return the highest places of a map as x, y, height, away from its border by `margin`."""
    inner = contrast[margin:-margin, margin:-margin]
    if inner.size == 0:
        return []
    top = np.maximum(cv2.dilate(inner, _NEIGHBOURS), _LEAST)
    places = np.flatnonzero(inner == top)
    found: list[tuple[float, float, float]] = []
    for place in places.tolist():
        row, column = divmod(place, inner.shape[1])
        x, y = column + margin + 0.5, row + margin + 0.5
        if all((x - f[0]) ** 2 + (y - f[1]) ** 2 > 9 for f in found):
            found.append((x, y, float(inner[row, column])))
    return found
