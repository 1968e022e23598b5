"""The laboratory seen as two films: from behind and from the right, without a lens.

Measures that are angles and distances in a plane are the same mathematics in a film and in a laboratory. So the joint
centres are laid flat, exactly, into a rear and a side picture of one metre a pixel, and the measures of `medius.gait` read
them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from medius.gait.contacts import Contacts
from medius.gait.film import Film, Scale
from medius.motion.dataset import make_motion

__all__ = ["lab_films"]

Array = NDArray[np.float64]
_PARTS = ("hip", "knee", "ankle", "heel", "foot_index", "shoulder", "elbow", "wrist", "ear", "eye")
_RIGHT, _UP, _FORWARD = 2, 1, 0


def lab_films(
    points: Mapping[str, Array], pelvis_axis: Array | None, contacts: Contacts, fps: float
) -> dict[str, Film]:
    """Lay a runner's points flat into a rear and a side film.

    Parameters
    ----------
    points
        ``left_hip``, ``right_ankle`` … to (time, 3) metres, x forwards, y up, z right. Missing ones stay unseen.
    pelvis_axis
        Unit vector from the left to the right hip along the pelvis, (time, 3): stands for the two stickers of a film.
    contacts
        The stances.
    fps
        Frames a second.
    """
    count = next(iter(points.values())).shape[0]
    unseen = np.full((count, 3), np.nan)
    names = [f"{s}_{p}" for s in ("left", "right") for p in _PARTS] + ["nose"]
    tracks = np.stack([points.get(n, unseen) for n in names], axis=2)
    time = np.arange(count) / fps
    scale = Scale(1.0, 0.0)
    films = {}
    for view, across in (("rear", _RIGHT), ("side-right", _FORWARD)):
        motion = make_motion(_flat(tracks, across), time=time, keypoints=names, unit="px", view=view, source="mocap")
        motion.attrs["fps"] = fps
        stickers = None
        if view == "rear" and pelvis_axis is not None:
            ends = np.stack([-pelvis_axis, pelvis_axis], axis=2)
            stickers = _stickers(_flat(ends, across), time, view)
        films[view] = Film(motion, contacts, stickers, scale)
    return films


def _flat(tracks: Array, across: int) -> Array:
    """Picture coordinates (time, 2, point): x to the picture's right, y down."""
    return np.stack([tracks[:, across], -tracks[:, _UP]], axis=1)


def _stickers(ends: Array, time: Array, view: str) -> xr.Dataset:
    return make_motion(
        ends, time=time, keypoints=["left_sticker", "right_sticker"], unit="px", view=view, source="mocap"
    )
