"""Length units and laboratory axes: detected from the body itself or asked for, never guessed in silence.

Inside Medius a motion of view ``3d`` is in metres. Its axes become those of the International Society of Biomechanics
(Wu & Cavanagh 1995): x forwards, y up, z to the person's right. `orient` does that and writes what it found to the log.
"""

from __future__ import annotations

import math

import numpy as np
import xarray as xr

from medius.errors import InvalidValueError
from medius.motion.dataset import with_log
from medius.motion.mocap._rigid import Floats, mean_seen, median_seen, unit
from medius.motion.mocap.markersets import MarkerSet

__all__ = ["METRES_PER_UNIT", "orient", "settle_unit"]

METRES_PER_UNIT = {"m": 1.0, "dm": 0.1, "cm": 0.01, "mm": 0.001, "in": 0.0254, "ft": 0.3048}
"""Length units that files name, and how many metres each is."""

_PLAUSIBLE_EXTENT_M = (0.15, 4.0)
"""Markers on (part of) one person spread over at least a foot and at most a person with raised arms."""

_SURE_EXTENT_M = (0.4, 3.0)
"""Spread that lets a unit be told from the size alone: centimetres and millimetres cannot be taken for each other."""

_SNAP_DEG = 20.0
"""A direction of running within this angle of a laboratory axis is taken to be that axis (a treadmill stands square)."""


def body_extent(positions: Floats) -> float:
    """Return the median over time of the largest spread of markers along any axis, in the unit of `positions`."""
    frames = positions[np.isfinite(positions).any(axis=(1, 2))]
    if frames.size == 0:
        return math.nan
    finite = np.isfinite(frames)
    spread = np.where(finite, frames, -np.inf).max(axis=2) - np.where(finite, frames, np.inf).min(axis=2)
    return float(np.median(spread.max(axis=1)))


def settle_unit(positions: Floats, stated: str | None, asked: str | None, name: str) -> tuple[str, str]:
    """Decide the length unit of marker positions.

    Parameters
    ----------
    positions
        Shape (time, 3, marker), in the unknown unit.
    stated
        The unit that the file names, or None.
    asked
        The unit that the user gives, or None; it wins.
    name
        What to call the file in messages.

    Returns
    -------
    unit, how
        One of `METRES_PER_UNIT` and ``"given"``, ``"stated"`` or ``"detected"``.

    Raises
    ------
    InvalidValueError
        If the unit cannot be told, or the named one would make a person impossibly large or small.
    """
    if asked is not None:
        if asked not in METRES_PER_UNIT:
            raise InvalidValueError(f"'{asked}' is not a length unit. Use one of {', '.join(METRES_PER_UNIT)}.")
        size = body_extent(positions) * METRES_PER_UNIT[asked]
        if size > 50.0 or 0.0 < size < 0.01:
            raise InvalidValueError(
                f"With unit='{asked}' the markers of {name} would spread over {size:.3g} m. Give the unit they are in."
            )
        return asked, "given"
    extent = body_extent(positions)
    low, high = _PLAUSIBLE_EXTENT_M
    fitting = [u for u in ("m", "cm", "mm") if low <= extent * METRES_PER_UNIT[u] <= high]
    known = (stated or "").strip().lower()
    known = {"meters": "m", "metres": "m", "meter": "m", "millimeters": "mm", "millimetres": "mm"}.get(known, known)
    if known in METRES_PER_UNIT:
        size = extent * METRES_PER_UNIT[known]
        if math.isnan(extent) or low <= size <= high:
            return known, "stated"
        hint = f" It looks like {fitting[0]}: pass unit='{fitting[0]}' if so." if fitting else ""
        raise InvalidValueError(
            f"{name} says its lengths are in {known}, but then the markers on the body would spread over {size:.3g} m."
            f"{hint}"
        )
    sure = [u for u in ("m", "cm", "mm") if _SURE_EXTENT_M[0] <= extent * METRES_PER_UNIT[u] <= _SURE_EXTENT_M[1]]
    if len(sure) == 1:
        return sure[0], "detected"
    raise InvalidValueError(
        f"{name} does not say its length unit and it cannot be told from the markers (spread {extent:.3g}). "
        "Pass unit='mm' or unit='m'."
    )


def _median_point(motion: xr.Dataset, names: list[str]) -> Floats:
    """Median over time of the mean of `names` that are present; NaN where none is."""
    present = [n for n in names if n in motion.keypoint.to_numpy()]
    if not present:
        return np.full(3, np.nan)
    points = motion.position.sel(keypoint=present).to_numpy()
    return median_seen(mean_seen(points, 2), 0)


def _axis_vector(text: str) -> Floats:
    sign = -1.0 if text.startswith("-") else 1.0
    letter = text.lstrip("+-").lower()
    if letter not in ("x", "y", "z"):
        raise InvalidValueError(f"'{text}' is not an axis. Use x, y, z, -x, -y or -z.")
    vector = np.zeros(3)
    vector["xyz".index(letter)] = sign
    return vector


def _axis_name(vector: Floats) -> str:
    index = int(np.argmax(np.abs(vector)))
    return ("-" if vector[index] < 0 else "") + "xyz"[index]


def _detect_up(motion: xr.Dataset, markers: MarkerSet) -> Floats:
    high = _median_point(motion, markers.names("pelvis"))
    low = _median_point(motion, markers.names("feet"))
    rise = high - low
    order = np.argsort(np.abs(rise))[::-1]
    if not np.isfinite(rise).all() or abs(rise[order[0]]) < 2.0 * abs(rise[order[1]]):
        raise InvalidValueError(
            "Which axis points up cannot be told from pelvis and foot markers. Pass up='y' or up='z'."
        )
    vector = np.zeros(3)
    vector[order[0]] = np.sign(rise[order[0]])
    return vector


def _detect_forward(motion: xr.Dataset, markers: MarkerSet, up: Floats) -> Floats:
    front = _median_point(motion, markers.names("pelvis_front"))
    back = _median_point(motion, markers.names("pelvis_back"))
    ahead = front - back
    ahead -= up * (ahead @ up)
    if not np.isfinite(ahead).all() or np.linalg.norm(ahead) < 0.02:
        raise InvalidValueError(
            "Which way the person faces cannot be told: it takes markers on the front and the back of the pelvis. "
            "Pass forward='x' (or another axis)."
        )
    ahead = unit(ahead)
    nearest = _axis_vector(_axis_name(ahead))
    return nearest if ahead @ nearest >= math.cos(math.radians(_SNAP_DEG)) else ahead


def _check_handedness(motion: xr.Dataset, markers: MarkerSet, right: Floats) -> None:
    across = _median_point(motion, markers.names("pelvis_r")) - _median_point(motion, markers.names("pelvis_l"))
    if np.isfinite(across).all() and across @ right < 0:
        raise InvalidValueError(
            "Left and right are mirrored: the markers named right lie on the person's left. Either the axes are "
            "left-handed (pass mirror=True) or the names of the two sides were swapped (rename them)."
        )


def orient(
    motion: xr.Dataset,
    markers: MarkerSet,
    *,
    up: str | None = None,
    forward: str | None = None,
    mirror: bool = False,
) -> xr.Dataset:
    """Turn a laboratory's axes into x forwards, y up, z right, and log what was found.

    Parameters
    ----------
    motion
        A 3-D Motion in metres; its force variables, if any, turn with it.
    markers
        The marker set, which says where pelvis and feet are.
    up, forward
        Axis of the file that points up, or the way the person runs: ``"z"``, ``"-x"``. Default: found from the markers.
    mirror
        The file's axes are left-handed: flip its third axis first.

    Raises
    ------
    InvalidValueError
        If an axis cannot be told, or left and right turn out mirrored.
    """
    if mirror:
        motion = _turn(motion, np.diag([1.0, 1.0, -1.0]))
    up_vector = _axis_vector(up) if up else _detect_up(motion, markers)
    ahead = _axis_vector(forward) if forward else _detect_forward(motion, markers, up_vector)
    if abs(ahead @ up_vector) > 0.1:
        raise InvalidValueError("The axis that points up cannot also be the way the person runs.")
    right = np.cross(ahead, up_vector)
    _check_handedness(motion, markers, right)
    turned = _turn(motion, np.stack([ahead, up_vector, right]))
    turned.attrs["axes"] = "x forwards, y up, z right"
    return with_log(
        turned,
        "orient",
        up=_axis_name(up_vector),
        forward=[round(float(v), 4) for v in ahead],
        mirrored=mirror,
        how={"up": "given" if up else "detected", "forward": "given" if forward else "detected"},
    )


def _turn(motion: xr.Dataset, matrix: Floats) -> xr.Dataset:
    turned = motion.copy(deep=False)
    turned.attrs = dict(motion.attrs)
    for name in ("position", "force", "centre_of_pressure", "free_moment"):
        if name in motion:
            values = motion[name].to_numpy()
            turned[name] = (motion[name].dims, np.einsum("ij,tjk->tik", matrix, values))
    return turned
