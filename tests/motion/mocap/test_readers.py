"""Readers and writers of laboratory files, on real recordings and on files whose every number is known."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from medius.errors import InvalidValueError, MediusError, OutputError, UnreadableFileError
from medius.motion import make_motion, read_motion
from medius.motion.mocap import read_c3d, read_storage, read_trc, write_c3d, write_storage, write_trc


def moving(frames: int = 40, markers: int = 4) -> np.ndarray:
    """Markers of a body about one metre tall on known, distinct courses; shape (time, 3, marker), metres."""
    t = np.arange(frames)[:, None, None] / 100.0
    axis = np.arange(3)[None, :, None]
    marker = np.arange(markers)[None, None, :]
    return np.asarray(0.3 * np.sin(2.0 * t + axis + marker) + 0.4 * marker * (axis == 1) + 0.1 * axis)


def motion_of(position: np.ndarray, **attrs: object) -> object:
    names = [f"M{i}" for i in range(position.shape[2])]
    time = np.arange(position.shape[0]) / 100.0
    return make_motion(position, time=time, keypoints=names, unit="m", view="3d", source="test", attrs=dict(attrs))


def with_forces(motion: object) -> object:
    """Add two plates at 1000 samples a second with known forces."""
    from medius.motion.mocap._read import add_forces

    t = np.arange(400) / 1000.0
    force = np.stack([np.stack([50 * np.sin(t), 700 + 100 * t, -20 * t], 1), np.stack([t, 300 + t, 5 + t], 1)], axis=2)
    centre = np.stack([np.stack([0.3 + t, 0 * t, 0.2 - t], 1), np.stack([t, 0 * t, 1 - t], 1)], axis=2)
    free = np.zeros_like(force)
    free[:, 1] = 3.0
    return add_forces(motion, force, centre, free, 1000.0)  # type: ignore[arg-type]


def test_every_file_of_the_c3d_suite_opens(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = sorted((data / "mocap" / "c3d-suite").glob("*.c3d"))
    assert len(files) == 9
    with capsys.disabled():
        sys.stdout.write(
            "\n| file | frames | markers | per second | plates | unseen points |\n|---|---|---|---|---|---|\n"
        )
        for file in files:
            motion = read_motion(file)
            seen = np.isfinite(motion.position.to_numpy()).all(axis=1)
            assert seen.any()
            assert motion.attrs["unit"] == "m"
            # A whole gait laboratory is a few metres wide: the unit was understood.
            assert 0.1 < np.nanmax(np.abs(motion.position.to_numpy())) < 20.0
            sys.stdout.write(
                f"| {file.name} | {motion.sizes['time']} | {motion.sizes['keypoint']} | {motion.attrs['fps']:g} "
                f"| {motion.sizes.get('plate', 0)} | {int((~seen).sum())} |"
                "\n"
            )


def test_the_same_capture_reads_the_same_from_real_and_integer_storage(data: Path) -> None:
    suite = data / "mocap" / "c3d-suite"
    real, integer = read_c3d(suite / "dec_real.c3d"), read_c3d(suite / "pc_int.c3d")
    gap = np.abs(real.position.to_numpy() - integer.position.to_numpy())
    # The same capture, stored by two machines: rounding, but for single points that one of them had smoothed.
    assert np.nanpercentile(gap, 99) < 1e-6
    assert np.nanmax(gap) < 0.0005
    assert np.array_equal(real.force.to_numpy(), integer.force.to_numpy())


def test_repeated_names_are_numbered(data: Path) -> None:
    motion = read_c3d(data / "mocap" / "c3d-suite" / "duplicate_labels.c3d")
    names = motion.keypoint.to_numpy().tolist()
    assert "T8" in names
    assert "T8#2" in names
    assert motion.attrs["log"][0]["repeated_names_numbered"]


def test_forces_push_upwards_and_carry_about_one_body(data: Path) -> None:
    for name, up in (("BTS.c3d", 1), ("Eb015pi.c3d", 2)):
        force = read_c3d(data / "mocap" / "c3d-suite" / name).force.to_numpy()
        assert 400 < force[:, up].max() < 1200


def test_static_trial_is_the_same_from_c3d_and_text(data: Path) -> None:
    folder = data / "mocap" / "rbds001"
    c3d, text = read_motion(folder / "RBDS001static.c3d"), read_motion(folder / "RBDS001static.txt")
    both = [n for n in c3d.keypoint.to_numpy() if n in text.keypoint.to_numpy()]
    assert len(both) == 48
    gap = c3d.position.sel(keypoint=both).to_numpy() - text.position.sel(keypoint=both).to_numpy()
    # The text has six significant digits of millimetres; the laboratory smoothed one of the two a little.
    assert np.nanpercentile(np.abs(gap), 99) < 0.002


def test_marker_text_brings_its_forces(data: Path) -> None:
    motion = read_motion(data / "mocap" / "rbds001" / "RBDS001runT25markers.txt")
    assert motion.attrs["fps"] == 150.0
    assert motion.attrs["force_rate"] == 300.0
    assert motion.attrs["log"][0]["unit_how"] == "detected"
    # Mean vertical force of a runner is body weight (62 kg), whatever the speed: what goes up comes down.
    assert motion.force.to_numpy()[:, 1, 0].mean() == pytest.approx(62 * 9.81, rel=0.03)


def test_trc_reads_hamner(data: Path) -> None:
    motion = read_motion(data / "mocap" / "hamner" / "subject02_running.trc")
    assert dict(motion.sizes) == {"time": 600, "space": 3, "keypoint": 41}
    assert motion.attrs["fps"] == 60.0
    assert motion.position.sel(keypoint="R.ASIS").to_numpy()[0] == pytest.approx([0.8090094, 1.03451831, -0.06461081])
    # One marker of the table is empty in every frame.
    assert np.isnan(motion.position.sel(keypoint="L.Bicep")).all()


@pytest.mark.parametrize("suffix", [".c3d", ".trc"])
def test_markers_survive_writing_and_reading(tmp_path: Path, suffix: str) -> None:
    position = moving()
    position[5:9, :, 1] = np.nan
    motion = motion_of(position)
    file = (write_c3d if suffix == ".c3d" else write_trc)(motion, tmp_path / f"out{suffix}")  # type: ignore[arg-type]
    back = read_motion(file)
    assert back.keypoint.to_numpy().tolist() == ["M0", "M1", "M2", "M3"]
    assert back.attrs["fps"] == pytest.approx(100.0)
    assert np.allclose(back.position.to_numpy(), position, atol=1e-6, equal_nan=True)


@pytest.mark.parametrize("up", [1, 2])
def test_forces_survive_writing_and_reading_whichever_axis_is_up(tmp_path: Path, up: int) -> None:
    motion = with_forces(motion_of(moving()))
    order = [0, 1, 2] if up == 1 else [0, 2, 1]
    for name in ("force", "centre_of_pressure", "free_moment"):
        motion[name] = (motion[name].dims, motion[name].to_numpy()[:, order])  # type: ignore[index]
    back = read_motion(write_c3d(motion, tmp_path / "forces.c3d"))  # type: ignore[arg-type]
    assert back.attrs["force_rate"] == pytest.approx(1000.0)
    for name, tolerance in (("force", 1e-3), ("centre_of_pressure", 1e-5), ("free_moment", 1e-3)):
        expected = motion[name].to_numpy()  # type: ignore[index]
        assert np.allclose(back[name].to_numpy(), expected, atol=tolerance), name


def test_opensim_opens_what_medius_writes(tmp_path: Path) -> None:
    opensim = pytest.importorskip("opensim")
    file = write_trc(motion_of(moving()), tmp_path / "out.trc")  # type: ignore[arg-type]
    table = opensim.TimeSeriesTableVec3(str(file))
    assert table.getNumRows() == 40
    assert list(table.getColumnLabels()) == ["M0", "M1", "M2", "M3"]
    column = table.getDependentColumn("M2")
    value = [[column[i].get(axis) for axis in range(3)] for i in range(40)]
    assert np.allclose(value, moving()[:, :, 2] * 1000.0, atol=1e-3)


def test_storage_survives_writing_and_reading(data: Path, tmp_path: Path) -> None:
    table = read_storage(data / "mocap" / "hamner" / "subject02_running_ik_first_half.mot")
    assert dict(table.sizes) == {"time": 299, "column": 37}
    assert table.attrs["in_degrees"]
    assert float(table.value.sel(column="pelvis_list")[0]) == 1.34583935
    back = read_storage(write_storage(table, tmp_path / "again.mot"))
    assert np.array_equal(back.value.to_numpy(), table.value.to_numpy())
    assert back.attrs["in_degrees"]


def test_segment_poses_of_a_markerless_system_are_read(tmp_path: Path) -> None:
    """Theia writes a 4 x 4 pose a segment; a file of that form with one known turn comes back as it was."""
    ezc3d = pytest.importorskip("ezc3d")
    content = ezc3d.c3d()
    content["parameters"]["POINT"]["RATE"]["value"] = [100.0]
    content["parameters"]["POINT"]["LABELS"]["value"] = ["a"]
    content["parameters"]["POINT"]["UNITS"]["value"] = ["mm"]
    content["data"]["points"] = np.ones((4, 1, 10)) * np.array([300.0, 900.0, 100.0, 1.0])[:, None, None]
    pose = np.tile(np.eye(4)[:, :, None, None], (1, 1, 2, 10))
    pose[:3, 3] = np.array([0.0, 900.0, 0.0])[:, None, None]
    content.add_parameter("ROTATION", "LABELS", ["pelvis_4X4", "r_thigh_4X4"])
    content.add_parameter("ROTATION", "RATE", [100.0])
    content.add_parameter("ROTATION", "USED", [2])
    content["data"]["rotations"] = pose
    content.write(str(tmp_path / "theia.c3d"))
    motion = read_c3d(tmp_path / "theia.c3d", unit="mm")
    assert motion.segment.to_numpy().tolist() == ["pelvis_4X4", "r_thigh_4X4"]
    assert motion.segment_pose.to_numpy()[3, 0, :3, 3] == pytest.approx([0.0, 0.9, 0.0])


def test_a_stated_unit_that_makes_a_giant_is_refused_with_the_right_one(tmp_path: Path) -> None:
    file = write_trc(motion_of(moving()), tmp_path / "out.trc")  # type: ignore[arg-type]
    file.write_text(file.read_text().replace("\tmm\t", "\tm\t"))
    with pytest.raises(InvalidValueError, match=r"in m, but .* spread over 6\d\d m.*unit='mm'"):
        read_trc(file)
    assert np.allclose(read_trc(file, unit="mm").position.to_numpy(), moving(), atol=1e-6)


def test_frames_of_zeros_are_points_that_were_not_seen(tmp_path: Path) -> None:
    position = moving()
    position[10:15] = 0.0
    back = read_trc(write_trc(motion_of(position), tmp_path / "zeros.trc"))  # type: ignore[arg-type]
    assert np.isnan(back.position.to_numpy()[10:15]).all()
    assert (back.confidence.to_numpy()[10:15] == 0).all()


def _broken(tmp_path: Path, data: Path) -> list[tuple[str, Path]]:
    whole = (data / "mocap" / "c3d-suite" / "pc_int.c3d").read_bytes()
    trc = (data / "mocap" / "hamner" / "subject02_running.trc").read_text()
    made = {
        "empty.c3d": b"",
        "short.c3d": whole[:100],
        "cut.c3d": whole[: len(whole) // 2],
        "header-only.c3d": whole[:512],
        "noise.c3d": bytes(range(256)) * 20,
        "words.trc": b"hello\nworld\n",
        "header.trc": "\n".join(trc.splitlines()[:3]).encode(),
        "no-rows.trc": "\n".join(trc.splitlines()[:5]).encode(),
        "text-in-table.trc": ("\n".join(trc.splitlines()[:6]) + "\n1\t0\tabc\tdef\n").encode(),
        "plain.txt": b"just words",
        "columns.mot": b"Coordinates\nendheader\ntime a b\n0 1\n",
        "no-end.mot": b"Coordinates\nversion=1\n",
        "backwards.sto": b"x\nendheader\ntime a\n1 1\n0 1\n",
    }
    for name, content in made.items():
        (tmp_path / name).write_bytes(content)
    return [(name, tmp_path / name) for name in made]


def test_broken_files_get_a_sentence(data: Path, tmp_path: Path) -> None:
    for name, file in _broken(tmp_path, data):
        with pytest.raises(MediusError) as caught:
            read_storage(file) if file.suffix in (".mot", ".sto") else read_motion(file)
        message = str(caught.value)
        assert message.endswith((".", ")")), name
        assert len(message) > 30, name
        assert "Traceback" not in message, name


def test_a_c3d_file_without_points_or_rate_is_refused(tmp_path: Path) -> None:
    ezc3d = pytest.importorskip("ezc3d")
    content = ezc3d.c3d()
    content["parameters"]["POINT"]["RATE"]["value"] = [100.0]
    content["data"]["points"] = np.zeros((4, 0, 10))
    content.write(str(tmp_path / "empty.c3d"))
    with pytest.raises(UnreadableFileError, match="holds no marker positions"):
        read_c3d(tmp_path / "empty.c3d")


def test_all_points_unseen_is_said(tmp_path: Path) -> None:
    position = np.full((10, 3, 4), np.nan)
    file = write_trc(motion_of(position), tmp_path / "blind.trc")  # type: ignore[arg-type]
    with pytest.raises(UnreadableFileError, match="not one was seen"):
        read_trc(file)


def test_writing_where_nothing_can_be_written_is_said(tmp_path: Path) -> None:
    motion = motion_of(moving())
    for write in (write_c3d, write_trc):
        with pytest.raises(OutputError, match="cannot be written"):
            write(motion, tmp_path / "missing" / "out.c3d")  # type: ignore[arg-type]


def test_damaged_files_never_take_the_program_down(data: Path, tmp_path: Path) -> None:
    """Flipped bytes in header and parameters: some bring the native decoder down; each is read or refused."""
    whole = (data / "mocap" / "c3d-suite" / "pc_int.c3d").read_bytes()
    outcomes = []
    for seed in (1, 2, 3, 29, 138):  # 29 and 138 crash ezc3d 1.7 in this file
        random = np.random.default_rng(seed)
        broken = bytearray(whole)
        for place in random.integers(0, 4096, size=12):
            broken[place] = random.integers(256)
        (tmp_path / "broken.c3d").write_bytes(broken)
        try:
            read_c3d(tmp_path / "broken.c3d")
            outcomes.append("read")
        except MediusError as error:
            outcomes.append(str(error))
    assert len(outcomes) == 5


def test_a_decoder_that_dies_becomes_a_sentence(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from medius.motion.mocap import c3d

    worker = tmp_path / "_c3d_worker.py"
    worker.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    monkeypatch.setattr(c3d, "__file__", str(tmp_path / "c3d.py"))
    with pytest.raises(UnreadableFileError, match=r"is damaged .*the decoder stopped"):
        read_c3d(data / "mocap" / "c3d-suite" / "pc_int.c3d")
