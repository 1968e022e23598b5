"""Counts repetitions and holds, and names faults, from key points one frame at a time.

Everything about an exercise comes from its definition (`medius.exercises`); nothing here knows a particular one. A
`Session` takes frames of key points, whoever made them; `coach_clip` feeds it a recorded clip.
"""

from medius.coach._clip import coach_clip
from medius.coach._points import Frame
from medius.coach._result import SCHEMA, Quality, Repetition, SetResult
from medius.coach._session import COACHED, Event, Session, coached_exercise

__all__ = [
    "COACHED",
    "SCHEMA",
    "Event",
    "Frame",
    "Quality",
    "Repetition",
    "Session",
    "SetResult",
    "coach_clip",
    "coached_exercise",
]
