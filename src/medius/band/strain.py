"""Strain of the band's path, stride by stride.

Strain is the change of the path's length in per cent of its length in a stated reference posture. It is read where it may
matter: at midstance, while the knee passes 20 to 30° of flexion (where the band presses on the epicondyle: D13, D18), as
the rate from touchdown to midstance (the one quantity that set later patients apart: M03), and as the greatest value in
stance, which comes with hip extension near push-off. A path-length proxy: what the tissue itself feels is not known (M13).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from medius.band.path import BandModel, Side, angle_columns, band_model, path_length
from medius.band.signs import ANGLES
from medius.errors import InvalidValueError, NothingToMeasureError
from medius.record import Observation

__all__ = [
    "IMPINGEMENT_DEG",
    "MEASURES",
    "RATE_FPS",
    "StanceTimes",
    "StrainCurve",
    "StrainResult",
    "band_strain",
    "strain",
]

Floats = NDArray[np.float64]

IMPINGEMENT_DEG = (20.0, 30.0)
"""Knee flexion at which the band presses on the epicondyle: 21.4° measured (D18), about 30° in the Noble test (D13)."""

RATE_FPS = 100.0
"""Frame rate from which a rate of strain is given: contacts at 30 Hz are wrong by 30 to 36 ms, an eighth of stance (K24)."""

ANGLE_ERROR_DEG = 2.5
"""Standard error of each joint angle from where markers sit: two laboratories differ by about 3.5° (K16)."""

FEW_STRIDES = 7
"""Fewer strides a leg than this are provisional (K18)."""


def method_of(model: BandModel) -> str:
    """Name and version of the method, with the model whose points it takes: lengths of two models are not comparable."""
    return f"tfl-path-{re.sub('[^a-z0-9]+', '', model.name.lower())}/1"


_EVIDENCE = ("M01", "M13")

MEASURES: Mapping[str, tuple[str, str, str, tuple[str, ...]]] = {
    "itb_strain_midstance": (
        "Band strain at midstance",
        "%",
        "Half way between touchdown and toe-off.",
        ("M03", "M04"),
    ),
    "itb_strain_impingement": (
        "Band strain at 20–30° of knee flexion",
        "%",
        "Mean while the bending knee passes 20 to 30° in the first half of stance.",
        ("D13", "D18"),
    ),
    "itb_impingement_time": (
        "Time at 20–30° of knee flexion",
        "s",
        "Time in stance with the knee between 20 and 30°.",
        ("D13", "D18", "M03"),
    ),
    "itb_strain_rate_loading": (
        "Loading rate of the band",
        "%/s",
        "Rise of strain from touchdown to midstance over the time between them.",
        ("M03",),
    ),
    "itb_strain_rate_peak": (
        "Fastest rise of band strain",
        "%/s",
        "Greatest rate between touchdown and midstance.",
        ("M03", "M06"),
    ),
    "itb_strain_peak": ("Greatest band strain in stance", "%", "Near push-off it comes with hip extension.", ("M03",)),
}
"""Code to title, unit, definition and evidence."""


class StanceTimes(Protocol):
    """One foot's time on the ground, as the gait measures give it."""

    @property
    def side(self) -> Side:
        """The person's own left or right."""
        ...

    @property
    def initial_contact(self) -> float:
        """Touchdown, seconds."""
        ...

    @property
    def toe_off(self) -> float:
        """Toe-off, seconds."""
        ...


@dataclass(frozen=True, slots=True)
class StrainCurve:
    """Strain of one leg over stance: mean and standard deviation at 0, 1 … 100 %, shape (101,), per cent."""

    side: Side
    mean: Floats
    sd: Floats
    n_strides: int


@dataclass(frozen=True)
class StrainResult:
    """Strain of both legs.

    Attributes
    ----------
    observations
        The `MEASURES` of each leg.
    curves
        Strain over stance.
    strain
        Side to strain over time, per cent, (time,).
    reference
        The posture that counts as zero strain, in words.
    reference_length
        Side to the length of the path in that posture, metres.
    """

    observations: tuple[Observation, ...]
    curves: tuple[StrainCurve, ...]
    strain: Mapping[Side, Floats]
    reference: str
    reference_length: Mapping[Side, float] = field(default_factory=dict)


def strain(
    model: BandModel, angles: xr.Dataset | Mapping[str, Floats] | Floats, reference: Mapping[str, float] | None = None
) -> Floats:
    """Strain of the path in per cent of its length in the reference posture, shape (time,).

    Parameters
    ----------
    model, angles
        See `path_length`.
    reference
        Angles of the posture that counts as zero (names as `ANGLES`), degrees. Default: all zero, upright.
    """
    zero = float(path_length(model, dict(reference or {}))[0])
    return (path_length(model, angles) / zero - 1.0) * 100.0


def band_strain(
    angles: xr.Dataset,
    stances: Sequence[StanceTimes],
    *,
    source: str,
    models: Mapping[Side, BandModel] | None = None,
    reference: Mapping[Side, Mapping[str, float]] | None = None,
    angle_error_deg: float = ANGLE_ERROR_DEG,
) -> StrainResult:
    """Measure the strain of the band's path in every stance.

    Parameters
    ----------
    angles
        Joint angles over time (`medius.body.joint_angles`), degrees, with ``fps`` in the attributes.
    stances
        Touchdown and toe-off of every contact.
    source
        Where it was measured.
    models
        Side to path. Default: `band_model` of Rajagopal 2016. Scale it to the person with `BandModel.scaled`.
    reference
        Side to the angles that count as zero strain (a still trial's). Default: all angles zero.
    angle_error_deg
        Standard error of each angle that does not shrink with more strides.

    Returns
    -------
    Strain over time, curves over stance and observations; what cannot be measured says why.

    Raises
    ------
    NothingToMeasureError
        If neither leg has the four angles.
    """
    fps = float(angles.attrs.get("fps", float("nan")))
    observations: list[Observation] = []
    curves: list[StrainCurve] = []
    tracks: dict[Side, Floats] = {}
    lengths: dict[Side, float] = {}
    reasons: dict[Side, str] = {}
    time = angles.time.to_numpy()
    sides: tuple[Side, Side] = ("left", "right")
    for side in sides:
        model = band_model(side) if models is None else models[side]
        zero = None if reference is None else reference.get(side)
        try:
            columns = angle_columns(angles, side)
        except InvalidValueError as error:
            reasons[side] = str(error)
            observations += [_missing(code, side, str(error), source, method_of(model)) for code in MEASURES]
            continue
        own = [s for s in stances if s.side == side]
        tracks[side] = strain(model, columns, zero)
        lengths[side] = float(path_length(model, dict(zero or {}))[0])
        values = _measure(model, columns, time, own, zero)
        shifted = [
            _measure(model, columns + angle_error_deg * np.eye(len(ANGLES))[i], time, own, zero)
            for i in range(len(ANGLES))
        ]
        observations += _observations(side, values, shifted, fps, source, method_of(model))
        curves += _curve(side, tracks[side], time, own)
    if not tracks:
        raise NothingToMeasureError("No strain: " + " ".join(reasons.values()))
    words = "all joint angles zero" if reference is None else "the still trial's posture"
    return StrainResult(tuple(observations), tuple(curves), tracks, words, lengths)


def _measure(
    model: BandModel,
    columns: Floats,
    time: Floats,
    stances: Sequence[StanceTimes],
    reference: Mapping[str, float] | None,
) -> dict[str, Floats]:
    """Every measure of every stance, (stance,); NaN where a stance has gaps."""
    track = strain(model, columns, reference)
    knee = columns[:, ANGLES.index("knee_flexion")]
    rows = [_one_stance(track, knee, time, s.initial_contact, s.toe_off) for s in stances]
    return {code: np.array([row.get(code, np.nan) for row in rows]) for code in MEASURES}


def _one_stance(track: Floats, knee: Floats, time: Floats, start: float, end: float) -> dict[str, float]:
    if start < time[0] or end > time[-1]:
        return {}
    at = np.linspace(start, end, 401)
    values, bend = np.interp(at, time, track), np.interp(at, time, knee)
    if not (np.isfinite(values).all() and np.isfinite(bend).all()):
        return {}
    half = at.size // 2
    inside = (bend >= IMPINGEMENT_DEG[0]) & (bend <= IMPINGEMENT_DEG[1])
    early = inside & (np.arange(at.size) <= int(np.argmax(bend)))
    rate = np.gradient(track, time)
    between = (time >= start) & (time <= at[half])
    return {
        "itb_strain_midstance": float(values[half]),
        "itb_strain_impingement": float(values[early].mean()) if early.any() else float("nan"),
        "itb_impingement_time": float(inside.mean() * (end - start)),
        "itb_strain_rate_loading": float((values[half] - values[0]) / (at[half] - start)),
        "itb_strain_rate_peak": float(rate[between].max()) if between.any() else float("nan"),
        "itb_strain_peak": float(values.max()),
    }


def _observations(
    side: Side, values: dict[str, Floats], shifted: Sequence[dict[str, Floats]], fps: float, source: str, method: str
) -> list[Observation]:
    result = []
    for code, (_, unit, definition, evidence) in MEASURES.items():
        good = values[code][np.isfinite(values[code])]
        timed = code in ("itb_strain_rate_loading", "itb_strain_rate_peak", "itb_impingement_time")
        if timed and not fps >= RATE_FPS:
            reason = f"{fps:.4g} frames a second: a rate of strain needs {RATE_FPS:.0f} and more (K24)."
            result.append(_missing(code, side, reason, source, method, ("K24",)))
            continue
        if good.size == 0:
            result.append(_missing(code, side, "No whole stance of this leg was seen with all angles.", source, method))
            continue
        middle = float(good.mean())
        moved = [float(np.nanmean(s[code])) - middle if np.isfinite(s[code]).any() else 0.0 for s in shifted]
        systematic = float(np.sqrt(np.sum(np.square(moved))))
        random = float(good.std(ddof=1) / np.sqrt(good.size)) if good.size > 1 else 0.0
        error = float(np.hypot(systematic, random))
        few = good.size < FEW_STRIDES
        result.append(
            Observation(
                code=code,
                side=side,
                value=middle,
                unit=unit,
                standard_error=error,
                interval_95=(middle - 1.96 * error, middle + 1.96 * error),
                smallest_detectable_change=1.96 * float(np.sqrt(2.0)) * error,
                n_strides=int(good.size),
                status="provisional" if few else "final",
                reason=f"From {good.size} strides; {FEW_STRIDES} a leg make a steady mean." if few else None,
                source=source,
                method=method,
                evidence=tuple(dict.fromkeys((*evidence, *_EVIDENCE, "K16"))),
                detail={
                    "definition": definition,
                    "per_stride": [round(float(v), 5) for v in good],
                    "standard_deviation": float(good.std(ddof=1)) if good.size > 1 else None,
                    "systematic_error": systematic,
                    "what_it_is": "a path-length proxy, not the strain of the tissue",
                },
            )
        )
    return result


def _missing(
    code: str, side: Side, reason: str, source: str, method: str, evidence: tuple[str, ...] = ()
) -> Observation:
    _, unit, _, own = MEASURES[code]
    return Observation.not_measurable(
        code, reason, unit=unit, source=source, method=method, side=side, evidence=(*own, *_EVIDENCE, *evidence)
    )


def _curve(side: Side, track: Floats, time: Floats, stances: Sequence[StanceTimes]) -> list[StrainCurve]:
    share = np.linspace(0.0, 1.0, 101)
    rows = [
        np.interp(s.initial_contact + share * (s.toe_off - s.initial_contact), time, track, left=np.nan, right=np.nan)
        for s in stances
    ]
    whole = np.array([r for r in rows if np.isfinite(r).all()])
    if not whole.size:
        return []
    spread = whole.std(axis=0, ddof=1) if len(whole) > 1 else np.zeros(101)
    return [StrainCurve(side, whole.mean(axis=0), spread, len(whole))]
