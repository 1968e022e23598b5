"""From raw key points to a `Film`: even in time, left and right kept apart, smooth, level, with contacts and scale."""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from medius.gait.contacts import find_contacts
from medius.gait.film import Film, Scale
from medius.motion.cleaning import fill_gaps, resample_even, smooth
from medius.motion.dataset import with_log
from medius.motion.sides import repair_swaps

__all__ = ["body_scale", "level", "prepare_film"]

Array = NDArray[np.float64]

_BODY_SHARE = {"rear": 0.737, "front": 0.737, "side": 0.779}
"""Trunk, thigh and shank together as a share of standing height, as their key points lie: fact Q14."""
_BODY_SHARE_ERROR = 0.03
_STICKER_CUTOFF_HZ = 12.0


def prepare_film(
    motion: xr.Dataset, *, stickers: xr.Dataset | None = None, roll_deg: float = 0.0, height_m: float | None = None
) -> Film:
    """Prepare everything that the measures of one film need.

    Parameters
    ----------
    motion
        Raw key points in pixels with the view in its attrs.
    stickers
        ``left_sticker`` and ``right_sticker`` at the same times, or None.
    roll_deg
        Roll of the camera, positive clockwise; it is taken out.
    height_m
        The runner's standing height in metres; without it nothing in metres can be given.
    """
    even = resample_even(motion)
    if str(even.attrs["view"]).startswith("side"):
        even = repair_swaps(even)
    clean = level(smooth(fill_gaps(even)), roll_deg)
    pelvis = None
    if stickers is not None:
        whole = fill_gaps(resample_even(stickers))
        pelvis = level(smooth(whole, cutoff=_STICKER_CUTOFF_HZ), roll_deg, like=motion)
    film = Film(clean, find_contacts(clean), pelvis)
    scale = None if height_m is None else body_scale(film, height_m)
    return Film(film.motion, film.contacts, pelvis, scale)


def level(motion: xr.Dataset, roll_deg: float, *, like: xr.Dataset | None = None) -> xr.Dataset:
    """Turn all points about the picture's middle so that a camera rolled by `roll_deg` (positive clockwise) is level."""
    attrs = (like if like is not None else motion).attrs
    middle = np.array([attrs.get("width", 0.0) / 2, attrs.get("height", 0.0) / 2])
    angle = np.radians(roll_deg)
    position = motion["position"].to_numpy()
    x, y = position[:, 0] - middle[0], position[:, 1] - middle[1]
    turned = np.stack(
        [np.cos(angle) * x - np.sin(angle) * y + middle[0], np.sin(angle) * x + np.cos(angle) * y + middle[1]], axis=1
    )
    out = motion.copy(deep=False)
    out["position"] = (("time", "space", "keypoint"), turned)
    return with_log(out, "level", roll_deg=round(float(roll_deg), 3))


def body_scale(film: Film, height_m: float) -> Scale | None:
    """Return metres per pixel from the runner's height.

    The lengths of trunk, thigh and shank in the picture are added up and compared with the share of the height that they
    make. People differ in their proportions: the error is taken as 3 %.
    """
    trunk = _long(film.middle("shoulder") - film.middle("hip"), 50)
    sides = ("left", "right") if film.view in ("rear", "front") else (film.view.removeprefix("side-"),)
    legs = [
        _long(film.point(f"{side}_hip") - film.point(f"{side}_knee"))
        + _long(film.point(f"{side}_knee") - film.point(f"{side}_ankle"))
        for side in sides
    ]
    pixels = trunk + float(np.mean(legs))
    if not np.isfinite(pixels) or pixels <= 0:
        return None
    share = _BODY_SHARE["side" if film.view.startswith("side") else film.view]
    return Scale(share * height_m / pixels, _BODY_SHARE_ERROR)


def _long(segment: Array, percentile: float = 90) -> float:
    lengths = np.linalg.norm(segment, axis=1)
    return float(np.nanpercentile(lengths, percentile)) if np.isfinite(lengths).any() else float("nan")
