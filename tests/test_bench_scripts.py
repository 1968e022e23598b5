"""The benchmarks' own logic, on made-up times and short clips; nothing here depends on how fast the machine is."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

ROOT = Path(__file__).parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from scripts import bench, bench_mediapipe, bench_report, bench_rows, bench_video  # noqa: E402

TIMES = {
    "decode": [(0.004, 0.004), (0.006, 0.006)],
    "latency": [(0.030, 0.030), (0.033, 0.033)],
    "streams": [(0.028, 0.028), (0.034, 0.034)],
    "pipeline": [(0.036, 0.040), (0.035, 0.037)],
    "mediapipe": [(0.070, 0.080), (0.090, 0.111)],
}
TIMINGS = {name: [bench_video.Timing(*both, cores=2.0) for both in rounds] for name, rounds in TIMES.items()}


def values(rows: list[bench_rows.Row]) -> dict[str, object]:
    return {row["what"].partition(": ")[2]: row["value"] for row in rows}


def test_the_bound_is_the_faster_arrangement_and_half_of_decoding() -> None:
    found = values(bench_video.rows_from("clip", TIMINGS))
    assert found["bound, network in two streams + decoding / 2"] == pytest.approx(1 / 0.030, rel=1e-2)
    assert found["pipeline / bound"] == pytest.approx(0.030 / 0.035, rel=1e-2)
    assert found["pipeline with loading / bound"] == pytest.approx(0.030 / 0.037, rel=1e-2)
    slower_streams = {**TIMINGS, "streams": [bench_video.Timing(0.035, 0.035, 2.0)]}
    assert "bound, network in one stream on all cores + decoding / 2" in values(
        bench_video.rows_from("clip", slower_streams)
    )


def test_mediapipe_is_compared_by_quickest_rounds_and_by_the_median() -> None:
    rows = bench_video.rows_from("clip", TIMINGS)
    found = values(rows)
    assert found["pipeline / mediapipe, quickest rounds"] == pytest.approx(0.080 / 0.037, rel=1e-2)
    assert found["pipeline / mediapipe, median of the rounds"] == pytest.approx((2.0 + 3.0) / 2, rel=1e-2)
    assert found["pipeline / mediapipe, both once they run"] == pytest.approx(2.0, rel=1e-2)
    assert [row["ok"] for row in rows if row["target"].endswith("2.5")] == [False]


def test_on_a_busy_machine_nothing_is_judged() -> None:
    busy = {**TIMINGS, "streams": [timing._replace(cores=0.7) for timing in TIMINGS["streams"]]}
    rows = bench_video.rows_from("clip", busy)
    assert all(row["ok"] is None for row in rows)
    assert "not judged" in str(rows[-1]["value"])


def test_the_quickest_frames_in_a_row_count() -> None:
    disturbed = np.cumsum([0.0, 9, 1, 1, 1, 8, 2, 2])
    assert bench_video.quickest(disturbed.tolist(), 3) == 1.0
    assert bench_video.quickest(disturbed.tolist(), 100) == pytest.approx(24 / 7)


def test_without_mediapipe_its_rows_are_left_out() -> None:
    timings = {name: rounds for name, rounds in TIMINGS.items() if name != "mediapipe"}
    assert not any("mediapipe" in what for what in values(bench_video.rows_from("clip", timings)))


def test_a_new_python_is_told_why_mediapipe_is_absent(tmp_path: Path) -> None:
    python, why = bench_video.mediapipe_python(tmp_path, version=(3, 13))
    assert python is None
    assert why is not None
    assert "Python 3.13" in why


def test_a_failed_installation_becomes_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(command: list[str], **_: object) -> None:
        raise subprocess.CalledProcessError(1, command, stderr="ERROR: one\nERROR: No matching distribution")

    monkeypatch.setattr(subprocess, "run", refuse)
    python, why = bench_video.mediapipe_python(tmp_path, version=(3, 12))
    assert python is None
    assert why == "not measured: mediapipe 0.10.21 could not be installed (ERROR: No matching distribution)"


@pytest.mark.slow
def test_the_parts_can_be_measured_on_the_sample(samples: Path) -> None:
    clip = samples / "rear.mp4"
    assert bench_video.decode(clip, 5).running > 0
    assert bench_video.infer(2, 2, "lite").running > 0
    timing = bench_video.pipeline(clip, "lite", 0.2)
    assert 0 < timing.running < timing.whole


@pytest.mark.slow
def test_the_pipeline_is_timed_in_a_new_process(samples: Path) -> None:
    timing = bench_video.in_new_process(samples / "rear.mp4", "lite", 0.2)
    assert 0 < timing.running < timing.whole < 100


def test_report_rows_hold_where_the_quickest_round_does() -> None:
    rows = bench_report.rows_from({"help": [1.2, 0.4], "heavy": [95.0, 92.0], "quick": [20.0, 50.0]})
    assert [(row["value"], row["ok"]) for row in rows] == [(0.4, True), (92.0, False), (20.0, True)]


def test_a_command_is_timed_and_its_failure_is_not_taken_for_speed() -> None:
    assert bench_report.command("--help") > 0
    with pytest.raises(subprocess.CalledProcessError):
        bench_report.command("no-such-command")


def test_everything_takes_its_turn() -> None:
    order: list[str] = []

    def note(name: str) -> float:
        order.append(name)
        return float(len(order))

    results = bench_rows.take_turns({"a": lambda: note("a"), "b": lambda: note("b")}, 3)
    assert order == ["a", "b"] * 3
    assert results == {"a": [1.0, 3.0, 5.0], "b": [2.0, 4.0, 6.0]}


@dataclass(frozen=True)
class Speed:
    name: str
    frames_per_second: float
    against: str = ""
    ratio: float | None = None


@pytest.mark.parametrize(
    ("given", "rows"),
    [
        (
            {"what": "import", "value": 21.4, "unit": "s", "target": "< 30", "ok": True},
            [("import", 21.4, "s", "< 30", True)],
        ),
        (
            {"what": "import", "value": "no files", "unit": "", "target": "", "ok": None},
            [("import", "no files", "", "", None)],
        ),
        (
            Speed("path", 1234567.8, "OpenSim", 321.4),
            [("path", 1234568.0, "frames/s", "", None), ("path: against OpenSim", 321.0, "×", "", None)],
        ),
        ("a sentence", [("", "a sentence", "", "", None)]),
    ],
)
def test_rows_of_other_benchmarks_are_understood(given: object, rows: list[tuple[object, ...]]) -> None:
    assert [tuple(row.values()) for row in bench_rows.adapt(given)] == rows


def test_one_broken_benchmark_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> list[bench_rows.Row]:
        raise RuntimeError("no clip")

    monkeypatch.setattr(bench_report, "run", broken)
    assert [row["ok"] for row in bench.measured("scripts.bench_report")] == [False]


def test_a_missed_target_is_told_and_returned(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "measured", lambda module: [bench_rows.row("speed", 1.0, "×", "≥ 2", ok=False)])
    assert bench.main(["report"]) == 1
    assert "MISSED" in capsys.readouterr().out
    monkeypatch.setattr(bench, "measured", lambda module: [bench_rows.row("speed", 3.0, "×", "≥ 2", ok=True)])
    assert bench.main(["report"]) == 0


def test_the_page_is_only_written_when_asked_and_whole(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bench, "PAGE", tmp_path / "docs" / "speed.md")
    monkeypatch.setattr(bench, "measured", lambda module: [bench_rows.row(module, 12345.6, "frames/s")])
    with pytest.raises(SystemExit):
        bench.main(["--write", "video"])
    bench.main([])
    assert not bench.PAGE.exists()
    bench.PAGE.parent.mkdir()
    bench.main(["--write"])
    text = bench.PAGE.read_text(encoding="utf-8")
    assert "| scripts.bench_video | 12,346 frames/s | | |" in text
    assert all(title in text for title, _ in bench.PARTS.values())


def test_the_terminal_table_holds_every_cell() -> None:
    console = Console(width=160, record=True)
    console.print(bench.table("Title", [bench_rows.row("what [b]", 0.123456, "s", "< 1", ok=True)]))
    text = console.export_text()
    assert all(cell in text for cell in ("Title", "what [b]", "0.123", "< 1", "holds"))


def test_the_mediapipe_script_needs_nothing_of_medius() -> None:
    source = Path(bench_mediapipe.__file__).read_text(encoding="utf-8")
    assert "import medius" not in source
    assert "from medius" not in source
    assert "scripts" not in source.replace("scripts/", "")
