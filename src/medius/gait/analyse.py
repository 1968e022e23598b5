"""From a `Film` to measurements: every measure, corrected, with its uncertainty, or the reason why there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from medius.gait.calibration import Correction, correction_for
from medius.gait.contacts import SIDES
from medius.gait.film import Film
from medius.gait.measures import MEASURES, Measure, read, stance_curve
from medius.gait.measures.cadence import cadence_of
from medius.gait.measures.step_width import step_widths
from medius.gait.shape import Shape, see_shape
from medius.record import Observation, Side

__all__ = ["MIN_FPS", "MIN_FPS_FOR_TIMING", "MIN_STRIDES", "FilmContext", "Measurement", "measure_film"]

Array = NDArray[np.float64]

MIN_STRIDES = 7
"""Fewer strides per leg are provisional: K18."""
MIN_FPS_FOR_TIMING = 49.5
"""Contact and flight times are not given below 50 frames a second, as cameras keep it: K24, X04."""
MIN_FPS = 23.5
"""Below 24 frames a second (23.976 counts) a stride has too few for anything; 30 is the lowest that was tested: K24."""
METHOD = "medius-gait/1"


@dataclass(frozen=True, slots=True)
class FilmContext:
    """What the measurements need to know of the film besides the points.

    Attributes
    ----------
    source
        ``sha256:…`` of the file.
    network
        What made the key points.
    roll_error_deg
        Standard error of the camera's roll, degrees.
    sticker_reason
        Why there are no stickers, a sentence.
    sticker_error_deg
        Standard error of the sticker line's angle over a film, degrees, besides the roll.
    walking
        True where the person walks.
    """

    source: str
    network: str
    roll_error_deg: float = 0.2
    sticker_reason: str = ""
    sticker_error_deg: float = 0.3
    walking: bool = False


@dataclass(frozen=True)
class Measurement:
    """One observation with everything it was made of.

    Attributes
    ----------
    observation
        What travels on.
    measure
        Its definition.
    times, values
        Seconds and corrected value of each stride (or step).
    mean, sd
        Mean and standard deviation of the corrected curve over stance, 0 to 100 % in 101 steps, or None.
    """

    observation: Observation
    measure: Measure
    times: Array
    values: Array
    mean: Array | None = None
    sd: Array | None = None


def measure_film(film: Film, context: FilmContext) -> list[Measurement]:
    """Take every measure that the film's view allows, in the order of `MEASURES`."""
    shape = see_shape(film) if film.contacts.stances else Shape(float("nan"), float("nan"))
    found: list[Measurement] = []
    for measure in MEASURES:
        if film.view not in measure.views:
            continue
        sides: tuple[Side | None, ...] = SIDES if measure.sided else (None,)
        found += [_measure(film, context, measure, side, shape) for side in sides]
    return found


def _measure(film: Film, context: FilmContext, measure: Measure, side: Side | None, shape: Shape) -> Measurement:
    reason = _why_not(film, context, measure, side)
    if reason is None:
        times, raw, curves = _take(film, measure, side)
        good = np.isfinite(raw)
        times, raw = times[good], raw[good]
        if raw.size == 0:
            reason = _nothing(side)
    if reason is not None:
        nothing = Observation.not_measurable(
            measure.code, reason, unit=measure.unit, side=side, source=context.source, method=METHOD,
            evidence=measure.evidence,
        )  # fmt: skip
        return Measurement(nothing, measure, np.empty(0), np.empty(0))
    correction = correction_for(measure.code, context.network, film, side)
    medial = 1.0 if side is None else film.medial(side)
    values = correction.apply(raw, shape, medial)
    if measure.code == "crossover_share":
        correction = replace(correction, systematic=_share_error(film, context, shape))
        values = _crossed(film, context, shape)
    observation = _observe(film, context, measure, side, values, correction)
    if measure.reading == "stance-peak" and len(curves):
        peak_at = float(np.mean(np.argmax(curves, axis=1)))
        observation = observation.model_copy(
            update={"detail": {**observation.detail, "peak_at_percent_of_stance": round(peak_at, 1)}}
        )
    if len(curves) >= 2:
        rows = correction.apply(curves, shape, medial)
        return Measurement(observation, measure, times, values, rows.mean(axis=0), rows.std(axis=0, ddof=1))
    return Measurement(observation, measure, times, values)


def _why_not(film: Film, context: FilmContext, measure: Measure, side: Side | None) -> str | None:
    """Return the sentence that says why a measure cannot be given, or None."""
    if "stickers" in measure.needs and film.stickers is None:
        return (
            "Not measurable without stickers: the key points of a pose network do not show the pelvis. "
            + (context.sticker_reason + " " if context.sticker_reason else "")
            + "Place two bright round stickers on the back of the pelvis, as wide apart as the hip bones, and film again."
        )
    if film.fps < MIN_FPS:
        return f"At {film.fps:.0f} frames a second a stride has too few frames to measure. Film with 60 or more."
    if context.walking:
        return "The person in this film walks; running form is measured while running."
    if not film.contacts.stances:
        return "No regular running steps were found in this film."
    if "scale" in measure.needs and film.scale is None:
        return "The runner's height is not known, so nothing can be given in metres. Give it with --height, for example --height 1.75."
    if "timing" in measure.needs and film.fps < MIN_FPS_FOR_TIMING:
        return (
            f"At {film.fps:.0f} frames a second contact cannot be timed well enough (50 are needed, 120 are better). "
            "Film in slow motion (120 or 240 frames a second)."
        )
    if side is not None and not film.contacts.of(side):
        return _nothing(side)
    return None


def _nothing(side: Side | None) -> str:
    whose = f" of the {side} leg" if side else ""
    return f"No whole stride{whose} was seen clearly enough in this film."


def _take(film: Film, measure: Measure, side: Side | None) -> tuple[Array, Array, Array]:
    """Return times, raw values and raw curves over stance (stances, 101)."""
    empty = np.empty((0, 101))
    if measure.values is not None:
        stances = film.contacts.stances if side is None else film.contacts.of(side)
        return np.array([s.initial_contact for s in stances]), measure.values(film, side), empty
    assert measure.signal is not None  # noqa: S101  # every measure has one of the two
    starts: list[Array] = []
    readings: list[Array] = []
    curves: list[Array] = []
    for one in (side,) if side is not None else SIDES:
        stances = film.contacts.of(one)
        if not stances:
            continue
        signal = measure.signal(film, one)
        starts.append(np.array([s.initial_contact for s in stances]))
        readings.append(read(film, signal, stances, measure.reading))
        curves.append(stance_curve(film, signal, stances))
    order = np.argsort(np.concatenate(starts), kind="stable")
    return np.concatenate(starts)[order], np.concatenate(readings)[order], np.concatenate(curves)


def _observe(
    film: Film, context: FilmContext, measure: Measure, side: Side | None, values: Array, correction: Correction
) -> Observation:
    n = len(values)
    value = float(np.mean(values))
    spread = float(np.std(values, ddof=1)) if n > 1 else float("nan")
    random = spread / math.sqrt(n) if n > 1 else 0.0
    if measure.code == "cadence":
        value = cadence_of(film)
        value = float(np.mean(values)) if not math.isfinite(value) else value
        # Only the first and the last contact count over the whole clip: the error falls with the number of strides.
        random = random / math.sqrt(max(1, n))
    if measure.code == "crossover_share":
        # Agresti and Coull's adjustment: no crossing in n steps does not prove that there never is one.
        share = (float(values.sum()) + 2.0) / (n + 4.0)
        random = math.sqrt(share * (1.0 - share) / (n + 4.0))
    systematic = math.hypot(correction.systematic, _camera_error(film, context, measure, value))
    if n == 1:
        random = systematic
    error = math.hypot(random, systematic)
    half = correction.coverage_factor * error
    low, high = value - half, value + half
    if measure.code == "crossover_share":
        low, high = max(0.0, low), min(1.0, high)
    own_change = 1.96 * math.sqrt(2) * error
    return Observation(
        code=measure.code,
        side=side,
        value=value,
        text=_foot_strike(low, high) if measure.code == "foot_strike_angle" else None,
        unit=measure.unit,
        standard_error=error,
        interval_95=(low, high),
        smallest_detectable_change=max(own_change, measure.between_days_change or 0.0),
        n_strides=n,
        status="final" if n >= _enough(measure, side) else "provisional",
        reason=None
        if n >= _enough(measure, side)
        else f"Only {n} strides; {_enough(measure, side)} or more are needed.",
        source=context.source,
        method=f"{METHOD} {film.contacts.method} {context.network}",
        evidence=measure.evidence,
        detail={
            "view": film.view,
            "standard_deviation": spread if math.isfinite(spread) else None,
            "standard_error_strides": random,
            "systematic_error": systematic,
            "corrected": correction.known,
        },
    )


def _foot_strike(low: float, high: float) -> str:
    """Name how the foot lands, by the sign of its angle alone; published limits in degrees differ and are not used."""
    if low > 0:
        return "heel first"
    return "toes first" if high < 0 else "cannot tell"


def _enough(measure: Measure, side: Side | None) -> int:
    return MIN_STRIDES if side is not None else 2 * MIN_STRIDES - 2


_TILTS = ("thigh_frontal_angle", "hip_ankle_line_angle", "trunk_lateral_lean", "trunk_forward_lean",
          "tibia_angle_at_contact", "foot_strike_angle", "hip_extension_peak")  # fmt: skip


def _camera_error(film: Film, context: FilmContext, measure: Measure, value: float) -> float:
    """Return what the camera adds to the error: its roll in angles to plumb, the scale in lengths."""
    if measure.code == "contralateral_pelvic_drop":
        return math.hypot(context.roll_error_deg, context.sticker_error_deg)
    if measure.code in _TILTS:
        return context.roll_error_deg
    if measure.unit == "m" and film.scale is not None:
        return abs(value) * film.scale.relative_error
    return 0.0


def _crossed(film: Film, context: FilmContext, shape: Shape) -> Array:
    widths = _step_widths(film, context, shape)
    return np.asarray(widths < 0, dtype=np.float64)


def _step_widths(film: Film, context: FilmContext, shape: Shape) -> Array:
    widths = step_widths(film)
    rule = correction_for("step_width", context.network, film, None)
    return rule.apply(widths[np.isfinite(widths)], shape, 1.0)


def _share_error(film: Film, context: FilmContext, shape: Shape) -> float:
    """Return how much the share of crossed steps changes when the step width is off by its own error."""
    widths = _step_widths(film, context, shape)
    error = correction_for("step_width", context.network, film, None).systematic
    shares = [(widths + shift < 0).mean() for shift in (-error, error)]
    return float(np.ptp(shares) / 2)
