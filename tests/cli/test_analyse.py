"""``medius analyse``: what it prints, where, and how it ends."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from medius.errors import MissingPartError
from medius.motion.pose import find_model

from .conftest import Medius, Said

TOP = ["schema", "inputs", "quality", "observations"]
INPUT = {"path", "sha256", "view", "fps", "frames"}
QUALITY = {"code", "message"}
OBSERVATION = {
    "code", "side", "value", "unit", "standard_error", "interval_95", "n_strides", "status", "reason", "source", "method",
    "evidence",
}  # fmt: skip
MORE = {"text", "smallest_detectable_change", "person", "time", "detail"}
"""Keys that an observation may carry besides the stable ones."""
FILES = {"report.html", "report.pdf", "observations.json", "observations.csv", "strides.csv"}


@pytest.fixture
def networks() -> None:
    """Skips where the pose networks are not installed."""
    try:
        find_model("full")
    except MissingPartError:
        pytest.skip("the networks are not installed: run make setup")


def write_film(path: Path, *, frames: int, fps: int = 20, size: tuple[int, int] = (180, 320)) -> Path:
    """Write a film of an empty room."""
    picture = np.full((size[1], size[0], 3), 110, dtype=np.uint8)
    picture[:, 40:60] = 60
    with av.open(str(path), "w") as out:
        stream: Any = out.add_stream("libx264", rate=fps, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for _ in range(frames):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(stream.encode())
    return path


def refused(said: Said, code: int, *words: str) -> None:
    """Check that a command ended with a sentence on standard error and nothing else."""
    assert said.code == code, said.err
    assert said.out == ""
    for word in words:
        assert word in said.err
    assert "Traceback" not in said.err
    assert "something went wrong inside" not in said.err
    assert said.err.rstrip().endswith((".", "`"))


def test_json_is_one_object_with_the_stable_keys_and_nothing_else(medius: Medius, points: dict[str, Path]) -> None:
    said = medius("analyse", points["rear"], points["side-left"], "--height", "1.75", "--json")
    assert said.code == 0, said.err
    result = said.json
    assert said.out.count("\n") == 1
    assert list(result) == TOP
    assert result["schema"] == "medius.observations/1"
    assert [one["view"] for one in result["inputs"]] == ["rear", "side-left"]
    for one in result["inputs"]:
        assert one.keys() >= INPUT
        assert re.fullmatch("[0-9a-f]{64}", one["sha256"])
        assert one["frames"] == 480
        assert one["fps"] == pytest.approx(60.0)
    for note in result["quality"]:
        assert note.keys() >= QUALITY
    for o in result["observations"]:
        assert OBSERVATION <= o.keys() <= OBSERVATION | MORE
        assert o["side"] in ("left", "right", None)
        assert o["status"] in ("final", "provisional", "not-measurable")
        assert (o["value"] is None) == (o["status"] == "not-measurable")
        assert o["interval_95"] is None or (len(o["interval_95"]) == 2 and o["interval_95"][0] <= o["interval_95"][1])
        assert o["reason"] or o["status"] == "final"
        assert isinstance(o["evidence"], list)
    keys = [(o["code"], o["side"]) for o in result["observations"]]
    assert len(keys) == len(set(keys))
    values = {key: o["value"] for key, o in zip(keys, result["observations"], strict=True)}
    assert values["cadence", None] == pytest.approx(168.0, abs=0.5)
    assert values["contralateral_pelvic_drop", "left"] is None


@pytest.mark.parametrize("arguments", [["--json"], ["--quiet", "--json"], []])
def test_a_terminal_that_knows_only_ascii_gets_everything_else(
    points: dict[str, Path], tmp_path: Path, arguments: list[str]
) -> None:
    command = [sys.executable, "-m", "medius", "analyse", str(points["rear"]), "--height", "1.75", *arguments]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [*command, "--out", str(tmp_path)], env=environment, capture_output=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    text = done.stdout.decode("ascii")
    if arguments:
        assert json.loads(text)["schema"] == "medius.observations/1"
    else:
        assert "168" in text


@pytest.mark.skipif(sys.platform != "linux", reason="file names that are not text exist on Linux only")
def test_a_file_name_that_is_not_text_is_no_obstacle(medius: Medius, points: dict[str, Path], tmp_path: Path) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path / "run") + b"\xff.json"))
    file.write_bytes(points["rear"].read_bytes())
    said = medius("analyse", file, "--json", "--quiet", "--out", tmp_path / "out")
    assert said.code == 0, said.err
    assert said.json["inputs"][0]["path"].endswith(".json")
    file.unlink()
    refused(medius("analyse", file), 3, "cannot be read")


def test_json_alone_writes_no_files(
    medius: Medius, points: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert medius("analyse", points["rear"], "--json", "--quiet").code == 0
    assert list(tmp_path.iterdir()) == []


def test_a_report_is_written_and_the_summary_says_where(
    medius: Medius, points: dict[str, Path], tmp_path: Path
) -> None:
    said = medius(
        "analyse", points["rear"], points["side-left"], "--height", "1.75", "--out", tmp_path / "new" / "folder"
    )
    assert said.code == 0, said.err
    assert {file.name for file in (tmp_path / "new" / "folder").iterdir()} == FILES
    assert "Cadence" in said.out
    assert "168" in said.out
    assert "not measurable without stickers" in said.out
    assert "report.html" in said.out


def test_quiet_says_nothing(medius: Medius, points: dict[str, Path], tmp_path: Path) -> None:
    said = medius("analyse", points["rear"], "--quiet", "--out", tmp_path)
    assert (said.code, said.out, said.err) == (0, "", "")
    assert {file.name for file in tmp_path.iterdir()} == FILES


def test_the_same_input_gives_the_same_bytes(medius: Medius, points: dict[str, Path], tmp_path: Path) -> None:
    printed = []
    for name in ("one", "two"):
        said = medius(
            "analyse", points["rear"], points["side-left"], "--height", "1.75", "--json", "--out", tmp_path / name
        )
        printed.append(said.out)
    assert printed[0] == printed[1]
    for file in sorted(FILES):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes(), file


def test_an_older_report_is_replaced_and_other_files_stay(
    medius: Medius, points: dict[str, Path], tmp_path: Path
) -> None:
    (tmp_path / "report.html").write_text("old")
    (tmp_path / "notes.txt").write_text("mine")
    assert medius("analyse", points["rear"], "--quiet", "--out", tmp_path).code == 0
    assert (tmp_path / "report.html").read_text().startswith("<!")
    assert (tmp_path / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("command", [[], ["analyse"], ["models"], ["models", "prepare"]])
def test_help_shows_examples(medius: Medius, command: list[str]) -> None:
    said = medius(*command, "--help")
    assert said.code == 0
    assert "Usage" in said.out
    if command:
        assert "medius" in said.out
    if command == ["analyse"]:
        for option in (
            "--height",
            "--view",
            "--roll",
            "--static",
            "--out",
            "--json",
            "--quick",
            "--slow-motion",
            "--person",
        ):
            assert option in said.out
        for code in ("0 done", "2 wrong", "3 a file", "4 nothing", "5 results", "6", "130 stopped"):
            assert code in " ".join(said.out.split())
        examples = re.findall(r"medius analyse .*", said.out)
        assert len(examples) >= 4
        for example in examples:
            assert shlex.split(example.split(">")[0].strip("│ "))[:2] == ["medius", "analyse"]


@pytest.mark.parametrize(
    "arguments",
    [["analyse"], ["analyse", "a.mp4", "--height", "tall"], ["analyse", "a.mp4", "--colour"], ["analize", "a.mp4"]],
)
def test_a_wrong_command_line_ends_with_2(medius: Medius, arguments: list[str]) -> None:
    said = medius(*arguments)
    assert said.code == 2
    assert said.out == ""
    assert "Usage" in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--height", "175"], "metres"),
        (["--view", "above"], "no view 'above'"),
        (["--view", "rear,side-left"], "2 views"),
        (["--seconds", "0"], "--seconds"),
        (["--start=-2"], "--start"),
        (["--person", "9"], "no person 9"),
        (["--person", "0"], "no person 0"),
        (["--fps", "0"], "frame rate"),
        (["--roll", "nan"], "--roll"),
    ],
)
def test_impossible_values_end_with_3(
    medius: Medius, points: dict[str, Path], tmp_path: Path, options: list[str], words: str
) -> None:
    refused(medius("analyse", points["rear"], "--out", tmp_path / "out", *options), 3, words)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("zero.mp4", b"", "empty (0 bytes)"),
        ("text.mp4", b"I am a letter, not a film.\n" * 50, "text.mp4"),
        ("half.mp4", b"\x00\x00\x00\x20ftypisom" + b"\x00" * 5000, "half.mp4"),
        ("text.json", b"{}", "cannot be read as key points"),
        ("broken.json", b'{"people": [', "not whole JSON"),
        ("zero.json", b"", "zero.json"),
        ("odd [bold] name[dim].mp4", b"", "odd [bold] name[dim].mp4"),
    ],
)
def test_files_that_cannot_be_used_end_with_3(
    medius: Medius, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    refused(medius("analyse", file, "--out", tmp_path / "out"), 3, words)
    assert not (tmp_path / "out").exists()


def test_absent_files_and_empty_folders_end_with_3(medius: Medius, tmp_path: Path) -> None:
    refused(medius("analyse", tmp_path / "absent.mp4"), 3, "absent.mp4", "does not exist")
    refused(medius("analyse", tmp_path / "absent.json"), 3, "absent.json")
    refused(medius("analyse", "x[/dim].mp4"), 3, "x[/dim].mp4 does not exist")
    refused(medius("analyse", tmp_path), 3)


def test_one_broken_file_does_not_stop_the_other(medius: Medius, points: dict[str, Path], tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"")
    said = medius("analyse", points["rear"], broken, "--json")
    assert said.code == 0, said.err
    assert len(said.json["inputs"]) == 1
    assert any("broken.mp4" in note["message"] for note in said.json["quality"]) or "broken.mp4" in said.err


@pytest.mark.skipif(os.name != "posix", reason="file permissions of Unix")
def test_a_folder_that_cannot_be_written_ends_with_5(medius: Medius, points: dict[str, Path], tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("a file where the folder should be")
    refused(medius("analyse", points["rear"], "--out", in_the_way / "out"), 5)
    refused(medius("analyse", points["rear"], "--out", in_the_way), 5)
    assert in_the_way.read_text() == "a file where the folder should be"
    refused(medius("analyse", points["rear"], "--out", "/proc/medius"), 5)


def test_missing_networks_end_with_6(medius: Medius, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIUS_MODELS", str(tmp_path / "empty"))
    film = write_film(tmp_path / "film.mp4", frames=20)
    refused(medius("analyse", film, "--out", tmp_path / "out"), 6, "medius models prepare")
    assert not (tmp_path / "out").exists()
    listed = medius("models", "list")
    assert listed.code == 0
    assert listed.out.count("missing") == 4
    refused(medius("models", "prepare", "--from", tmp_path), 6, "npm ci")


@pytest.mark.parametrize("frames", [1, 3, 40])
def test_films_without_anybody_end_with_4(medius: Medius, networks: None, tmp_path: Path, frames: int) -> None:
    film = write_film(tmp_path / "empty.mp4", frames=frames)
    refused(medius("analyse", film, "--quick", "--out", tmp_path / "out"), 4, "empty.mp4")
    assert not (tmp_path / "out").exists()


def test_a_start_behind_the_end_is_told(medius: Medius, networks: None, tmp_path: Path) -> None:
    film = write_film(tmp_path / "short.mp4", frames=30)
    refused(medius("analyse", film, "--start", "60", "--out", tmp_path / "out"), 3, "--start")


@pytest.mark.slow
def test_a_truncated_film_gives_what_is_whole(medius: Medius, networks: None, data: Path, tmp_path: Path) -> None:
    whole = (data / "video" / "treadmill-side" / "male_side.mp4").read_bytes()
    file = tmp_path / "cut.mp4"
    file.write_bytes(whole[: len(whole) // 2])
    said = medius("analyse", file, "--quick", "--seconds", "2", "--json")
    if said.code == 0:
        assert any(note["code"] == "damaged" for note in said.json["quality"])
    else:  # the table of contents is at the end of this file, so nothing can be saved
        refused(said, 3, "cut.mp4")


@pytest.mark.slow
def test_a_real_film_is_measured_with_the_annotated_film_beside_the_report(
    medius: Medius, networks: None, samples: Path, tmp_path: Path
) -> None:
    film = samples / "rear.mp4"
    if not film.is_file():
        pytest.skip("the bundled runner is absent")
    said = medius("analyse", film, "--height", "1.79", "--quick", "--seconds", "2.5", "--out", tmp_path, "--json")
    assert said.code == 0, said.err
    assert {file.name for file in tmp_path.iterdir()} == FILES | {"annotated-rear.webm"}
    values = {(o["code"], o["side"]): o for o in said.json["observations"]}
    assert values["cadence", None]["value"] == pytest.approx(165.0, abs=3.0)
    drop = values["contralateral_pelvic_drop", "right"]
    assert drop["value"] == pytest.approx(8.0, abs=1.2)
    assert drop["status"] == "provisional"
    with av.open(str(tmp_path / "annotated-rear.webm")) as film_out:
        assert sum(1 for _ in film_out.decode(video=0)) > 40


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks for the decoding process in /proc")
@pytest.mark.parametrize("seconds", [0.2, 3.0])
def test_ctrl_c_ends_with_130_and_leaves_nothing(networks: None, samples: Path, tmp_path: Path, seconds: float) -> None:
    command = [
        sys.executable, "-m", "medius", "analyse", str(samples / "rear.mp4"), str(samples / "side.mp4"), "--height",
        "1.79", "--out", str(tmp_path / "out"),
    ]  # fmt: skip
    environment = {**os.environ, "TMPDIR": str(tmp_path / "tmp")}
    (tmp_path / "tmp").mkdir()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, start_new_session=True
    )
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not children.read_text():
        time.sleep(0.05)  # until a process that decodes is there, so that the work has begun
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert out == ""
    assert "Stopped" in err
    assert "Traceback" not in err
    assert not (tmp_path / "out").exists()
    assert list((tmp_path / "tmp").iterdir()) == []
