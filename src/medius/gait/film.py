"""Everything that the measures of one film need, prepared once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from medius.gait.contacts import Contacts
from medius.record import Side

__all__ = ["Film", "Scale"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scale:
    """How many metres a pixel is at the runner's distance.

    Attributes
    ----------
    metres_per_pixel
        At the depth of the pelvis.
    relative_error
        Standard error as a share of the value.
    """

    metres_per_pixel: float
    relative_error: float


@dataclass(frozen=True)
class Film:
    """One view of one runner, level and clean.

    Attributes
    ----------
    motion
        Key points in pixels, even in time, cleaned, turned so that plumb is vertical.
    contacts
        The stances.
    stickers
        ``left_sticker`` and ``right_sticker`` in the same pixels and times as `motion`, or None where there are none.
    scale
        Metres per pixel, or None where the runner's height is not known.
    """

    motion: xr.Dataset
    contacts: Contacts
    stickers: xr.Dataset | None = None
    scale: Scale | None = None

    @property
    def view(self) -> str:
        """One of ``rear``, ``front``, ``side-left``, ``side-right``."""
        return str(self.motion.attrs["view"])

    @property
    def fps(self) -> float:
        """Frames per second."""
        return float(self.motion.attrs["fps"])

    @cached_property
    def time(self) -> Array:
        """Seconds of the frames."""
        return np.asarray(self.motion["time"].to_numpy(), dtype=np.float64)

    @property
    def facing(self) -> float:
        """+1 where the runner faces to the picture's right, -1 to its left (side views)."""
        return -1.0 if self.view == "side-left" else 1.0

    def medial(self, side: Side) -> float:
        """+1 where the picture's right is towards the body's middle for this leg, -1 otherwise (rear and front)."""
        sign = 1.0 if side == "left" else -1.0
        return sign if self.view == "rear" else -sign

    def point(self, name: str) -> Array:
        """Return one point, shape (time, 2), in pixels; NaN throughout where the network does not know it."""
        found = self._points.get(name)
        return np.full((len(self.time), 2), np.nan) if found is None else found

    def middle(self, name: str) -> Array:
        """Return the middle of a left and a right point, shape (time, 2)."""
        return (self.point(f"left_{name}") + self.point(f"right_{name}")) / 2

    def at(self, signal: Array, seconds: Array) -> Array:
        """Return `signal` (time,) at `seconds`, linear between frames; NaN beside gaps."""
        return np.interp(seconds, self.time, signal, left=np.nan, right=np.nan)

    @cached_property
    def _points(self) -> dict[str, Array]:
        position = self.motion["position"].transpose("keypoint", "time", "space").to_numpy()
        names = self.motion["keypoint"].to_numpy().tolist()
        return dict(zip(names, np.asarray(position, dtype=np.float64), strict=True))
