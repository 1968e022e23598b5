"""The command line as a person meets it: what it prints, where, and how it ends."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from medius.cli import main

synthetic: Any = importlib.import_module("tests.gait._synthetic")


@dataclass(frozen=True)
class Said:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Standard output as one JSON object."""
        parsed: dict[str, Any] = json.loads(self.out)
        return parsed


Medius = Callable[..., Said]


@pytest.fixture
def medius(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Medius:
    """Run ``medius`` with arguments."""

    def run(*arguments: str | Path) -> Said:
        monkeypatch.setattr(sys, "argv", ["medius", *map(str, arguments)])
        capfd.readouterr()
        code: int = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        captured = capfd.readouterr()
        return Said(code, captured.out, captured.err)

    return run


def write_points(path: Path, run: Any) -> Path:
    """Write the key points of a made-up runner as another tool would."""
    names = run.motion["keypoint"].to_numpy().tolist()
    position = run.motion["position"].transpose("time", "keypoint", "space").to_numpy()
    frames = [[[round(float(x), 3), round(float(y), 3), 0.9] for x, y in frame] for frame in position]
    document = {
        "schema": "gaitlab.pose/v1", "source": "made-up", "view": run.view, "fps": run.fps, "width": 720, "height": 1280,
        "keypoint_names": names, "frames": frames,
    }  # fmt: skip
    path.write_text(json.dumps(document))
    return path


@pytest.fixture(scope="session")
def points(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Key-point files of one made-up runner from behind and from the side."""
    folder = tmp_path_factory.mktemp("points")
    return {view: write_points(folder / f"{view}.json", synthetic.Runner(view=view)) for view in ("rear", "side-left")}
