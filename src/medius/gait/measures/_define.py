"""What a measure is: a signal over time, and a rule where to read it in each stance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from medius.gait.contacts import Stance
from medius.gait.film import Film
from medius.record import Side

__all__ = ["Array", "Measure", "Needs", "angle_from_plumb", "read", "stance_curve"]

Array = NDArray[np.float64]
Signal = Callable[[Film, Side], Array]
Needs = Literal["stickers", "scale", "timing"]
Reading = Literal["contact", "midstance", "stance-peak", "stance-mean", "stance-low", "stride-peak", "stride-range"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of running form.

    Attributes
    ----------
    code, title, unit
        Stable name, name for people, and unit.
    definition
        One sentence: what is measured, where in the stride, and which sign means what.
    views
        Views in which it can be measured.
    evidence
        Ids of the facts that define or interpret it.
    sided
        True where each leg has its own value.
    signal
        The measure over time for one leg; shape (time,), in `unit`. None where only `values` exists.
    reading
        Where in a stance the signal is read.
    values
        For measures that are not a reading of one signal: one value for each stance of one leg (or of all, with side
        None) in order of time; NaN where there is none.
    needs
        What has to be there besides the key points.
    between_days_change
        Where set, the smallest change between two days that test-retest studies of two-dimensional video could tell from
        day-to-day variation (K19, X05), in the measure's unit: the floor of the smallest detectable change.
    """

    code: str
    title: str
    unit: str
    definition: str
    views: frozenset[str]
    evidence: tuple[str, ...]
    sided: bool = True
    signal: Signal | None = None
    reading: Reading = "midstance"
    values: Callable[[Film, Side | None], Array] | None = None
    needs: frozenset[Needs] = frozenset()
    between_days_change: float | None = None


def angle_from_plumb(upper: Array, lower: Array) -> Array:
    """Return the angle of the line from `upper` down to `lower`, degrees; 0 plumb, positive to the picture's right."""
    d = lower - upper
    return np.degrees(np.arctan2(d[:, 0], d[:, 1]))


def read(film: Film, signal: Array, stances: tuple[Stance, ...], reading: Reading) -> Array:
    """Read `signal` once per stance, shape (len(stances),); NaN where the stance is not whole."""
    if reading == "contact":
        return film.at(signal, np.array([s.initial_contact for s in stances]))
    if reading == "midstance":
        return np.array([_mean(film, signal, s.midstance - 0.02, s.midstance + 0.02) for s in stances])
    out = np.full(len(stances), np.nan)
    for i, stance in enumerate(stances):
        end = stance.toe_off
        if reading.startswith("stride"):
            end = stance.initial_contact + stance.stride_time
        window = _dense(film, signal, stance.initial_contact, end)
        if window is None:
            continue
        out[i] = _REDUCE[reading](window)
    return out


def stance_curve(film: Film, signal: Array, stances: tuple[Stance, ...]) -> Array:
    """Return `signal` over each stance from 0 to 100 %, shape (stance, 101); rows of stances with gaps are left out."""
    share = np.linspace(0.0, 1.0, 101)
    rows = [film.at(signal, s.initial_contact + share * s.duration) for s in stances]
    whole = [row for row in rows if np.isfinite(row).all()]
    return np.array(whole) if whole else np.empty((0, 101))


def _dense(film: Film, signal: Array, start: float, end: float) -> Array | None:
    if not np.isfinite(start) or not np.isfinite(end) or start < film.time[0] or end > film.time[-1]:
        return None
    window = film.at(signal, np.linspace(start, end, 101))
    return window if np.isfinite(window).all() else None


def _mean(film: Film, signal: Array, start: float, end: float) -> float:
    window = _dense(film, signal, start, end)
    return float("nan") if window is None else float(window.mean())


def _peak(window: Array) -> float:
    return float(window.max())


def _low(window: Array) -> float:
    return float(window.min())


def _range(window: Array) -> float:
    return float(np.ptp(window))


def _average(window: Array) -> float:
    return float(window.mean())


_REDUCE: dict[str, Callable[[Array], float]] = {
    "stance-peak": _peak,
    "stance-mean": _average,
    "stance-low": _low,
    "stride-peak": _peak,
    "stride-range": _range,
}
