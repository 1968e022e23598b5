"""The one way that pictures become key points: frames in, named key points with confidence out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["Picture", "Pose", "PoseEstimator"]


class Picture(Protocol):
    """What an estimator needs of a video frame: planar YUV 4:2:0, 8 bit, as it is displayed.

    Attributes
    ----------
    index
        Number of the frame in its clip, from 0.
    time_s
        Seconds from the first frame.
    luma, chroma_u, chroma_v
        Planes of shape (height, width) and twice (ceil(height / 2), ceil(width / 2)). The views stay valid until
        the consumer has drawn several more frames (see `medius.motion.video.FrameSource`).
    """

    @property
    def index(self) -> int: ...  # noqa: D102
    @property
    def time_s(self) -> float: ...  # noqa: D102
    @property
    def luma(self) -> NDArray[np.uint8]: ...  # noqa: D102
    @property
    def chroma_u(self) -> NDArray[np.uint8]: ...  # noqa: D102
    @property
    def chroma_v(self) -> NDArray[np.uint8]: ...  # noqa: D102
    def to_rgb(self) -> NDArray[np.uint8]:
        """Return red, green and blue, shape (height, width, 3)."""
        ...


@dataclass(frozen=True, slots=True)
class Pose:
    """Key points of one person in one frame.

    Attributes
    ----------
    position
        Pixels, shape (keypoint, 2), x right and y down, the centre of the first pixel at (0.5, 0.5); NaN where the
        person was not found.
    confidence
        0 to 1, shape (keypoint,).
    score
        0 to 1: how sure the network is that there is a person at all.
    """

    position: NDArray[np.float64]
    confidence: NDArray[np.float64]
    score: float = 1.0


P = TypeVar("P", bound=Picture)


class PoseEstimator(Protocol):
    """Follows one person through a clip.

    Attributes
    ----------
    name
        Which network, for the record: ``blazepose-heavy``.
    keypoints
        Names of the points, in the order of `Pose.position`.
    """

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def keypoints(self) -> tuple[str, ...]: ...  # noqa: D102

    def track(self, frames: Iterable[P]) -> Iterator[tuple[P, Pose]]:
        """Yield each frame with its pose, in order, at most three frames behind the frames drawn."""
        ...
