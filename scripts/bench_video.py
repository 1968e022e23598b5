"""Speed of the video pipeline: against what its parts allow, and against ``mediapipe``.

Every figure is seconds a frame. The parts are measured alone: decoding in its process as the pipeline uses it, and the
network on a prepared picture. Both cores work for the pipeline, so that no arrangement of the parts can be faster than
network + decoding / 2; the share of that bound says what everything else costs. `take_turns` measures all of them one
after another several times, and the quickest round of each counts: other work on the machine only ever adds time.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from scripts.bench_rows import Row, row, take_turns

ROOT = Path(__file__).parent.parent
MEDIAPIPE = ROOT / "build" / "bench-mediapipe"
MEDIAPIPE_PACKAGES = ("mediapipe==0.10.21", "numpy<2")
MEDIAPIPE_FRAMES = 150
ROUNDS = 3
SHARE_MIN = 0.8
RATIO_MIN = 2.5
_OUTPUTS = ("Identity", "Identity_1", "Identity_3")


def clips() -> dict[str, Path]:
    """Return the clips to measure on: the bundled sample, and a real runner where the recordings are present."""
    found = {"sample, rear": ROOT / "samples" / "runner" / "rear.mp4"}
    for folder in (os.environ.get("MEDIUS_TEST_DATA"), ROOT.parent / "shared" / "data"):
        real = Path(folder or "") / "video" / "treadmill-side" / "male_side.mp4"
        if folder and real.is_file():
            found["real, side"] = real
            break
    return found


def run(rounds: int = ROUNDS) -> list[Row]:
    """Return the rows for the table."""
    rows: list[Row] = []
    python, why_not = mediapipe_python()
    for label, clip in clips().items():
        measure: dict[str, Callable[[], float]] = {
            "decode": partial(decode, clip),
            "latency": partial(infer, 1),
            "streams": partial(infer, 2),
            "pipeline": partial(_in_new_process, clip),
        }
        if python is not None:
            measure["mediapipe"] = partial(mediapipe, python, clip)
        rows += rows_from(label, take_turns(measure, rounds))
    return rows if why_not is None else [*rows, row("mediapipe 0.10.21", why_not)]


def rows_from(label: str, seconds: dict[str, list[float]]) -> list[Row]:
    """Turn seconds a frame, by what was measured, into rows."""
    best = {name: min(values) for name, values in seconds.items()}
    network = min(best["latency"], best["streams"])
    arrangement = "two streams" if best["streams"] <= best["latency"] else "one stream on all cores"
    bound = network + best["decode"] / 2
    share = bound / best["pipeline"]
    rows = [
        row(f"{label}: decoding alone", 1 / best["decode"], "frames/s"),
        row(f"{label}: heavy network alone, one stream on all cores", 1 / best["latency"], "frames/s"),
        row(f"{label}: heavy network alone, two streams", 1 / best["streams"], "frames/s"),
        row(f"{label}: bound (network in {arrangement} + decoding / 2)", 1 / bound, "frames/s"),
        row(f"{label}: whole pipeline, loading included", 1 / best["pipeline"], "frames/s"),
        row(f"{label}: share of the bound", share, "", f"≥ {SHARE_MIN:g}", share >= SHARE_MIN),
    ]
    if "mediapipe" in best:
        ratio = best["mediapipe"] / best["pipeline"]
        pairs = zip(seconds["mediapipe"], seconds["pipeline"], strict=True)
        typical = statistics.median(theirs / ours for theirs, ours in pairs)
        rows += [
            row(f"{label}: mediapipe 0.10.21, model_complexity=2", 1 / best["mediapipe"], "frames/s"),
            row(f"{label}: Medius / mediapipe, quickest rounds", ratio, "×", f"≥ {RATIO_MIN:g}", ratio >= RATIO_MIN),
            row(f"{label}: Medius / mediapipe, median of the rounds", typical, "×"),
        ]
    return rows


def decode(clip: Path, n_frames: int | None = None) -> float:
    """Return seconds a frame of decoding alone, without starting the process."""
    from medius.motion.video import FrameSource

    with FrameSource(clip, max_frames=n_frames) as source:
        frames = iter(source)
        next(frames)
        start = time.perf_counter()
        count = sum(1 for _ in frames)
    return (time.perf_counter() - start) / max(count, 1)


def infer(streams: int, n_images: int = 60, model: str = "heavy") -> float:
    """Return seconds an image of the network alone, with so many images in work at once."""
    from medius.motion.pose._network import open_network
    from medius.motion.pose.models import find_model

    network = open_network(find_model(model), _OUTPUTS, in_flight=streams)
    image = np.random.default_rng(1).random((1, 256, 256, 3), dtype=np.float32)
    for _ in range(streams):
        network.start(image)
    start = time.perf_counter()
    for _ in range(n_images):
        network.finish()
        network.start(image)
    taken = time.perf_counter() - start
    for _ in range(streams):
        network.finish()
    return taken / n_images


def pipeline(clip: Path, model: str = "heavy", seconds: float = 120.0) -> float:
    """Return seconds a frame of reading a film: key points, stickers, background; loading the networks included."""
    from medius.motion.filmed import FilmOptions, read_film

    start = time.perf_counter()
    film = read_film(clip, FilmOptions(model=model, seconds=seconds))
    return (time.perf_counter() - start) / len(film.frame_numbers)


def _in_new_process(clip: Path) -> float:
    # Networks that were loaded stay loaded: only a new process pays for that as a user does.
    program = (
        f"from pathlib import Path; from scripts.bench_video import pipeline; print(pipeline(Path({str(clip)!r})))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return float(done.stdout)


def mediapipe_python(
    folder: Path = MEDIAPIPE, version: tuple[int, int] = sys.version_info[:2]
) -> tuple[Path | None, str | None]:
    """Return a Python that has mediapipe 0.10.21, made where it is missing, or why there is none."""
    from medius.motion.pose.models import find_model

    if version >= (3, 13):
        return None, "not measured: mediapipe 0.10.21 cannot be installed with Python 3.13 or newer; use 3.11 or 3.12"
    python = folder / "bin" / "python"
    if not (folder / ".ready").is_file():
        try:
            subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True)
            subprocess.run(
                [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *MEDIAPIPE_PACKAGES],
                check=True, capture_output=True, text=True,
            )  # fmt: skip
        except (OSError, subprocess.CalledProcessError) as error:
            said = str(getattr(error, "stderr", "") or error).strip().splitlines()
            return None, f"not measured: mediapipe 0.10.21 could not be installed ({said[-1] if said else error})"
        # mediapipe would download its heavy network when it is first used; it is the file that Medius has.
        place = next(folder.glob("lib/python*/site-packages/mediapipe/modules/pose_landmark"))
        (place / "pose_landmark_heavy.tflite").write_bytes(find_model("heavy").read_bytes())
        (folder / ".ready").touch()
    return python, None


def mediapipe(python: Path, clip: Path, n_frames: int = MEDIAPIPE_FRAMES) -> float:
    """Return seconds a frame of mediapipe."""
    script = ROOT / "scripts" / "bench_mediapipe.py"
    done = subprocess.run(
        [str(python), str(script), str(clip), str(n_frames)], capture_output=True, text=True, check=True
    )
    return float(done.stdout.split()[-1])


if __name__ == "__main__":
    print(json.dumps(run(), indent=1, ensure_ascii=False))
