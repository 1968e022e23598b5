"""Findings in, plan out; and the next session from what happened."""

from medius.programme._build import input_from_observations
from medius.programme._case import render_case
from medius.programme._ladders import LOADED, build_tracks, next_weight
from medius.programme._log import check_done, done_as_asked, merge_done, with_morning
from medius.programme._models import (
    SCHEMA,
    Done,
    DoneItem,
    DoneRun,
    Equipment,
    FormFlags,
    Item,
    Plan,
    PlanInput,
    PlannedDay,
    PreRun,
    Retraining,
    Run,
    RunningNow,
    RunStep,
    Sentence,
    Session,
    Step,
    Track,
)
from medius.programme._outlook import best_case, done_well, race_outlook
from medius.programme._plan import make_plan
from medius.programme._progress import Progress, measure_progress, observe_session
from medius.programme._read import parse_days, parse_plan_input, read_plan_input
from medius.programme._retrain import feedback_share
from medius.programme._running import longest_before
from medius.programme._schedule import DAY_NAMES
from medius.programme._session import next_session
from medius.programme._state import State, Verdict, fold, judge, judge_run
from medius.programme._text import (
    dose_words,
    exercise_words,
    render_plan,
    render_progress,
    render_session,
    run_words,
)

__all__ = [
    "DAY_NAMES",
    "LOADED",
    "SCHEMA",
    "Done",
    "DoneItem",
    "DoneRun",
    "Equipment",
    "FormFlags",
    "Item",
    "Plan",
    "PlanInput",
    "PlannedDay",
    "PreRun",
    "Progress",
    "Retraining",
    "Run",
    "RunStep",
    "RunningNow",
    "Sentence",
    "Session",
    "State",
    "Step",
    "Track",
    "Verdict",
    "best_case",
    "build_tracks",
    "check_done",
    "done_as_asked",
    "done_well",
    "dose_words",
    "exercise_words",
    "feedback_share",
    "fold",
    "input_from_observations",
    "judge",
    "judge_run",
    "longest_before",
    "make_plan",
    "measure_progress",
    "merge_done",
    "next_session",
    "next_weight",
    "observe_session",
    "parse_days",
    "parse_plan_input",
    "race_outlook",
    "read_plan_input",
    "render_case",
    "render_plan",
    "render_progress",
    "render_session",
    "run_words",
    "with_morning",
]
