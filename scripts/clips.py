"""Rendered clips read by the real pipeline, each only once: the result is kept under ``build/``."""

from __future__ import annotations

import hashlib
import os
import pickle
from functools import cache
from pathlib import Path

from medius.motion.filmed import Filmed, FilmOptions, read_film

__all__ = ["ROOT", "filmed", "real_data", "running_clips"]

ROOT = Path(__file__).parent.parent


def real_data() -> Path | None:
    """Return the folder of recordings, or None where it is absent."""
    for candidate in (os.environ.get("MEDIUS_TEST_DATA"), ROOT.parent / "shared" / "data"):
        if candidate and (Path(candidate) / "README.md").is_file():
            return Path(candidate)
    return None


def running_clips(data: Path) -> list[Path]:
    """Return the rendered running clips with truth, the bundled sample last."""
    return [*sorted((data / "rendered").glob("run-*/*.mp4")), *sorted((ROOT / "samples" / "runner").glob("*.mp4"))]


def filmed(clip: Path, model: str) -> Filmed:
    """Read a clip, or take it from the cache, which knows the clip's and the reading code's content."""
    digest = hashlib.sha256(clip.read_bytes()).hexdigest()[:16]
    kept = ROOT / "build" / "clips" / f"{digest}-{model}-{_code()}.pickle"
    if kept.is_file():
        loaded: Filmed = pickle.loads(kept.read_bytes())  # noqa: S301  # our own file
        return loaded
    result = read_film(clip, FilmOptions(model=model))
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(pickle.dumps(result))
    return result


@cache
def _code() -> str:
    """Return a digest of the code that reads films, so that a change of it reads them anew."""
    digest = hashlib.sha256()
    for file in sorted((ROOT / "src" / "medius" / "motion").rglob("*.py")):
        if "mocap" not in file.parts and not file.name.startswith(("keypoint", "_keypoint")):
            digest.update(file.read_bytes())
    return os.environ.get("MEDIUS_CLIPS_KEY") or digest.hexdigest()[:12]
