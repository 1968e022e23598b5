"""Segment poses of markerless systems (Theia3D): whole segments instead of markers."""

from __future__ import annotations

import numpy as np
import xarray as xr

from medius.errors import InvalidValueError, NothingToMeasureError
from medius.motion.dataset import make_motion
from medius.motion.mocap._rigid import Floats, frame_from_axes, mean_seen
from medius.motion.mocap.cast import segment_dataset
from medius.motion.mocap.markersets import MarkerSet

__all__ = ["pose_segments"]

_HOUSE_FROM_POSE = [1, 2, 0]
"""Columns of a pose (x right, y forwards, z up) in the order x forwards, y up, z right."""


def pose_segments(motion: xr.Dataset, markers: MarkerSet) -> tuple[xr.Dataset, xr.Dataset]:
    """Turn stored segment poses into segment frames and points.

    Parameters
    ----------
    motion
        With ``segment_pose`` (time, segment, row, column), metres, in the system's own laboratory.
    markers
        The set whose ``poses`` name the segments.

    Returns
    -------
    motion, segments
        A Motion of the segments' origins (and forces, turned) with x forwards, y up, z right, and the frames as
        `medius.motion.mocap.move_segments` gives them. Forward is the way the pelvis faces on average.

    Raises
    ------
    NothingToMeasureError
        If there is no pelvis among the poses.
    """
    known = [str(s) for s in motion["segment"].to_numpy()]
    present = {segment: pose for segment, pose in markers.poses.items() if pose in known}
    if "pelvis" not in present:
        raise NothingToMeasureError(
            f"The file has segment poses, but none called {markers.poses.get('pelvis', 'pelvis')}."
        )
    poses = {s: motion["segment_pose"].sel(segment=p).to_numpy() for s, p in present.items()}
    axes = _laboratory(poses["pelvis"][:, :3, :3])
    names = list(poses)
    rotations = [axes @ poses[n][:, :3, :3][:, :, _HOUSE_FROM_POSE] for n in names]
    origins = [poses[n][:, :3, 3] @ axes.T for n in names]
    notes = [f"The {n.replace('_', ' ')} has no pose in this file." for n in markers.poses if n not in present]
    points = make_motion(
        np.stack(origins, axis=2),
        time=motion.time.to_numpy(),
        keypoints=names,
        unit="m",
        view="3d",
        source=str(motion.attrs["source"]),
        attrs={k: v for k, v in motion.attrs.items() if k in ("fps", "file", "log", "force_rate")},
    )
    for name in ("force", "centre_of_pressure", "free_moment"):
        if name in motion:
            points[name] = (motion[name].dims, np.einsum("ij,tjk->tik", axes, motion[name].to_numpy()))
    if "force_time" in motion.coords:
        points = points.assign_coords(force_time=motion["force_time"].to_numpy())
    residuals = [np.zeros(motion.sizes["time"])] * len(names)
    return points, segment_dataset(points, names, rotations, origins, residuals, notes)


def _laboratory(pelvis: Floats) -> Floats:
    """Rows: forwards, up and right in the system's laboratory, from how the pelvis stands on average."""
    mean = mean_seen(pelvis.reshape(len(pelvis), 9), 0).reshape(3, 3)
    long, ahead = mean[:, 2], mean[:, 1]
    index = int(np.argmax(np.abs(long)))
    if not np.isfinite(long).all() or abs(long[index]) < 0.7:
        raise InvalidValueError("Which axis points up cannot be told from the pelvis' pose.")
    up = np.zeros(3)
    up[index] = np.sign(long[index])
    return frame_from_axes(up, ahead, "yx").T
