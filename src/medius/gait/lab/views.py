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

from medius.body import Camera, film_motion
from medius.errors import NothingToMeasureError
from medius.gait.contacts import Contacts
from medius.gait.film import Film, Scale
from medius.gait.lab.result import LabResult
from medius.motion.dataset import make_motion

__all__ = ["film_runner", "lab_films"]

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


def film_runner(
    result: LabResult,
    camera: Camera,
    *,
    view: str,
    fps: float | None = None,
    noise_px: float = 0.0,
    dropped: float = 0.0,
    seed: int = 0,
) -> tuple[xr.Dataset, xr.Dataset]:
    """Film a laboratory's runner with a virtual camera: key points and pelvis stickers whose truth is known exactly.

    Parameters
    ----------
    result
        A measured trial; its joint centres and pelvis are what is filmed.
    camera
        Where the camera stands, in the trial's axes (x forwards, y up, z right).
    view, fps, noise_px, dropped, seed
        As `medius.body.film_motion`.

    Returns
    -------
    motion, stickers
        Key points in pixels under a film's names (those the laboratory has), and ``left_sticker`` and ``right_sticker``, fixed
        to the back of the pelvis 20 cm apart.
    """
    if result.segments is None or "pelvis" not in result.segments.segment.to_numpy():
        raise NothingToMeasureError("Only a trial whose pelvis was followed can be filmed.")
    pelvis = result.segments.sel(segment="pelvis")
    turn, origin = pelvis.rotation.to_numpy(), pelvis.origin.to_numpy()
    back = origin - 0.13 * turn[:, :, 0] + 0.08 * turn[:, :, 1]
    points = dict(result.joint_centres) | {
        "left_sticker": back - 0.10 * turn[:, :, 2],
        "right_sticker": back + 0.10 * turn[:, :, 2],
    }
    motion = make_motion(
        np.stack(list(points.values()), axis=2),
        time=result.motion.time.to_numpy(),
        keypoints=list(points),
        unit="m",
        view="3d",
        source="mocap",
    )
    film = film_motion(motion, camera, view=view, fps=fps, noise_px=noise_px, dropped=dropped, seed=seed)
    stickers = ["left_sticker", "right_sticker"]
    return film.drop_sel(keypoint=stickers), film.sel(keypoint=stickers)
