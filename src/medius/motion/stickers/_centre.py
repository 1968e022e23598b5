"""The exact centre of a spot, from how much of every pixel it covers.

In a small patch around the spot each pixel's colour is a mixture of sticker and surroundings. The mixture is read along
the direction in colour space that tells the two apart best while the surroundings vary least (Fisher's linear
discriminant), so that a seam or a shadow beside the sticker hardly counts. The centre is the centroid of the coverage;
soft edges, saturation and compression blur it evenly and leave the centroid in place.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from medius.motion.stickers._result import PixelPlanes

__all__ = ["SPOT_FIELDS", "Spots", "measure_spots"]

_SIDE = 32
_HALF_IN_RADII = 2.6
_SMALLEST_HALF_PX = 7
_NOISE = 3.0  # standard deviation of a pixel's value after compression, lower bound
_TOE = 0.12  # coverage below this is taken for none, above one minus this for full
_ROUNDS = 2
_SMALLEST_RADIUS = 0.05  # of the patch's half
_TINY = np.float32(1e-6)

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Flags = NDArray[np.bool_]

_GRID: Singles = ((np.arange(_SIDE) + 0.5) / _SIDE * 2 - 1).astype(np.float32)  # -1 to 1 over the patch

SPOT_FIELDS = (
    *("x", "y", "diameter", "elongation", "roundness", "company_left", "company_right"),
    *("contrast", "luma", "chroma_u", "chroma_v"),
)
"""What is kept of a spot: centre (px of the whole picture), diameter (px), longest over shortest axis, how fully the
disc is filled and its rim empty (0 to 1), how much there is of the same colour a little to its left and right (0 to 1),
distance in colour from its surroundings, and its colour."""

Spots = NDArray[np.float32]
"""Measured spots, shape (spot, len(SPOT_FIELDS))."""


def measure_spots(frame: PixelPlanes, centres: Floats, radii: Floats) -> Spots:
    """Measure spots in the full picture.

    Parameters
    ----------
    frame
        Pixel planes.
    centres
        Rough centres in pixels, shape (n, 2), x and y.
    radii
        Rough radii in pixels, shape (n,).

    Returns
    -------
    ndarray
        Columns `SPOT_FIELDS`; spots that turn out not to be compact are left out.
    """
    patches, corners, sizes = _cut_patches(frame, centres, radii)
    if len(patches) == 0:
        return np.empty((0, len(SPOT_FIELDS)), dtype=np.float32)
    x = ((centres[:, 0] - corners[:, 0]) / sizes * 2 - 1).astype(np.float32)
    y = ((centres[:, 1] - corners[:, 1]) / sizes * 2 - 1).astype(np.float32)
    radius = (2 * radii / sizes).astype(np.float32)
    state = _measure(patches, x, y, radius)
    for _ in range(_ROUNDS - 1):
        state = _measure(patches, state.x, state.y, state.radius)
    half = sizes / 2
    table = np.stack(
        [
            corners[:, 0] + (state.x + 1) * half,
            corners[:, 1] + (state.y + 1) * half,
            2 * state.radius * half,
            state.elongation,
            state.roundness,
            state.company_left,
            state.company_right,
            state.contrast,
            *state.colour.T,
        ],
        axis=1,
    ).astype(np.float32)
    return table[np.isfinite(table).all(axis=1)]


def _cut_patches(frame: PixelPlanes, centres: Floats, radii: Floats) -> tuple[Singles, Floats, Floats]:
    """Cut a square around each spot: patches (n, side, side, 3) of one size, corners and sizes in pixels."""
    height, width = frame.luma.shape
    n = len(centres)
    patches = np.empty((n, _SIDE, _SIDE, 3), dtype=np.uint8)
    corners, sizes = np.empty((n, 2)), np.empty(n)
    for i, ((x, y), radius) in enumerate(zip(centres.tolist(), radii.tolist(), strict=True)):
        half = int(max(_SMALLEST_HALF_PX, _HALF_IN_RADII * radius)) // 2 + 1  # in chroma pixels
        half = min(half, width // 4, height // 4)
        left = min(max(int(x / 2) - half, 0), width // 2 - 2 * half)
        top = min(max(int(y / 2) - half, 0), height // 2 - 2 * half)
        box = (slice(2 * top, 2 * (top + 2 * half)), slice(2 * left, 2 * (left + 2 * half)))
        half_box = (slice(top, top + 2 * half), slice(left, left + 2 * half))
        for channel, (plane, cut) in enumerate(
            ((frame.luma, box), (frame.chroma_u, half_box), (frame.chroma_v, half_box))
        ):
            part = plane[cut]
            way = cv2.INTER_AREA if part.shape[0] > 1.6 * _SIDE else cv2.INTER_LINEAR
            patches[i, ..., channel] = cv2.resize(part, (_SIDE, _SIDE), interpolation=way)
        corners[i], sizes[i] = (2 * left, 2 * top), 4 * half
    return patches.astype(np.float32), corners, sizes


@dataclass(frozen=True, slots=True)
class _Measured:
    """Positions and radii in patch units (-1 to 1); the rest as in `SPOT_FIELDS`."""

    x: Singles
    y: Singles
    radius: Singles
    elongation: Singles
    roundness: Singles
    company_left: Singles
    company_right: Singles
    contrast: Singles
    colour: Singles


def _measure(patches: Singles, x: Singles, y: Singles, radius: Singles) -> _Measured:
    """Measure once, given a guess of centre and radius; zones are bounded by squared distances in radii."""
    dx, dy = _GRID[None, None, :] - x[:, None, None], _GRID[None, :, None] - y[:, None, None]
    away = (dx * dx + dy * dy) / np.square(np.maximum(radius, np.float32(_SMALLEST_RADIUS)))[:, None, None]
    pixels = patches.reshape(len(patches), -1, 3)
    sticker = _mean(away < 0.5, pixels)
    coverage, contrast = _unmix(pixels, (away > 2.4) & (away < 5.3), sticker)
    coverage = coverage.reshape(away.shape)
    total, mx, my, elongation = _moments(coverage * (away < 2.6), dx, dy)
    outside = away > 1.9
    beside = outside & (np.abs(dy) < 0.55 * np.abs(dx))
    return _Measured(
        x=x + mx,
        y=y + my,
        radius=np.sqrt(total * np.float32((2.0 / _SIDE) ** 2 / np.pi)),
        elongation=elongation,
        roundness=_share(coverage, away < 0.64) - _share(coverage, outside & (away < 4.0)),
        company_left=_share(coverage, beside & (dx < 0)),
        company_right=_share(coverage, beside & (dx > 0)),
        contrast=contrast,
        colour=sticker,
    )


def _unmix(pixels: Singles, ring: Flags, sticker: Singles) -> tuple[Singles, Singles]:
    """Return how much of each pixel is sticker, shape (n, pixel), and the colour distance to the ring, shape (n,)."""
    around = _mean(ring, pixels)
    difference = sticker - around
    off = (pixels - around[:, None]) * ring.reshape(len(pixels), -1, 1)
    scatter = off.transpose(0, 2, 1) @ off / (ring.sum(axis=(1, 2), dtype=np.float32)[:, None, None] + _TINY)
    scatter += np.eye(3, dtype=np.float32) * np.float32(_NOISE**2)
    weights = np.linalg.solve(scatter, difference[:, :, None])
    gain = (weights[..., 0] * difference).sum(axis=1)[:, None] + _TINY
    coverage = ((pixels - around[:, None]) @ weights)[..., 0] / gain
    full = np.clip((coverage - np.float32(_TOE)) / np.float32(1 - 2 * _TOE), 0, 1)
    return full, np.sqrt(np.square(difference).sum(axis=1))


def _moments(weight: Singles, dx: Singles, dy: Singles) -> tuple[Singles, Singles, Singles, Singles]:
    """Return sum, mean x, mean y, and longest over shortest axis of weights, each of shape (n,)."""
    total = weight.sum(axis=(1, 2)) + _TINY
    wx, wy = weight * dx, weight * dy
    mx, my = wx.sum(axis=(1, 2)) / total, wy.sum(axis=(1, 2)) / total
    xx = (wx * dx).sum(axis=(1, 2)) / total - mx * mx
    yy = (wy * dy).sum(axis=(1, 2)) / total - my * my
    xy = (wx * dy).sum(axis=(1, 2)) / total - mx * my
    spread, middle = np.hypot((xx - yy) / 2, xy), (xx + yy) / 2
    return total, mx, my, np.sqrt((middle + spread + _TINY) / np.maximum(middle - spread, _TINY))


def _share(coverage: Singles, zone: Flags) -> Singles:
    inside = zone.sum(axis=(1, 2), dtype=np.float32)
    return np.asarray((coverage * zone).sum(axis=(1, 2)) / (inside + _TINY), dtype=np.float32)


def _mean(zone: Flags, pixels: Singles) -> Singles:
    weights = zone.reshape(len(pixels), 1, -1).astype(np.float32)
    return np.asarray((weights @ pixels)[:, 0] / (weights.sum(axis=2) + _TINY), dtype=np.float32)
