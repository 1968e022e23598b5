"""Rendered clips with known repetitions, and real films of something else, through decoder, pose network and coach."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from medius.cli import app
from medius.coach import SetResult, coach_clip
from medius.errors import MissingPartError
from medius.motion.pose import find_model


@pytest.fixture(scope="module", autouse=True)
def _network() -> None:
    try:
        find_model("full")
    except MissingPartError as error:
        pytest.skip(str(error))


def truth(clip: Path) -> list[dict[str, Any]]:
    with gzip.open(clip.with_name(f"{clip.stem}.json.gz")) as stream:
        found: list[dict[str, Any]] = json.load(stream)["repetitions"]
    return found


def check(result: SetResult, expected: list[dict[str, Any]], hold_s: float) -> None:
    full = [r for r in expected if r["full"]]
    counted = result.counted()
    assert len(counted) == len(full)
    assert len(result.repetitions) == len(expected)
    for found, true in zip(counted, full, strict=True):
        assert found.side == true["side"]
        assert found.peak_s == pytest.approx(true["peak_s"], abs=0.5)
        assert found.hold_s == pytest.approx(true["hold_s"], abs=hold_s)
        assert list(found.faults) == true["faults"]


@pytest.mark.slow
def test_pelvic_drop_with_two_kinds_of_fault_and_a_partial_one(data: Path) -> None:
    clip = data / "rendered" / "exercise" / "pelvic-drop-2.mp4"
    check(coach_clip(clip, "pelvic-drop", model="full"), truth(clip), 0.4)


@pytest.mark.slow
def test_command_prints_one_object_and_counts_nothing_in_a_lateral_raise(data: Path) -> None:
    clip = data / "video" / "lateral-raise" / "demo5.mp4"
    done = CliRunner().invoke(app, ["coach", str(clip), "--exercise", "clamshell", "--quick", "--json"])
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert told["schema"] == "medius.coach/1"
    assert told["repetitions"] == []
    assert told["quality"][0]["code"] == "not_ready"
