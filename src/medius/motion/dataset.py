"""The Motion: whatever moves, in one shape.

A Motion is an `xarray.Dataset` with dimensions ``(time, space, keypoint)``:

==============  =========================  ======================================================================
variable        dimensions                 meaning
==============  =========================  ======================================================================
``position``    time, space, keypoint      coordinates; NaN where a point was not seen
``confidence``  time, keypoint             0 (not seen) to 1 (certain)
==============  =========================  ======================================================================

``time`` is seconds from the first frame, strictly increasing, not necessarily even. ``space`` is ``("x", "y")`` for
pictures (pixels, x right, y down, the centre of the first pixel at 0.5, 0.5) and ``("x", "y", "z")`` for laboratories.
Attributes: ``fps`` (median frame rate in 1/s), ``unit`` (``px`` or ``m``), ``view`` (`VIEWS`), ``source`` and ``log``, a
list of dictionaries that say what was done to the data, oldest first. More attributes (``width``, ``height``,
``up_axis``) ride along.

Input is validated once, where it enters (`validate_motion`); inside, functions trust it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from medius.errors import InvalidValueError

__all__ = ["VIEWS", "make_motion", "validate_motion", "with_log"]

VIEWS = ("rear", "front", "side-left", "side-right", "3d", "unknown")
"""``side-left`` means the camera looks at the person's left side."""


def make_motion(
    position: ArrayLike,
    *,
    time: ArrayLike,
    keypoints: Sequence[str],
    unit: str,
    view: str = "unknown",
    source: str = "",
    confidence: ArrayLike | None = None,
    attrs: Mapping[str, Any] | None = None,
) -> xr.Dataset:
    """Build a validated Motion.

    Parameters
    ----------
    position
        Array of shape (time, space, keypoint), space being 2 or 3; NaN where a point was not seen.
    time
        Seconds, shape (time,), strictly increasing.
    keypoints
        Names of the points.
    unit
        ``"px"`` or ``"m"``.
    view
        One of `VIEWS`.
    source
        Where the data come from, for example ``"blazepose-heavy"``.
    confidence
        Array of shape (time, keypoint), 0 to 1. Default: 1 where the position is finite, else 0.
    attrs
        More attributes.

    Raises
    ------
    InvalidValueError
        If the parts do not make a valid Motion; the message says which part.
    """
    pos = np.asarray(position, dtype=np.float64)
    if pos.ndim != 3 or pos.shape[1] not in (2, 3):
        raise InvalidValueError(f"A motion needs positions of shape (time, 2 or 3, keypoint), got {pos.shape}.")
    seconds = np.asarray(time, dtype=np.float64)
    conf = (
        np.isfinite(pos).all(axis=1).astype(np.float64)
        if confidence is None
        else np.asarray(confidence, dtype=np.float64)
    )
    if seconds.shape != pos.shape[:1] or conf.shape != (pos.shape[0], pos.shape[2]) or len(keypoints) != pos.shape[2]:
        raise InvalidValueError(
            f"The parts of a motion disagree: {seconds.shape[0]} times, {len(keypoints)} names, positions {pos.shape}, "
            f"confidence {conf.shape}."
        )
    step = float(np.median(np.diff(seconds))) if seconds.size > 1 else float("nan")
    motion = xr.Dataset(
        {"position": (("time", "space", "keypoint"), pos), "confidence": (("time", "keypoint"), conf)},
        coords={"time": seconds, "space": list("xyz"[: pos.shape[1]]), "keypoint": list(keypoints)},
        attrs={
            "fps": 1.0 / step if step > 0 else float("nan"),
            "unit": unit,
            "view": view,
            "source": source,
            "log": [],
        },
    )
    motion.attrs.update(attrs or {})
    validate_motion(motion)
    return motion


def validate_motion(motion: xr.Dataset) -> None:
    """Raise `InvalidValueError` with a sentence if `motion` is not a valid Motion."""
    problems = []
    for name, dims in (("position", ("time", "space", "keypoint")), ("confidence", ("time", "keypoint"))):
        if name not in motion or motion[name].dims != dims:
            problems.append(f"variable '{name}' must have dimensions {dims}")
    if problems:
        raise InvalidValueError("Not a motion: " + "; ".join(problems) + ".")
    time = motion["time"].to_numpy()
    if time.size == 0:
        problems.append("it has no frames")
    elif not np.isfinite(time).all() or (np.diff(time) <= 0).any():
        problems.append("times must be finite and strictly increasing")
    if motion.attrs.get("unit") not in ("px", "m"):
        problems.append("attribute 'unit' must be 'px' or 'm'")
    if motion.attrs.get("view") not in VIEWS:
        problems.append(f"attribute 'view' must be one of {', '.join(VIEWS)}")
    names = motion["keypoint"].to_numpy().tolist()
    if len(set(names)) != len(names):
        problems.append("key-point names must differ")
    confidence = motion["confidence"].to_numpy()
    if ((confidence < 0) | (confidence > 1)).any() or np.isnan(confidence).any():
        problems.append("confidence must lie between 0 and 1")
    if problems:
        raise InvalidValueError("Not a motion: " + "; ".join(problems) + ".")


def with_log(motion: xr.Dataset, operation: str, **arguments: Any) -> xr.Dataset:
    """Return `motion` (a shallow copy) with one more entry in its log."""
    logged = motion.copy(deep=False)
    logged.attrs = dict(motion.attrs)
    logged.attrs["log"] = [*motion.attrs.get("log", []), {"operation": operation, **arguments}]
    return logged
