"""What the background says about the camera: is it level, and does it stand still.

The background is the median over the clip of small copies of the frames, in which the runner disappears. Upright edges
(treadmill frame, door, wall) and level ones (skirting, belt) then show the camera's roll to a fraction of a degree.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["BackgroundCollector", "CameraMotion", "Roll", "camera_motion", "estimate_roll"]

Gray = NDArray[np.uint8]
Box = tuple[float, float, float, float]
_LONG_SIDE = 960
_KEEP = 40
_ROLL_MAX_DEG = 15.0
_STEADY = 0.75
_SAME_GREY = 20
_EDGE = 60.0
_STRONGEST = 0.1


@dataclass(frozen=True, slots=True)
class Roll:
    """How far the camera is turned about its line of sight.

    Attributes
    ----------
    degrees
        Positive where the camera is turned clockwise (the picture then looks turned counter-clockwise).
    standard_error
        Degrees.
    source
        ``uprights``, ``levels``, ``given`` or ``none`` (nothing straight to see; 0 assumed).
    """

    degrees: float
    standard_error: float
    source: str


@dataclass(frozen=True, slots=True)
class CameraMotion:
    """Whether the camera stood still.

    Attributes
    ----------
    steadiness
        Share of the background's edges that stay in place, 0 to 1.
    moving
        True where too few do.
    """

    steadiness: float
    moving: bool


@dataclass
class BackgroundCollector:
    """Keeps small grey copies of frames spread evenly over a clip, in bounded memory.

    Attributes
    ----------
    expected
        How many frames there will be, where known: frames that would be dropped later are then not copied at all. The
        frames kept in the end are the same.
    frames
        The copies, in order of time.
    scale
        Size of the copies relative to the clip.
    """

    expected: int | None = None
    frames: list[Gray] = field(default_factory=list)
    scale: float = 1.0
    _stride: int = 1
    _seen: int = 0

    def __post_init__(self) -> None:
        while self.expected is not None and self.expected > self._stride * (2 * _KEEP - 1):
            self._stride *= 2

    def add(self, luma: Gray) -> None:
        """Offer one frame's luma plane."""
        if self._seen % self._stride == 0:
            height, width = luma.shape
            self.scale = min(1.0, _LONG_SIDE / max(height, width))
            size = (max(2, round(width * self.scale)), max(2, round(height * self.scale)))
            self.frames.append(np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), dtype=np.uint8))
            if len(self.frames) >= 2 * _KEEP:
                self.frames = self.frames[::2]
                self._stride *= 2
        self._seen += 1

    def background(self) -> Gray | None:
        """Return the median picture, or None where there are too few frames."""
        if len(self.frames) < 5:
            return None
        return _median(self.frames)


def estimate_roll(background: Gray | None) -> Roll:
    """Estimate the camera's roll from the straight edges of the background.

    Edges within 15° of upright are fitted together as ``angle = roll + convergence × x`` (a camera that looks up or down
    makes uprights converge), by iteratively re-weighted least squares in which edges that are not upright lose their
    weight. Where there are too few, edges within 15° of level are used: they also tilt with the camera's yaw, and get a
    larger error.
    """
    if background is None:
        return Roll(0.0, 2.0, "none")
    segments = _segments(background)
    long_side = max(background.shape)
    best = None
    for source, upright, error_floor in (("uprights", True, 0.2), ("levels", False, 0.6)):
        angle, position, length = _near(segments, upright, background.shape)
        if length.sum() < 0.5 * long_side or len(length) < 2:
            continue
        fit = _robust_fit(angle, position / long_side, length)
        if fit is not None:
            degrees, error, support = fit
            candidate = Roll(degrees, math.hypot(error, error_floor), source)
            if support > 0.6 * long_side:
                return candidate
            best = best or candidate
    return best or Roll(0.0, 2.0, "none")


def camera_motion(frames: list[Gray], person: Box | None = None, *, background: Gray | None = None) -> CameraMotion:
    """Say whether the camera moved between the frames kept.

    In each frame the strongest edges outside the box `person` are looked up in the median picture: under a camera that
    stands still most of them are there, with the same grey; under one that pans the median picture is a blur.

    Parameters
    ----------
    frames
        Small grey frames in order of time.
    person
        Left, top, right and bottom of what the person covers in the clip, as shares of width and height.
    background
        The median picture of `frames`, where it was made already.
    """
    if len(frames) < 5:
        return CameraMotion(1.0, moving=False)
    usual = _median(frames) if background is None else background
    outside = np.ones(usual.shape, dtype=np.bool_)
    if person is not None:
        height, width = usual.shape
        x0, y0, x1, y1 = (max(0, round(v * n)) for v, n in zip(person, (width, height, width, height), strict=True))
        outside[y0:y1, x0:x1] = False
    shares = [_share_in_place(frame, usual, outside) for frame in _spread(frames)]
    steadiness = float(np.median([share for share in shares if share is not None] or [1.0]))
    return CameraMotion(steadiness, moving=steadiness < _STEADY)


def _spread(frames: list[Gray]) -> list[Gray]:
    return frames[:: max(1, len(frames) // _KEEP)]


def _median(frames: list[Gray]) -> Gray:
    return np.asarray(np.median(np.stack(_spread(frames)), axis=0), dtype=np.uint8)


def _share_in_place(frame: Gray, background: Gray, outside: NDArray[np.bool_]) -> float | None:
    across = cv2.Sobel(frame, cv2.CV_32F, 1, 0)
    down = cv2.Sobel(frame, cv2.CV_32F, 0, 1)
    strength: Any = cv2.magnitude(across, down)
    edges = outside & (strength > _EDGE)
    n_edges, n_outside = np.count_nonzero(edges), np.count_nonzero(outside)
    if n_edges > _STRONGEST * n_outside:
        edges &= strength > np.percentile(strength[outside], 100 * (1 - _STRONGEST))
        n_edges = np.count_nonzero(edges)
    if n_edges < 200:
        return None
    near = cv2.absdiff(frame, background) < _SAME_GREY
    return np.count_nonzero(edges & near) / n_edges


def _segments(background: Gray) -> NDArray[np.float64]:
    found: Any = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(background)[0]
    if found is None:
        return np.empty((0, 4))
    segments: NDArray[np.float64] = np.asarray(found, dtype=np.float64).reshape(-1, 4)
    lengths = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    long_enough: NDArray[np.float64] = segments[lengths > 0.02 * max(background.shape)]
    return long_enough


def _near(
    segments: NDArray[np.float64], upright: bool, shape: tuple[int, ...]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    dx, dy = segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1]
    length = np.hypot(dx, dy)
    direction = np.degrees(np.arctan2(dy, dx))
    # A camera turned clockwise turns the picture counter-clockwise: uprights then lean with their tops to the left.
    angle = (direction % 180.0) - 90.0 if upright else (direction + 90.0) % 180.0 - 90.0
    middle = (segments[:, :2] + segments[:, 2:]) / 2
    position = middle[:, 0] - shape[1] / 2 if upright else middle[:, 1] - shape[0] / 2
    near = np.abs(angle) < _ROLL_MAX_DEG
    return -angle[near], position[near], length[near]


def _robust_fit(
    angle: NDArray[np.float64], position: NDArray[np.float64], length: NDArray[np.float64]
) -> tuple[float, float, float] | None:
    """Fit ``angle = a + b × position``; return a, its standard error and the length of edges that agree."""
    start = _densest(angle, length)
    weight = length * (np.abs(angle - start) < 3.0)
    design = np.stack([np.ones_like(position), position], axis=1)
    ridge = np.diag([1e-9, 1e-3 * length.sum()])
    coefficients = np.array([start, 0.0])
    for _ in range(20):
        if weight.sum() <= 0:
            return None
        normal = design.T @ (design * weight[:, None]) + ridge
        coefficients = np.linalg.solve(normal, design.T @ (weight * angle))
        residual = angle - design @ coefficients
        weight = length / (1.0 + (residual / 0.5) ** 2) ** 2
    residual = angle - design @ coefficients
    agree = np.abs(residual) < 1.0
    if not agree.any():
        return None
    spread = math.sqrt(float(np.average(residual[agree] ** 2, weights=length[agree])))
    return float(coefficients[0]), spread / math.sqrt(max(1, int(agree.sum()))), float(length[agree].sum())


def _densest(angle: NDArray[np.float64], length: NDArray[np.float64]) -> float:
    grid = np.arange(-_ROLL_MAX_DEG, _ROLL_MAX_DEG + 0.1, 0.1)
    density = (length[:, None] * np.exp(-0.5 * ((angle[:, None] - grid) / 0.7) ** 2)).sum(axis=0)
    return float(grid[int(density.argmax())])
