"""Contacts from joint angles alone: the foot reaches farthest ahead just before it lands, and leaves with a straight knee."""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.signal import find_peaks

from medius.body import adult, place_segments
from medius.errors import NothingToMeasureError
from medius.gait.contacts import Contacts
from medius.gait.lab.contacts import build_contacts
from medius.motion.mocap import low_pass
from medius.record import Side

__all__ = ["contacts_from_angles"]

Floats = NDArray[np.float64]

_AFTER_REACH_S = 0.020
"""Touchdown comes so long after the foot's farthest reach ahead of the pelvis: 16 to 25 ms in two runners whose contacts force
plates gave (``docs/accuracy.md``); the idea is Zeni et al. 2008, Gait Posture 27:710."""

_CUTOFF_HZ = 12.0
_SHORTEST_REACH_M = 0.15


def contacts_from_angles(angles: xr.Dataset) -> Contacts:
    """Find stances from joint angles, such as OpenSim's inverse kinematics, without any marker.

    Parameters
    ----------
    angles
        House angles in degrees (`medius.band.house_angles`): hip and knee of at least one leg, and ``pelvis_tilt`` if known.

    Returns
    -------
    Contacts: touchdown from the reach of the foot of a standard skeleton, toe-off at the knee's greatest extension (Fellin
    et al. 2010).

    Raises
    ------
    NothingToMeasureError
        If the angles show no steps.
    """
    names = set(angles.coordinate.to_numpy().tolist())
    fps = float(angles.attrs["fps"])
    known = names & {c for c in adult().coordinate_names if not c.startswith("pelvis")} | (names & {"pelvis_tilt"})
    pose = {n: angles.angle.sel(coordinate=n).to_numpy() for n in known}
    first = float(angles.time.to_numpy()[0])
    spans: dict[Side, list[tuple[float, float]]] = {"left": [], "right": []}
    sides: tuple[Side, Side] = ("left", "right")
    for side in sides:
        if f"knee_flexion_{side[0]}" not in names:
            continue
        frames = place_segments(adult(), pose, ["pelvis", f"foot_{side[0]}"])
        ahead = frames[f"foot_{side[0]}"].origin[:, 0] - frames["pelvis"].origin[:, 0]
        starts = _reaches(ahead, fps) + _AFTER_REACH_S
        for start, end in zip(starts, _straight(pose[f"knee_flexion_{side[0]}"], starts, fps), strict=True):
            if np.isfinite(end):
                spans[side].append((first + float(start), first + float(end)))
    contacts = build_contacts(spans, "angles-reach-extension/1")
    if not contacts.stances:
        raise NothingToMeasureError("These joint angles show no steps, so there are no contacts.")
    return contacts


def _reaches(ahead: Floats, fps: float) -> Floats:
    """Find the times at which the foot is farthest ahead, once a stride."""
    smooth = low_pass(ahead, _CUTOFF_HZ, fps) if fps > 2.5 * _CUTOFF_HZ else ahead
    filled = np.where(np.isfinite(smooth), smooth, np.nanmin(smooth) if np.isfinite(smooth).any() else 0.0)
    peaks, _ = find_peaks(filled, prominence=_SHORTEST_REACH_M, distance=max(1, round(0.4 * fps)))
    return peaks / fps


def _straight(knee: Floats, starts: Floats, fps: float) -> list[float]:
    """Time of the knee's greatest extension in the later part of each stance; NaN where it lies outside the recording."""
    stride = float(np.median(np.diff(starts))) if len(starts) > 1 else 0.7
    ends = []
    for start in starts:
        window = slice(round((start + 0.22 * stride) * fps), round((start + 0.62 * stride) * fps))
        part = knee[window]
        whole = window.stop <= len(knee) and part.size > 3 and np.isfinite(part).all()
        ends.append((window.start + int(np.argmin(part))) / fps if whole else float("nan"))
    return ends
