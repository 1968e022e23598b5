"""Follow people from frame to frame, and choose the one who is meant."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from medius.motion._keypoint_formats import People

__all__ = ["Track", "clean_points", "follow"]

_MAX_GAP = 30
"""A person who was not seen for more frames than this begins a new track."""
_MAX_STEP = 0.5
"""From frame to frame the middle of a person moves less than this share of the person's size."""
_MAX_GROWTH = 1.8


@dataclass(slots=True)
class Track:
    """One person through the clip: points of shape (keypoint, 3) by frame number."""

    points: dict[int, NDArray[np.float64]] = field(default_factory=dict)
    last: int = -1
    center: NDArray[np.float64] = field(default_factory=lambda: np.zeros(2))
    size: float = 0.0

    def add(self, number: int, points: NDArray[np.float64]) -> None:
        """Append the points of one frame."""
        self.points[number] = points
        box = _box(points)
        if box is not None:
            self.last, self.center, self.size = number, box[0], box[1]

    @property
    def weight(self) -> float:
        """How much of the clip the person fills: size and confidence, summed over frames."""
        total = 0.0
        for points in self.points.values():
            box = _box(points)
            total += box[1] * float(points[:, 2].mean()) if box is not None else 0.0
        return total


def clean_points(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Make points that were not seen NaN with confidence 0, and clip confidence to 0 … 1.

    Not seen is what stands at (0, 0), has no confidence, or is no number. RTMPose's scores exceed 1 a little.
    """
    seen = np.isfinite(points).all(axis=1) & (points[:, 2] > 0) & (points[:, :2] != 0).any(axis=1)
    cleaned = points.copy()
    cleaned[:, 2] = np.clip(cleaned[:, 2], 0, 1)
    cleaned[~seen] = (np.nan, np.nan, 0.0)
    return cleaned


def follow(frames: dict[int, People]) -> list[Track]:
    """Join the people of all frames into tracks, the one that fills most of the clip first.

    Numbers that the file gives its people are believed; without them a person is the nearest one of the frame before.
    """
    tracks: list[Track] = []
    by_number: dict[int, Track] = {}
    for number in sorted(frames):
        crowd = frames[number]
        if crowd and all(person.track is not None for person in crowd):
            for person in crowd:
                track = by_number.setdefault(person.track or 0, Track())
                if number not in track.points:
                    track.add(number, clean_points(person.points))
            continue
        _join(number, crowd, tracks)
    return sorted([*by_number.values(), *tracks], key=lambda track: -track.weight)


def _join(number: int, crowd: People, tracks: list[Track]) -> None:
    """Give each person of one frame to the nearest track, or begin a new one."""
    people = [clean_points(person.points) for person in crowd]
    boxes = [_box(points) for points in people]
    present = [index for index, box in enumerate(boxes) if box is not None]
    alive = [track for track in tracks if number - track.last <= _MAX_GAP]
    cost = np.full((len(present), len(alive)), np.inf)
    for row, index in enumerate(present):
        center, size = boxes[index] or (np.zeros(2), 0.0)
        for column, track in enumerate(alive):
            larger, smaller = max(size, track.size), min(size, track.size)
            distance = float(np.linalg.norm(center - track.center)) / larger
            allowed = _MAX_STEP * min(3.0, 1 + 0.1 * (number - track.last - 1))
            if distance < allowed and larger < _MAX_GROWTH * smaller * min(2.0, number - track.last):
                cost[row, column] = distance
    assigned: set[int] = set()
    rows, columns = linear_sum_assignment(np.where(np.isfinite(cost), cost, 1e6))
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        if np.isfinite(cost[row, column]):
            alive[column].add(number, people[present[row]])
            assigned.add(row)
    for row, index in enumerate(present):
        if row not in assigned:
            tracks.append(Track())
            tracks[-1].add(number, people[index])


def _box(points: NDArray[np.float64]) -> tuple[NDArray[np.float64], float] | None:
    """Return middle and diagonal of the points that were seen; None for fewer than two."""
    seen = points[np.isfinite(points[:, 0]), :2]
    if len(seen) < 2:
        return None
    low, high = seen.min(axis=0), seen.max(axis=0)
    size = float(np.linalg.norm(high - low))
    return ((low + high) / 2, size) if size > 0 else None
