"""Rendered runners without a network: the true joints in the picture as key points, and the truth they belong to."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from medius.gait.film import Film
from medius.gait.prepare import prepare_film
from medius.motion import make_motion
from medius.motion.pose import BLAZEPOSE_KEYPOINTS

if TYPE_CHECKING:
    from scripts.truth import Truth

ROOT = Path(__file__).parent.parent.parent
REAR = tuple(f"run-rear/rear0{i}" for i in range(1, 9))
SIDE = tuple(f"run-side/side0{i}" for i in range(1, 5))
_JOINTS = {"foot_index": "toe"}
_HEAD = ("nose", "left_ear", "right_ear")


@cache
def rendered_truth(data: Path, name: str) -> Truth:
    """Return the truth of a rendered clip named by its path in ``rendered``."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    from scripts.truth import load_truth

    return load_truth(data / "rendered" / f"{name}.mp4")


@cache
def true_joints(data: Path, name: str) -> xr.Dataset:
    """Return the true joints as a Motion with the names of BlazePose."""
    raw = rendered_truth(data, name).raw
    joints = raw["frames"]["joints_2d_px"]
    position = np.full((raw["n_frames"], 2, len(BLAZEPOSE_KEYPOINTS)), np.nan)
    for i, keypoint in enumerate(BLAZEPOSE_KEYPOINTS):
        side, _, part = keypoint.partition("_")
        joint = "head" if keypoint in _HEAD else f"{_JOINTS.get(part, part)}_{side[0]}"
        if joint in joints:
            position[:, :, i] = np.array(joints[joint])
    view = raw["view"]
    return make_motion(
        position,
        time=raw["frames"]["time_s"],
        keypoints=BLAZEPOSE_KEYPOINTS,
        unit="px",
        view=view if view == "rear" else f"side-{view}",
        source="truth",
        attrs={"width": raw["width"], "height": raw["height"]},
    )


@cache
def true_film(data: Path, name: str) -> Film:
    """Return the `Film` of the true joints, levelled by the true roll, in true metres."""
    truth = rendered_truth(data, name)
    return prepare_film(true_joints(data, name), roll_deg=truth.roll_deg, height_m=truth.height_m)
