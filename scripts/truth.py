"""What is exactly known of a rendered runner, in the definitions of the measures."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Truth", "load_truth"]

Array = NDArray[np.float64]


def load_truth(clip: Path) -> Truth:
    """Return the truth beside a rendered clip."""
    plain = clip.with_suffix(".json")
    if plain.is_file():
        return Truth(json.loads(plain.read_text()))
    with gzip.open(f"{plain}.gz", "rt") as file:
        return Truth(json.load(file))


@dataclass(frozen=True)
class Truth:
    """The truth of one clip; laboratory axes: x to the runner's left, y up, z forwards."""

    raw: dict[str, Any]

    @property
    def height_m(self) -> float:
        """Standing height."""
        return float(self.raw["body"]["height_m"])

    @property
    def roll_deg(self) -> float:
        """Roll of the camera, positive clockwise."""
        return float(self.raw["camera"]["roll_deg"])

    @property
    def yaw_deg(self) -> float:
        """How far the camera looks past the running direction."""
        look = self.raw["camera"]["look_direction"]
        return float(np.degrees(np.arctan2(look[0], look[2])))

    @property
    def has_stickers(self) -> bool:
        """Whether two stickers were drawn on the pelvis."""
        return bool(self.raw.get("stickers_on_psis"))

    def contacts(self, side: str) -> Array:
        """Return initial contact and toe-off of one foot in seconds, shape (n, 2); whole stances only."""
        end = self._time[-1]
        pairs = [
            (event["initial_contact_s"], event["toe_off_s"])
            for event in self.raw["events"]
            if event["side"] == side
            and event["initial_contact_s"] is not None
            and event["toe_off_s"] is not None
            and event["toe_off_s"] <= end
        ]
        return np.array(pairs, dtype=np.float64).reshape(-1, 2)

    def value(self, code: str, side: str | None) -> float:
        """Return the true mean of a measure over the clip; NaN where the truth does not hold it."""
        rule = _RULES.get(code)
        return float("nan") if rule is None else float(rule(self, side))

    @property
    def _time(self) -> Array:
        return np.array(self.raw["frames"]["time_s"])

    def joint(self, name: str) -> Array:
        """Return a joint in metres, shape (time, 3)."""
        return np.array(self.raw["frames"]["joints_3d_m"][name])

    def signal(self, name: str) -> Array:
        """Return a signal of the truth, shape (time,)."""
        return np.array(self.raw["frames"][name])

    def at_contact(self, signal: Array, side: str) -> float:
        """Return the mean of `signal` at initial contact."""
        return float(np.mean(np.interp(self.contacts(side)[:, 0], self._time, signal)))

    def at_midstance(self, signal: Array, side: str) -> float:
        """Return the mean of `signal` half way between contact and toe-off."""
        return float(np.mean(np.interp(self.contacts(side).mean(axis=1), self._time, signal)))

    def in_stance(self, signal: Array, side: str, reduce: Callable[[Array], float]) -> float:
        """Return the mean over stances of `reduce` of `signal` in the stance."""
        return float(
            np.mean([reduce(np.interp(np.linspace(a, b, 101), self._time, signal)) for a, b in self.contacts(side)])
        )

    def over(self, signal: Array, starts: Array, seconds: float, reduce: Callable[[Array], float]) -> float:
        """Return the mean of `reduce` of `signal` over windows of a length."""
        windows = [np.linspace(a, a + seconds, 101) for a in starts if a + seconds <= self._time[-1]]
        return float(np.mean([reduce(np.interp(w, self._time, signal)) for w in windows]))

    def steps(self, key: str, side: str | None) -> float:
        """Return the mean of an entry of the truth's steps."""
        return float(np.mean([s[key] for s in self.raw["steps"] if key in s and (side is None or s["side"] == side)]))

    @property
    def stride_s(self) -> float:
        """Mean stride time."""
        return 120.0 / float(self.raw["cadence_spm"])


def _medial(side: str | None) -> float:
    return -1.0 if side == "left" else 1.0


def _frontal(truth: Truth, upper: str, lower: str, side: str | None) -> Array:
    d = truth.joint(lower) - truth.joint(upper)
    return np.degrees(np.arctan2(_medial(side) * d[:, 0], -d[:, 1]))


def _sagittal(truth: Truth, upper: str, lower: str) -> Array:
    d = truth.joint(lower) - truth.joint(upper)
    return np.degrees(np.arctan2(d[:, 2], -d[:, 1]))


def _of(name: str, side: str | None) -> str:
    return f"{name}_{(side or 'left')[0]}"


def _both(truth: Truth, signal: Array, reduce: Callable[[Array], float]) -> float:
    return float(np.mean([truth.in_stance(signal, side, reduce) for side in ("left", "right")]))


def _knee_separation(truth: Truth, side: str | None) -> float:
    other = "right" if side == "left" else "left"
    apart = _medial(side) * (truth.joint(_of("knee", other)) - truth.joint(_of("knee", side)))[:, 0]
    return truth.at_midstance(apart, side or "left")


def _lean(truth: Truth, side: str | None) -> float:
    lean = truth.signal("trunk_lateral_lean_deg") * -_medial(side)
    return truth.in_stance(lean, side or "left", np.mean)


def _starts(truth: Truth) -> Array:
    return np.concatenate([truth.contacts(side)[:, 0] for side in ("left", "right")])


def _flight(truth: Truth, side: str | None) -> float:
    own, other = truth.contacts(side or "left"), truth.contacts("right" if side == "left" else "left")
    gaps = [other[other[:, 0] > off, 0].min() - off for off in own[:, 1] if (other[:, 0] > off).any()]
    return float(np.mean([gap for gap in gaps if gap < 0.4]))


def _step_time(truth: Truth, side: str | None) -> float:
    own, other = truth.contacts(side or "left")[:, 0], truth.contacts("right" if side == "left" else "left")[:, 0]
    gaps = [start - other[other < start].max() for start in own if (other < start).any()]
    return float(np.mean([gap for gap in gaps if gap < 0.7]))


_RULES: dict[str, Callable[[Truth, str | None], float]] = {
    "contralateral_pelvic_drop": lambda t, s: t.steps("peak_contralateral_drop_deg", s),
    "thigh_frontal_angle": lambda t, s: t.at_midstance(_frontal(t, _of("hip", s), _of("knee", s), s), s or "left"),
    "hip_ankle_line_angle": lambda t, s: t.at_midstance(_frontal(t, _of("hip", s), _of("ankle", s), s), s or "left"),
    "step_width": lambda t, _: t.steps("step_width_m", None),
    "crossover_share": lambda t, _: float(
        np.mean([x["step_width_m"] < 0 for x in t.raw["steps"] if "step_width_m" in x])
    ),
    "knee_separation": _knee_separation,
    "trunk_lateral_lean": _lean,
    "trunk_sway": lambda t, _: t.over(
        t.signal("trunk_lateral_lean_deg"), _starts(t), t.stride_s, lambda w: float(np.ptp(w))
    ),
    "cadence": lambda t, _: float(t.raw["cadence_spm"]),
    "stride_time": lambda t, _: t.stride_s,
    "step_time": _step_time,
    "contact_time": lambda t, s: float(np.diff(t.contacts(s or "left"), axis=1).mean()),
    "flight_time": _flight,
    "duty_factor": lambda t, s: float(np.diff(t.contacts(s or "left"), axis=1).mean()) / t.stride_s,
    "overstride": lambda t, s: t.steps("ankle_ahead_of_hip_ic_m", s),
    "tibia_angle_at_contact": lambda t, s: t.at_contact(_sagittal(t, _of("knee", s), _of("ankle", s)), s or "left"),
    "foot_strike_angle": lambda t, s: t.steps("foot_pitch_ic_deg", s),
    "knee_flexion_at_contact": lambda t, s: t.steps("knee_flexion_ic_deg", s),
    "knee_flexion_peak_stance": lambda t, s: t.in_stance(
        t.signal(f"knee_flexion_{(s or 'left')[0]}_deg"), s or "left", np.max
    ),
    "hip_extension_peak": lambda t, s: t.over(
        -_sagittal(t, _of("hip", s), _of("knee", s)), t.contacts(s or "left")[:, 0], t.stride_s, np.max
    ),
    "trunk_forward_lean": lambda t, _: _both(t, t.signal("trunk_forward_lean_deg"), np.mean),
    "vertical_oscillation": lambda t, _: t.over(
        t.joint("pelvis")[:, 1], _starts(t), t.stride_s / 2, lambda w: float(np.ptp(w))
    ),
}
