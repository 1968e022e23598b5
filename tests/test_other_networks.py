"""The main job with another pose network's points, on the exact joints of the bundled sample."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import medius
from medius.motion.pose import FakeEstimator

_POINTS = {
    "hip": "hip",
    "knee": "knee",
    "ankle": "ankle",
    "heel": "heel",
    "foot_index": "toe",
    "shoulder": "shoulder",
    "elbow": "elbow",
    "wrist": "wrist",
}


def exact_joints(clip: Path, parts: dict[str, str]) -> FakeEstimator:
    """Return an estimator that knows the joints of a rendered clip, by the names that networks use."""
    truth = json.loads(clip.with_suffix(".json").read_text())["frames"]["joints_2d_px"]
    names = [f"{side}_{part}" for side in ("left", "right") for part in parts]
    points = [truth[f"{joint}_{side[0]}"] for side in ("left", "right") for joint in parts.values()]
    return FakeEstimator(np.stack([np.array(p) for p in [*points, truth["head"]]], axis=1), [*names, "nose"])


@pytest.mark.parametrize("missing", [(), ("heel", "foot_index")], ids=["with feet", "without feet"])
def test_a_network_with_other_points_is_measured_with_wider_intervals(samples: Path, missing: tuple[str, ...]) -> None:
    clip = samples / "side.mp4"
    truth = json.loads(clip.with_suffix(".json").read_text())
    estimator = exact_joints(clip, {k: v for k, v in _POINTS.items() if k not in missing})
    result = medius.analyse(clip, height_m=truth["body"]["height_m"], view="side-left", estimator=estimator)
    found = {(o.code, o.side): o for o in result.observations}
    cadence = found["cadence", None]
    assert cadence.value == pytest.approx(truth["cadence_spm"], abs=0.6)
    knee = found["knee_flexion_at_contact", "left"]
    true_knee = np.mean([s["knee_flexion_ic_deg"] for s in truth["steps"] if s["side"] == "left"])
    assert knee.interval_95 is not None
    assert knee.interval_95[0] <= true_knee <= knee.interval_95[1]
    assert knee.detail["corrected"] is False
    assert (found["foot_strike_angle", "left"].value is None) == bool(missing)
