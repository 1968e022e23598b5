"""What the readers of marker files share: cleaning, naming, and building the Motion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from medius.errors import UnreadableFileError
from medius.motion.dataset import make_motion, with_log
from medius.motion.mocap._rigid import Floats
from medius.motion.mocap.units import METRES_PER_UNIT, settle_unit

__all__ = ["add_forces", "build_marker_motion", "frame_times", "unique_names"]


def unique_names(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Make marker names differ by adding ``#2``, ``#3`` …; also return the names that were repeated."""
    seen: Counter[str] = Counter()
    result = []
    for name in names:
        seen[name] += 1
        result.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return result, sorted(n for n, count in seen.items() if count > 1)


def frame_times(count: int, rate: float) -> Floats:
    """Return the times in seconds of `count` frames at `rate` per second."""
    return np.arange(count, dtype=np.float64) / rate


def build_marker_motion(
    positions: Floats,
    *,
    names: Sequence[str],
    rate: float,
    path: Path,
    stated_unit: str | None,
    asked_unit: str | None,
    kind: str,
    attrs: dict[str, Any] | None = None,
) -> xr.Dataset:
    """Turn raw marker coordinates into a Motion in metres.

    Points at exactly (0, 0, 0) were not seen (the habit of most laboratories) and become NaN. Repeated names are numbered.
    """
    if positions.shape[0] == 0 or positions.shape[2] == 0:
        raise UnreadableFileError(
            f"{path.name} holds no marker positions ({positions.shape[0]} frames, {positions.shape[2]} markers)."
        )
    if not rate > 0:
        raise UnreadableFileError(f"{path.name} gives no frame rate. Export it again with the capture rate.")
    positions = np.where(np.isfinite(positions), positions, np.nan)
    zero = (positions == 0.0).all(axis=1)
    positions[np.broadcast_to(zero[:, None, :], positions.shape)] = np.nan
    if not np.isfinite(positions).any():
        raise UnreadableFileError(f"{path.name} has markers, but not one was seen in any frame (all zero or empty).")
    unit, how = settle_unit(positions, stated_unit, asked_unit, path.name)
    labels, repeated = unique_names([n.strip() or f"marker {i + 1}" for i, n in enumerate(names)])
    motion = make_motion(
        positions * METRES_PER_UNIT[unit],
        time=frame_times(positions.shape[0], rate),
        keypoints=labels,
        unit="m",
        view="3d",
        source=kind,
        attrs={"file": path.name, "fps": float(rate)} | (attrs or {}),
    )
    details: dict[str, Any] = {
        "file_unit": unit,
        "unit_how": how,
        "unseen_points": int(np.isnan(positions[:, 0]).sum()),
    }
    if repeated:
        details["repeated_names_numbered"] = repeated
    return with_log(motion, f"read {kind}", **details)


def add_forces(
    motion: xr.Dataset, force: Floats, centre: Floats, free_moment: Floats, rate: float, *, first_time: float = 0.0
) -> xr.Dataset:
    """Add force-plate signals to a Motion.

    Parameters
    ----------
    motion
        The Motion; times of forces count from its first frame.
    force, centre, free_moment
        Ground-reaction force on the person (N), its centre of pressure (m) and free moment (Nm), each of shape
        (force_time, 3, plate), in the axes of the motion.
    rate
        Samples a second.
    first_time
        Time of the first sample (s).
    """
    dims = ("force_time", "space", "plate")
    known = [n for n in ("force", "centre_of_pressure", "free_moment", "force_time") if n in motion.variables]
    result = motion.drop_vars(known)
    result.attrs = dict(motion.attrs) | {"force_rate": float(rate)}
    for name, values in (("force", force), ("centre_of_pressure", centre), ("free_moment", free_moment)):
        result[name] = (dims, np.asarray(values, dtype=np.float64))
    result = result.assign_coords(force_time=first_time + frame_times(force.shape[0], rate))
    return with_log(result, "add forces", plates=int(force.shape[2]), rate=float(rate))
