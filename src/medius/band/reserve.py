"""Abductor reserve: the hip-abduction moment that running asks for, over the strength that was measured.

A ratio and its uncertainty, nothing more. It is **never** turned into degrees of pelvic drop: blocking the nerve of the
abductors did not change the drop in walking (M11), and "weakness makes the pelvis tilt" is partly refuted (C01, C02).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from medius.errors import InvalidValueError, NothingToMeasureError
from medius.motion.mocap import low_pass
from medius.record import Observation, Side

__all__ = ["Demand", "abductor_reserve", "demand_from_contact_time", "demand_from_forces", "demand_single_leg_stance"]

Floats = NDArray[np.float64]
GRAVITY = 9.81

# Share of body mass, place of the centre of mass from the proximal joint and radius of gyration about it, shares of
# length: Winter 2009, Biomechanics and Motor Control of Human Movement, table 4.1 (after Dempster 1955).
_SEGMENTS = {"thigh": (0.100, 0.433, 0.323), "shank": (0.0465, 0.433, 0.302), "foot": (0.0145, 0.5, 0.475)}
_LEG_MASS = 0.161

_FORCE_CUTOFF_HZ = 12.0
"""Forces are smoothed like the markers, or impacts would look like moments (Bisseling & Hof 2006, J Biomech 39:2438)."""


@dataclass(frozen=True, slots=True)
class Demand:
    """A hip-abduction moment that a task asks for.

    Attributes
    ----------
    side
        The standing leg; None where it holds for either.
    moment
        Greatest internal abduction moment, Nm per kg of body mass.
    standard_error
        Its standard error, same unit.
    task
        ``running`` or ``single-leg-stance``.
    how
        How it was found, in a sentence.
    method
        Name and version.
    """

    side: Side | None
    moment: float
    standard_error: float
    task: str
    how: str
    method: str


def demand_single_leg_stance(hip_half_width_m: float) -> Demand:
    """Abduction moment of standing still on one leg, pelvis level: gravity times half the distance of the hips.

    Everything but the standing leg turns the pelvis down: head, arms and trunk (0.678 of body mass) with the lever of half
    the hip distance, the hanging leg (0.161) with twice that; together 1.0 of body mass times half the distance. The arms'
    and trunk's shift over the foot is not known and lowers it; it is the larger part of the stated error (a fifth).
    """
    if not 0.04 < hip_half_width_m < 0.15:
        raise InvalidValueError(f"Half the distance of the hip centres is about 0.08 m, not {hip_half_width_m:g} m.")
    moment = GRAVITY * float(hip_half_width_m) * (0.678 + 2.0 * _LEG_MASS)
    how = "Model: weight of all but the standing leg, about that hip, pelvis level, trunk upright."
    return Demand(None, moment, 0.2 * moment, "single-leg-stance", how, "stance-lever/1")


def demand_from_contact_time(
    contact_time_s: float, flight_time_s: float, hip_half_width_m: float, *, side: Side | None = None
) -> Demand:
    """Abduction moment in running from body mass and contact times alone: a stated model.

    The vertical force is half a sine wave (Morin et al. 2005, J Appl Biomech 21:167), its peak π/2 · (1 + flight/contact)
    times body weight; it passes the hip at half the hip distance. The share of the standing leg (0.161) does not pass
    through its own hip. Against inverse dynamics of one runner it is wrong by up to a third (see ``docs/accuracy.md``),
    which is the stated standard error.
    """
    if not (0.1 < contact_time_s < 0.6 and -0.05 <= flight_time_s < 0.4):
        raise InvalidValueError("Contact times of running lie between 0.1 and 0.6 s, flight times under 0.4 s.")
    peak = math.pi / 2.0 * (1.0 + flight_time_s / contact_time_s)
    moment = GRAVITY * peak * float(hip_half_width_m) * (1.0 - _LEG_MASS)
    how = "Model: half-sine force from contact and flight time, lever of half the distance of the hips."
    return Demand(side, moment, 0.33 * moment, "running", how, "contact-time-lever/1")


def hip_moments(segments: xr.Dataset, motion: xr.Dataset, side: Side, mass_kg: float) -> Floats:
    """Moment of the pelvis on the thigh at the hip, in the pelvic frame, Nm per kg, (time, 3).

    Newton's and Euler's equations of the whole leg about the hip (Winter 2009): weights and accelerations of thigh, shank
    and foot, ground-reaction force at its centre of pressure and free moment. Axes x forwards,
    y up, z right: abduction of the right leg is negative about x, of the left leg positive; extension negative about z.

    Parameters
    ----------
    segments
        `medius.motion.mocap.move_segments` of the moving trial.
    motion
        The same trial with forces, oriented.
    side
        The leg.
    mass_kg
        Body mass.
    """
    letter = side[0]
    known = set(segments.segment.to_numpy().tolist())
    lacking = [s for s in ("pelvis", f"thigh_{letter}", f"shank_{letter}", f"foot_{letter}") if s not in known]
    if lacking or "force" not in motion:
        what = ", ".join(lacking) or "forces"
        raise NothingToMeasureError(f"Inverse dynamics of the {side} hip needs {what}.")
    time = segments.time.to_numpy()
    origin = {p: segments.origin.sel(segment=f"{p}_{letter}").to_numpy() for p in _SEGMENTS}
    turn = {p: segments.rotation.sel(segment=f"{p}_{letter}").to_numpy() for p in _SEGMENTS}
    ends = {"thigh": origin["shank"], "shank": origin["foot"], "foot": origin["foot"] + 0.1 * turn["foot"][:, :, 0]}
    hip = origin["thigh"]
    moment = np.zeros_like(hip)
    for part, (share, place, gyration) in _SEGMENTS.items():
        length = float(np.nanmedian(np.linalg.norm(ends[part] - origin[part], axis=1)))
        centre = origin[part] + place * (ends[part] - origin[part])
        acceleration = _twice(centre, time) + np.array([0.0, GRAVITY, 0.0])
        moment += share * np.cross(centre - hip, acceleration)
        moment += share * _angular_rate(turn[part], time, (gyration * length) ** 2)
    force, centre, free = _ground_reaction(motion, time, origin["foot"])
    moment -= (np.cross(centre - hip, force) + free) / mass_kg
    pelvis = segments.rotation.sel(segment="pelvis").to_numpy()
    return np.asarray(np.einsum("tji,tj->ti", pelvis, moment), dtype=np.float64)


def _twice(track: Floats, time: Floats) -> Floats:
    return np.asarray(np.gradient(np.gradient(track, time, axis=0), time, axis=0), dtype=np.float64)


def _angular_rate(turn: Floats, time: Floats, inertia: float) -> Floats:
    """Rate of angular momentum per unit mass of a thin segment: inertia across its length, none about it."""
    change = np.gradient(turn, time, axis=0) @ np.swapaxes(turn, 1, 2)
    spin = np.stack([change[:, 2, 1], change[:, 0, 2], change[:, 1, 0]], axis=1)
    long = turn[:, :, 1]
    across = spin - (spin * long).sum(axis=1, keepdims=True) * long
    return np.asarray(inertia * np.gradient(across, time, axis=0), dtype=np.float64)


def _ground_reaction(motion: xr.Dataset, time: Floats, foot: Floats) -> tuple[Floats, Floats, Floats]:
    """Force, centre of pressure and free moment on this foot, at the times of the markers; none while it is not there."""
    at = motion["force_time"].to_numpy()
    total, where, twist = np.zeros((time.size, 3)), foot.copy(), np.zeros((time.size, 3))
    for plate in range(motion.sizes["plate"]):
        load = low_pass(motion["force"].to_numpy()[:, :, plate], _FORCE_CUTOFF_HZ, float(motion.attrs["force_rate"]))
        raw = (
            load,
            motion["centre_of_pressure"].to_numpy()[:, :, plate],
            motion["free_moment"].to_numpy()[:, :, plate],
        )
        parts = [np.stack([np.interp(time, at, v[:, i]) for i in range(3)], axis=1) for v in raw]
        near = np.hypot(parts[1][:, 0] - foot[:, 0], parts[1][:, 2] - foot[:, 2]) < 0.25
        on = (parts[0][:, 1] > 20.0) & near & (foot[:, 1] < np.nanpercentile(foot[:, 1], 55))
        total[on], where[on], twist[on] = parts[0][on], parts[1][on], parts[2][on]
    return total, where, twist


def demand_from_forces(
    segments: xr.Dataset, motion: xr.Dataset, side: Side, mass_kg: float, stances: list[tuple[float, float]]
) -> Demand:
    """Greatest abduction moment in stance by inverse dynamics, mean over stances (touchdown, toe-off in seconds).

    Raises
    ------
    NothingToMeasureError
        If there are no forces, the leg is not whole, or no stance is.
    """
    if not 25.0 < mass_kg < 250.0:
        raise InvalidValueError(f"A body mass of {mass_kg:g} kg is not possible.")
    frontal = hip_moments(segments, motion, side, mass_kg)[:, 0]
    # Positive about the forward axis lifts the right thigh inwards: abduction is negative right, positive left.
    abduction = -frontal if side == "right" else frontal
    time = segments.time.to_numpy()
    peaks = []
    for start, end in stances:
        window = abduction[(time >= start) & (time <= end)]
        if window.size > 5 and np.isfinite(window).all():
            inner = window[window.size // 10 :]
            peaks.append(float(inner.max()))
    if not peaks:
        raise NothingToMeasureError(f"No whole stance of the {side} leg with forces.")
    random = float(np.std(peaks, ddof=1) / math.sqrt(len(peaks))) if len(peaks) > 1 else 0.0
    middle = float(np.mean(peaks))
    # One centimetre of the hip's place sideways times the force through it: the largest single error.
    lever = 0.01 * GRAVITY * 2.4
    how = f"Inverse dynamics of the leg over {len(peaks)} stances; error: 1 cm of the hip centre sideways."
    return Demand(side, middle, math.hypot(random, lever), "running", how, "inverse-dynamics/1")


def abductor_reserve(
    demand: Demand, strength_nm_per_kg: float, strength_error: float, *, side: Side, source: str
) -> Observation:
    """Share of the measured hip-abduction strength that a task asks for.

    Parameters
    ----------
    demand
        What is asked.
    strength_nm_per_kg, strength_error
        Measured hip-abduction strength and its standard error, Nm per kg.
    side
        The leg.
    source
        Where strength and demand come from.

    Returns
    -------
    ``abductor_reserve``: demand over strength, a pure number; 1 means all of it. Muscles pull with more in running than in
    an isometric test, so values over 1 occur and are no verdict.
    """
    if strength_nm_per_kg <= 0 or strength_error < 0:
        raise InvalidValueError("Strength is a positive number of Nm per kg, its error is not negative.")
    ratio = demand.moment / strength_nm_per_kg
    error = ratio * math.hypot(demand.standard_error / demand.moment, strength_error / strength_nm_per_kg)
    return Observation(
        code="abductor_reserve",
        side=side,
        value=ratio,
        unit="1",
        standard_error=error,
        interval_95=(max(0.0, ratio - 1.96 * error), ratio + 1.96 * error),
        smallest_detectable_change=1.96 * math.sqrt(2.0) * error,
        source=source,
        method=demand.method,
        evidence=("C01", "C02", "M11"),
        detail={
            "task": demand.task,
            "how": demand.how,
            "demand_nm_per_kg": demand.moment,
            "demand_standard_error": demand.standard_error,
            "strength_nm_per_kg": strength_nm_per_kg,
            "strength_standard_error": strength_error,
            "reading": "How much of the strength a step asks for. It says nothing about how far the pelvis drops.",
        },
    )
