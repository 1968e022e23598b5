"""Speed of the video pipeline: against what its parts allow, and against ``mediapipe``.

The parts are measured alone: decoding in its process as the pipeline uses it, and the network on a prepared picture. Both
cores work for the pipeline, so that no arrangement of the parts can be faster than network + decoding / 2; the share of
that bound says what everything else costs. ``mediapipe`` is compared on the whole clip, loading included on both sides.
`take_turns` measures all of them one after another several times, and of each the quickest `WINDOW` frames in a row count:
other work on the machine only ever adds time. Where even those did not get all cores, nothing is judged.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from scripts.bench_rows import Row, row, take_turns

ROOT = Path(__file__).parent.parent
MEDIAPIPE = ROOT / "build" / "bench-mediapipe"
MEDIAPIPE_PACKAGES = ("mediapipe==0.10.21", "numpy<2")
MEDIAPIPE_FRAMES = 150
ROUNDS = 3
SHARE_MIN = 0.8
RATIO_MIN = 2.5
WINDOW = 60
FREE_MIN = 0.9
_OUTPUTS = ("Identity", "Identity_1", "Identity_3")


class Timing(NamedTuple):
    """Seconds a frame.

    Attributes
    ----------
    running
        In the quickest frames in a row.
    whole
        The same, with everything before the first and after the last frame spread over the clip.
    cores
        How many cores the process got while it waited for nothing else; NaN where that is not known.
    """

    running: float
    whole: float
    cores: float = float("nan")


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
        measure: dict[str, Callable[[], Timing]] = {
            "decode": partial(decode, clip),
            "latency": partial(infer, 1),
            "streams": partial(infer, 2),
            "pipeline": partial(in_new_process, clip),
        }
        if python is not None:
            measure["mediapipe"] = partial(mediapipe, python, clip)
        rows += rows_from(label, take_turns(measure, rounds))
    return rows if why_not is None else [*rows, row("mediapipe 0.10.21", why_not)]


def rows_from(label: str, timings: dict[str, list[Timing]]) -> list[Row]:
    """Turn timings, by what was measured, into rows."""
    running = {name: min(timing.running for timing in rounds) for name, rounds in timings.items()}
    whole = {name: min(timing.whole for timing in rounds) for name, rounds in timings.items()}
    network = min(running["latency"], running["streams"])
    cores, wanted = max(timing.cores for timing in timings["streams"]), min(2, os.cpu_count() or 1)
    free = cores >= FREE_MIN * wanted
    arrangement = "two streams" if running["streams"] <= running["latency"] else "one stream on all cores"
    bound = network + running["decode"] / 2
    share = bound / running["pipeline"]
    rows = [
        row(f"{label}: decoding alone", 1 / running["decode"], "frames/s"),
        row(f"{label}: heavy network alone, one stream on all cores", 1 / running["latency"], "frames/s"),
        row(f"{label}: heavy network alone, two streams", 1 / running["streams"], "frames/s"),
        row(f"{label}: bound, network in {arrangement} + decoding / 2", 1 / bound, "frames/s"),
        row(f"{label}: pipeline, once it runs", 1 / running["pipeline"], "frames/s"),
        row(f"{label}: pipeline / bound", share, "", f"≥ {SHARE_MIN:g}", share >= SHARE_MIN if free else None),
        row(f"{label}: pipeline, loading and choosing the runner included", 1 / whole["pipeline"], "frames/s"),
        row(f"{label}: pipeline with loading / bound", bound / whole["pipeline"]),
    ]
    if "mediapipe" in whole:
        ratio = whole["mediapipe"] / whole["pipeline"]
        pairs = zip(timings["mediapipe"], timings["pipeline"], strict=True)
        typical = statistics.median(theirs.whole / ours.whole for theirs, ours in pairs)
        rows += [
            row(
                f"{label}: mediapipe 0.10.21, model_complexity=2, loading included", 1 / whole["mediapipe"], "frames/s"
            ),
            row(
                f"{label}: pipeline / mediapipe, quickest rounds",
                ratio,
                "×",
                f"≥ {RATIO_MIN:g}",
                ratio >= RATIO_MIN if free else None,
            ),
            row(f"{label}: pipeline / mediapipe, median of the rounds", typical, "×"),
            row(f"{label}: pipeline / mediapipe, both once they run", running["mediapipe"] / running["pipeline"], "×"),
        ]
    got = f"{cores:.2g} of {wanted} cores for the network at best"
    rows.append(row(f"{label}: was the machine free", got if free else f"no, {got}: not judged"))
    return rows


def quickest(times: Sequence[float], window: int = WINDOW) -> float:
    """Return seconds a frame in the quickest `window` frames in a row, from the moments when frames were done."""
    window = min(window, len(times) - 1)
    return min(end - start for start, end in zip(times, times[window:], strict=False)) / window


def decode(clip: Path, n_frames: int | None = None) -> Timing:
    """Time decoding alone, without starting its process."""
    from medius.motion.video import FrameSource

    with FrameSource(clip, max_frames=n_frames) as source:
        taken = quickest([time.perf_counter() for _ in source])
    return Timing(taken, taken)


def infer(streams: int, n_images: int = 120, model: str = "heavy") -> Timing:
    """Time the network alone, with so many images in work at once."""
    from medius.motion.pose._network import open_network
    from medius.motion.pose.models import find_model

    network = open_network(find_model(model), _OUTPUTS, in_flight=streams)
    image = np.random.default_rng(1).random((1, 256, 256, 3), dtype=np.float32)
    for _ in range(streams):
        network.start(image)
    done: list[float] = []
    used = time.process_time()
    for _ in range(n_images):
        network.finish()
        done.append(time.perf_counter())
        network.start(image)
    cores = (time.process_time() - used) / (done[-1] - done[0]) * (n_images - 1) / n_images
    for _ in range(streams):
        network.finish()
    taken = quickest(done)
    return Timing(taken, taken, cores)


def pipeline(clip: Path, model: str = "heavy", seconds: float = 120.0) -> Timing:
    """Time the reading of a film: key points, stickers, background and camera."""
    from medius.motion.filmed import FilmOptions, read_film

    done: list[float] = []
    start = time.perf_counter()
    film = read_film(
        clip, FilmOptions(model=model, seconds=seconds), progress=lambda *_: done.append(time.perf_counter())
    )
    outside = done[0] - start + time.perf_counter() - done[-1]
    running = quickest(done)
    return Timing(running, running + outside / len(film.frame_numbers))


def in_new_process(clip: Path, model: str = "heavy", seconds: float = 120.0) -> Timing:
    """Time `pipeline` in a new process."""
    # Networks that were loaded stay loaded: only a new process pays for that as a user does.
    call = f"pipeline(Path({str(clip)!r}), {model!r}, {seconds!r})"
    program = f"from pathlib import Path; from scripts.bench_video import pipeline; print(*{call}[:2])"
    return _printed([sys.executable, "-c", program])


def _printed(command: list[str]) -> Timing:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    running, whole = done.stdout.split()[-2:]
    return Timing(float(running), float(whole))


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


def mediapipe(python: Path, clip: Path, n_frames: int = MEDIAPIPE_FRAMES) -> Timing:
    """Time mediapipe."""
    return _printed([str(python), str(ROOT / "scripts" / "bench_mediapipe.py"), str(clip), str(n_frames)])


if __name__ == "__main__":
    print(json.dumps(run(), indent=1, ensure_ascii=False))
