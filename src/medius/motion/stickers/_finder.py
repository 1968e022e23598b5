"""The finder: frames in while the video plays, two stickers out at its end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from medius.errors import InvalidValueError
from medius.motion.stickers._body import BODY_POINTS, body_axes, body_columns, cut_region
from medius.motion.stickers._centre import SPOT_FIELDS, Spots, measure_spots
from medius.motion.stickers._decide import decide
from medius.motion.stickers._pair import Candidates
from medius.motion.stickers._result import PixelPlanes, StickerResult
from medius.motion.stickers._spots import find_spots

__all__ = ["StickerFinder", "find_stickers"]

_NO_SPOTS: Spots = np.empty((0, len(SPOT_FIELDS)), dtype=np.float32)


class StickerFinder:
    """Look for two stickers in a clip, one frame at a time, so that the video is decoded once.

    Only a small table of spots is kept of each frame (under half a kilobyte).

    Parameters
    ----------
    keypoints
        Names of the points that `add` will be given; must hold both hips and both shoulders.

    Raises
    ------
    InvalidValueError
        If a hip or shoulder is missing among the names.

    Examples
    --------
    >>> finder = StickerFinder(["left_hip", "right_hip", "left_shoulder", "right_shoulder"])
    >>> finder.finish(view="rear").found
    False
    """

    def __init__(self, keypoints: Sequence[str] = BODY_POINTS) -> None:
        self._columns = body_columns(keypoints)
        self._times: list[float] = []
        self._bodies: list[NDArray[np.float64]] = []
        self._spots: list[Spots] = []

    def add(self, frame: PixelPlanes, points: ArrayLike) -> None:
        """Look at one frame.

        Parameters
        ----------
        frame
            Pixel planes of the whole picture; nothing of it is kept.
        points
            Positions of the key points in pixels, shape (keypoint, 2); NaN where no person was seen.
        """
        body = np.asarray(points, dtype=np.float64)[self._columns, :2]
        region = cut_region(frame, body)
        spots = _NO_SPOTS
        if region is None:
            body = np.full_like(body, np.nan)
        else:
            rough = find_spots(region.picture)
            centres = rough[:, :2] * (region.step_x, region.step_y) + (region.left, region.top)
            spots = measure_spots(frame, centres, rough[:, 2] * (region.step_x + region.step_y) / 2)
        self._times.append(float(frame.time_s))
        self._bodies.append(body)
        self._spots.append(spots)

    def finish(self, *, view: str = "rear") -> StickerResult:
        """Decide over the whole clip whether there were two stickers, and where.

        Parameters
        ----------
        view
            ``rear`` or ``front``; ``unknown``: taken from which side the left hip and shoulder lie. In any other view
            the result says that stickers are not looked for.
        """
        if view not in ("rear", "front", "unknown"):
            return StickerResult(
                found=False,
                reason="Stickers show the pelvis from behind or the front, and this clip was filmed from another side.",
            )
        if not self._times:
            return StickerResult(found=False, reason="There is no frame to look for stickers in.")
        time = np.array(self._times)
        axes = body_axes(np.stack(self._bodies), time)
        frame = np.repeat(np.arange(len(time)), [len(spots) for spots in self._spots])
        table = np.concatenate(self._spots).astype(np.float64)
        spots = Candidates(
            frame=frame,
            spots=table,
            place=axes.to_body(table[:, :2], frame),
            size=table[:, SPOT_FIELDS.index("diameter")] / axes.trunk[frame],
        )
        rear = axes.left_is_left if view == "unknown" else view == "rear"
        return decide(spots.take(spots.compact()), axes, time, view="rear" if rear else "front")


def find_stickers(frames: Iterable[PixelPlanes], keypoints: xr.Dataset, *, view: str | None = None) -> StickerResult:
    """Find two stickers in decoded frames, given the key points of the same frames.

    Parameters
    ----------
    frames
        The frames of the clip, in order; ``frame.index`` is the position in `keypoints`.
    keypoints
        A Motion in pixels with the hips and shoulders.
    view
        Default: the view of `keypoints`.

    Raises
    ------
    InvalidValueError
        If `keypoints` lacks a hip or shoulder, or has fewer times than there are frames.
    """
    finder = StickerFinder(keypoints["keypoint"].to_numpy().tolist())
    positions = keypoints["position"].to_numpy().transpose(0, 2, 1)
    for frame in frames:
        if frame.index >= len(positions):
            raise InvalidValueError(
                f"The key points end after {len(positions)} frames, but the clip has more. Use key points of this clip."
            )
        finder.add(frame, positions[frame.index])
    return finder.finish(view=view or str(keypoints.attrs.get("view", "unknown")))
