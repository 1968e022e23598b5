"""``medius import`` and ``medius load`` as a runner uses them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from medius.cli import import_runs as import_module
from medius.cli import load as load_module
from medius.errors import InvalidValueError, NothingToMeasureError, OutputError

T0 = 1_700_000_000.0


@pytest.fixture
def app() -> typer.Typer:
    application = typer.Typer()
    import_module.register(application)
    load_module.register(application)
    return application


@pytest.fixture
def filled(app: typer.Typer, tmp_path: Path, make_run: Callable[..., bytes]) -> Path:
    folder = tmp_path / "watch"
    folder.mkdir()
    for number in range(4):
        (folder / f"{number}.fit").write_bytes(make_run(start=T0 + number * 6 * 86400, seconds=1200 + 300 * number))
    (folder / "broken.fit").write_bytes(b"")
    (folder / "notes [1].csv").write_text("a,b\n")
    result = CliRunner().invoke(app, ["import", str(folder), "--store", str(tmp_path / "store")])
    assert result.exit_code == 0
    assert "4 imported" in result.stdout
    assert "broken.fit was refused: it is empty (0 bytes)" in result.stdout
    assert "1 other files left aside (1 .csv)" in result.stdout
    return tmp_path / "store"


def test_import_json(app: typer.Typer, tmp_path: Path, data: Path) -> None:
    result = CliRunner().invoke(app, ["import", str(data / "watch" / "tcx"), "--json", "--store", str(tmp_path)])
    told = json.loads(result.stdout)
    assert told["schema"] == "medius.import/1"
    assert [file["status"] for file in told["files"]] == ["duplicate", "imported"]


def test_data_folder_of_the_environment(
    app: typer.Typer, tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIUS_DATA", str(tmp_path / "mine"))
    assert CliRunner().invoke(app, ["import", str(data / "watch" / "tcx" / "test.tcx")]).exit_code == 0
    assert (tmp_path / "mine" / "runs.sqlite3").exists()


def test_nothing_usable_is_an_error(app: typer.Typer, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["import", str(tmp_path / "nowhere"), "--store", str(tmp_path / "s")])
    assert result.exit_code == 3
    assert "does not exist" in result.stdout


def test_load_tables(app: typer.Typer, filled: Path, tmp_path: Path) -> None:
    arguments = [
        "load",
        "--store",
        str(filled),
        "--planned",
        "12",
        "--on",
        "2023-12-10",
        "--chart",
        str(tmp_path / "l.svg"),
    ]
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})
    assert result.exit_code == 0
    assert "2023-11-14" in result.stdout
    assert "Planned run" in result.stdout
    assert "R01" in result.stdout
    assert (tmp_path / "l.svg").exists()


def test_load_json(app: typer.Typer, filled: Path, tmp_path: Path) -> None:
    (tmp_path / "diary.csv").write_text("date,pain,rpe\n2023-11-14,3,5\n")
    result = CliRunner().invoke(app, ["load", "--json", "--store", str(filled), "--diary", str(tmp_path / "diary.csv")])
    told = json.loads(result.stdout)
    assert told["schema"] == "medius.load/1"
    assert len(told["runs"]) == 4
    assert told["runs"][0]["date"] == "2023-11-14"
    assert told["calendar"][0]["pain"] == 3
    assert {item["quantity"] for item in told["associations"]} == {"distance", "descent", "cadence"}
    assert told["observations"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--planned", "5", "--on", "soon"], InvalidValueError),
        (["--planned", "-5"], InvalidValueError),
        (["--chart", "chart.doc"], OutputError),
    ],
)
def test_wrong_answers(app: typer.Typer, filled: Path, arguments: list[str], error: type[Exception]) -> None:
    result = CliRunner().invoke(app, ["load", "--store", str(filled), *arguments])
    assert isinstance(result.exception, error)


def test_load_before_any_import(app: typer.Typer, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["load", "--store", str(tmp_path)])
    assert isinstance(result.exception, NothingToMeasureError)
    assert "medius import" in str(result.exception)
