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

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

_GRID = (np.arange(_SIDE, dtype=np.float32) + 0.5) / _SIDE * 2 - 1  # -1 to 1 over the patch

SPOT_FIELDS = ("x", "y", "diameter", "elongation", "roundness", "contrast", "luma", "chroma_u", "chroma_v")
"""What is kept of a spot: centre (px of the whole picture), diameter (px), longest over shortest axis, how fully the
disc is filled and its rim empty (0 to 1), distance in colour from its surroundings, and its colour."""

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
    for _ in range(_ROUNDS):
        state = _cover(patches, x, y, radius)
        x, y, radius = state.x, state.y, state.radius
    half = sizes / 2
    table = np.stack(
        [
            corners[:, 0] + (x + 1) * half,
            corners[:, 1] + (y + 1) * half,
            2 * radius * half,
            state.elongation,
            state.roundness,
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
            way = cv2.INTER_AREA if part.shape[0] > _SIDE else cv2.INTER_LINEAR
            patches[i, ..., channel] = cv2.resize(part, (_SIDE, _SIDE), interpolation=way)
        corners[i], sizes[i] = (2 * left, 2 * top), 4 * half
    return patches.astype(np.float32), corners, sizes


@dataclass(frozen=True, slots=True)
class _Coverage:
    """Positions and radii in patch units (-1 to 1); the rest as in `SPOT_FIELDS`."""

    x: Singles
    y: Singles
    radius: Singles
    elongation: Singles
    roundness: Singles
    contrast: Singles
    colour: Singles


def _cover(patches: Singles, x: Singles, y: Singles, radius: Singles) -> _Coverage:
    n = len(patches)
    dx, dy = _GRID[None, None, :] - x[:, None, None], _GRID[None, :, None] - y[:, None, None]
    distance2 = (dx * dx + dy * dy) / (radius * radius)[:, None, None]
    core = (distance2 < 0.5).astype(np.float32).reshape(n, 1, -1)
    ring = ((distance2 > 2.4) & (distance2 < 5.3)).astype(np.float32).reshape(n, 1, -1)
    pixels = patches.reshape(n, -1, 3)
    sticker, around = _mean(core, pixels), _mean(ring, pixels)
    weights = _discriminant(pixels, ring, sticker, around)
    gain = (weights * (sticker - around)).sum(axis=1)
    coverage = ((pixels - around[:, None]) @ weights[:, :, None])[..., 0] / gain[:, None]
    coverage = np.clip((coverage - _TOE) / (1 - 2 * _TOE), 0, 1).reshape(distance2.shape)
    inside = coverage * (distance2 < 2.6)
    total = inside.sum(axis=(1, 2)) + np.float32(1e-6)
    mx, my = (inside * dx).sum(axis=(1, 2)) / total, (inside * dy).sum(axis=(1, 2)) / total
    xx = (inside * dx * dx).sum(axis=(1, 2)) / total - mx * mx
    yy = (inside * dy * dy).sum(axis=(1, 2)) / total - my * my
    xy = (inside * dx * dy).sum(axis=(1, 2)) / total - mx * my
    spread = np.sqrt(((xx - yy) / 2) ** 2 + xy * xy)
    middle = (xx + yy) / 2
    area = total * (2.0 / _SIDE) ** 2
    filled = (coverage * (distance2 < 0.64)).sum(axis=(1, 2)) / ((distance2 < 0.64).sum(axis=(1, 2)) + 1e-6)
    rim = (distance2 > 1.9) & (distance2 < 4.0)
    leak = (coverage * rim).sum(axis=(1, 2)) / (rim.sum(axis=(1, 2)) + 1e-6)
    return _Coverage(
        x=x + mx,
        y=y + my,
        radius=np.sqrt(area / np.float32(np.pi)),
        elongation=np.sqrt((middle + spread) / np.maximum(middle - spread, np.float32(1e-6))),
        roundness=(filled - leak).astype(np.float32),
        contrast=np.sqrt(((sticker - around) ** 2).sum(axis=1)),
        colour=sticker,
    )


def _mean(mask: Singles, pixels: Singles) -> Singles:
    return np.asarray((mask @ pixels)[:, 0] / (mask.sum(axis=2) + np.float32(1e-6)), dtype=np.float32)


def _discriminant(pixels: Singles, ring: Singles, sticker: Singles, around: Singles) -> Singles:
    """Return the direction in colour that parts sticker from surroundings: inverse covariance times difference."""
    off = (pixels - around[:, None]) * ring.transpose(0, 2, 1)
    scatter = off.transpose(0, 2, 1) @ off / (ring.sum(axis=2)[:, :, None] + np.float32(1e-6))
    scatter += np.eye(3, dtype=np.float32) * np.float32(_NOISE**2)
    return np.asarray(np.linalg.solve(scatter, (sticker - around)[:, :, None])[..., 0], dtype=np.float32)
