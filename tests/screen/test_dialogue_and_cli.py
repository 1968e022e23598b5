"""The questionnaire in a terminal: under five minutes, resumable, stopping for a red flag; and the command."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from medius.cli import app
from medius.errors import InvalidValueError, OutputError, UnreadableFileError
from medius.screen import Ending, next_question, run_dialogue

CASES = Path(__file__).parents[2] / "docs" / "examples" / "screen"
TYPICAL = ["34", "2", "1", "16", "5", "6", "10"]
TYPICAL += ["1", "5", "1", "1", "1 4", "1", "6", "2", "1"]
TYPICAL += ["2", "1.79", "72", "45", "16", "22", "1 3", "1", "3", "8", "2", "1", "a marathon", ""]
TYPICAL += ["2", "2", "2"]
SECONDS_A_QUESTION = 9
"""A slow reader: 60 words in 20 seconds for a checklist, two or three seconds for most others."""


def talk(replies: list[str], values: dict[str, Any] | None = None) -> tuple[Ending, dict[str, Any], list[str]]:
    answers: dict[str, Any] = {} if values is None else values
    said: list[str] = []
    coming: Iterator[str] = iter(replies)

    def ask(prompt: str) -> str:
        said.append(prompt)
        try:
            return next(coming)
        except StopIteration:
            raise EOFError from None

    ending = run_dialogue(answers, ask=ask, tell=said.append, keep=lambda kept: None)
    return ending, answers, said


def command(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, ["screen", *arguments], input=typed, catch_exceptions=False)


def test_a_typical_runner_is_through_in_under_five_minutes() -> None:
    ending, values, _ = talk(TYPICAL)
    assert ending == "finished"
    assert next_question(values) is None
    assert len(TYPICAL) * SECONDS_A_QUESTION < 300
    assert values["regions"] == ["lateral_epicondyle"]
    assert values["urgent_signs"] == ["none"]


def test_the_first_sign_that_needs_a_doctor_now_stops_the_questions() -> None:
    ending, values, _ = talk(["34", "2", "1", "6"])
    assert ending == "stopped by a red flag"
    assert values["urgent_signs"] == ["cold_or_pale_foot"]


def test_a_less_urgent_sign_stops_after_the_first_part() -> None:
    ending, values, _ = talk(["34", "2", "1", "11", "5", "6", "10", "1"])
    assert ending == "stopped by a red flag"
    assert "clot_signs" in values
    assert "regions" not in values


def test_back_and_leave() -> None:
    ending, values, _ = talk(["34", "1", "b", "2", "q"])
    assert ending == "left"
    assert values == {"age": 34.0, "side": "right"}


def test_a_wrong_entry_is_told_and_asked_again() -> None:
    _, values, said = talk(["3", "34", "9", "2", ""])
    assert values == {"age": 34.0, "side": "right"}
    assert any("not possible" in line for line in said)
    assert any("not an answer" in line for line in said)
    assert any("decides whether a doctor" in line for line in said)


def test_injury_questions_come_only_after_an_injury_and_go_with_it() -> None:
    _, values, _ = talk(["34", "2", "3", "1", "b", "b", "1"])
    assert values == {"age": 34.0, "side": "right", "onset": "gradual"}


def test_scores_and_activities_can_be_typed() -> None:
    start: dict[str, Any] = {}
    talk(TYPICAL[:-1], start)
    _, values, _ = talk(["1", "4 " * 19 + "-", "60", "?", "?", "8 8 0 0", "running = 4, stairs = 7"], start)
    assert values["lefs"] == [4.0] * 19 + [None]
    assert values["psfs"] == [{"activity": "running", "score": 4.0}, {"activity": "stairs", "score": 7.0}]


def test_the_command_goes_on_where_it_stopped(tmp_path: Path) -> None:
    save = tmp_path / "deep" / "answers.json"
    first = command("--save", str(save), typed="34\n2\nq\n")
    assert "goes on from there" in first.output
    assert stat.S_IMODE(save.stat().st_mode) == 0o600
    second = command("--save", str(save), typed="\n".join(TYPICAL[2:]) + "\n")
    assert "Going on where you stopped" in second.output
    assert "consistent with iliotibial band syndrome" in second.output
    again = command("--save", str(save))
    assert "consistent with iliotibial band syndrome" in again.output
    afresh = command("--save", str(save), "--new", typed="q\n")
    assert "Going on" not in afresh.output


def test_a_clearance_on_the_command_line_is_recorded(tmp_path: Path) -> None:
    save = tmp_path / "answers.json"
    assert "Stop: be seen now" in command("--save", str(save), typed="34\n2\n1\n6\n").output
    assert "Stop: be seen now" in command("--save", str(save)).output
    cleared = command("--save", str(save), "--cleared-by", "Dr Ana Lopez", typed="5\n6\n10\nq\n")
    assert "cleared by Dr Ana Lopez on" in cleared.output
    (record,) = json.loads(save.read_text())["clearance"]
    assert record["by"] == "Dr Ana Lopez"
    assert record["flags"] == ["blood-or-nerve"]


def test_there_is_nothing_to_clear_without_a_red_flag(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match="nothing to clear"):
        command("--save", str(tmp_path / "a.json"), "--cleared-by", "Dr Ana Lopez")
    with pytest.raises(InvalidValueError, match="not a date"):
        command("--answers", str(CASES / "night-pain.toml"), "--cleared-by", "Dr A", "--cleared-on", "monday")


def test_an_answers_file_gives_one_json_object() -> None:
    document = json.loads(command("--answers", str(CASES / "typical-itbs.toml"), "--json").stdout)
    assert document["schema"] == "medius.screening/1"
    assert list(document) == [
        "schema",
        "red_flags",
        "open_red_flags",
        "blocked",
        "blocked_because",
        "clearances",
        "patterns",
        "risk",
        "strength",
        "scores",
        "observations",
        "next_steps",
        "problems",
    ]
    itbs = document["patterns"][0]
    assert (itbs["code"], itbs["verdict"]) == ("itbs", "consistent with")
    assert itbs["for"][0]["evidence"] == ["D11", "D12"]


def test_a_red_flag_from_a_file_stops_and_says_how_fast() -> None:
    text = command("--answers", str(CASES / "deep-vein-clot.toml")).output
    assert "Stop: be seen today" in text
    assert "What fits" not in text
    assert "makes no programme" in text


def test_a_missing_file_and_a_folder_that_cannot_be_written_are_sentences(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        command("--answers", str(tmp_path / "none.toml"))
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        command("--save", str(tmp_path / "file" / "a.json"), typed="34\n")
