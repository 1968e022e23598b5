"""Whatever is wrong with a file: no crash, a sentence that names it, and the whole part is kept."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from medius.errors import UnreadableFileError
from medius.load import FileReport, FitSession, Limits, RunStore, import_runs, read_watch_file, write_fit
from medius.load._walk import find_files

MakeRun = Callable[..., bytes]
T0 = 1_700_000_000.0
NOW = 1_800_000_000.0


@pytest.fixture
def take(store: RunStore, tmp_path: Path) -> Callable[[str, bytes], FileReport]:
    """Write a file, import it, and return what became of it."""

    def run(name: str, content: bytes) -> FileReport:
        path = tmp_path / name
        path.write_bytes(content)
        (report,) = import_runs([path], store, now=NOW).files
        return report

    return run


@pytest.mark.parametrize(
    ("name", "status", "told", "n_samples"),
    [
        ("activity-activity-filecrc", "partial", "checksum", 14),
        ("activity-filecrc", "partial", "checksum", 14),
        ("activity-settings-corruptheader", "partial", "are not FIT data", 14),
        ("activity-settings-nodata", "partial", "breaks off", 14),
        ("activity-unexpected-eof", "partial", "breaks off: 3 of 771 bytes are missing", 14),
        ("activity_truncated", "partial", "summary that closes a recording is missing", 14),
        ("elemnt-bolt-no-application-id-inside-developer-data-id", "not-a-run", "names no application", 0),
        ("unterminated-strings", "not-a-run", "no end mark", 0),
    ],
)
def test_every_invalid_file(data: Path, store: RunStore, name: str, status: str, told: str, n_samples: int) -> None:
    path = data / "watch" / "fit-invalid" / f"{name}.fit"
    (report,) = import_runs([path], store, now=NOW).files
    assert report.status == status
    assert f"{name}.fit" in report.reason
    assert told in report.reason
    assert [run.n_samples for run in report.runs[:1]] == [n_samples] * bool(n_samples)


@pytest.mark.parametrize("name", ["broken1", "broken4"])
def test_broken_gpx_is_read_and_told(data: Path, store: RunStore, name: str) -> None:
    """Both are well-formed after all; they name no sport, and their speeds are those of a mountain bike."""
    (report,) = import_runs([data / "watch" / "gpx" / f"{name}.gpx"], store, now=NOW).files
    assert report.status == "not-a-run"
    assert f"{name}.gpx" in report.reason
    assert "km/h" in report.reason


def test_gpx_that_breaks_off_keeps_its_whole_points(take: Callable[..., FileReport], make_gpx: MakeRun) -> None:
    content = make_gpx()
    report = take("broken.gpx", content[: len(content) * 2 // 3])
    assert report.status == "partial"
    assert "broken.gpx is damaged: its XML is broken in line 1" in report.reason
    assert 235 <= report.runs[0].n_samples <= 245
    assert report.runs[0].distance_m == pytest.approx(15.0 * (report.runs[0].n_samples - 1), rel=0.01)


def test_tcx_that_breaks_off(data: Path, take: Callable[..., FileReport]) -> None:
    content = (data / "watch/tcx/test.tcx").read_bytes()
    report = take("half.tcx", content[: len(content) // 2])
    assert report.status == "partial"
    assert report.runs[0].distance_m == pytest.approx(2400, abs=400)


def test_fit_cut_anywhere_keeps_what_is_whole(take: Callable[..., FileReport], make_run: MakeRun) -> None:
    content = make_run(seconds=600)
    report = take("cut.fit", content[: len(content) // 2])
    assert report.status == "partial"
    assert "bytes are missing" in report.reason
    assert 270 <= report.runs[0].n_samples <= 330


def test_recording_that_was_never_closed(take: Callable[..., FileReport], make_run: MakeRun) -> None:
    content = bytearray(make_run(seconds=600))
    struct.pack_into("<I", content, 4, 0)
    report = take("open.fit", bytes(content))
    assert report.status == "partial"
    assert "never closed" in report.reason
    assert report.runs[0].n_samples == 600


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("empty.fit", b"", "empty (0 bytes)"),
        ("picture.fit", b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(500), "a JPEG picture"),
        ("noise.fit", bytes(range(256)) * 8, "not a FIT, GPX or TCX file"),
        ("page.gpx", b"<!DOCTYPE html><html><body>log in</body></html>", "a web page"),
        ("feed.gpx", b"<?xml version='1.0'?><rss/>", "neither GPX nor TCX"),
        ("head.fit", b"\x0e\x20\x54\x08\x10\x00\x00\x00.FIT\x00\x00", "whole sample"),
        ("half.gpx", b"<gpx><trk><trkseg><trkpt lat='1", "XML is broken"),
        ("short.fit", b"\x0e\x20", "not a FIT"),
    ],
)
def test_what_is_no_watch_file_is_refused(
    take: Callable[..., FileReport], name: str, content: bytes, told: str
) -> None:
    report = take(name, content)
    assert report.status == "refused"
    assert report.reason.startswith(f"{name} was refused")
    assert told in report.reason


def test_file_from_the_future(take: Callable[..., FileReport], make_run: MakeRun) -> None:
    report = take("future.fit", make_run(start=NOW + 5 * 86400))
    assert report.status == "refused"
    assert "in the future" in report.reason


def test_clock_that_was_never_set(take: Callable[..., FileReport]) -> None:
    time = 631065600.0 + np.arange(600.0)
    report = take(
        "epoch.fit", write_fit({"time": time, "distance": 3 * np.arange(600.0)}, [FitSession(time[0], 599, 599)])
    )
    assert report.status in ("refused", "not-a-run")
    assert report.reason


def test_missing_times_in_gpx(data: Path, store: RunStore) -> None:
    for name in ("Mojstrovka", "track-with-extremes"):
        (report,) = import_runs([data / "watch/gpx" / f"{name}.gpx"], store, now=NOW).files
        assert report.status == "refused"
        assert "no usable times" in report.reason


def test_some_points_without_a_time_are_left_out_and_told(take: Callable[..., FileReport], make_gpx: MakeRun) -> None:
    content = make_gpx().replace(b"<time>2023-11-14T22:20:00Z</time>", b"")
    report = take("gap.gpx", content)
    assert report.status == "imported"
    assert "1 of 360 samples have no usable time" in report.runs[0].notes[0]


def test_zero_elevation_gives_no_descent(take: Callable[..., FileReport], make_gpx: MakeRun) -> None:
    report = take("zero.gpx", make_gpx().replace(b"<ele>300.0</ele>", b"<ele>-0.</ele>"))
    assert report.status == "imported"
    assert report.runs[0].descent_m is None
    assert "always 0" in report.runs[0].notes[0]


def test_negative_lap_time_is_not_used(data: Path, take: Callable[..., FileReport]) -> None:
    content = (data / "watch/tcx/test.tcx").read_bytes()
    report = take("negative.tcx", content.replace(b"<TotalTimeSeconds>608.47<", b"<TotalTimeSeconds>-608.47<"))
    assert report.status == "imported"
    assert 0 < report.runs[0].moving_time_s <= report.runs[0].elapsed_time_s


def test_time_that_runs_backwards(take: Callable[..., FileReport], make_gpx: MakeRun) -> None:
    content = make_gpx().replace(b"2023-11-14T22:20:00Z", b"2023-11-14T22:10:00Z")
    report = take("back.gpx", content)
    assert report.runs[0].n_samples == 359
    assert report.runs[0].elapsed_time_s == 1795.0


def test_one_mad_clock_reading_does_not_push_out_the_rest(take: Callable[..., FileReport], make_gpx: MakeRun) -> None:
    report = take("mad.gpx", make_gpx().replace(b"2023-11-14T22:20:00Z", b"2023-12-31T22:20:00Z"))
    assert report.runs[0].n_samples == 359


def test_timer_that_cannot_be(take: Callable[..., FileReport]) -> None:
    time = T0 + np.arange(600.0)
    content = write_fit({"time": time, "distance": 3 * np.arange(600.0)}, [FitSession(T0, 600, 90000, 1797)])
    report = take("timer.fit", content)
    assert report.runs[0].moving_time_s == 599.0
    assert "does not fit" in report.runs[0].notes[-1]


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE gpx [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>',
        '<!DOCTYPE gpx SYSTEM "http://example.invalid/evil.dtd">',
        '<!DOCTYPE gpx [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_xml_with_a_document_type_is_not_read(take: Callable[..., FileReport], declaration: str) -> None:
    body = '<gpx xmlns="http://www.topografix.com/GPX/1/1"><trk><name>&c;&x;</name></trk></gpx>'
    report = take("evil.gpx", f'<?xml version="1.0"?>{declaration}{body}'.encode())
    assert report.status == "refused"
    assert "document type or entities" in report.reason


def test_white_space_and_byte_order_mark_before_the_declaration(
    take: Callable[..., FileReport], make_gpx: MakeRun
) -> None:
    assert take("strava.gpx", b"\xef\xbb\xbf          " + make_gpx()).status == "imported"


def test_gpx_in_utf_16(take: Callable[..., FileReport], make_gpx: MakeRun) -> None:
    text = make_gpx().decode().replace('version="1.0"', 'version="1.0" encoding="utf-16"', 1)
    assert take("wide.gpx", text.encode("utf-16")).status == "imported"


def test_missing_path(store: RunStore, tmp_path: Path) -> None:
    (report,) = import_runs([tmp_path / "nowhere.fit"], store).files
    assert report.status == "refused"
    assert "does not exist" in report.reason


# --- archives ---------------------------------------------------------------------------------------------------------


def zipped(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def test_export_with_nested_archives_and_gz(store: RunStore, tmp_path: Path, make_run: MakeRun) -> None:
    day = 86400.0
    inner = zipped({"2.fit": make_run(start=T0 + day), "deep.zip": zipped({"3.fit": make_run(start=T0 + 2 * day)})})
    content = zipped(
        {
            "DI_CONNECT/1.fit": make_run(),
            "DI_CONNECT/UploadedFiles.zip": inner,
            "activities/4.fit.gz": gzip.compress(make_run(start=T0 + 3 * day)),
            "activities.csv": b"id,name\n",
            "__MACOSX/._1.fit": b"junk",
        }
    )
    (tmp_path / "export.zip").write_bytes(content)
    report = import_runs([tmp_path], store, now=NOW)
    assert [file.status for file in report.files] == ["imported"] * 4
    assert any(file.path.endswith("export.zip/DI_CONNECT/UploadedFiles.zip/deep.zip/3.fit") for file in report.files)
    assert report.ignored[".csv"] == 1


def test_zip_bomb(tmp_path: Path) -> None:
    (tmp_path / "bomb.zip").write_bytes(zipped({"zeros.fit": bytes(64 * 2**20), "ok.fit": b"x"}))
    bomb, fine = find_files([tmp_path])
    assert bomb.data is None
    assert bomb.problem is not None
    assert "ZIP bomb" in bomb.problem
    assert fine.data == b"x"


def test_gzip_bomb(tmp_path: Path) -> None:
    (tmp_path / "bomb.fit.gz").write_bytes(gzip.compress(bytes(64 * 2**20)))
    (bomb,) = find_files([tmp_path])
    assert bomb.problem is not None
    assert "ZIP bomb" in bomb.problem


def test_archive_inside_an_archive_that_explodes(tmp_path: Path) -> None:
    inner = zipped({"a.fit": b"x"}) + bytes(64 * 2**20)
    (tmp_path / "outer.zip").write_bytes(zipped({"inner.zip": inner}))
    (found,) = find_files([tmp_path])
    assert found.problem is not None
    assert "ZIP bomb" in found.problem


def test_too_large_and_too_deep(tmp_path: Path) -> None:
    content = zipped({"1.zip": zipped({"2.zip": zipped({"3.zip": zipped({"a.fit": b"x"})})})})
    (tmp_path / "deep.zip").write_bytes(content)
    (found,) = find_files([tmp_path])
    assert found.problem is not None
    assert "archives deep" in found.problem
    (tmp_path / "deep.zip").unlink()
    (tmp_path / "big.fit").write_bytes(bytes(5000))
    (found,) = find_files([tmp_path], Limits(file_bytes=4000))
    assert found.problem is not None
    assert "larger than" in found.problem


@pytest.mark.parametrize("name", ["../evil.fit", "/etc/evil.fit", "a/../../evil.fit", "..\\evil.fit", "C:\\evil.fit"])
def test_path_outside_the_archive(tmp_path: Path, name: str) -> None:
    (tmp_path / "paths.zip").write_bytes(zipped({name: b"x"}))
    (found,) = find_files([tmp_path / "paths.zip"])
    assert found.data is None
    assert found.problem is not None
    assert "outside the archive" in found.problem


def test_damaged_archive_and_damaged_member(tmp_path: Path, make_run: MakeRun) -> None:
    content = bytearray(zipped({"a.fit": make_run(seconds=300), "b.fit": b"whole"}))
    content[200] ^= 0xFF
    (tmp_path / "a.zip").write_bytes(content)
    (tmp_path / "b.zip").write_bytes(content[:100])
    damaged, whole, broken = find_files([tmp_path])
    assert damaged.problem is not None
    assert "damaged inside its archive" in damaged.problem
    assert whole.data == b"whole"
    assert broken.problem is not None
    assert "not a whole ZIP archive" in broken.problem


def test_password(tmp_path: Path) -> None:
    content = bytearray(zipped({"a.fit": b"x" * 100}))
    content[6] |= 1
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(content)
    (found,) = find_files([tmp_path])
    assert found.problem is not None
    assert "password" in found.problem


def test_too_many_members(tmp_path: Path) -> None:
    (tmp_path / "many.zip").write_bytes(zipped({f"{number}.fit": b"" for number in range(20)}))
    (found,) = find_files([tmp_path], Limits(members=10))
    assert found.problem is not None


def test_link_to_the_folder_above_does_not_turn_in_circles(tmp_path: Path) -> None:
    (tmp_path / "a.fit").write_bytes(b"x")
    (tmp_path / "up").symlink_to(tmp_path, target_is_directory=True)
    assert len(list(find_files([tmp_path]))) == 1


def test_reading_alone_raises_sentences() -> None:
    with pytest.raises(UnreadableFileError, match="empty"):
        read_watch_file(b"")
