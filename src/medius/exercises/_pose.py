"""From a definition to joint angles over time, and to the spheres of the mannequin in the room.

The mannequin stands on the one skeleton of `medius.body`: the angles of a definition go through its forward kinematics,
nothing is drawn by hand.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from medius.body import Frames, adult, place_segments
from medius.errors import InvalidValueError, MediusError
from medius.exercises._models import Exercise
from medius.record import Side

__all__ = ["MIDDLE", "Hull", "PosedBody", "joint_angles_over_time", "key_times", "pose", "shapes"]

Floats = NDArray[np.float64]

MIDDLE = frozenset({"pelvis", "belly", "chest", "neck", "head", "nose"})
"""Parts that have no side."""

_ODD = ("pelvis_list", "pelvis_rotation", "pelvis_tz", "lumbar_bending", "lumbar_rotation")
"""Coordinates that change sign in a mirror."""


@dataclass(frozen=True)
class Hull:
    """Spheres fixed to segments: names of the segments, places in them (sphere, 3) and radii (sphere,), metres."""

    segments: tuple[str, ...]
    places: Floats
    radii: Floats


@dataclass(frozen=True)
class PosedBody:
    """Spheres in the room for every moment: part or muscle to centres (time, sphere, 3) and radii (sphere,).

    Axes: x forwards, y up, z to the person's right; metres; the floor is y = 0.
    """

    time: Floats
    parts: Mapping[str, tuple[Floats, Floats]]
    muscles: Mapping[str, tuple[Floats, Floats]]


def key_times(item: Exercise) -> tuple[tuple[str, str, float], ...]:
    """Return name, label and moment (s) of the key pictures."""
    found, now = [], 0.0
    for phase in item.phases:
        now += phase.seconds
        if phase.key:
            found.append((phase.name, phase.label, now + phase.hold / 2))
        now += phase.hold
    return tuple(found)


def joint_angles_over_time(item: Exercise, time: ArrayLike, side: Side = "right") -> dict[str, Floats]:
    """Return the coordinates of the skeleton (degrees) at `time` (s, may be longer than one repetition).

    Parameters
    ----------
    item
        The exercise.
    time
        Seconds from the start of a repetition, shape (time,).
    side
        The working side.

    Notes
    -----
    Between two positions the angles follow the minimum-jerk profile 10s³ − 15s⁴ + 6s⁵, as calm human movements do
    (Flash & Hogan 1985); it is a way of drawing, no rule rests on it.
    """
    moments = np.atleast_1d(np.asarray(time, dtype=np.float64))
    knots, poses = _knots(item)
    names = sorted(set().union(*poses))
    values = np.array([[pose.get(name, 0.0) for name in names] for pose in poses])
    period = knots[-1]
    now = np.mod(moments, period) if period > 0 else np.zeros_like(moments)
    index = np.clip(np.searchsorted(knots, now, side="right") - 1, 0, max(len(knots) - 2, 0))
    span = np.diff(knots)[index] if len(knots) > 1 else np.ones_like(now)
    share = np.clip((now - knots[index]) / np.where(span > 0, span, 1.0), 0.0, 1.0)
    share = share**3 * (10.0 - 15.0 * share + 6.0 * share**2)
    after = np.minimum(index + 1, len(knots) - 1)
    angles = values[index] + share[:, None] * (values[after] - values[index])
    return _sided(dict(zip(names, angles.T, strict=True)), side)


def _knots(item: Exercise) -> tuple[Floats, list[dict[str, float]]]:
    """Return moments and poses: arriving at and leaving each phase, what a phase does not name is as in the posture."""
    times: list[float] = []
    poses: list[dict[str, float]] = []
    now = 0.0
    for phase in item.phases:
        pose = {**_each_side(item.posture), **_each_side(phase.angles)}
        now += phase.seconds
        times.append(now)
        poses.append(pose)
        if phase.hold > 0:
            now += phase.hold
            times.append(now)
            poses.append(pose)
    return np.array(times), poses


def _each_side(angles: Mapping[str, float]) -> dict[str, float]:
    """Spell ``_both`` out; what is named for one side goes before it."""
    both = {n.removesuffix("_both"): v for n, v in angles.items() if n.endswith("_both")}
    found = {f"{stem}_{side}": value for stem, value in both.items() for side in ("work", "other")}
    return {**found, **{n: v for n, v in angles.items() if not n.endswith("_both")}}


def _sided(angles: Mapping[str, Floats], side: Side) -> dict[str, Floats]:
    work, other = ("r", "l") if side == "right" else ("l", "r")
    known = set(adult().coordinate_names)
    found: dict[str, Floats] = {}
    for name, values in angles.items():
        stem, _, end = name.rpartition("_")
        if end in ("work", "other"):
            found[f"{stem}_{work if end == 'work' else other}"] = values
        else:
            found[name] = -values if name in _ODD and side == "left" else values
    unknown = sorted(set(found) - known)
    if unknown:
        raise InvalidValueError(f"The skeleton has no coordinate {', '.join(unknown)}.")
    return found


def pose(item: Exercise, time: ArrayLike, side: Side = "right") -> PosedBody:
    """Place the mannequin in the room at the given moments (s)."""
    moments = np.atleast_1d(np.asarray(time, dtype=np.float64))
    placed = place_segments(adult(), joint_angles_over_time(item, moments, side))
    parts = {name: (_centres(hull, placed), hull.radii) for name, hull in shapes().items() if not _is_muscle(name)}
    muscles = {n[2:]: (_centres(hull, placed), hull.radii) for n, hull in shapes().items() if _is_muscle(n)}
    shift = _shift(item, parts, side)
    return PosedBody(
        moments,
        MappingProxyType({n: (c + shift[:, None, :], r) for n, (c, r) in parts.items()}),
        MappingProxyType({n: (c + shift[:, None, :], r) for n, (c, r) in muscles.items()}),
    )


def real_name(name: str, side: Side) -> str:
    """Turn ``foot_work`` into ``foot_r``: the name of a part on the working side, the other side, or the middle."""
    work, other = ("r", "l") if side == "right" else ("l", "r")
    return name.replace("_work", f"_{work}").replace("_other", f"_{other}")


def _shift(item: Exercise, parts: Mapping[str, tuple[Floats, Floats]], side: Side) -> Floats:
    place = item.placement
    names = [real_name(name, side) for name in place.rest_on] or list(parts)
    unknown = sorted({*names, *(real_name(name, side) for name in place.anchor)} - set(parts))
    if unknown:
        raise MediusError(f"The exercise {item.name} rests on an unknown part: {', '.join(unknown)}.")
    lowest = np.min([(parts[n][0][:, :, 1] - parts[n][1]).min(axis=1) for n in names], axis=0)
    up = place.height - lowest
    if not place.anchor:
        return np.stack([np.zeros_like(up), up, np.zeros_like(up)], axis=1)
    middle = np.mean([parts[real_name(n, side)][0].mean(axis=1) for n in place.anchor], axis=0)
    return np.stack([-middle[:, 0], up, -middle[:, 2]], axis=1)


def _centres(hull: Hull, placed: Mapping[str, Frames]) -> Floats:
    return np.stack([placed[s].point(p) for s, p in zip(hull.segments, hull.places, strict=True)], axis=1)


def _is_muscle(name: str) -> bool:
    return name.startswith("m:")


@cache
def shapes() -> Mapping[str, Hull]:
    """Return the parts of the body, and the muscles under ``m:`` and their name, with ``_r`` and ``_l`` for sides."""
    text = (files("medius.exercises") / "data" / "mannequin.toml").read_text(encoding="utf-8")
    raw: dict[str, Any] = tomllib.loads(text)
    standing = place_segments(adult(), {})
    found: dict[str, Hull] = {}
    for part in raw["part"]:
        if not part.get("both", False):
            found[part["name"]] = _hull(part["spheres"], standing, "")
        else:
            found |= {f"{part['name']}_{s}": _hull(part["spheres"], standing, s) for s in ("r", "l")}
    for muscle in raw["muscle"]:
        found |= {f"m:{muscle['name']}_{s}": _hull(muscle["spheres"], standing, s) for s in ("r", "l")}
    return MappingProxyType(found)


def _hull(spheres: list[list[Any]], standing: Mapping[str, Frames], side: str) -> Hull:
    names, places = [], []
    for segment, x, y, z, _ in spheres:
        name = segment if segment in ("pelvis", "trunk") or not side else f"{segment}_{side}"
        frame = standing[name]
        point = np.array([x, y, -z if side == "l" else z])
        names.append(name)
        places.append(frame.rotation[0].T @ (point - frame.origin[0]))
    return Hull(tuple(names), np.array(places), np.array([float(sphere[4]) for sphere in spheres]))
