"""Key points of the mannequin that a definition draws, seen by a virtual camera: exact movement for tests."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medius.body import adult, place_segments
from medius.coach import Frame
from medius.exercises import Exercise, joint_angles_over_time
from medius.exercises._pose import _shift, shapes
from medius.record import Side

Floats = NDArray[np.float64]

_PARTS = {
    "shoulder": ("upper_arm", None), "elbow": ("ulna", None), "wrist": ("hand", None), "hip": ("thigh", None),
    "knee": ("shank", None), "ankle": ("talus", None), "heel": ("foot", None), "foot_index": ("toes", (0.07, 0.0, 0.0)),
}  # fmt: skip


@dataclass(frozen=True)
class Move:
    """One movement: share of the drawn range, seconds out, held, back, and of rest before it."""

    share: float = 1.0
    out: float = 1.2
    hold: float = 0.3
    back: float = 1.2
    rest: float = 0.8


def course(moves: Sequence[Move], fps: float, after: float = 1.0) -> tuple[Floats, Floats]:
    """Return times, and the way gone (0 first position, 1 key position) by the minimum-jerk profile."""
    knots: list[tuple[float, float]] = [(0.0, 0.0)]
    now = 0.0
    for m in moves:
        for seconds, value in ((m.rest, 0.0), (m.out, m.share), (m.hold, m.share), (m.back, 0.0)):
            now += seconds
            knots.append((now, value))
    knots.append((now + after, 0.0))
    at, values = np.array([k[0] for k in knots]), np.array([k[1] for k in knots])
    time = np.arange(0.0, at[-1], 1.0 / fps)
    i = np.clip(np.searchsorted(at, time, side="right") - 1, 0, len(at) - 2)
    s = np.clip((time - at[i]) / np.maximum(np.diff(at)[i], 1e-9), 0.0, 1.0)
    s = s**3 * (10 - 15 * s + 6 * s**2)
    return time, values[i] + s * (values[i + 1] - values[i])


def joints(item: Exercise, share: Floats, side: Side, key: int = 1) -> dict[str, Floats]:
    """Return joint places (time, 3) in metres, x forwards, y up, z to the person's right, of a blend of two phases."""
    first = item.model_copy(update={"phases": (item.phases[0].model_copy(update={"hold": 1.0}),)})
    last = item.model_copy(update={"phases": (item.phases[key].model_copy(update={"seconds": 0.0, "hold": 1.0}),)})
    zero, one = (joint_angles_over_time(i, [0.5], side) for i in (first, last))
    names = sorted({*zero, *one})
    angles = {n: zero.get(n, np.zeros(1)) + share * (one.get(n, np.zeros(1)) - zero.get(n, np.zeros(1))) for n in names}
    placed = place_segments(adult(), angles)
    hulls = {
        n: (np.stack([placed[s].point(p) for s, p in zip(h.segments, h.places, strict=True)], axis=1), h.radii)
        for n, h in shapes().items()
        if not n.startswith("m:")
    }
    shift = _shift(item, hulls, side)
    found: dict[str, Floats] = {"nose": hulls["nose"][0][:, 0] + shift}
    for full, short in (("left", "l"), ("right", "r")):
        for part, (segment, place) in _PARTS.items():
            frame = placed[f"{segment}_{short}"]
            found[f"{full}_{part}"] = (frame.origin if place is None else frame.point(np.array(place))) + shift
        found[f"{full}_ear"] = found["nose"]
    return found


def film(
    places: dict[str, Floats], azimuth: float, *, elevation: float = 8.0, distance: float = 2.9, roll: float = 0.0
) -> dict[str, Floats]:
    """Project joints: azimuth 0 looks at the front, 90 at the right side, 180 at the back; pixels, y down."""
    a, e = math.radians(azimuth), math.radians(elevation)
    everything = np.concatenate(list(places.values()))
    centre = (everything.min(axis=0) + everything.max(axis=0)) / 2
    towards = np.array([math.cos(e) * math.cos(a), math.sin(e), math.cos(e) * math.sin(a)])
    eye = centre + distance * towards
    right = np.cross(-towards, [0.0, 1.0, 0.0])
    right /= np.linalg.norm(right)
    up = np.cross(right, -towards)
    t = math.radians(roll)
    right, up = math.cos(t) * right + math.sin(t) * up, math.cos(t) * up - math.sin(t) * right
    found = {}
    for name, points in places.items():
        seen = points - eye
        depth = seen @ -towards
        found[name] = np.stack([640 + 1000 * (seen @ right) / depth, 500 - 1000 * (seen @ up) / depth], axis=1)
    return found


def frames(time: Floats, picture: dict[str, Floats], *, noise: float = 0.0, seed: int = 0) -> Iterator[Frame]:
    """Yield frames of a 1280 × 1000 picture, each point moved by normal noise of so many pixels."""
    rng = np.random.default_rng(seed)
    for i, now in enumerate(time.tolist()):
        shaken = {n: p[i] + noise * rng.standard_normal(2) for n, p in picture.items()}
        yield Frame(now, {n: (float(x), float(y), 0.9) for n, (x, y) in shaken.items()}, 1280, 1000)


VIEWS = {
    "clamshell": (0.0, 12.0), "side-lying-hip-abduction": (0.0, 12.0), "side-plank-abduction": (0.0, 10.0),
    "pelvic-drop": (180.0, 3.0), "single-leg-stance": (180.0, 3.0), "single-leg-deadlift": (90.0, 3.0),
    "single-leg-squat": (90.0, 3.0), "bridge": (90.0, 8.0),
}  # fmt: skip
"""Where the camera stands for the right side as the working one: azimuth and elevation."""


def film_set(item: Exercise, side: Side, moves: Sequence[Move], *, fps: float = 30.0, roll: float = 0.0,
             noise: float = 0.3, seed: int = 0, after: float = 1.5) -> Iterator[Frame]:  # fmt: skip
    """Yield the frames of a set of `item` as the definition's camera would see the mannequin do it."""
    azimuth, elevation = VIEWS[item.name]
    if azimuth == 90.0 and side == "left":
        azimuth = -90.0
    if item.kind == "test":  # from both feet on the floor to the position that the definition draws
        lifted = item.phases[0].model_copy(update={"angles": item.posture})
        item = item.model_copy(update={"posture": {}, "phases": (item.phases[0], lifted)})
    time, share = course(moves, fps, after)
    places = joints(item, share, side)
    yield from frames(time, film(places, azimuth, elevation=elevation, roll=roll), noise=noise, seed=seed)


def mirrored(seen: Iterable[Frame]) -> Iterator[Frame]:
    """Yield the frames as a network sees them in a mirror: turned about, the right leg called left."""
    for frame in seen:
        turned = {_other(n): (frame.width - x, y, c) for n, (x, y, c) in frame.points.items()}
        yield Frame(frame.time_s, turned, frame.width, frame.height)


def _other(name: str) -> str:
    side, _, part = name.partition("_")
    return {"left": f"right_{part}", "right": f"left_{part}"}.get(side, name)
