"""An estimator that knows the answer, for tests of everything behind the port."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike

from medius.motion.pose.port import P, Pose

__all__ = ["FakeEstimator"]


class FakeEstimator:
    """Return given key points, whatever the pictures show.

    Parameters
    ----------
    position
        Pixels, shape (frame, keypoint, 2); frame numbers beyond its end yield no person.
    keypoints
        Names of the points.
    confidence
        Shape (frame, keypoint); default 1 wherever the position is finite.
    """

    name = "fake"

    def __init__(self, position: ArrayLike, keypoints: Sequence[str], confidence: ArrayLike | None = None) -> None:
        self._position = np.asarray(position, dtype=np.float64)
        self.keypoints = tuple(keypoints)
        finite = np.isfinite(self._position).all(axis=-1)
        self._confidence = np.where(
            finite, 1.0 if confidence is None else np.asarray(confidence, dtype=np.float64), 0.0
        )

    def track(self, frames: Iterable[P]) -> Iterator[tuple[P, Pose]]:
        """Yield each frame with the pose given for its number."""
        for frame in frames:
            if frame.index < len(self._position):
                yield frame, Pose(self._position[frame.index], self._confidence[frame.index])
            else:
                yield frame, absent_pose(len(self.keypoints))


def absent_pose(n_keypoints: int) -> Pose:
    """Return the pose of nobody."""
    return Pose(np.full((n_keypoints, 2), np.nan), np.zeros(n_keypoints), 0.0)
