"""Key points of one picture as they come in, and the causal filter that steadies them."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import ArrayLike

from medius.errors import InvalidValueError

__all__ = ["Frame", "PointFilter", "Points"]

Points = Mapping[str, complex]
"""Name of a point to its place, x to the right and y **up**, pixels. Points that are not seen are missing."""

_NAMES = frozenset(
    f"{side}_{part}"
    for side in ("left", "right")
    for part in ("ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index")
) | {"nose"}
_LEG = ("hip", "knee", "ankle", "heel", "foot_index")
_MIXED = 3.0
_MIXED_S = 1.5
_LEAP = 0.3
_SEEN_FROM = 0.3
_WINDOW_S = 0.17
_FORGET_S = 0.35


@dataclass(frozen=True, slots=True)
class Frame:
    """The key points of one picture.

    Attributes
    ----------
    time_s
        Seconds, of the camera's clock; must grow from frame to frame.
    points
        Name (``left_knee``, BlazePose's names) to x, y in pixels (y down) and confidence from 0 to 1. Empty where
        nobody is seen. Left and right are the person's own, as a pose network names them.
    width, height
        Size of the picture in pixels.
    """

    time_s: float
    points: Mapping[str, tuple[float, float, float]]
    width: float = 0.0
    height: float = 0.0

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Frame:
        """Build a frame from its JSON form: ``time_s``, ``points`` (name to x, y, confidence), ``width``, ``height``.

        Raises
        ------
        InvalidValueError
            If the form is not that; the message says what is wrong.
        """
        time_s, points = data.get("time_s"), data.get("points")
        size = [data.get(name, 0.0) for name in ("width", "height")]
        if not all(isinstance(v, (int, float)) and math.isfinite(v) for v in (time_s, *size)):
            raise InvalidValueError("A frame needs a time in seconds (time_s) and a width and height in pixels.")
        if not isinstance(points, Mapping):
            raise InvalidValueError("A frame needs points: names with x, y and confidence.")
        return cls(float(time_s), {str(n): _numbers(n, p) for n, p in points.items()}, float(size[0]), float(size[1]))  # type: ignore[arg-type]

    @classmethod
    def from_arrays(
        cls,
        time_s: float,
        position: ArrayLike,
        confidence: ArrayLike,
        names: Sequence[str],
        *,
        width: float = 0.0,
        height: float = 0.0,
    ) -> Frame:
        """Build a frame from positions (keypoint, 2) and confidence (keypoint,), as a pose estimator gives them."""
        import numpy as np

        places = np.asarray(position, dtype=np.float64).tolist()
        trust = np.asarray(confidence, dtype=np.float64).tolist()
        return cls(
            time_s,
            {n: (x, y, c) for n, (x, y), c in zip(names, places, trust, strict=True) if math.isfinite(x + y)},
            width,
            height,
        )


def _numbers(name: str, place: object) -> tuple[float, float, float]:
    if not isinstance(place, (list, tuple)) or len(place) != 3 or not all(isinstance(v, (int, float)) for v in place):
        raise InvalidValueError(f"The point '{name}' is not three numbers: x, y and confidence.")
    x, y, confidence = (float(v) for v in place)
    return x, y, confidence


class PointFilter:
    """Steady key points with a running median over the last sixth of a second.

    The median throws single wrong pictures away (legs mixed up for a frame or two) and delays by half its window. A point
    that was not seen for a third of a second is gone.

    Parameters
    ----------
    mirrored
        Whether the picture comes from a camera that shows it like a mirror: then left and right change places.

    Attributes
    ----------
    lag_s
        How far the points given last lie behind the frame, seconds.
    """

    def __init__(self, *, mirrored: bool = False) -> None:
        self.mirrored = mirrored
        self._seen: dict[str, deque[tuple[float, float, float]]] = {}
        self._steady: dict[str, complex] = {}
        self._mixed_since: float | None = None
        self.lag_s = 0.0

    def __call__(self, frame: Frame) -> dict[str, complex]:
        """Return the steadied points after taking in `frame`."""
        now = frame.time_s
        fresh = {
            self._own(name): complex(x, -y)
            for name, (x, y, confidence) in frame.points.items()
            if name in _NAMES and confidence >= _SEEN_FROM and math.isfinite(x) and math.isfinite(y)
        }
        for name, place in self._unmix(now, fresh).items():
            self._seen.setdefault(name, deque()).append((now, place.real, place.imag))
        found: dict[str, complex] = {}
        ages: list[float] = []
        for name, samples in self._seen.items():
            newest = samples[-1][0]
            while samples and samples[0][0] < newest - _WINDOW_S:
                samples.popleft()
            if now - newest <= _FORGET_S:
                found[name] = complex(_middle([s[1] for s in samples]), _middle([s[2] for s in samples]))
                ages.append(now - (samples[0][0] + newest) / 2)
        self._steady = found
        self.lag_s = sum(ages) / len(ages) if ages else 0.0
        return found

    def forget(self) -> None:
        """Start afresh."""
        self._seen.clear()
        self._steady = {}

    def _unmix(self, now: float, fresh: dict[str, complex]) -> dict[str, complex]:
        """Give each leg its own points back where the network has mixed the legs up while they are far apart.

        Where that would last longer than a second and a half, the network is believed.
        """
        stay = change = 0.0
        leap = math.inf
        for part in ("knee", "ankle"):
            pair = (f"left_{part}", f"right_{part}")
            for name, other in (pair, pair[::-1]):
                before = self._steady.get(name)
                if before is None or name not in fresh or other not in fresh:
                    return fresh
                stay += abs(fresh[name] - before)
                leap = min(leap, abs(fresh[name] - before)) if part == "ankle" else leap
                change += abs(fresh[other] - before)
        if stay <= _MIXED * change:
            self._mixed_since = None
            # Both feet cannot leave their places at once: such a picture shows one leg twice, and is left out.
            return fresh if not leap > _LEAP * self._trunk() else {n: p for n, p in fresh.items() if not _of_leg(n)}
        if self._mixed_since is None:
            self._mixed_since = now
        if now - self._mixed_since > _MIXED_S:
            return fresh
        swapped = {f"{a}_{part}": f"{b}_{part}" for part in _LEG for a, b in (("left", "right"), ("right", "left"))}
        return {swapped.get(name, name): place for name, place in fresh.items()}

    def _trunk(self) -> float:
        corners = [self._steady.get(n) for n in ("left_shoulder", "right_shoulder", "left_hip", "right_hip")]
        a, b, c, d = (math.nan if corner is None else corner for corner in corners)
        return abs(a + b - c - d) / 2

    def _own(self, name: str) -> str:
        if not self.mirrored or "_" not in name:
            return name
        side, _, part = name.partition("_")
        return f"{'right' if side == 'left' else 'left'}_{part}"


def _of_leg(name: str) -> bool:
    return name.partition("_")[2] in _LEG


def _middle(values: list[float]) -> float:
    values.sort()
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2.0
