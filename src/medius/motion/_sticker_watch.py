"""Look for stickers while a film plays, and stop where the view shows that there is no use."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from medius.motion.pose import Pose
from medius.motion.stickers import StickerFinder, StickerResult
from medius.motion.video import Frame

__all__ = ["StickerWatch"]

_SURE_AFTER_S = 2.0
_SURELY_SIDE = 0.4
"""Breadth of shoulders and hips to the trunk's length: 0.1 to 0.3 from the side; from 0.5 on it is rear or front."""


class StickerWatch:
    """A `StickerFinder` that rests in films from the side, where stickers do not count.

    Looking for stickers is about a twentieth of the work on a film. Where no view was given, somebody who was very narrow for
    two seconds is taken to be seen from the side. Should the whole film say otherwise in the end, its frames are read once
    more, so that the result never depends on this.

    Parameters
    ----------
    keypoints
        Names of the points of the poses.
    view
        As given by the person: a view, or ``auto``.
    """

    def __init__(self, keypoints: tuple[str, ...], view: str) -> None:
        self._keypoints = keypoints
        self._finder = StickerFinder(keypoints)
        self._looking = view in ("auto", "rear", "front")
        self._undecided = view == "auto"
        self._corners = [
            keypoints.index(f"{side}_{part}") for part in ("shoulder", "hip") for side in ("left", "right")
        ]
        self._bodies: list[NDArray[np.float64]] = []
        self._began: float | None = None

    def add(self, frame: Frame, pose: Pose) -> None:
        """Look at one frame."""
        if not self._looking:
            return
        self._finder.add(frame, pose.position)
        if self._undecided:
            self._bodies.append(pose.position[self._corners])
            self._began = frame.time_s if self._began is None else self._began
            if frame.time_s - self._began >= _SURE_AFTER_S:
                self._undecided = False
                self._looking = not _surely_side(np.stack(self._bodies))

    def finish(self, view: str, poses: Iterable[Pose], read_again: Callable[[], Iterable[Frame]]) -> StickerResult:
        """Return what was found in a film of that `view`.

        Parameters
        ----------
        view
            The view that the whole film shows.
        poses
            Of every frame.
        read_again
            Gives the frames of `poses` once more; only called where looking stopped too early.
        """
        if view in ("rear", "front") and not self._looking:
            self._finder = StickerFinder(self._keypoints)
            for frame, pose in zip(read_again(), poses, strict=False):
                self._finder.add(frame, pose.position)
        return self._finder.finish(view=view)


def _surely_side(bodies: NDArray[np.float64]) -> bool:
    left_shoulder, right_shoulder, left_hip, right_hip = np.moveaxis(bodies, 1, 0)
    across = (right_shoulder - left_shoulder + right_hip - left_hip)[:, 0]
    trunk = np.linalg.norm(left_shoulder + right_shoulder - left_hip - right_hip, axis=1) / 2
    seen = np.isfinite(across) & (trunk > 0)
    return bool(seen.mean() > 0.5 and abs(np.median(across[seen] / trunk[seen])) < _SURELY_SIDE)
