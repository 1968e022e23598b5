"""A virtual camera: real or simulated movement in metres, seen as a film would see it, so that film has exact truth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import xarray as xr

from medius.body.functions import Floats
from medius.errors import InvalidValueError
from medius.motion.dataset import make_motion, with_log

__all__ = ["Camera", "film_motion"]


@dataclass(frozen=True)
class Camera:
    """A pinhole camera with lens distortion, anywhere, at any roll.

    Attributes
    ----------
    position
        Where it stands, metres, in the axes of the motion.
    look
        Direction it looks at (need not be of length one).
    width, height
        Picture size, pixels.
    vertical_fov_deg
        Angle of view from the picture's bottom to its top.
    roll_deg
        Turn about the line of sight; positive turns the camera clockwise, so that the picture looks turned
        counter-clockwise.
    up
        The laboratory's up.
    distortion
        k1, k2, p1, p2, k3 of Brown 1966 (the five numbers of OpenCV).
    """

    position: tuple[float, float, float]
    look: tuple[float, float, float]
    width: int = 1280
    height: int = 720
    vertical_fov_deg: float = 45.0
    roll_deg: float = 0.0
    up: tuple[float, float, float] = (0.0, 1.0, 0.0)
    distortion: tuple[float, float, float, float, float] = (0.0, 0.0, 0.0, 0.0, 0.0)

    def __post_init__(self) -> None:
        if not 1.0 < self.vertical_fov_deg < 170.0 or self.width < 1 or self.height < 1:
            raise InvalidValueError("A camera needs a picture of at least one pixel and a view of 1 to 170 degrees.")
        if np.linalg.norm(np.cross(self.look, self.up)) < 1e-9:
            raise InvalidValueError("A camera cannot look straight along its own up direction.")

    @cached_property
    def axes(self) -> Floats:
        """Rows: the picture's right, the picture's down, the line of sight (3 × 3)."""
        sight = np.asarray(self.look, dtype=np.float64) / np.linalg.norm(self.look)
        right = np.cross(sight, self.up)
        right /= np.linalg.norm(right)
        down = np.cross(sight, right)
        turn = math.radians(self.roll_deg)
        return np.stack(
            [right * math.cos(turn) + down * math.sin(turn), down * math.cos(turn) - right * math.sin(turn), sight]
        )

    @property
    def focal_px(self) -> float:
        """Focal length in pixels."""
        return self.height / 2.0 / math.tan(math.radians(self.vertical_fov_deg) / 2.0)

    def project(self, points: Floats) -> Floats:
        """Picture coordinates (…, 2) in pixels of points (…, 3) in metres; NaN behind the camera.

        x to the right, y down; the centre of the first pixel is at 0.5, 0.5.
        """
        seen = (np.asarray(points, dtype=np.float64) - np.asarray(self.position)) @ self.axes.T
        depth = np.where(seen[..., 2] > 1e-6, seen[..., 2], np.nan)
        x, y = self._distorted(seen[..., 0] / depth, seen[..., 1] / depth)
        return np.stack([self.width / 2.0 + self.focal_px * x, self.height / 2.0 + self.focal_px * y], axis=-1)

    def _distorted(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        k1, k2, p1, p2, k3 = self.distortion
        r2 = x * x + y * y
        radial = 1.0 + r2 * (k1 + r2 * (k2 + r2 * k3))
        return (
            x * radial + 2.0 * p1 * x * y + p2 * (r2 + 2.0 * x * x),
            y * radial + p1 * (r2 + 2.0 * y * y) + 2.0 * p2 * x * y,
        )


def film_motion(
    motion: xr.Dataset,
    camera: Camera,
    *,
    view: str = "unknown",
    fps: float | None = None,
    noise_px: float = 0.0,
    dropped: float = 0.0,
    names: dict[str, str] | None = None,
    seed: int = 0,
) -> xr.Dataset:
    """Film a motion in metres: the same movement as a Motion in pixels.

    Parameters
    ----------
    motion
        A 3-D Motion in metres.
    camera
        The camera.
    view
        One of `medius.motion.VIEWS`.
    fps
        Frames a second of the film; default: those of the motion. Positions between frames are linear.
    noise_px
        Standard deviation of independent normal noise on each coordinate.
    dropped
        Share of points that are missing at random, 0 to 1.
    names
        Keep only these key points, renamed: name in the motion to name in the film.
    seed
        Of the random numbers.

    Returns
    -------
    A Motion in pixels with ``width`` and ``height``; points outside the picture keep their coordinates.
    """
    if motion.attrs.get("unit") != "m" or motion.sizes.get("space") != 3:
        raise InvalidValueError("A virtual camera films 3-D motion in metres.")
    if noise_px < 0 or not 0 <= dropped <= 1:
        raise InvalidValueError("Noise cannot be negative, and the share of dropped points lies between 0 and 1.")
    chosen: Sequence[str] = list(names) if names else motion.keypoint.to_numpy().tolist()
    tracks = motion.position.sel(keypoint=list(chosen)).to_numpy().transpose(0, 2, 1)
    time = motion.time.to_numpy()
    if fps is not None:
        at = np.arange(time[0], time[-1] + 1e-9, 1.0 / fps)
        flat = tracks.reshape(tracks.shape[0], -1)
        columns = [np.interp(at, time, flat[:, i]) for i in range(flat.shape[1])]
        tracks, time = np.stack(columns, axis=1).reshape(at.size, *tracks.shape[1:]), at
    random = np.random.default_rng(seed)
    pixels = camera.project(tracks)
    pixels += noise_px * random.standard_normal(pixels.shape)
    pixels[random.random(pixels.shape[:2]) < dropped] = np.nan
    film = make_motion(
        pixels.transpose(0, 2, 1),
        time=time - time[0],
        keypoints=[(names or {}).get(n, n) for n in chosen],
        unit="px",
        view=view,
        source="virtual camera",
        attrs={"width": camera.width, "height": camera.height},
    )
    return with_log(film, "film", noise_px=noise_px, dropped=dropped, seed=seed)
