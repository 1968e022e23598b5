"""An activity as it came out of a watch file, in one shape for every format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from medius.errors import UnreadableFileError

__all__ = ["CHANNELS", "Activity", "Columns", "DeviceTotals", "Lap", "NoActivityError", "Reading", "tidy_samples"]

Columns = dict[str, NDArray[np.float64]]

CHANNELS: Mapping[str, str] = {
    "time": "s",
    "distance": "m",
    "latitude": "deg",
    "longitude": "deg",
    "altitude": "m",
    "speed": "m/s",
    "heart_rate": "1/min",
    "cadence": "steps/min",
    "ground_contact_time": "ms",
    "stance_time_balance": "%",
    "vertical_oscillation": "mm",
    "step_length": "mm",
    "temperature": "degC",
    "power": "W",
}
"""The channels of an activity and their units. ``time`` is Unix time; ``distance`` runs from 0 at the start;
``cadence`` counts both feet; ``stance_time_balance`` is the share of one foot in the ground contact of both (the FIT
profile does not say of which foot, so no side is claimed)."""

EARLIEST = 631152000.0
"""1990-01-01: a FIT clock that was never set reads earlier."""

LONGEST_S = 7 * 86400.0
"""No run lasts longer than a week; the clock readings of one activity lie within that of their median."""


@dataclass(frozen=True)
class DeviceTotals:
    """What the device itself printed in its summary; None where it did not."""

    distance_m: float | None = None
    timer_s: float | None = None
    elapsed_s: float | None = None
    ascent_m: float | None = None
    descent_m: float | None = None
    cadence_spm: float | None = None
    rpe: float | None = None


@dataclass(frozen=True)
class Lap:
    """One lap: start in Unix seconds, timer time in s, distance in m; None where not given."""

    start: float | None
    timer_s: float | None
    distance_m: float | None


@dataclass(frozen=True)
class Activity:
    """One leg of an activity.

    Attributes
    ----------
    sport, sub_sport
        Lower-case names; ``unknown`` where the file does not say.
    samples
        `CHANNELS` that occur, equally long, ``time`` strictly increasing; NaN where a sample lacks a value.
    developer
        Fields that apps and sensors added (Stryd and others), by the name they gave, aligned with ``samples``.
    pauses
        Intervals of Unix time in which the timer stood still.
    breaks
        Indices of samples that begin a new stretch (a GPX segment): nothing is measured across.
    device
        The device's own totals.
    utc_offset_s
        Local time minus UTC, where known.
    format
        ``fit``, ``gpx`` or ``tcx``.
    damage
        What is wrong with the part of the file this came from, or None.
    notes
        What was set aside or mended on the way, in sentences.
    """

    sport: str
    samples: Columns
    format: str
    sub_sport: str = "generic"
    developer: Columns = field(default_factory=dict)
    pauses: tuple[tuple[float, float], ...] = ()
    breaks: tuple[int, ...] = ()
    laps: tuple[Lap, ...] = ()
    device: DeviceTotals = DeviceTotals()
    utc_offset_s: float | None = None
    damage: str | None = None
    notes: tuple[str, ...] = ()

    def noting(self, *notes: str) -> Activity:
        """Return the activity with more notes."""
        return replace(self, notes=(*self.notes, *notes))


@dataclass(frozen=True)
class Reading:
    """What a file holds: its activities, what is wrong with the rest of it, and what is odd but harmless."""

    activities: tuple[Activity, ...]
    damage: str | None = None
    oddities: tuple[str, ...] = ()


class NoActivityError(UnreadableFileError):
    """The file is sound but holds no activity (a workout, a course, settings, waypoints)."""


def tidy_samples(samples: Columns, developer: Columns) -> tuple[Columns, Columns, NDArray[np.intp], list[str]]:
    """Drop samples without a usable time and those whose time runs backwards.

    Returns
    -------
    The samples, the developer fields, the indices that were kept, and sentences that say what was dropped.
    """
    time = samples.get("time", np.empty(0))
    dated = np.isfinite(time) & (time >= EARLIEST)
    if dated.any():  # one mad clock reading must not push out all that follow it
        dated &= np.abs(np.where(dated, time, np.inf) - np.median(time[dated])) <= LONGEST_S
    forward = np.zeros(time.size, dtype=bool)
    if dated.any():
        values = time[dated]
        forward[dated] = values > np.concatenate(([-np.inf], np.maximum.accumulate(values)[:-1]))
    notes = []
    undated, backward = int((~dated).sum()), int((dated & ~forward).sum())
    if undated:
        notes.append(f"{undated} of {time.size} samples have no usable time and were left out.")
    if backward:
        notes.append(f"{backward} of {time.size} samples repeat or go back in time and were left out.")
    index = np.flatnonzero(forward)
    return (
        {name: column[index] for name, column in samples.items()},
        {name: column[index] for name, column in developer.items()},
        index,
        notes,
    )
