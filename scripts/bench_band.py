"""Speed of the laboratory part, side by side with OpenSim in the same run: ``run()`` returns the rows."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from medius.band import band_from_osim, band_model, path_length
from medius.body import adult, inverse_kinematics, landmark_motion, place_segments

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Speed:
    """One line of the benchmark: frames a second, and how many times another way does the same."""

    name: str
    frames_per_second: float
    against: str = ""
    ratio: float | None = None


def _best(function: Callable[[], object], repeats: int = 3) -> float:
    """Shortest time of a few calls, seconds."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def _opensim_rate(model_file: Path, frames: int = 2000) -> float:
    """Frames a second of the muscle's length through the OpenSim interface."""
    import opensim

    from scripts.accuracy_lab import opensim_lengths, posture_grid

    opensim.Logger.setLevelString("Off")
    model = opensim.Model(str(model_file))
    state = model.initSystem()
    signs = band_from_osim(model_file, "right").signs
    postures = posture_grid(frames)[:frames]
    return frames / _best(lambda: opensim_lengths(model, state, signs, "right", postures), 2)


def _run_cycle(frames: int) -> NDArray[np.float64]:
    """Joint angles (frame, 4) that sweep through running."""
    phase = np.linspace(0.0, 2.0 * np.pi * frames / 140.0, frames)
    return np.stack(
        [20 + 28 * np.cos(phase), 5 + 6 * np.sin(phase), 4 * np.cos(phase), 50 - 40 * np.cos(phase)], axis=1
    )


def run() -> list[Speed]:
    """Measure: band path against OpenSim, forward kinematics, inverse kinematics of a 60 s trial at 200 Hz."""
    count = 1_000_000
    angles = _run_cycle(count)
    band = band_model("right")
    rate = count / _best(lambda: path_length(band, angles))
    data = Path(os.environ.get("MEDIUS_TEST_DATA", ROOT.parent / "shared" / "data"))
    model_file = data / "opensim" / "Rajagopal2016.osim"
    try:
        theirs: float | None = _opensim_rate(model_file) if model_file.is_file() else None
    except ImportError:
        theirs = None
    rows = [Speed("band path, one leg", rate, "OpenSim interface" if theirs else "", rate / theirs if theirs else None)]
    if theirs:
        rows.append(Speed("band path through OpenSim", theirs))
    skeleton = adult()
    pose = {"hip_flexion_r": angles[:, 0], "knee_flexion_r": angles[:, 3]}
    rate = count / _best(lambda: place_segments(skeleton, pose, ["shank_r"]), 2)
    rows.append(Speed("forward kinematics, pelvis to shank", rate))
    moving = _whole_body(12_000)
    seconds = _best(lambda: inverse_kinematics(skeleton, moving), 1)
    rows.append(Speed(f"inverse kinematics, 60 s at 200 Hz in {seconds:.1f} s", 12_000 / seconds))
    return rows


def _whole_body(frames: int) -> xr.Dataset:
    """Markers of a running skeleton with 3 mm of noise."""
    skeleton = adult()
    random = np.random.default_rng(1)
    at = np.arange(frames) / 200.0
    values = np.tile(skeleton.defaults, (frames, 1))
    for index, coordinate in enumerate(skeleton.coordinates):
        if coordinate.rotation and not coordinate.locked:
            middle = np.clip(coordinate.default, coordinate.low + 25.0, coordinate.high - 25.0)
            values[:, index] = middle + 15.0 * np.sin(2.0 * np.pi * (1.4 * at + random.random()))
    motion = landmark_motion(skeleton, values, fps=200.0).sel(keypoint=list(skeleton.landmarks))
    return motion.assign(position=motion.position + 0.003 * random.standard_normal(motion.position.shape))


if __name__ == "__main__":
    for row in run():
        print(
            f"{row.name}: {row.frames_per_second:,.0f} frames/s"
            + (f" = {row.ratio:.0f} × {row.against}" if row.ratio else "")
        )
