"""Questionnaire, red flags, patterns, risk picture, strength and outcome scores.

Questions, rules and words are data files; ``screen(read_answers({...}))`` is the whole way through. Nothing here is a
diagnosis: the verdicts are "consistent with", "not consistent with" and "cannot tell".
"""

from medius.screen._answers import Answers, load_answers, read_answers, read_clearances
from medius.screen._catalogue import choices_of, picture, picture_file
from medius.screen._dialogue import Ending, run_dialogue
from medius.screen._models import CANNOT_TELL, Choice, Question, Region, Section
from medius.screen._page import render_screening_page
from medius.screen._questionnaire import next_question, questionnaire, questions, regions
from medius.screen._red_flags import accept_clearances
from medius.screen._result import (
    SCHEMA,
    Change,
    Clearance,
    Note,
    OpenFlag,
    Pattern,
    Problem,
    RedFlag,
    Risk,
    Score,
    Screening,
    SideDifference,
    Strength,
    StrengthReading,
)
from medius.screen._scores import important_pain_change, interpret_change
from medius.screen._screening import screen
from medius.screen._strength import detectable_change_percent, expected_hip_abduction, side_difference
from medius.screen._values import read_value

__all__ = [
    "CANNOT_TELL",
    "SCHEMA",
    "Answers",
    "Change",
    "Choice",
    "Clearance",
    "Ending",
    "Note",
    "OpenFlag",
    "Pattern",
    "Problem",
    "Question",
    "RedFlag",
    "Region",
    "Risk",
    "Score",
    "Screening",
    "Section",
    "SideDifference",
    "Strength",
    "StrengthReading",
    "accept_clearances",
    "choices_of",
    "detectable_change_percent",
    "expected_hip_abduction",
    "important_pain_change",
    "interpret_change",
    "load_answers",
    "next_question",
    "picture",
    "picture_file",
    "questionnaire",
    "questions",
    "read_answers",
    "read_clearances",
    "read_value",
    "regions",
    "render_screening_page",
    "run_dialogue",
    "screen",
    "side_difference",
]
