"""What a runner's watch says about the knee: distance, spikes, descent, running dynamics.

Import with `import_runs` into a `RunStore`; then `runs_table`, `weekly_table`, `guard_runs` and `pain_calendar` give
pandas tables, and `observe_load` gives Observations.
"""

from medius.load._activity import CHANNELS, Activity, DeviceTotals, Lap, NoActivityError, Reading
from medius.load._association import FEWEST_RUNS, PainAssociation, associate_pain
from medius.load._chart import draw_load_chart
from medius.load._diary import DIARY_COLUMNS, check_diary, pain_calendar, read_diary, with_effort
from medius.load._downhill import BANDS, DownhillBand, DownhillExposure, gradient_percent, measure_downhill
from medius.load._dynamics import ChannelSummary, summarise_channel
from medius.load._elevation import ElevationProfile, measure_elevation
from medius.load._files import read_watch_file
from medius.load._fit_decode import FastDecoder, FitDecoder, FitMessages, FitRefusedError, MatureDecoder
from medius.load._fit_write import FitEvent, FitSession, write_fit
from medius.load._guard import LongRunVerdict, guard_planned_run, guard_runs
from medius.load._import import import_runs
from medius.load._observe import observe_load, observe_run
from medius.load._reports import FileReport, ImportReport
from medius.load._sport import judge_sport
from medius.load._summary import MeasuredRun, RunSummary, measure_run
from medius.load._tables import runs_table, weekly_table
from medius.load._walk import Limits
from medius.record.runs import RunStore

__all__ = [
    "BANDS",
    "CHANNELS",
    "DIARY_COLUMNS",
    "FEWEST_RUNS",
    "Activity",
    "ChannelSummary",
    "DeviceTotals",
    "DownhillBand",
    "DownhillExposure",
    "ElevationProfile",
    "FastDecoder",
    "FileReport",
    "FitDecoder",
    "FitEvent",
    "FitMessages",
    "FitRefusedError",
    "FitSession",
    "ImportReport",
    "Lap",
    "Limits",
    "LongRunVerdict",
    "MatureDecoder",
    "MeasuredRun",
    "NoActivityError",
    "PainAssociation",
    "Reading",
    "RunStore",
    "RunSummary",
    "associate_pain",
    "check_diary",
    "draw_load_chart",
    "gradient_percent",
    "guard_planned_run",
    "guard_runs",
    "import_runs",
    "judge_sport",
    "measure_downhill",
    "measure_elevation",
    "measure_run",
    "observe_load",
    "observe_run",
    "pain_calendar",
    "read_diary",
    "read_watch_file",
    "runs_table",
    "summarise_channel",
    "weekly_table",
    "with_effort",
    "write_fit",
]
