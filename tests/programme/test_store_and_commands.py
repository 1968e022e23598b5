"""Plans and logs are kept safely, and the four commands do what a person asks of them."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner, Result

from medius.cli import app
from medius.errors import InvalidValueError, MediusError, NothingToMeasureError, UnreadableFileError
from medius.programme import DAY_NAMES, best_case, make_plan, parse_plan_input
from medius.record.programme import FILE_NAME, ProgrammeStore
from medius.report.handout import render_handout

ROOT = Path(__file__).parent.parent.parent
SCREENING = str(ROOT / "docs/examples/screen/typical-itbs.toml")
TODAY = dt.datetime.now().astimezone().date()
DAYS = ",".join(DAY_NAMES[(TODAY.weekday() + n) % 7] for n in (0, 2))

Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Give a function that runs a command on an own data folder and returns what it prints."""
    monkeypatch.setenv("MEDIUS_DATA", str(tmp_path / "data"))

    def command(*arguments: str) -> str:
        result: Result = CliRunner().invoke(app, arguments)
        if isinstance(result.exception, MediusError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.stdout

    return command


def made(run: Run, *more: str) -> str:
    return run("plan", "--answers", SCREENING, "--days", DAYS, "--weight", "8", *more)


def test_a_transaction_that_is_cut_off_leaves_nothing_and_a_confirmed_one_everything(tmp_path: Path) -> None:
    code = f"""
import os
from pathlib import Path
from medius.record.programme import ProgrammeStore
store = ProgrammeStore(Path({str(tmp_path)!r}))
with store.writing():
    store.add_plan({{"n": 1}}, "now")
with store.writing():
    store.add_log(1, "2027-01-04", {{"n": 1}}, "now")
try:
    with store.writing():
        store.add_log(1, "2027-01-05", {{"n": 2}}, "now")
        store.add_plan({{"n": 2}}, "now")
        os._exit(9)
finally:
    pass
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
    with ProgrammeStore(tmp_path) as store:
        assert [plan.data for plan in store.plans()] == [{"n": 1}]
        assert store.logs(1) == [(1, {"n": 1})]


def test_an_error_inside_a_transaction_keeps_nothing(tmp_path: Path) -> None:
    with ProgrammeStore(tmp_path) as store:
        with pytest.raises(TypeError, match="JSON"), store.writing():
            _two_plans(store)
        assert store.current_plan() is None


def _two_plans(store: ProgrammeStore) -> None:
    store.add_plan({"n": 1}, "now")
    store.add_plan({"n": object()}, "now")


def test_a_new_revision_leaves_the_old_one(tmp_path: Path) -> None:
    with ProgrammeStore(tmp_path) as store:
        plan = store.add_plan({}, "now")
        entry = store.add_log(plan, "2027-01-04", {"pain": 1}, "now")
        other = store.add_log(plan, "2027-01-03", {"pain": 0}, "now")
        store.add_log(plan, "2027-01-04", {"pain": 1, "next_morning": 2}, "later", entry)
        assert store.logs(plan) == [(other, {"pain": 0}), (entry, {"pain": 1, "next_morning": 2})]
        assert store.revisions(entry) == [{"pain": 1}, {"pain": 1, "next_morning": 2}]


def test_a_damaged_store_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(b"this is no database" * 100)
    with pytest.raises(UnreadableFileError, match="left as it is"):
        ProgrammeStore(tmp_path)
    assert path.read_bytes().startswith(b"this is no database")


def test_the_way_of_a_week(run: Run) -> None:
    assert "Six weeks from" in made(run)
    told = run("today")
    assert "Clamshell: 2 × 10" in told
    assert "Why" in told
    assert "Kept:" in run("done", "--pain", "1", "--effort", "5", "--form-good")
    assert "not logged yet" in run("today")
    assert "next morning 0" in run("done", "--next-morning", "0", "--not-worse")
    progress = run("progress")
    assert "sessions done 1" in progress
    content = json.loads(run("progress", "--json"))
    assert content["schema"] == "medius.progress/1"
    assert any(o["code"] == "session_pain" for o in content["observations"])


def test_the_plan_stays_until_a_new_one_is_asked_for(run: Run) -> None:
    first = made(run)
    assert run("plan") == first
    second = made(run, "--band")
    assert second != first
    assert run("plan") == second


def test_a_log_twice_and_a_log_from_the_future_are_refused_and_nothing_is_lost(run: Run) -> None:
    made(run)
    run("done", "--pain", "1", "--effort", "5", "--form-good")
    before = json.loads(run("progress", "--json"))
    with pytest.raises(InvalidValueError, match="logged already"):
        run("done", "--pain", "0", "--effort", "5", "--form-good")
    future = (TODAY + dt.timedelta(days=2)).isoformat()
    with pytest.raises(InvalidValueError, match="has not come yet"):
        run("done", "--pain", "0", "--date", future)
    with pytest.raises(InvalidValueError, match="lies before it"):
        run("done", "--pain", "0", "--date", "2020-01-01")
    with pytest.raises(InvalidValueError, match="no date"):
        run("done", "--pain", "0", "--date", "yesterday")
    assert json.loads(run("progress", "--json")) == before


def test_the_run_is_logged_apart_from_the_exercises(run: Run) -> None:
    made(run)
    items = json.loads(
        run("done", "--pain", "1", "--effort", "5", "--form-good", "--json", "--date", TODAY.isoformat())
    )
    assert items["log"]["items"]
    both = json.loads(run("done", "--run-km", "1.5", "--pain", "2", "--json"))["log"]
    assert both["items"] == items["log"]["items"]
    assert both["run"]["km"] == 1.5


def test_another_dose_is_kept_and_a_wrong_one_is_a_sentence(run: Run) -> None:
    made(run)
    log = json.loads(
        run(
            "done",
            "--pain",
            "1",
            "--effort",
            "5",
            "--form-good",
            "--did",
            "clamshell=14x3",
            "--did",
            "bridge=12x1@0",
            "--json",
        )
    )["log"]
    doses = {item["asked"]["exercise"]: (item["repetitions"], item["sets"]) for item in log["items"]}
    assert doses["clamshell"] == (14, 3)
    assert doses["bridge"] == (12, 1)
    for wrong in ("burpee=10x3", "clamshell=many"):
        with pytest.raises(InvalidValueError):
            run("done", "--pain", "1", "--did", wrong, "--date", TODAY.isoformat())


def test_a_warning_sign_stops_and_a_clinician_lets_go_on(run: Run) -> None:
    made(run)
    assert "stop" in run("done", "--red-flag", "the knee locks")
    assert "the knee locks" in run("today")
    with pytest.raises(InvalidValueError, match="stands still"):
        run("done", "--pain", "1")
    run("done", "--cleared-by", "Dr Example")
    assert "Clamshell" in run("today")


def test_a_new_plan_does_not_lose_a_warning_sign(run: Run) -> None:
    made(run)
    run("done", "--red-flag", "the knee locks")
    for _ in range(2):
        assert "not cleared since: the knee locks" in made(run, "--new")
    run("done", "--cleared-by", "Dr Example")
    assert "Six weeks from" in made(run, "--new")


def test_a_new_plan_knows_the_runs_that_were_logged(run: Run) -> None:
    made(run)
    run("done", "--run-km", "17.5", "--pain", "0")
    content = json.loads(made(run, "--new", "--json"))
    assert content["given"]["running"]["longest_km_30_days"] == 17.5


@pytest.mark.parametrize(
    "words",
    [
        ("done", "--run-km", "0"),
        ("done", "--run-km", "nan"),
        ("today", "--on", "monday"),
        ("plan", "--weight", "-3"),
        ("plan", "--minutes", "2"),
        ("plan", "--race-km", "nan", "--race", "2030-01-01"),
        ("plan", "--race", "soon"),
        ("plan", "--days", "caturday"),
        ("plan", "--days", ","),
        ("plan", "--start", "31.12.2026"),
    ],
)
def test_a_value_that_cannot_be_is_a_sentence_and_changes_nothing(run: Run, words: tuple[str, ...]) -> None:
    made(run)
    run("done", "--pain", "1", "--effort", "5", "--form-good", "--no-strength", "--run-km", "1")
    before = run("progress", "--json"), run("plan", "--json")
    with pytest.raises(InvalidValueError):
        run(*words)
    assert (run("progress", "--json"), run("plan", "--json")) == before


def test_pain_now_is_taken_into_account(run: Run) -> None:
    made(run)
    assert "let it settle" in run("today", "--pain-now", "8")
    assert "No run" in run("today", "--pain-now", "4")
    assert "let it settle" in run("done", "--pain-now", "7")


def test_without_a_plan_the_commands_say_so(run: Run) -> None:
    for command in ("today", "progress"):
        with pytest.raises(NothingToMeasureError, match="medius plan"):
            run(command)
    with pytest.raises(NothingToMeasureError, match="medius plan"):
        run("done", "--pain", "1")


def test_done_without_words_and_without_a_person_asks_for_words(run: Run) -> None:
    made(run)
    with pytest.raises(InvalidValueError, match="--pain 1 --effort 5"):
        run("done")


def test_a_plan_without_anything_known_and_one_with_a_red_flag(run: Run) -> None:
    assert "red flags have not been asked" in run("plan")
    blocked = str(ROOT / "docs/examples/screen/bone-stress.toml")
    assert "No programme" in run("plan", "--answers", blocked)
    assert "stop" in run("today")
    with pytest.raises(InvalidValueError, match="stands still"):
        run("done", "--pain", "1", "--effort", "5", "--form-good")


def test_everything_can_be_taken_away(run: Run, tmp_path: Path) -> None:
    files = [tmp_path / "plan.pdf", tmp_path / "plan.ics", tmp_path / "watch"]
    made(run, "--roller", "--handout", str(files[0]), "--calendar", str(files[1]), "--workouts", str(files[2]))
    assert files[0].read_bytes().startswith(b"%PDF")
    assert files[1].read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")
    assert sorted(path.suffix for path in files[2].iterdir())[0] == ".fit"
    run("today", "--handout", str(tmp_path / "today.pdf"))
    assert (tmp_path / "today.pdf").read_bytes().startswith(b"%PDF")
    with pytest.raises(NothingToMeasureError, match="No metronome"):
        run("plan", "--metronome", str(tmp_path / "beat.wav"))


def test_a_plan_from_one_file_with_a_metronome(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "me.json"
    values: dict[str, Any] = {
        "start": TODAY.isoformat(),
        "screened": True,
        "side": "left",
        "pain_worst": 3,
        "pain_now": 0,
        "days": ["mon", "thu"],
        "form": {"high_drop_or_adduction": True, "cadence": 160},
    }
    path.write_text(json.dumps(values))
    run("plan", "--input", str(path), "--metronome", str(tmp_path / "beat.wav"))
    assert (tmp_path / "beat.wav").read_bytes().startswith(b"RIFF")


def test_observations_of_other_commands_are_read(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "film.json"
    narrow = {
        "code": "step_width",
        "value": -0.04,
        "unit": "m",
        "interval_95": [-0.06, -0.02],
        "source": "film",
        "method": "t/1",
    }
    path.write_text(json.dumps({"observations": [narrow]}))
    assert "two rails" in made(run, "--observations", str(path))
    path.write_text("{")
    with pytest.raises(UnreadableFileError, match="as JSON"):
        run("plan", "--observations", str(path))
    path.write_text("{}")
    with pytest.raises(UnreadableFileError, match="no observations"):
        run("plan", "--observations", str(path))


def test_the_handout_says_what_to_do_and_shows_it() -> None:
    values: dict[str, Any] = {"start": "2027-01-04", "screened": True, "side": "right", "pain_now": 0, "pain_worst": 3}
    plan = make_plan(parse_plan_input({**values, "equipment": {"weights_kg": [8], "roller": True}}))
    sessions = best_case(plan)
    pdf = render_handout(plan, sessions)
    assert pdf == render_handout(plan, sessions)
    from io import BytesIO

    reader = PdfReader(BytesIO(pdf))
    text = " ".join(page.extract_text() for page in reader.pages)
    for word in (
        "Clamshell",
        "Keep your heels together",
        "Pelvic drop and lift on a step",
        "Heel to the sky",
        "Next morning",
    ):
        assert word in text
    assert "feel better for a while" in text
    assert b"/Marked true" in pdf


def test_a_blocked_plan_has_a_handout_that_says_stop() -> None:
    from io import BytesIO

    plan = make_plan(parse_plan_input({"start": "2027-01-04", "blocked_because": ["a hot and swollen knee"]}))
    text = PdfReader(BytesIO(render_handout(plan, best_case(plan)))).pages[0].extract_text()
    assert "see a clinician first" in text
    assert "a hot and swollen knee" in text
