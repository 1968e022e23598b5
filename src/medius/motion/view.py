"""From which side the camera looks at the runner, and how far it is turned out of that view."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from medius.errors import InvalidValueError

__all__ = ["FILM_VIEWS", "ViewGuess", "check_view", "guess_view"]

FILM_VIEWS = ("rear", "front", "side-left", "side-right")
"""The views of one camera."""

_SIDE_BELOW = 0.45
_SQUARE_ABOVE = 0.55


@dataclass(frozen=True, slots=True)
class ViewGuess:
    """The view, and how clear it is.

    Attributes
    ----------
    view
        ``rear``, ``front``, ``side-left`` or ``side-right``.
    breadth
        Width of the shoulders in the picture as a share of the trunk's length: about 0.7 from behind, 0.1 from the side.
    oblique
        True where the breadth lies between the two, so that neither view's measures can be trusted.
    """

    view: str
    breadth: float
    oblique: bool


def check_view(view: str) -> None:
    """Raise `InvalidValueError` with a sentence unless `view` is ``auto`` or one of `FILM_VIEWS`."""
    if view not in (*FILM_VIEWS, "auto"):
        raise InvalidValueError(f"There is no view '{view}'. Choose auto, rear, front, side-left or side-right.")


def guess_view(motion: xr.Dataset) -> ViewGuess:
    """Tell the view from the key points of a clip (a Motion in pixels).

    Shoulders and hips are wide from behind and in front and narrow from the side. Behind and front differ in whether the
    person's left is at the picture's left; the two sides differ in where the toes point.
    """
    position = motion["position"]

    def x(name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        return _coordinate(position, name, "x")

    def y(name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        return _coordinate(position, name, "y")

    across = x("right_shoulder") - x("left_shoulder") + x("right_hip") - x("left_hip")
    trunk = np.hypot(
        (x("left_shoulder") + x("right_shoulder") - x("left_hip") - x("right_hip")) / 2,
        (y("left_shoulder") + y("right_shoulder") - y("left_hip") - y("right_hip")) / 2,
    )
    seen = np.isfinite(across) & (trunk > 0)
    if not seen.any():
        return ViewGuess("rear", float("nan"), oblique=True)
    breadth = float(np.median(across[seen] / trunk[seen]))
    # From behind shoulders (0.65) and hips (0.35) together measure about one trunk's length.
    oblique = _SIDE_BELOW <= abs(breadth) < _SQUARE_ABOVE
    if abs(breadth) >= (_SIDE_BELOW + _SQUARE_ABOVE) / 2:
        return ViewGuess("rear" if breadth > 0 else "front", abs(breadth), oblique)
    pointing = np.array(
        [
            x("left_foot_index") - x("left_heel"),
            x("right_foot_index") - x("right_heel"),
            x("nose") - (x("left_ear") + x("right_ear")) / 2,
            x("nose") - (x("left_shoulder") + x("right_shoulder")) / 2,
        ]
    )
    known = pointing[np.isfinite(pointing)]
    forwards = float(np.median(known)) if known.size else 0.0
    return ViewGuess("side-left" if forwards < 0 else "side-right", abs(breadth), oblique)


def _coordinate(position: xr.DataArray, name: str, axis: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return one coordinate of a point over time; NaN throughout where the network does not know the point."""
    if name not in position["keypoint"].to_numpy():
        return np.full(position.sizes["time"], np.nan)
    return np.asarray(position.sel(keypoint=name, space=axis).to_numpy(), dtype=np.float64)
