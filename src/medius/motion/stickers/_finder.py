"""The finder: frames in while the video plays, two stickers out at its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import xarray as xr
from numpy.typing import ArrayLike

from medius.motion.stickers._result import PixelPlanes, StickerResult

__all__ = ["StickerFinder", "find_stickers"]


class StickerFinder:
    """Look for two stickers in a clip, one frame at a time."""

    def add(self, frame: PixelPlanes, points: Mapping[str, ArrayLike] | None) -> None:
        """Look at one frame.

        Parameters
        ----------
        frame
            Pixel planes of the whole picture.
        points
            ``left_hip``, ``right_hip``, ``left_shoulder``, ``right_shoulder`` of the runner in pixels, each ``(x, y)``
            (more numbers, such as confidence, are ignored); None where no person was seen.
        """

    def finish(self, *, view: str = "rear") -> StickerResult:
        """Decide over the whole clip whether there were two stickers, and where.

        Parameters
        ----------
        view
            ``rear`` or ``front``; anything else gives a result with ``found`` False and the reason.
        """
        return StickerResult(found=False, reason=f"Stickers cannot be found in a {view} view yet.")


def find_stickers(frames: Iterable[PixelPlanes], keypoints: xr.Dataset, *, view: str | None = None) -> StickerResult:
    """Find two stickers in decoded frames, given the key points of the same frames.

    Parameters
    ----------
    frames
        The frames of the clip; ``frame.index`` is the position in `keypoints`.
    keypoints
        A Motion in pixels with the hips and shoulders.
    view
        Default: the view of `keypoints`.
    """
    finder = StickerFinder()
    for _ in frames:
        continue
    return finder.finish(view=view or str(keypoints.attrs.get("view", "unknown")))
