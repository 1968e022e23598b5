"""The virtual camera against rendered clips whose three- and two-dimensional points are both known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from medius.body import Camera, adult, film_motion, landmark_motion
from medius.errors import InvalidValueError


@pytest.mark.parametrize("clip", ["run-rear/rear01", "run-rear/rear03", "run-side/side02", "run-side/side04"])
def test_the_camera_sees_what_the_renderer_saw(data: Path, clip: str) -> None:
    truth = json.loads((data / "rendered" / f"{clip}.json").read_text())
    seen = truth["camera"]
    camera = Camera(
        tuple(seen["position"]),
        tuple(seen["look_direction"]),
        truth["width"],
        truth["height"],
        seen["vertical_fov_deg"],
        seen["roll_deg"],
    )
    frames = truth["frames"]
    for name, points in frames["joints_3d_m"].items():
        expected = np.array(frames["joints_2d_px"][name])
        # The stored direction has four digits, which is a tenth of a pixel.
        assert np.nanmax(np.abs(camera.project(np.array(points)) - expected)) < 0.3, name


def test_distortion_is_that_of_opencv() -> None:
    cv2 = pytest.importorskip("cv2")
    camera = Camera((0, 1, -4), (0, 0, 1), 640, 480, 50.0, distortion=(-0.2, 0.05, 0.001, -0.002, 0.01))
    points = np.random.default_rng(0).uniform([-1, 0, -0.5], [1, 2, 0.5], size=(50, 3))
    turn, _ = cv2.Rodrigues(camera.axes)
    shift = -camera.axes @ np.array(camera.position)
    matrix = np.array([[camera.focal_px, 0, 320], [0, camera.focal_px, 240], [0, 0, 1]])
    expected, _ = cv2.projectPoints(points, turn, shift, matrix, np.array(camera.distortion))
    assert np.allclose(camera.project(points), expected[:, 0], atol=1e-6)


def test_film_has_the_noise_gaps_and_rate_that_were_asked() -> None:
    values = np.tile(adult().defaults, (1000, 1))
    motion = landmark_motion(adult(), values, fps=200.0)
    camera = Camera((-4.0, 1.0, 0.0), (1.0, 0.0, 0.0), 720, 1280, 40.0)
    clean = film_motion(motion, camera, view="rear")
    noisy = film_motion(motion, camera, view="rear", noise_px=2.0, dropped=0.1, names={"heel_r": "right_heel"}, seed=3)
    assert noisy.keypoint.to_numpy().tolist() == ["right_heel"]
    gap = (noisy.position.to_numpy() - clean.position.sel(keypoint=["heel_r"]).to_numpy()).ravel()
    assert np.nanstd(gap) == pytest.approx(2.0, rel=0.1)
    assert np.isnan(gap).mean() == pytest.approx(0.1, abs=0.03)
    assert (noisy.confidence.to_numpy()[np.isnan(noisy.position.to_numpy()[:, 0])] == 0).all()
    slow = film_motion(motion, camera, fps=30.0)
    assert slow.attrs["fps"] == pytest.approx(30.0)
    assert slow.attrs["width"] == 720
    # Rear view: the person's right is the picture's right, and heads are above feet.
    right, left = (clean.position.sel(keypoint=f"heel_{s}").to_numpy()[0] for s in ("r", "l"))
    assert right[0] > left[0]
    assert clean.position.sel(keypoint="head_top").to_numpy()[0, 1] < right[1]


def test_what_is_behind_the_camera_is_not_seen_and_nonsense_is_refused() -> None:
    camera = Camera((0, 0, 0), (1, 0, 0))
    assert np.isnan(camera.project(np.array([-1.0, 0.0, 0.0]))).all()
    with pytest.raises(InvalidValueError, match="up direction"):
        Camera((0, 0, 0), (0, 1, 0))
    with pytest.raises(InvalidValueError, match="1 to 170"):
        Camera((0, 0, 0), (1, 0, 0), vertical_fov_deg=0.0)
    flat = landmark_motion(adult(), np.tile(adult().defaults, (3, 1)), fps=10.0).assign_attrs(unit="px")
    with pytest.raises(InvalidValueError, match="in metres"):
        film_motion(flat, camera)
