"""To and from other programs: calendar files, FIT workouts, a metronome."""

from medius.exchange.calendar import render_calendar
from medius.exchange.metronome import render_metronome
from medius.exchange.workouts import render_run_workout, render_strength_workout, render_workouts

__all__ = [
    "render_calendar",
    "render_metronome",
    "render_run_workout",
    "render_strength_workout",
    "render_workouts",
]
