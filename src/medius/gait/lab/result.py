"""What the laboratory part hands on."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from medius.gait.contacts import Contacts
from medius.record import Observation, Side

__all__ = ["LabNote", "LabResult", "StrideCurve"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LabNote:
    """Something a reader should know about the recording: a stable code and a sentence."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class StrideCurve:
    """Mean and spread of a signal over the strides of one leg.

    Attributes
    ----------
    code, title, unit
        Stable name (``hip_adduction`` …), name for people, unit.
    side
        The leg.
    phase
        ``stance`` (touchdown to toe-off) or ``stride`` (touchdown to the same foot's next).
    mean, sd
        At 0, 1 … 100 % of the phase, shape (101,).
    n_strides
        How many strides.
    toe_off
        Mean toe-off in per cent of the stride (100 for stance curves).
    """

    code: str
    title: str
    unit: str
    side: Side
    phase: str
    mean: Array
    sd: Array
    n_strides: int
    toe_off: float


@dataclass(frozen=True)
class LabResult:
    """One motion-capture trial, measured.

    Attributes
    ----------
    observations
        The measures, in the order in which they are shown.
    curves
        Joint angles over stance and stride.
    contacts
        Touchdowns and toe-offs.
    angles
        Joint angles over time (`medius.body.joint_angles`), or None where no two segments could be built.
    joint_centres
        ``left_hip``, ``right_knee`` … to (time, 3) metres; x forwards, y up, z right.
    segments
        Segment frames (`medius.motion.mocap.move_segments`), or None.
    motion
        The cleaned, oriented markers and forces.
    notes
        What a reader should know: what was detected, repaired, or could not be measured.
    """

    observations: tuple[Observation, ...]
    curves: tuple[StrideCurve, ...]
    contacts: Contacts
    angles: xr.Dataset | None
    joint_centres: dict[str, Array]
    segments: xr.Dataset | None
    motion: xr.Dataset
    notes: tuple[LabNote, ...] = field(default=())
