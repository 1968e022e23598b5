"""Turning many vectors about one fixed axis."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def turn_vector(
    axis: tuple[float, float, float], angle: Floats, x: Floats, y: Floats, z: Floats
) -> tuple[Floats, Floats, Floats]:
    """Turn vectors about one of the three coordinate axes (fast), or about any unit axis."""
    sine, cosine = np.sin(angle), np.cos(angle)
    strongest = int(np.argmax(np.abs(axis)))
    if abs(abs(axis[strongest]) - 1.0) < 1e-12:
        sine = sine if axis[strongest] > 0 else -sine
        parts = [x, y, z]
        a, b = (strongest + 1) % 3, (strongest + 2) % 3
        parts[a], parts[b] = cosine * parts[a] - sine * parts[b], sine * parts[a] + cosine * parts[b]
        return parts[0], parts[1], parts[2]
    i, j, k = axis
    along = (i * x + j * y + k * z) * (1.0 - cosine)
    return (
        x * cosine + (j * z - k * y) * sine + i * along,
        y * cosine + (k * x - i * z) * sine + j * along,
        z * cosine + (i * y - j * x) * sine + k * along,
    )
