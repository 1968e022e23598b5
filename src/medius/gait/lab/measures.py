"""Observations of a laboratory trial: the measures of `medius.gait`, and those that only three dimensions give."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from medius.gait.contacts import Contacts, Stance
from medius.gait.film import Film
from medius.gait.lab.result import StrideCurve
from medius.gait.measures import MEASURES, Measure, read, stance_curve
from medius.gait.measures.cadence import cadence_of
from medius.record import Observation, Side

__all__ = ["lab_observations", "stride_curves"]

Array = NDArray[np.float64]

LAB_ANGLE_ERROR_DEG = 2.5
"""Standard error of a laboratory joint angle that comes from where the markers sit, degrees.

Two laboratories' means of the same quantity lie about 3.5° apart (K16); a difference of two errors of 2.5° does that. Read
for hip adduction and taken as the same for the other angles.
"""

LAB_EVENT_ERROR_S = {"forces": 0.002, "markers": 0.009, "slow": 0.030}
"""Standard error of contact times: half a sample of the plates; Handsaker 2016 (K39); under 100 frames a second (K24)."""

LAB_LENGTH_ERROR_M = 0.005
"""Standard error of distances between joint centres across the body, from where the markers sit (own judgement)."""

EVENT_FPS = 100.0
"""Frame rate from which markers time contacts well."""

FEW_STRIDES = 7
"""Fewer strides a leg than this are provisional (K18)."""

_METHOD = "mocap-cast/1"
_PLANE = "mocap-plane/1"


@dataclass(frozen=True, slots=True)
class _Angle:
    """A measure that reads one joint angle."""

    code: str
    title: str
    coordinate: str
    reading: str
    definition: str
    evidence: tuple[str, ...]
    sign: float = 1.0


ANGLE_MEASURES: tuple[_Angle, ...] = (
    _Angle("hip_adduction", "Hip adduction", "hip_adduction", "stance-peak", "Peak in stance, thigh inwards positive.",
           ("K14", "K15", "K16")),
    _Angle("hip_internal_rotation", "Hip internal rotation", "hip_rotation", "stance-peak",
           "Peak in stance, internal rotation positive.", ("K09",)),
    _Angle("knee_adduction", "Knee adduction", "knee_adduction", "stance-peak", "Peak in stance, varus positive.", ("K09",)),
    _Angle("knee_internal_rotation", "Knee internal rotation", "knee_rotation", "stance-peak",
           "Peak in stance, internal rotation of the shank positive.", ("K07", "K10")),
    _Angle("knee_flexion_at_contact", "Knee flexion at contact", "knee_flexion", "contact", "At touchdown.", ("K10", "K01")),
    _Angle("knee_flexion_peak_stance", "Peak knee flexion in stance", "knee_flexion", "stance-peak", "Peak in stance.",
           ("K01",)),
    _Angle("ankle_dorsiflexion_at_contact", "Ankle dorsiflexion at contact", "ankle_dorsiflexion", "contact",
           "At touchdown, toes up positive.", ("K01",)),
)  # fmt: skip
"""Measures read from three-dimensional joint angles."""

_CURVES = (
    ("pelvis_obliquity", "Contralateral pelvic drop", "contralateral_pelvic_drop"),
    ("hip_flexion", "Hip flexion", "hip_flexion"),
    ("hip_adduction", "Hip adduction", "hip_adduction"),
    ("hip_rotation", "Hip internal rotation", "hip_internal_rotation"),
    ("knee_flexion", "Knee flexion", "knee_flexion"),
    ("knee_adduction", "Knee adduction", "knee_adduction"),
    ("knee_rotation", "Knee internal rotation", "knee_internal_rotation"),
    ("ankle_dorsiflexion", "Ankle dorsiflexion", "ankle_dorsiflexion"),
)


def signal_of(angles: xr.Dataset, coordinate: str, side: Side) -> Array | None:
    """Return one angle over time for one leg; pelvic obliquity as drop of the other side; None where it is absent."""
    known = set(angles.coordinate.to_numpy().tolist())
    name = coordinate if coordinate.startswith("pelvis") else f"{coordinate}_{side[0]}"
    if name not in known:
        return None
    values = np.asarray(angles.angle.sel(coordinate=name).to_numpy(), dtype=np.float64)
    # Obliquity is positive with the right side low: drop in left stance, hike in right stance.
    return -values if coordinate == "pelvis_obliquity" and side == "right" else values


def lab_observations(
    films: dict[str, Film], angles: xr.Dataset | None, contacts: Contacts, *, source: str, missing: dict[str, str]
) -> list[Observation]:
    """Measure everything that a laboratory trial holds.

    Parameters
    ----------
    films
        The rear and side film of `lab_films`.
    angles
        Joint angles over time.
    contacts
        The stances.
    source
        Where it was measured, for the observations.
    missing
        Measure to the sentence that says why it cannot be measured; ``""`` holds the general one.
    """
    three_d = {a.code: a for a in ANGLE_MEASURES}
    found: list[Observation] = []
    for definition in MEASURES:
        if definition.code in three_d or definition.code == "vertical_oscillation":
            continue
        film = films["rear"] if "rear" in definition.views else films["side-right"]
        found += _plane_observations(definition, film, source, missing)
    found.append(_vertical_oscillation(films["side-right"], source, missing))
    for angle in ANGLE_MEASURES:
        found += _angle_observations(angle, angles, films["rear"], source, missing)
    return found


def _plane_observations(definition: Measure, film: Film, source: str, missing: dict[str, str]) -> list[Observation]:
    sides: Iterable[Side | None] = ("left", "right") if definition.sided else (None,)
    result = []
    for side in sides:
        values = _plane_values(definition, film, side)
        value = cadence_of(film) if definition.code == "cadence" and film.contacts.stances else None
        error = _systematic(definition.code, definition.unit, film.contacts, film.fps)
        result.append(
            _observation(
                definition.code, definition.unit, side, values, error, definition.evidence, _PLANE, source, missing,
                definition.definition, value,
            )
        )  # fmt: skip
    return result


def _plane_values(definition: Measure, film: Film, side: Side | None) -> Array:
    if definition.values is not None:
        if not film.contacts.stances:
            return np.empty(0)
        return definition.values(film, side)
    if definition.signal is None:
        return np.empty(0)
    stances = film.contacts.stances if side is None else film.contacts.of(side)
    return read(film, definition.signal(film, side or "right"), stances, definition.reading)


def _vertical_oscillation(film: Film, source: str, missing: dict[str, str]) -> Observation:
    """Range of the height of the hips within a step: a laboratory sees them, a film has to take the head."""
    height = film.middle("hip")[:, 1]
    starts = [s.initial_contact for s in film.contacts.stances]
    step = 0.5 / film.contacts.stride_frequency if starts else 0.0
    windows = [film.at(height, np.linspace(start, start + step, 61)) for start in starts]
    values = np.array([np.ptp(w) for w in windows if np.isfinite(w).all()])
    words = "Range of the height of the middle of the hip centres within a step."
    return _observation(
        "vertical_oscillation", "m", None, values, 0.002, ("K34",), _PLANE, source, missing, words, None
    )


def _angle_observations(
    angle: _Angle, angles: xr.Dataset | None, film: Film, source: str, missing: dict[str, str]
) -> list[Observation]:
    result = []
    for side in ("left", "right"):
        leg: Side = "left" if side == "left" else "right"
        signal = None if angles is None else signal_of(angles, angle.coordinate, leg)
        values = np.empty(0)
        if signal is not None:
            reading = "contact" if angle.reading == "contact" else "stance-peak"
            values = read(film, signal, film.contacts.of(leg), "contact" if reading == "contact" else "stance-peak")
        result.append(
            _observation(
                angle.code, "deg", leg, values, LAB_ANGLE_ERROR_DEG, (*angle.evidence, "K16"), _METHOD, source, missing,
                angle.definition, None,
            )
        )  # fmt: skip
    return result


def _systematic(code: str, unit: str, contacts: Contacts, fps: float) -> float:
    """Return the standard error that does not shrink with more strides, in the unit of the measure."""
    from_plates = contacts.method.startswith("forces")
    event = LAB_EVENT_ERROR_S["forces" if from_plates else "markers" if fps >= EVENT_FPS else "slow"]
    if unit == "deg":
        return LAB_ANGLE_ERROR_DEG
    if unit == "m":
        return LAB_LENGTH_ERROR_M
    if code in ("contact_time", "flight_time"):
        return event * math.sqrt(2.0)
    if code == "duty_factor":
        return event * math.sqrt(2.0) * contacts.stride_frequency
    return 0.0


def _observation(
    code: str,
    unit: str,
    side: Side | None,
    values: Array,
    systematic: float,
    evidence: tuple[str, ...],
    method: str,
    source: str,
    missing: dict[str, str],
    definition: str,
    value: float | None,
) -> Observation:
    good = values[np.isfinite(values)]
    if good.size == 0:
        why = missing.get(code) or missing[""]
        return Observation.not_measurable(
            code, why, unit=unit, source=source, method=method, side=side, evidence=tuple(dict.fromkeys(evidence))
        )
    middle = float(good.mean()) if value is None or not math.isfinite(value) else value
    random = float(good.std(ddof=1) / math.sqrt(good.size)) if good.size > 1 else 0.0
    error = math.hypot(random, systematic)
    few = good.size < (FEW_STRIDES if side is not None else 2 * FEW_STRIDES)
    reason = f"From {good.size} strides; {FEW_STRIDES} a leg make a steady mean." if few else None
    return Observation(
        code=code,
        side=side,
        value=middle,
        unit=unit,
        standard_error=error,
        interval_95=(middle - 1.96 * error, middle + 1.96 * error),
        smallest_detectable_change=1.96 * math.sqrt(2.0) * error,
        n_strides=int(good.size),
        status="provisional" if few else "final",
        reason=reason,
        source=source,
        method=method,
        evidence=tuple(dict.fromkeys((*evidence, "K18") if few else evidence)),
        detail={
            "definition": definition,
            "per_stride": [round(float(v), 4) for v in good],
            "standard_deviation": float(good.std(ddof=1)) if good.size > 1 else None,
            "systematic_error": systematic,
        },
    )


def stride_curves(angles: xr.Dataset, film: Film) -> list[StrideCurve]:
    """Mean and spread of the joint angles over stance and over the stride, each leg."""
    curves = []
    sides: tuple[Side, Side] = ("left", "right")
    for coordinate, title, code in _CURVES:
        for side in sides:
            signal = signal_of(angles, coordinate, side)
            if signal is None:
                continue
            for phase in ("stance", "stride"):
                rows, toe_off = _rows(film, signal, film.contacts.of(side), phase)
                if len(rows):
                    spread = rows.std(axis=0, ddof=1) if len(rows) > 1 else np.zeros(101)
                    curves.append(
                        StrideCurve(code, title, "deg", side, phase, rows.mean(axis=0), spread, len(rows), toe_off)
                    )
    return curves


def _rows(film: Film, signal: Array, stances: tuple[Stance, ...], phase: str) -> tuple[Array, float]:
    if phase == "stance":
        return stance_curve(film, signal, stances), 100.0
    whole = tuple(s for s in stances if np.isfinite(s.stride_time))
    longer = tuple(Stance(s.side, s.initial_contact, s.initial_contact + s.stride_time, s.stride_time) for s in whole)
    shares = [100.0 * s.duration / s.stride_time for s in whole]
    return stance_curve(film, signal, longer), float(np.mean(shares)) if shares else float("nan")
