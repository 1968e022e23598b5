"""The path of the iliotibial band: pelvis, two points on the femur, Gerdy's tubercle; its length from joint angles.

A **path-length proxy**: the path of the tensor fasciae latae and iliotibial band in published musculoskeletal models is
four fixed points and no wrapping. How the band itself is loaded by the muscles that pull on it is not known (M13), and it
is fixed to the femur along its way (M01), so lengths here say how far its ends move apart, not what the tissue feels.

Signs (house, ISB): flexion, adduction and internal rotation positive on both sides; degrees. Lengths in metres.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from medius.band._knee import KneeTerm
from medius.band._turn import turn_vector
from medius.band.signs import ANGLES, SIGNS
from medius.body import Joint, Skeleton, adult, read_osim, read_osim_path, segment_factors
from medius.errors import InvalidValueError

__all__ = ["BandModel", "band_from_osim", "band_model", "bands_for", "path_length"]

Floats = NDArray[np.float64]
Side = Literal["left", "right"]
Point = tuple[float, float, float]

_CHUNK = 8192


@dataclass(frozen=True)
class BandModel:
    """The band's path on one leg.

    Attributes
    ----------
    name, source
        Which model the figures come from.
    side
        ``left`` or ``right``.
    pelvis, femur_upper, femur_lower, tibia
        The four points, metres, in the frames of pelvis, thigh, thigh and shank (x forwards, y up, z right).
    hip, knee
        The joints between them; each turns by its own axes.
    signs
        House angle to sign of the joint's coordinate.
    """

    name: str
    source: str
    side: Side
    pelvis: Point
    femur_upper: Point
    femur_lower: Point
    tibia: Point
    hip: Joint
    knee: Joint
    signs: Mapping[str, float]

    def scaled(self, *, pelvis: float = 1.0, thigh: float = 1.0, shank: float = 1.0) -> BandModel:
        """Return the path of a person whose segments are longer by these factors.

        Strain hardly depends on size; it depends a little on proportions.
        """
        for name, factor in (("pelvis", pelvis), ("thigh", thigh), ("shank", shank)):
            if not 0.3 < factor < 3.0:
                raise InvalidValueError(f"A scale of {factor:.3g} for the {name} is not possible.")
        return replace(
            self,
            pelvis=_times(self.pelvis, pelvis),
            femur_upper=_times(self.femur_upper, thigh),
            femur_lower=_times(self.femur_lower, thigh),
            tibia=_times(self.tibia, shank),
            hip=_scale_joint(self.hip, pelvis, thigh),
            knee=_scale_joint(self.knee, thigh, shank),
        )


def _times(vector: Point, factor: float) -> Point:
    return vector[0] * factor, vector[1] * factor, vector[2] * factor


def _scale_joint(joint: Joint, parent: float, child: float) -> Joint:
    return replace(
        joint,
        parent_location=_times(joint.parent_location, parent),
        child_location=_times(joint.child_location, child),
        shifts=tuple(replace(d, function=d.function.scaled(child)) for d in joint.shifts),
    )


@cache
def band_model(side: Side, name: str = "rajagopal2016") -> BandModel:
    """Return the band's path of a published model on the house skeleton.

    Parameters
    ----------
    side
        ``left`` or ``right``.
    name
        Which figures: ``rajagopal2016``.
    """
    _check_side(side)
    text = (files("medius.band") / "data" / "tfl.toml").read_text(encoding="utf-8")
    figures = tomllib.loads(text)
    if name not in figures:
        raise InvalidValueError(f"No band path '{name}'. Known: {', '.join(figures)}.")
    entry = figures[name]
    mirror = 1.0 if side == "right" else -1.0

    def point(part: str) -> Point:
        x, y, z = (float(v) for v in entry[part])
        return x, y, mirror * z

    hip, knee = _joints(adult(), "thigh", "shank", side)
    points = (point("pelvis"), point("femur_upper"), point("femur_lower"), point("tibia"))
    return BandModel(entry["title"], entry["source"], side, *points, hip, knee, dict.fromkeys(ANGLES, 1.0))


def bands_for(centres: Mapping[str, ArrayLike]) -> dict[Side, BandModel]:
    """Return both legs' paths, scaled to a person.

    Parameters
    ----------
    centres
        ``left_hip``, ``right_knee``, ``left_ankle`` … to positions (time, 3) or (3,) in metres.
    """
    factors = segment_factors(adult(), {k: np.asarray(v, dtype=np.float64) for k, v in centres.items()})
    sides: tuple[Side, Side] = ("left", "right")
    return {side: band_model(side).scaled(**factors) for side in sides}


def band_from_osim(path: str | Path, side: Side, *, family: str | None = None) -> BandModel:
    """Read the band's path from an OpenSim model.

    Parameters
    ----------
    path
        A model with a muscle ``tfl_r`` or ``tfl_l`` of four fixed points.
    side
        ``left`` or ``right``.
    family
        Sign family, a key of `SIGNS`. Default: told from the limits of the model's ``knee_angle``.
    """
    _check_side(side)
    skeleton = read_osim(path)
    letter = side[0]
    points = read_osim_path(path, f"tfl_{letter}")
    segments = [p.segment for p in points]
    if segments != ["pelvis", f"femur_{letter}", f"femur_{letter}", f"tibia_{letter}"]:
        raise InvalidValueError(f"The path tfl_{letter} runs over {segments}; expected pelvis, femur twice and tibia.")
    knee_limits = next((c for c in skeleton.coordinates if c.name == f"knee_angle_{letter}"), None)
    if family is None and knee_limits is not None:
        family = "rajagopal2016" if abs(knee_limits.high) > abs(knee_limits.low) else "gait2392"
    if family is None or family not in SIGNS:
        raise InvalidValueError(f"No sign family '{family}'. Known: {', '.join(SIGNS)}.")
    hip, knee = _joints(skeleton, "femur", "tibia", side)
    signs = {angle: sign for angle, (_, sign) in SIGNS[family].items()}
    a, b, c, d = (p.location for p in points)
    return BandModel(skeleton.name, Path(path).name, side, a, b, c, d, hip, knee, signs)


def _check_side(side: str) -> None:
    if side not in ("left", "right"):
        raise InvalidValueError(f"'{side}' is not a side. Use 'left' or 'right'.")


def _joints(skeleton: Skeleton, thigh: str, shank: str, side: str) -> tuple[Joint, Joint]:
    by_child = {j.child: j for j in skeleton.joints}
    return by_child[f"{thigh}_{side[0]}"], by_child[f"{shank}_{side[0]}"]


def path_length(model: BandModel, angles: ArrayLike | Mapping[str, ArrayLike] | xr.Dataset) -> Floats:
    """Length of the band's path.

    Parameters
    ----------
    model
        The path (`band_model`, `band_from_osim`).
    angles
        Degrees, house signs: an array (time, 4) in the order of `ANGLES`; or a mapping with these names, with or without
        ``_r``/``_l`` (missing ones count as zero); or joint angles as `medius.body.joint_angles` returns.

    Returns
    -------
    Metres, shape (time,); NaN where an angle is.

    Notes
    -----
    Exact for the model: equal to OpenSim's muscle-tendon length of the same four points to rounding error.
    """
    values = angle_columns(angles, model.side)
    signs = np.array([model.signs[a] for a in ANGLES])
    knee = KneeTerm(model.knee, model.femur_lower, model.tibia)
    middle = float(np.linalg.norm(np.subtract(model.femur_upper, model.femur_lower)))
    result = np.empty(values.shape[0])
    for first in range(0, values.shape[0], _CHUNK):
        part = np.radians(values[first : first + _CHUNK] * signs).T
        result[first : first + _CHUNK] = _hip_term(model, part[:3]) + middle + knee(part[3])
    return result


def angle_columns(angles: ArrayLike | Mapping[str, ArrayLike] | xr.Dataset, side: Side) -> Floats:
    """Bring angles into an array (time, 4) in degrees."""
    letter = side[0]
    if isinstance(angles, xr.Dataset):
        known = set(angles.coordinate.to_numpy().tolist())
        lacking = [f"{a}_{letter}" for a in ANGLES if f"{a}_{letter}" not in known]
        if lacking:
            raise InvalidValueError(f"The joint angles lack {', '.join(lacking)}.")
        wanted = [f"{a}_{letter}" for a in ANGLES]
        return np.asarray(angles.angle.sel(coordinate=wanted).to_numpy(), dtype=np.float64)
    if isinstance(angles, Mapping):
        columns = [np.atleast_1d(np.asarray(angles.get(f"{a}_{letter}", angles.get(a, 0.0)), float)) for a in ANGLES]
        return np.stack(np.broadcast_arrays(*columns), axis=1)
    values = np.atleast_2d(np.asarray(angles, dtype=np.float64))
    if values.shape[1] != len(ANGLES):
        raise InvalidValueError(f"Angles need {len(ANGLES)} columns ({', '.join(ANGLES)}), got {values.shape[1]}.")
    return values


def _hip_term(model: BandModel, turns: Floats) -> Floats:
    """Distance from the pelvic to the upper femoral point: the pelvic point seen from the turning thigh."""
    joint = model.hip
    start = joint.parent_turn.T @ np.subtract(model.pelvis, joint.parent_location)
    x, y, z = (np.full_like(turns[0], v) for v in start)
    by_name = dict(zip(ANGLES[:3], turns, strict=True))
    for degree in joint.rotations:
        angle = by_name[(degree.coordinate or "")[:-2]]
        amount, _ = degree.function(angle)
        x, y, z = turn_vector(degree.axis, -amount, x, y, z)
    end = joint.child_turn.T @ np.subtract(model.femur_upper, joint.child_location)
    distance = np.sqrt((x - end[0]) ** 2 + (y - end[1]) ** 2 + (z - end[2]) ** 2)
    return np.asarray(distance, dtype=np.float64)
