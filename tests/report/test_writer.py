"""Writing a report: all or nothing, and a sentence where it cannot be written."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from medius.errors import OutputError
from medius.report import FileWriter, ReportData, write_report

NAMES = ["report.html", "report.pdf", "observations.json", "observations.csv", "strides.csv"]


def test_writes_all_files_and_nothing_else(report_data: ReportData, tmp_path: Path) -> None:
    paths = write_report(report_data, tmp_path / "new" / "out")
    assert [path.name for path in paths] == NAMES
    assert sorted(path.name for path in (tmp_path / "new" / "out").iterdir()) == sorted(NAMES)


def test_replaces_an_older_report_and_leaves_other_files_alone(report_data: ReportData, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("old")
    (tmp_path / "notes.txt").write_text("mine")
    write_report(report_data, str(tmp_path), ("html",))
    assert (tmp_path / "report.html").read_bytes().startswith(b"<!doctype")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes.txt", "report.html"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError])
def test_an_interruption_while_collecting_leaves_nothing(tmp_path: Path, stop: type[BaseException]) -> None:
    def collect() -> None:
        with FileWriter(tmp_path / "a" / "b") as writer:
            writer.add("report.html", b"half")
            raise stop

    with pytest.raises(stop):
        collect()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("broken_at", [1, 2, 3, 4])
def test_an_interruption_while_moving_puts_the_old_files_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken_at: int
) -> None:
    """Four moves: away and in place, for two files; Ctrl-C may come before any of them."""
    (tmp_path / "a.txt").write_text("old a")
    (tmp_path / "b.txt").write_text("old b")
    moves = 0
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        nonlocal moves
        moves += 1
        if moves == broken_at:
            raise KeyboardInterrupt
        return real(self, target)

    def write() -> None:
        with FileWriter(tmp_path) as writer:
            writer.add("a.txt", b"new a")
            writer.add("b.txt", b"new b")
            monkeypatch.setattr(Path, "replace", replace)

    with pytest.raises(KeyboardInterrupt):
        write()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a.txt": "old a", "b.txt": "old b"}


def test_a_file_in_the_way_is_told_in_a_sentence(report_data: ReportData, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(OutputError, match=r"Cannot write to .*out: .*not a folder\. Choose another folder\."):
        write_report(report_data, tmp_path / "out", ("json",))
    with pytest.raises(OutputError, match="not a folder"):
        write_report(report_data, tmp_path / "out" / "deeper", ("json",))
    assert (tmp_path / "out").read_text() == "a file"


def test_a_folder_where_a_file_should_go_stays(report_data: ReportData, tmp_path: Path) -> None:
    (tmp_path / "report.html").mkdir()
    (tmp_path / "report.html" / "inside").write_text("x")
    with pytest.raises(OutputError, match="a folder stands where"):
        write_report(report_data, tmp_path, ("html", "json"))
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert (tmp_path / "report.html" / "inside").read_text() == "x"


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "the disk is full"), (errno.EACCES, "not allowed"), (errno.EROFS, "only be read")],
)
def test_what_the_system_refuses_becomes_a_sentence(
    report_data: ReportData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    def refuse(self: Path, data: bytes) -> int:
        raise OSError(number, "refused")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(OutputError, match=words):
        write_report(report_data, tmp_path / "out", ("json",))
    assert list(tmp_path.iterdir()) == []


def test_a_large_file_can_be_written_by_somebody_else(tmp_path: Path) -> None:
    with FileWriter(tmp_path) as writer:
        writer.path("video.webm").write_bytes(b"moving")
        assert not (tmp_path / "video.webm").exists()
    assert (tmp_path / "video.webm").read_bytes() == b"moving"


def test_a_file_added_outside_the_block_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="inside the 'with' block"):
        FileWriter(tmp_path).add("x", b"")
