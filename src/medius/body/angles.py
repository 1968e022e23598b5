"""Joint angles from segment frames, in the conventions of the International Society of Biomechanics."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr

from medius.body.functions import Floats
from medius.body.rotation import cardan_zxy
from medius.errors import InvalidValueError
from medius.motion.dataset import with_log

__all__ = ["ANGLE_NAMES", "angle_dataset", "joint_angles", "static_offsets"]

_JOINTS = {"hip": ("pelvis", "thigh"), "knee": ("thigh", "shank"), "ankle": ("shank", "foot")}

_NAMES = {
    "hip": ("hip_flexion", "hip_adduction", "hip_rotation"),
    "knee": ("knee_flexion", "knee_adduction", "knee_rotation"),
    "ankle": ("ankle_dorsiflexion", "ankle_inversion", "ankle_rotation"),
}

ANGLE_NAMES: Mapping[str, str] = {
    "pelvis_tilt": "top of the pelvis backwards positive (posterior tilt)",
    "pelvis_list": "right side low positive; order tilt, list, rotation",
    "pelvis_rotation": "right side ahead positive",
    "pelvis_obliquity": "elevation of the left above the right end of the pelvic axis, right side low positive (Baker 2001)",
    "hip_flexion": "thigh forwards positive",
    "hip_adduction": "thigh inwards positive",
    "hip_rotation": "internal rotation positive",
    "knee_flexion": "flexion positive",
    "knee_adduction": "shank inwards (varus) positive",
    "knee_rotation": "shank internal rotation positive",
    "ankle_dorsiflexion": "toes up positive",
    "ankle_inversion": "sole inwards positive",
    "ankle_rotation": "toes inwards positive",
}
"""Names (with ``_r`` or ``_l`` for joints) and what their positive direction is, on both sides alike."""


def joint_angles(segments: xr.Dataset) -> xr.Dataset:
    """Compute joint angles from segment frames.

    Parameters
    ----------
    segments
        As `medius.motion.mocap.move_segments` returns: ``rotation`` (time, segment, row, column), columns x forwards, y up,
        z right, in a laboratory with the same axes.

    Returns
    -------
    A dataset with ``angle`` (time, coordinate) in degrees; names and signs as in `ANGLE_NAMES`. Joints whose segments
    are missing are left out.

    Notes
    -----
    Joints: rotations about the proximal z, the floating x and the distal y (Grood & Suntay 1983; Wu et al. 2002).
    Pelvic obliquity is the elevation of the pelvic axis, which does not depend on tilt or heading (Baker 2001, Hum Mov
    Sci 20:787).
    """
    rotation = {str(s): segments.rotation.sel(segment=s).to_numpy() for s in segments.segment.to_numpy()}
    columns: dict[str, Floats] = {}
    if "pelvis" in rotation:
        pelvis = rotation["pelvis"]
        lab = np.broadcast_to(np.eye(3), pelvis.shape)
        columns |= dict(zip(("pelvis_tilt", "pelvis_list", "pelvis_rotation"), cardan_zxy(lab, pelvis).T, strict=True))
        columns["pelvis_obliquity"] = -np.degrees(np.arcsin(np.clip(pelvis[:, 1, 2], -1.0, 1.0)))
    for side in ("r", "l"):
        for joint, (parent, child) in _JOINTS.items():
            near, far = (
                rotation.get(parent if parent == "pelvis" else f"{parent}_{side}"),
                rotation.get(f"{child}_{side}"),
            )
            if near is not None and far is not None:
                columns |= {
                    f"{n}_{side}": v for n, v in zip(_NAMES[joint], _signed(joint, side, near, far), strict=True)
                }
    return angle_dataset(columns, segments.time.to_numpy(), dict(segments.attrs))


def _signed(joint: str, side: str, near: Floats, far: Floats) -> tuple[Floats, Floats, Floats]:
    """Give the three angles of a joint the same sign on both sides."""
    about_z, about_x, about_y = cardan_zxy(near, far).T
    mirror = 1.0 if side == "r" else -1.0
    return (-about_z if joint == "knee" else about_z), mirror * about_x, mirror * about_y


def angle_dataset(columns: Mapping[str, Floats], time: Floats, attrs: Mapping[str, object]) -> xr.Dataset:
    """Put columns of angles (degrees) into the dataset that `joint_angles` describes."""
    if not columns:
        raise InvalidValueError("There is no pair of segments to take a joint angle from.")
    data = xr.Dataset(
        {"angle": (("time", "coordinate"), np.stack(list(columns.values()), axis=1))},
        coords={"time": time, "coordinate": list(columns)},
        attrs={k: v for k, v in attrs.items() if k in ("fps", "file", "source", "notes", "log")},
    )
    return with_log(data, "joint angles", joints=len(columns))


def static_offsets(still: xr.Dataset) -> dict[str, float]:
    """Return the median of every angle in a still trial, degrees (subtract them for angles relative to standing)."""
    return {str(c): float(np.nanmedian(still.angle.sel(coordinate=c))) for c in still.coordinate.to_numpy()}
