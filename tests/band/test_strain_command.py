"""``medius strain`` as its user runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from medius.cli.strain import register
from medius.errors import InvalidValueError, NothingToMeasureError, UnreadableFileError

APP = typer.Typer()
register(APP)
APP.callback()(lambda: None)


def run(*arguments: str | Path) -> Any:
    return CliRunner().invoke(APP, ["strain", *map(str, arguments)])


@pytest.fixture(scope="module")
def rbds(data: Path) -> tuple[Path, Path]:
    folder = data / "mocap" / "rbds001"
    return folder / "RBDS001runT25markers.txt", folder / "RBDS001static.c3d"


def test_motion_capture_to_json(rbds: tuple[Path, Path]) -> None:
    trial, static = rbds
    arguments = ("--what-if", "step_width=-0.04", "--mass", "62", "--strength", "1.7")
    done = run(trial, "--static", static, "--json", *arguments)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["schema"] == "medius.strain/1"
    assert told["inputs"][0]["frames"] == 4500
    codes = {(o["code"], o["side"]) for o in told["observations"]}
    assert ("itb_strain_midstance", "left") in codes
    assert ("abductor_reserve", "right") in codes
    for o in told["observations"]:
        assert o["value"] is not None
        low, high = o["interval_95"]
        assert low <= o["value"] <= high
        assert o["evidence"]
    assert told["what_if"][0]["evidence"] == ["M04", "M05"]
    assert all(d["value"] > 0 for d in told["what_if"][0]["difference"] if d["code"] == "itb_strain_midstance")
    assert len(told["curves"][0]["mean"]) == 101
    assert any("swapped" in q["message"] for q in told["quality"])


def test_the_same_input_gives_the_same_output(rbds: tuple[Path, Path]) -> None:
    trial, static = rbds
    assert run(trial, "--static", static, "--json").stdout == run(trial, "--static", static, "--json").stdout


def test_tables_for_people(rbds: tuple[Path, Path]) -> None:
    trial, static = rbds
    done = run(trial, "--static", static, "--what-if", "cadence=5", "--strength", "1.7")
    assert done.exit_code == 0
    words = " ".join(done.output.split())
    for part in (
        "Loading rate of the band",
        "path-length proxy",
        "No diagnosis",
        "cannot be seen in one person's film",
        "M11",
    ):
        assert part in words, part
    assert "degrees of drop" not in words


def test_joint_angles_in_a_mot_file(data: Path) -> None:
    done = run(data / "mocap" / "hamner" / "subject02_running_ik_first_half.mot", "--json")
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    values = {(o["code"], o["side"]): o for o in told["observations"]}
    assert values["itb_strain_peak", "left"]["value"] == pytest.approx(3.2, abs=0.3)
    rate = values["itb_strain_rate_loading", "left"]
    assert rate["value"] is None
    assert "60 frames a second" in rate["reason"]


def test_trc_with_a_model_through_inverse_kinematics(data: Path) -> None:
    folder = data / "mocap" / "hamner"
    done = run(folder / "subject02_running.trc", "--model", folder / "subject02_registered.osim", "--json")
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    peaks = [o["value"] for o in told["observations"] if o["code"] == "itb_strain_peak"]
    assert np.mean(peaks) == pytest.approx(3.2, abs=1.3)
    assert any(q["code"] == "inverse-kinematics" for q in told["quality"])


def test_a_template_for_an_unknown_marker_set(data: Path) -> None:
    done = run(data / "mocap" / "c3d-suite" / "pc_int.c3d", "--marker-template")
    assert done.exit_code == 0
    assert "#   RFT1" in done.stdout
    assert "[landmarks_both_sides]" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (["nothing.c3d"], UnreadableFileError, "cannot be opened"),
        (["{suite}/pc_int.c3d"], InvalidValueError, "--marker-template"),
        (["{trial}"], NothingToMeasureError, "Give the still trial with --static"),
        (["{trial}", "--static", "{static}", "--what-if", "shoes=3"], InvalidValueError, "is no change"),
        (["{trial}", "--static", "{static}", "--what-if", "cadence=fast"], InvalidValueError, "is no number"),
        (["{trial}", "--static", "{static}", "--what-if", "cadence=90"], InvalidValueError, "not plausible"),
        (["{trial}", "--static", "{static}", "--unit", "m"], InvalidValueError, "would spread over"),
        (["{trial}", "--static", "{static}", "--marker-set", "nonsense"], InvalidValueError, "Known: fukuchi"),
        (["{mot}", "--signs", "nonsense"], InvalidValueError, "No sign family"),
    ],
)
def test_wrong_use_gets_a_sentence(
    data: Path, rbds: tuple[Path, Path], arguments: list[str], error: type[Exception], words: str
) -> None:
    places = {
        "suite": data / "mocap" / "c3d-suite",
        "trial": rbds[0],
        "static": rbds[1],
        "mot": data / "mocap" / "hamner" / "subject02_running_ik_first_half.mot",
    }
    done = run(*(a.format(**places) for a in arguments))
    assert isinstance(done.exception, error)
    assert words in str(done.exception)
