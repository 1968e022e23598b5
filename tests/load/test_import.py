"""Every file is accounted for, every run is kept once, and a stopped import goes on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from medius.load import RunStore, import_runs, runs_table
from medius.load import _import as importing
from medius.load import _keep as keeping
from medius.load._process import Processed
from medius.load._workers import Workers

MakeRun = Callable[..., bytes]
T0 = 1_700_000_000.0
NOW = 1_800_000_000.0
KEYS = {
    "path",
    "status",
    "reason",
    "start",
    "distance_m",
    "moving_time_s",
    "elapsed_time_s",
    "ascent_m",
    "descent_m",
    "cadence_spm",
    "ground_contact_time_ms",
    "stance_time_balance_percent",
    "runs",
}


def test_the_whole_corpus(data: Path, store: RunStore) -> None:
    report = import_runs([data / "watch"], store, now=NOW).to_json()
    status = {Path(file["path"]).name: file["status"] for file in report["files"]}
    assert report["summary"] == {
        "imported": 6,
        "partial": 6,
        "duplicate": 1,
        "not-a-run": 20,
        "refused": 2,
        "ignored": {".csv": 8},
    }
    assert {name for name, value in status.items() if value == "imported"} == {
        "activity-small-fenix2-run.fit",
        "activity_multisport.fit",
        "developer-types-sample.fit",
        "garmin-fenix-5-run.fit",
        "triathlon_summary_first.fit",
        "test.tcx",
    }
    assert status["no_hr.tcx"] == "duplicate"
    assert {name for name, value in status.items() if value == "refused"} == {
        "Mojstrovka.gpx",
        "track-with-extremes.gpx",
    }
    assert len(store.runs()) == 7
    json.dumps(report, allow_nan=False)


def test_names_of_the_json(store: RunStore, tmp_path: Path, make_run: MakeRun) -> None:
    (tmp_path / "run.fit").write_bytes(make_run())
    (file,) = import_runs([tmp_path / "run.fit"], store, now=NOW).to_json()["files"]
    assert set(file) == KEYS
    assert file["start"] == "2023-11-14T22:13:20Z"
    assert file["distance_m"] == pytest.approx(3.0 * 1799)
    assert file["cadence_spm"] == pytest.approx(171.0, abs=0.1)
    assert file["ground_contact_time_ms"] == pytest.approx(245.0, abs=0.2)
    assert file["stance_time_balance_percent"] == pytest.approx(51.25)
    assert file["descent_m"] == pytest.approx(60.0, rel=0.1)
    assert len(file["runs"]) == 1


def test_second_import_knows_everything(store: RunStore, data: Path) -> None:
    first = import_runs([data / "watch" / "fit"], store, now=NOW)
    again = import_runs([data / "watch" / "fit"], store, now=NOW)
    assert again.count("imported") == 0
    assert again.count("duplicate") == first.count("imported")
    assert again.count("not-a-run") == first.count("not-a-run")
    assert all(file.runs for file in again.files if file.status == "duplicate")


def test_second_import_of_a_poorer_copy_still_tells_the_run(store: RunStore, data: Path) -> None:
    for _ in range(2):
        report = import_runs([data / "watch" / "tcx"], store, now=NOW)
    assert [file.status for file in report.files] == ["duplicate", "duplicate"]
    assert [file.runs[0].distance_m for file in report.files] == pytest.approx([4686.31, 4686.31], abs=0.01)


@pytest.mark.parametrize("names", [("a.fit", "b.gpx"), ("b.fit", "a.gpx")])
def test_same_run_as_fit_and_gpx_is_kept_once_and_the_richer_wins(
    store: RunStore, tmp_path: Path, make_run: MakeRun, make_gpx: MakeRun, names: tuple[str, str]
) -> None:
    (tmp_path / names[0]).write_bytes(make_run(start=T0 + 2))
    (tmp_path / names[1]).write_bytes(make_gpx())
    report = import_runs([tmp_path], store, now=NOW)
    status = {Path(file.path).suffix: file.status for file in report.files}
    assert status == {".fit": "imported", ".gpx": "duplicate"}
    (run,) = store.runs()
    assert run.path.endswith(".fit")


def test_whole_file_replaces_the_damaged_copy(store: RunStore, tmp_path: Path, make_run: MakeRun) -> None:
    content = make_run()
    (tmp_path / "a.fit").write_bytes(content[: len(content) * 3 // 4])
    (tmp_path / "b.fit").write_bytes(content)
    import_runs([tmp_path / "a.fit"], store, now=NOW)
    import_runs([tmp_path / "b.fit"], store, now=NOW)
    (run,) = store.runs()
    assert run.path.endswith("b.fit")


def test_same_file_twice_under_two_names(store: RunStore, tmp_path: Path, make_run: MakeRun) -> None:
    for name in ("a.fit", "copy.fit"):
        (tmp_path / name).write_bytes(make_run())
    report = import_runs([tmp_path], store, now=NOW)
    assert [file.status for file in report.files] == ["imported", "duplicate"]
    assert report.files[1].runs == report.files[0].runs


def test_same_refused_file_twice_is_refused_twice(store: RunStore, tmp_path: Path) -> None:
    for name in ("a.fit", "copy.fit"):
        (tmp_path / name).write_bytes(b"no watch wrote this")
    report = import_runs([tmp_path], store, now=NOW)
    assert [file.status for file in report.files] == ["refused", "refused"]
    assert "copy.fit" in report.files[1].reason


def test_two_runs_on_one_day_are_two_runs(store: RunStore, tmp_path: Path, make_run: MakeRun) -> None:
    (tmp_path / "morning.fit").write_bytes(make_run())
    (tmp_path / "evening.fit").write_bytes(make_run(start=T0 + 8 * 3600))
    assert import_runs([tmp_path], store, now=NOW).count("imported") == 2


def test_stopped_import_goes_on_where_it_stopped(
    store: RunStore, tmp_path: Path, make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "_COMMIT_EVERY", 4)
    for number in range(12):
        (tmp_path / f"{number:02d}.fit").write_bytes(make_run(start=T0 + number * 86400, seconds=120))

    def stop(done: int, expected: int, path: str) -> None:
        if done >= 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_runs([tmp_path], store, now=NOW, progress=stop)
    kept = len(store.runs())
    assert kept in (4, 8)
    report = import_runs([tmp_path], store, now=NOW)
    assert report.count("duplicate") == kept
    assert report.count("imported") == 12 - kept
    assert len(store.runs()) == 12


def test_error_inside_a_batch_leaves_no_half_batch(
    store: RunStore, tmp_path: Path, make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        (tmp_path / f"{number}.fit").write_bytes(make_run(start=T0 + number * 86400, seconds=60))
    real = RunStore.add_run
    calls = []

    def fails_once(self: RunStore, *args: object) -> int:
        calls.append(1)
        if len(calls) == 2:
            raise MemoryError
        return real(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(RunStore, "add_run", fails_once)
    with pytest.raises(MemoryError):
        import_runs([tmp_path], store, now=NOW)
    assert store.runs() == []


def test_newer_method_measures_again(
    store: RunStore, tmp_path: Path, make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.fit").write_bytes(make_run())
    import_runs([tmp_path], store, now=NOW)
    monkeypatch.setattr(importing, "METHOD", "runs/999")
    monkeypatch.setattr(keeping, "METHOD", "runs/999")
    report = import_runs([tmp_path], store, now=NOW)
    assert report.count("imported") == 1
    assert len(store.runs()) == 1


def test_many_files_in_several_processes(store: RunStore, tmp_path: Path, make_run: MakeRun) -> None:
    for number in range(70):
        (tmp_path / f"{number:02d}.fit").write_bytes(make_run(start=T0 + number * 86400, seconds=90))
    seen: list[tuple[int, int]] = []
    report = import_runs(
        [tmp_path], store, now=NOW, progress=lambda done, expected, path: seen.append((done, expected))
    )
    assert report.count("imported") == 70
    assert [Path(file.path).name for file in report.files] == sorted(f"{number:02d}.fit" for number in range(70))
    assert seen[-1] == (70, 70)
    assert all(done <= expected for done, expected in seen)


def test_file_that_kills_its_process_is_refused_and_the_others_go_on() -> None:
    workers = Workers(2, NOW)
    try:
        task = workers.submit(b"")
        task.future.cancel() if task.future else None
        task.future = _Broken()  # type: ignore[assignment]
        assert workers.result(task).refusal is not None
    finally:
        workers.close()


class _Broken:
    def result(self) -> Processed:
        from concurrent.futures.process import BrokenProcessPool

        raise BrokenProcessPool


def test_samples_and_profile_come_back(store: RunStore, tmp_path: Path, make_run: MakeRun) -> None:
    (tmp_path / "a.fit").write_bytes(make_run(developer={"Leg Spring": np.full(1800, 12.5)}))
    import_runs([tmp_path], store, now=NOW)
    (run,) = store.runs()
    samples, profile = store.samples(run.id), store.profile(run.id)
    np.testing.assert_array_equal(samples["time"], T0 + np.arange(1800))
    np.testing.assert_allclose(samples["developer:Leg Spring"], 12.5)
    np.testing.assert_allclose(profile["distance"], 3.0 * profile["clock"], atol=0.01)
    assert set(profile) == {"clock", "distance", "altitude", "gradient"}


def test_table_of_runs(store: RunStore, tmp_path: Path, make_run: MakeRun) -> None:
    (tmp_path / "a.fit").write_bytes(make_run(utc_offset_s=3600.0 * 2))
    import_runs([tmp_path], store, now=NOW)
    table = runs_table(store)
    row = table.iloc[0]
    assert str(row["start"]) == "2023-11-14 22:13:20+00:00"
    assert str(row["date"].date()) == "2023-11-15"
    assert row["vertical_oscillation_mm"] == pytest.approx(88.0)
    assert row["downhill_0_5_min"] > 10
    assert runs_table(RunStore(tmp_path / "empty")).empty
