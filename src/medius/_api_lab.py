"""A laboratory trial in, the same kind of result as a film's out."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

import medius.motion.mocap  # noqa: F401  # registers the readers of motion capture
from medius.band import band_strain, bands_for
from medius.errors import InvalidValueError
from medius.gait.lab import StrideCurve, analyse_lab
from medius.gait.session import InputInfo, LabPart
from medius.motion import read_motion
from medius.record import Observation

__all__ = ["LAB_SUFFIXES", "measure_lab_trial"]

LAB_SUFFIXES = frozenset({".c3d", ".trc", ".txt"})
"""Endings of files that hold markers in three dimensions."""


def measure_lab_trial(path: Path, static: Path | None) -> LabPart:
    """Measure a motion-capture trial: gait, joint curves, and the strain of the iliotibial band's path.

    Parameters
    ----------
    path
        Moving trial (C3D, TRC, marker text).
    static
        Still, upright trial of the same markers, or None.

    Raises
    ------
    UnreadableFileError
        If a file cannot be read.
    InvalidValueError
        If its axes, units or markers cannot be understood; the message says what to give.
    """
    motion = read_motion(path)
    still = None if static is None else read_motion(static)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    source = f"sha256:{digest}"
    result = analyse_lab(motion, still, source=source)
    notes = [(n.code, n.message) for n in result.notes]
    strain: tuple[Observation, ...] = ()
    curves: tuple[StrideCurve, ...] = ()
    has_knees = result.angles is not None and any(
        str(name).startswith("knee_flexion") for name in result.angles["coordinate"].to_numpy()
    )
    if result.angles is not None and has_knees and result.contacts.stances:
        try:
            models = bands_for(dict(result.joint_centres)) if result.joint_centres else None
        except InvalidValueError as error:
            models = None
            notes.append(("not-scaled", f"{error} The band's path of a man of 1.70 m is used."))
        found = band_strain(result.angles, result.contacts.stances, source=source, models=models)
        strain = found.observations
        curves = tuple(
            StrideCurve("itb_strain", "Iliotibial band strain", "%", c.side, "stance", c.mean, c.sd, c.n_strides, 100.0)
            for c in found.curves
        )
    time = motion["time"].to_numpy()
    fps = float(motion.attrs["fps"])
    duration = float(time[-1] - time[0]) + (1.0 / fps if np.isfinite(fps) and fps > 0 else 0.0)
    info = InputInfo(str(path), digest, "3d", fps, len(time), duration)
    return LabPart(info, (*result.observations, *strain), (*result.curves, *curves), tuple(notes))
