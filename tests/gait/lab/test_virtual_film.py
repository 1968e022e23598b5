"""A real runner filmed by a virtual camera: what a film measures, against what the laboratory knows of the same strides."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Literal

import numpy as np
import pytest

from medius.body import Camera
from medius.errors import NothingToMeasureError
from medius.gait.film import Film, Scale
from medius.gait.lab import analyse_lab, film_runner
from medius.gait.measures import measure, read
from medius.motion import read_motion

DISTANCE_M = 3.5


def rear_film(data: Path, accuracy_lab: ModuleType, *, noise_px: float, yaw_deg: float = 0.0) -> Film:
    """Sixty frames a second from behind, 1 m high, the runner 3.5 m away."""
    result = accuracy_lab.rbds(data)
    middle = np.nanmean((result.joint_centres["left_hip"] + result.joint_centres["right_hip"]) / 2, axis=0)
    yaw = np.radians(yaw_deg)
    look = (float(np.cos(yaw)), 0.0, float(np.sin(yaw)))
    position = (float(middle[0] - DISTANCE_M * look[0]), 1.0, float(middle[2] - DISTANCE_M * look[2]))
    camera = Camera(position, look, 720, 1280, 37.0)
    motion, stickers = film_runner(result, camera, view="rear", fps=60.0, noise_px=noise_px, seed=1)
    return Film(motion, result.contacts, stickers, Scale(DISTANCE_M / camera.focal_px, 0.0))


@pytest.mark.parametrize(
    ("code", "tolerance"),
    [("contralateral_pelvic_drop", 0.7), ("thigh_frontal_angle", 1.0), ("hip_ankle_line_angle", 1.0)],
)
def test_angles_of_the_film_are_those_of_the_laboratory(
    data: Path, accuracy_lab: ModuleType, code: str, tolerance: float
) -> None:
    film = rear_film(data, accuracy_lab, noise_px=1.0)
    known = {o.side: o.value for o in accuracy_lab.rbds(data).observations if o.code == code}
    definition = measure(code)
    assert definition.signal is not None
    sides: tuple[Literal["left", "right"], ...] = ("left", "right")
    for side in sides:
        values = read(film, definition.signal(film, side), film.contacts.of(side), definition.reading)
        assert np.nanmean(values) == pytest.approx(known[side], abs=tolerance)


def test_step_width_of_the_film_is_that_of_the_laboratory(data: Path, accuracy_lab: ModuleType) -> None:
    film = rear_film(data, accuracy_lab, noise_px=1.0)
    known = next(o.value for o in accuracy_lab.rbds(data).observations if o.code == "step_width")
    definition = measure("step_width")
    assert definition.values is not None
    assert np.nanmean(definition.values(film, None)) == pytest.approx(known, abs=0.01)


def test_a_camera_ten_degrees_aside_changes_drop_little(data: Path, accuracy_lab: ModuleType) -> None:
    definition = measure("contralateral_pelvic_drop")
    assert definition.signal is not None
    straight, aside = (rear_film(data, accuracy_lab, noise_px=0.0, yaw_deg=y) for y in (0.0, 10.0))
    values = [
        np.nanmean(read(f, definition.signal(f, "left"), f.contacts.of("left"), definition.reading))
        for f in (straight, aside)
    ]
    assert abs(values[0] - values[1]) < 0.8


def test_a_runner_without_a_pelvis_cannot_be_filmed(data: Path) -> None:
    motion = read_motion(data / "mocap" / "rbds001" / "RBDS001runT25markers.txt").isel(time=slice(0, 600))
    result = analyse_lab(motion)
    nothing = type(result)(**{**vars(result), "segments": None})
    with pytest.raises(NothingToMeasureError, match="pelvis was followed"):
        film_runner(nothing, Camera((0, 0, 0), (1, 0, 0)), view="rear")
