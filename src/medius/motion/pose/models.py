"""The pose networks on this machine: where they are, that they are the right ones, and how they got there.

They come from the npm package ``@mediapipe/pose`` (Apache-2.0) at set-up. Nothing is downloaded at run time.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from pathlib import Path

import platformdirs

from medius.errors import MissingPartError

__all__ = ["MODELS", "find_model", "model_folders", "prepare_models"]

NPM_PACKAGE = "@mediapipe/pose"

MODELS: dict[str, tuple[str, str]] = {
    "detector": (
        "pose_solution_packed_assets.data",
        "a63c614bef30d35947f13be361820b1e4e3bec9cfeebf4d11216a18373108e85",
    ),
    "lite": ("pose_landmark_lite.tflite", "f17bfbecadb61c3be1baa8b8d851cc6619c870a87167b32848ad20db306b9d61"),
    "full": ("pose_landmark_full.tflite", "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f"),
    "heavy": ("pose_landmark_heavy.tflite", "59e42d71bcd44cbdbabc419f0ff76686595fd265419566bd4009ef703ea8e1fe"),
}
"""Name of each network, the file of the npm package that holds it, and that file's SHA-256."""


def model_folders() -> tuple[Path, ...]:
    """Return the folders where networks are looked for, first come first served.

    ``MEDIUS_MODELS`` where it is set, then the Python environment that runs Medius, then the user's data folder.
    """
    explicit = os.environ.get("MEDIUS_MODELS")
    if explicit:
        return (Path(explicit),)
    return (
        Path(sys.prefix) / "share" / "medius" / "models",
        Path(platformdirs.user_data_dir("medius")) / "models",
    )


def find_model(name: str) -> Path:
    """Return the file of network `name` (one of `MODELS`).

    Raises
    ------
    MissingPartError
        If it is not there; the message says how to get it.
    """
    for folder in model_folders():
        file = folder / f"{name}.tflite"
        if file.is_file():
            return file
    raise MissingPartError(
        f"The pose network '{name}' is not on this machine. Run `make setup` in the project's folder, or "
        f"`npm install {NPM_PACKAGE}@0.5.1675469404` and then `medius models prepare`."
    )


def prepare_models(package: Path, target: Path | None = None) -> list[Path]:
    """Copy the networks out of the unpacked npm package, each checked by its hash.

    Parameters
    ----------
    package
        The folder ``node_modules/@mediapipe/pose``.
    target
        Where they go; default the first of `model_folders`.

    Raises
    ------
    MissingPartError
        If a file is absent or is not the expected one. Nothing is copied then.
    """
    folder = target or model_folders()[0]
    sources: dict[str, Path] = {}
    for name, (file_name, sha256) in MODELS.items():
        source = package / file_name
        if not source.is_file():
            raise MissingPartError(
                f"{source} is missing. Run `npm ci` in the project's folder first, then `medius models prepare`."
            )
        found = hashlib.sha256(source.read_bytes()).hexdigest()
        if found != sha256:
            raise MissingPartError(
                f"{source.name} is not the file that Medius was built for (its hash begins {found[:12]}, expected "
                f"{sha256[:12]}). Delete node_modules and run `npm ci` again."
            )
        sources[name] = source
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, source in sources.items():
        file = folder / f"{name}.tflite"
        temporary = file.with_suffix(".part")
        shutil.copyfile(source, temporary)
        temporary.replace(file)
        written.append(file)
    return written
