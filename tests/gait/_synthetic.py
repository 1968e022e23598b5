"""A runner made of formulas: key points in pixels whose every angle, length and event is known beforehand.

Nothing here is taken from the code under test: positions follow from the paths of hip and ankle and the lengths of the
segments, and the truth is read off the same formulas. Only the moments that a network cannot see (when the force plate
is touched) follow the published picture: the foot reaches farthest forward shortly before it lands and farthest back after
it has left; from behind, the trunk falls fastest just after landing and the foot lifts just after its lowest point.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from medius.motion import make_motion
from medius.motion.pose import BLAZEPOSE_KEYPOINTS

Array = NDArray[np.float64]
Points = dict[str, Array]

WIDTH, HEIGHT = 720, 1280
METRES_PER_PIXEL = 0.002
THIGH = SHANK = 205.0
TRUNK = 250.0
BOB = 15.0
"""Half of the rise and fall of the body in a step."""
_FLOOR = 1100.0
_HIP_UP = 335.0
_REACH_BEFORE_CONTACT, _BACK_AFTER_LIFT = 0.018, 0.081
_FALL_AFTER_CONTACT, _LOW_BEFORE_LIFT = 0.035, 0.040
LEFT_RIGHT = ("left", "right")


@dataclass(frozen=True)
class Runner:
    """One film of a made-up runner.

    Attributes
    ----------
    thigh_deg, drop_deg
        Left and right: inward angle of the thigh, and peak drop of the pelvis while that foot stands.
    step_px
        Distance of the ankles from each other across the running direction, negative where they cross.
    lean_deg
        Side view: forwards. Rear view: towards the runner's left.
    reach_px, behind_px
        How far the ankle is ahead of the hips at contact, and behind them at toe-off.
    """

    view: str = "side-right"
    fps: float = 60.0
    seconds: float = 8.0
    cadence: float = 168.0
    contact_s: float = 0.24
    first_s: float = 0.21
    thigh_deg: tuple[float, float] = (8.0, 11.0)
    drop_deg: tuple[float, float] = (4.0, 7.0)
    step_px: float = 30.0
    lean_deg: float = 6.0
    pitch_deg: float = 9.0
    reach_px: float = 150.0
    behind_px: float = 175.0
    times: tuple[float, ...] = field(default=(), repr=False)

    @property
    def period(self) -> float:
        """Stride time in seconds."""
        return 120.0 / self.cadence

    @property
    def facing(self) -> float:
        """+1 where the runner looks to the picture's right."""
        return -1.0 if self.view == "side-left" else 1.0

    def start(self, side: str) -> float:
        """First contact of a foot in seconds."""
        return self.first_s + (0.0 if side == "left" else self.period / 2)

    @cached_property
    def time(self) -> Array:
        """Seconds of the frames."""
        return np.array(self.times) if self.times else np.arange(round(self.seconds * self.fps)) / self.fps

    def contacts(self, side: str) -> Array:
        """Return true initial contact and toe-off of the whole stances in the film, shape (n, 2)."""
        starts = self.start(side) + self.period * np.arange(-2, 400)
        starts = starts[(starts >= self.time[0]) & (starts + self.contact_s <= self.time[-1])]
        return np.stack([starts, starts + self.contact_s], axis=1)

    def points(self, time: Array) -> Points:
        """Return the exact points at any times, each (time, 2)."""
        return _side_points(self, time) if self.view.startswith("side") else _rear_points(self, time)

    @cached_property
    def motion(self) -> xr.Dataset:
        """The key points as a network that makes no error gives them."""
        points = self.points(self.time)
        position = np.stack([points.get(name, points["nose"]) for name in BLAZEPOSE_KEYPOINTS], axis=-1)
        return make_motion(
            position, time=self.time - self.time[0], keypoints=BLAZEPOSE_KEYPOINTS, unit="px", view=self.view,
            source="synthetic", attrs={"width": WIDTH, "height": HEIGHT},
        )  # fmt: skip

    @cached_property
    def stickers(self) -> xr.Dataset:
        """Two stickers on the pelvis."""
        points = self.points(self.time)
        position = np.stack([points["left_sticker"], points["right_sticker"]], axis=-1)
        return make_motion(
            position, time=self.time - self.time[0], keypoints=("left_sticker", "right_sticker"), unit="px",
            view=self.view, attrs={"width": WIDTH, "height": HEIGHT},
        )  # fmt: skip

    @property
    def height_m(self) -> float:
        """Height of somebody of these proportions (fact Q14), so that a pixel is `METRES_PER_PIXEL`."""
        points = self.points(np.linspace(0.0, 4 * self.period, 2000))
        legs = [
            sum(
                np.percentile(np.linalg.norm(points[f"{side}_{a}"] - points[f"{side}_{b}"], axis=1), 90)
                for a, b in (("hip", "knee"), ("knee", "ankle"))
            )
            for side in (LEFT_RIGHT if self.view in ("rear", "front") else (self.view.removeprefix("side-"),))
        ]
        share = 0.779 if self.view.startswith("side") else 0.737
        return float((TRUNK + np.mean(legs)) * METRES_PER_PIXEL / share)

    def in_stance(self, side: str, signal: Callable[[Points], Array], reduce: Callable[[Array], float]) -> float:
        """Return `reduce` of an exact signal over one stance."""
        start = self.start(side)
        return float(reduce(signal(self.points(np.linspace(start, start + self.contact_s, 4001)))))

    def at_contact(self, side: str, signal: Callable[[Points], Array]) -> float:
        """Return an exact signal at initial contact."""
        return float(signal(self.points(np.array([self.start(side)])))[0])


def flexion_from_reach(points: Points, side: str) -> Array:
    """Return knee flexion from the distance of hip and ankle alone (law of cosines), degrees."""
    reach = np.linalg.norm(points[f"{side}_ankle"] - points[f"{side}_hip"], axis=1)
    return np.asarray(180.0 - np.degrees(np.arccos((THIGH**2 + SHANK**2 - reach**2) / (2 * THIGH * SHANK))))


def mirrored(motion: xr.Dataset) -> xr.Dataset:
    """Return what a mirror shows: the picture turned over, left and right exchanged, the other side's view."""
    names = motion["keypoint"].to_numpy().tolist()
    order = [names.index(_other(name)) for name in names]
    out = motion.copy(deep=True)
    position = motion["position"].to_numpy()[:, :, order]
    position[:, 0] = motion.attrs["width"] - position[:, 0]
    out["position"] = (("time", "space", "keypoint"), position)
    out["confidence"] = (("time", "keypoint"), motion["confidence"].to_numpy()[:, order])
    out.attrs = dict(motion.attrs) | {
        "view": {"side-left": "side-right", "side-right": "side-left"}.get(motion.attrs["view"], motion.attrs["view"])
    }
    return out


def rolled(motion: xr.Dataset, degrees: float) -> xr.Dataset:
    """Return what a camera sees that is turned clockwise: the picture turned counter-clockwise about its middle."""
    angle = math.radians(degrees)
    out = motion.copy(deep=True)
    position = motion["position"].to_numpy()
    x, y = position[:, 0] - motion.attrs["width"] / 2, position[:, 1] - motion.attrs["height"] / 2
    # Counter-clockwise on the screen, where y points down.
    turned = [x * math.cos(angle) + y * math.sin(angle), -x * math.sin(angle) + y * math.cos(angle)]
    turned = [turned[0] + motion.attrs["width"] / 2, turned[1] + motion.attrs["height"] / 2]
    out["position"] = (("time", "space", "keypoint"), np.stack(turned, axis=1))
    return out


def scaled(motion: xr.Dataset, factor: float) -> xr.Dataset:
    """Return the same film in another resolution."""
    out = motion.copy(deep=True)
    out["position"] = motion["position"] * factor
    out.attrs = {**motion.attrs, "width": motion.attrs["width"] * factor, "height": motion.attrs["height"] * factor}
    return out


def slowed(motion: xr.Dataset, factor: float) -> xr.Dataset:
    """Return the same film played `factor` times slower."""
    out = motion.assign_coords(time=motion["time"] * factor)
    out.attrs = {**motion.attrs, "fps": motion.attrs["fps"] / factor}
    return out


def noisy(motion: xr.Dataset, pixels: float, seed: int = 1) -> xr.Dataset:
    """Return the film with random errors of every point."""
    out = motion.copy(deep=True)
    out["position"] = motion["position"] + np.random.default_rng(seed).normal(0.0, pixels, motion["position"].shape)
    return out


def _other(name: str) -> str:
    if "left" in name:
        return name.replace("left", "right")
    return name.replace("right", "left")


def _side_points(run: Runner, time: Array) -> Points:
    hip = _hips(run, time, lowest=run.start("left") + run.contact_s / 2)
    lean = math.radians(run.lean_deg)
    neck = hip + TRUNK * np.array([run.facing * math.sin(lean), -math.cos(lean)])
    points: Points = {"nose": neck + np.array([run.facing * 40.0, -80.0])}
    for side, depth in (("left", 6.0), ("right", -6.0)):
        points[f"{side}_hip"] = hip + np.array([depth, 0.0])
        points[f"{side}_shoulder"] = neck + np.array([2 * depth, 0.0])
        points[f"{side}_ear"] = neck + np.array([run.facing * 5.0, -90.0])
        since = np.mod(time - run.start(side), run.period)
        ahead, lift = _foot_path(run, since)
        ankle = np.stack([points[f"{side}_hip"][:, 0] + run.facing * ahead, _FLOOR - 40.0 - lift], axis=1)
        points[f"{side}_ankle"] = ankle
        points[f"{side}_knee"] = _knee(points[f"{side}_hip"], ankle, run.facing)
        pitch = math.radians(run.pitch_deg)
        along = np.array([run.facing * math.cos(pitch), -math.sin(pitch)])
        under = np.array([run.facing * math.sin(pitch), math.cos(pitch)])
        points[f"{side}_heel"] = ankle - 20.0 * along + 20.0 * under
        points[f"{side}_foot_index"] = ankle + 70.0 * along + 20.0 * under
    return points


def _foot_path(run: Runner, since: Array) -> tuple[Array, Array]:
    speed = (run.reach_px + run.behind_px) / run.contact_s
    back = -run.behind_px - speed * _BACK_AFTER_LIFT / 2
    front = run.reach_px + speed * _REACH_BEFORE_CONTACT / 2
    knots = [
        (0.0, run.reach_px, -speed), (run.contact_s, -run.behind_px, -speed),
        (run.contact_s + _BACK_AFTER_LIFT, back, 0.0), (run.period - _REACH_BEFORE_CONTACT, front, 0.0),
        (run.period, run.reach_px, -speed),
    ]  # fmt: skip
    swing = np.clip((since - run.contact_s) / (run.period - run.contact_s), 0.0, 1.0)
    return _through(knots, since), np.asarray(200.0 * np.sin(np.pi * swing) ** 2)


def _rear_points(run: Runner, time: Array) -> Points:
    fastest = run.start("left") + _FALL_AFTER_CONTACT
    # A runner sinks into the standing leg; a walker is lowest while both feet stand.
    both_feet = run.contact_s - run.period / 2
    hip = _hips(run, time, lowest=run.start("left") + both_feet / 2 if both_feet > 0 else fastest + run.period / 8)
    lean = math.radians(run.lean_deg)
    outwards = -1.0 if run.view == "rear" else 1.0  # of the runner's left in the picture
    neck = hip + TRUNK * np.array([outwards * math.sin(lean), -math.cos(lean)])
    points: Points = {"nose": neck + np.array([0.0, -90.0])}
    tilt = np.zeros(len(time))
    for i, side in enumerate(LEFT_RIGHT):
        out = outwards if side == "left" else -outwards
        points[f"{side}_hip"] = hip + np.array([out * 50.0, 0.0])
        points[f"{side}_shoulder"] = neck + np.array([out * 85.0, 0.0])
        points[f"{side}_ear"] = points["nose"] + np.array([out * 20.0, 0.0])
        inward = math.radians(run.thigh_deg[i])
        points[f"{side}_knee"] = points[f"{side}_hip"] + 190.0 * np.array([-out * math.sin(inward), math.cos(inward)])
        since = np.mod(time - run.start(side), run.period)
        low = run.contact_s - _LOW_BEFORE_LIFT
        high = run.contact_s + 0.45 * (run.period - run.contact_s)
        knots = [(0.0, -60.0, 400.0), (low, 0.0, 0.0), (high, -300.0, 0.0), (run.period, -60.0, 400.0)]
        across = np.full(len(time), WIDTH / 2 + out * run.step_px / 2)
        ankle = np.stack([across, _FLOOR - 40.0 + _through(knots, since)], axis=1)
        points[f"{side}_ankle"] = ankle
        points[f"{side}_heel"] = ankle + np.array([0.0, 20.0])
        points[f"{side}_foot_index"] = ankle + np.array([0.0, 45.0])
        standing = np.clip(since / run.contact_s, 0.0, 1.0)
        drop = run.drop_deg[i] * np.sin(np.pi * standing) ** 2
        tilt += drop if side == "right" else -drop  # positive: the runner's left is lower
    for side, sign in (("left", 1.0), ("right", -1.0)):
        reach = 40.0 * sign * np.stack([outwards * np.cos(np.radians(tilt)), np.sin(np.radians(tilt))], axis=1)
        points[f"{side}_sticker"] = hip + reach - np.array([0.0, 25.0])
    return points


def _hips(run: Runner, time: Array, *, lowest: float) -> Array:
    phase = 4 * np.pi * (time - lowest) / run.period
    up = 40.0 + _HIP_UP - BOB * np.cos(phase)
    return np.stack([np.full(len(time), WIDTH / 2), _FLOOR - up], axis=1)


def _knee(hip: Array, ankle: Array, facing: float) -> Array:
    reach = ankle - hip
    length = np.linalg.norm(reach, axis=1, keepdims=True)
    along = (THIGH**2 - SHANK**2 + length**2) / (2 * length)
    aside = np.sqrt(np.maximum(THIGH**2 - along**2, 0.0))
    unit = reach / length
    forwards = np.stack([unit[:, 1], -unit[:, 0]], axis=1) * facing
    return np.asarray(hip + along * unit + aside * forwards, dtype=np.float64)


def _through(knots: list[tuple[float, float, float]], at: Array) -> Array:
    """Return the smooth curve through (time, value, slope), cubic between knots."""
    out = np.zeros_like(at)
    for (t0, y0, v0), (t1, y1, v1) in itertools.pairwise(knots):
        inside = (at >= t0) & (at <= t1)
        h = t1 - t0
        u = (at[inside] - t0) / h
        out[inside] = (
            (2 * u**3 - 3 * u**2 + 1) * y0 + (u**3 - 2 * u**2 + u) * h * v0
            + (-2 * u**3 + 3 * u**2) * y1 + (u**3 - u**2) * h * v1
        )  # fmt: skip
    return out
