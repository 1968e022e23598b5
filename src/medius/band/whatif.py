"""What would move the strain: hip adduction, pelvic drop, step width, cadence.

A change of posture is laid on the measured angles and the path is measured again: mechanics of the path, not a forecast of
what a runner's body will do or feel. Every change acts under load: nothing at touchdown and toe-off, all of it at midstance.
How a change of step width or cadence turns into an angle is stated with each.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import xarray as xr

from medius.band.path import BandModel, Floats, Side, band_model, path_length
from medius.band.signs import ANGLES
from medius.band.strain import ANGLE_ERROR_DEG, StanceTimes, band_strain
from medius.errors import InvalidValueError
from medius.record import Observation

__all__ = ["BOUNDS", "Change", "WhatIf", "sensitivities", "strain_change_from_films", "what_if"]

Change = Literal["hip_adduction", "pelvic_drop", "step_width", "cadence"]

BOUNDS: Mapping[Change, tuple[float, float, str]] = {
    "hip_adduction": (-8.0, 8.0, "deg"),
    "pelvic_drop": (-8.0, 8.0, "deg"),
    "step_width": (-0.10, 0.10, "m"),
    "cadence": (-10.0, 10.0, "%"),
}
"""Change to lowest, highest and unit. Own judgement: about the spread between runners (K14, K15) for angles, and the range
that was studied for step width (M04) and cadence (M06)."""

HIP_ADDUCTION_PER_STRIDE_PERCENT = 1.5 / 10.0
"""Degrees of hip adduction by which a stride shorter by one per cent lowers the peak: 1.5° for 10 % (M06)."""


@dataclass(frozen=True)
class WhatIf:
    """Strain before and after a change.

    Attributes
    ----------
    change, amount, unit
        What was changed, by how much.
    hip_adduction_deg
        The change of hip adduction that stands for it, per degree of which the path is measured again.
    before, after
        Observations of both legs, same codes.
    difference
        (code, side) to after minus before, per cent or per cent per second.
    how
        How the change was turned into angles, in a sentence.
    certainty
        What is known about it, in a sentence.
    evidence
        Fact ids.
    """

    change: Change
    amount: float
    unit: str
    hip_adduction_deg: float
    before: tuple[Observation, ...]
    after: tuple[Observation, ...]
    difference: Mapping[tuple[str, Side], float]
    how: str
    certainty: str
    evidence: tuple[str, ...]


def what_if(
    angles: xr.Dataset,
    stances: Sequence[StanceTimes],
    change: Change,
    amount: float,
    *,
    leg_length_m: float = 0.85,
    models: Mapping[Side, BandModel] | None = None,
    source: str = "what-if",
) -> WhatIf:
    """Change one thing and measure the strain again.

    Parameters
    ----------
    angles, stances
        As for `band_strain`.
    change, amount
        ``hip_adduction`` or ``pelvic_drop`` (degrees more), ``step_width`` (metres wider), ``cadence`` (per cent faster at
        the same speed), within `BOUNDS`.
    leg_length_m
        Hip to ankle, for step width.
    models
        As for `band_strain`.

    Raises
    ------
    InvalidValueError
        If the amount lies outside `BOUNDS`.
    """
    if change not in BOUNDS:
        raise InvalidValueError(f"'{change}' cannot be changed. Choose {', '.join(BOUNDS)}.")
    low, high, unit = BOUNDS[change]
    if not low <= amount <= high:
        raise InvalidValueError(
            f"A change of {change.replace('_', ' ')} by {amount:g} {unit} is not plausible ({low:g} to {high:g})."
        )
    adduction, how, certainty, evidence = _as_adduction(change, amount, leg_length_m)
    changed = _under_load(angles, stances, adduction)
    before = band_strain(angles, stances, source=source, models=models).observations
    after = band_strain(changed, stances, source=source, models=models).observations
    difference = {
        (a.code, a.side): b.value - a.value
        for a, b in zip(before, after, strict=True)
        if a.side is not None and a.value is not None and b.value is not None
    }
    return WhatIf(change, amount, unit, adduction, before, after, difference, how, certainty, evidence)


def _under_load(angles: xr.Dataset, stances: Sequence[StanceTimes], adduction: float) -> xr.Dataset:
    """Add hip adduction in stance: nothing at touchdown and toe-off, all of it at midstance (half a sine wave)."""
    names = angles.coordinate.to_numpy().tolist()
    time = angles.time.to_numpy()
    values = angles.angle.to_numpy().copy()
    for stance in stances:
        name = f"hip_adduction_{stance.side[0]}"
        if name in names:
            phase = (time - stance.initial_contact) / (stance.toe_off - stance.initial_contact)
            inside = (phase > 0.0) & (phase < 1.0)
            values[inside, names.index(name)] += adduction * np.sin(np.pi * phase[inside])
    return angles.assign(angle=(angles.angle.dims, values))


def _as_adduction(change: Change, amount: float, leg: float) -> tuple[float, str, str, tuple[str, ...]]:
    if change == "hip_adduction":
        return amount, "The hip angle itself is changed, all of it at midstance.", "Geometry of the path.", ("M13",)
    if change == "pelvic_drop":
        return (
            amount,
            "Every degree of drop adds one degree of hip adduction; the thigh stays where it is.",
            "Drop enters the path only through hip adduction. Whether training changes drop is another question (C01, C02).",
            ("M13", "C01", "C02"),
        )
    if change == "step_width":
        degrees = -math.degrees(math.atan(amount / 2.0 / leg))
        return (
            degrees,
            "Each foot moves sideways by half the change; the leg tilts about the hip, the pelvis stays.",
            (
                "The direction agrees with a laboratory study (narrow raised modelled strain and its rate: M04); the size "
                "of its effect was not readable."
            ),
            ("M04", "M05"),
        )
    stride = -100.0 * (1.0 - 1.0 / (1.0 + amount / 100.0))
    return (
        HIP_ADDUCTION_PER_STRIDE_PERCENT * stride,
        "At the same speed the stride is shorter by the same share; hip adduction falls by 1.5° for 10 % (M06).",
        (
            "Direction and rough size agree with a laboratory study (strain -0.3 %, rate -1.8 %/s for a shorter stride: "
            "M06). A change this small cannot be seen in one person's film (C13)."
        ),
        ("M06", "M07", "M08", "C13"),
    )


def sensitivities(model: BandModel, pose: Mapping[str, float] | None = None) -> dict[str, float]:
    """Change of strain per degree of each angle, per cent per degree, in a posture (degrees; default: upright)."""
    base = np.array([[float((pose or {}).get(a, 0.0)) for a in ANGLES]])
    step = 0.01
    moves = np.concatenate([base + step * np.eye(len(ANGLES)), base - step * np.eye(len(ANGLES))])
    lengths: Floats = path_length(model, moves)
    zero = float(path_length(model, {})[0])
    slope = (lengths[: len(ANGLES)] - lengths[len(ANGLES) :]) / (2.0 * step) / zero * 100.0
    return dict(zip(ANGLES, slope.tolist(), strict=True))


def strain_change_from_films(
    changes: Mapping[str, tuple[float, float]], side: Side, *, source: str, pose: Mapping[str, float] | None = None
) -> Observation:
    """Change of strain at midstance between two films of one camera, only where it is more than its uncertainty.

    Parameters
    ----------
    changes
        Angle (names as `ANGLES`) to (change in degrees, its standard error). Angles not named count as unchanged with a
        standard error of `ANGLE_ERROR_DEG` only if the film cannot see them (``hip_flexion``, ``hip_rotation``).
    side
        The leg.
    source
        The two films.
    pose
        Posture at midstance, degrees; default: a runner's (hip flexed 20°, adducted 8°, knee flexed 40°).
    """
    slopes = sensitivities(band_model(side), pose or {"hip_flexion": 20.0, "hip_adduction": 8.0, "knee_flexion": 40.0})
    value = sum(slopes[a] * change for a, (change, _) in changes.items())
    unseen = [a for a in ("hip_flexion", "hip_rotation") if a not in changes]
    errors = [slopes[a] * e for a, (_, e) in changes.items()] + [slopes[a] * ANGLE_ERROR_DEG for a in unseen]
    error = float(np.sqrt(np.sum(np.square(errors))))
    evidence = ("M13", "K16")
    if abs(value) <= 1.96 * error:
        return Observation.not_measurable(
            "itb_strain_change",
            f"The change of {value:+.2f} percentage points lies within measurement error (±{1.96 * error:.2f}).",
            unit="%",
            source=source,
            method="tfl-path-film/1",
            side=side,
            evidence=evidence,
        )
    return Observation(
        code="itb_strain_change",
        side=side,
        value=value,
        unit="%",
        standard_error=error,
        interval_95=(value - 1.96 * error, value + 1.96 * error),
        smallest_detectable_change=1.96 * error,
        source=source,
        method="tfl-path-film/1",
        evidence=evidence,
        detail={"sensitivities_percent_per_degree": slopes, "unseen_angles": unseen},
    )
