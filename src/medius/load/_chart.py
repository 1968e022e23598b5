"""The picture of the load: weeks as bars, runs as points against the longest of the 30 days before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from medius.load._guard import guard_runs
from medius.load._tables import weekly_table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw_load_chart"]

_BAR, _INK, _WARN, _STRONG, _LINE = "#c5d3e3", "#24435e", "#c9822b", "#b23a48", "#7a8793"


def draw_load_chart(runs: pd.DataFrame, *, width_in: float = 9.0, height_in: float = 5.2) -> Figure:
    """Draw distance by week and by run.

    Parameters
    ----------
    runs
        From `runs_table`.
    width_in, height_in
        Size of the figure in inches.

    Returns
    -------
    A figure with its own canvas; save it with ``figure.savefig(path)``.
    """
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width_in, height_in), layout="constrained")
    week_axis, run_axis = figure.subplots(2, 1, sharex=True, height_ratios=(2, 3))
    weeks = weekly_table(runs)
    middle = weeks.index.to_series() + pd.Timedelta(days=3.5)
    week_axis.bar(middle.to_numpy(), (weeks["distance_m"] / 1000).to_numpy(), width=6.0, color=_BAR)
    week_axis.set_ylabel("km a week")
    guard = guard_runs(runs)
    start = guard["start"].dt.tz_localize(None)
    for level, colour, marker, label in (
        ("no-comparison", _LINE, "o", "nothing in the 30 days before"),
        ("within", _INK, "o", "up to 10 % longer than the longest of the 30 days before"),
        ("warn", _WARN, "^", "over 10 % longer"),
        ("strong", _STRONG, "D", "more than twice as long"),
    ):
        chosen = guard["level"] == level
        if chosen.any():
            run_axis.plot(
                start[chosen].to_numpy(),
                (guard.loc[chosen, "distance_m"] / 1000).to_numpy(),
                linestyle="",
                marker=marker,
                markersize=5,
                color=colour,
                label=label,
            )
    longest = guard["longest_m"].notna()
    if longest.any():
        run_axis.plot(
            start[longest].to_numpy(),
            (guard.loc[longest, "longest_m"] / 1000).to_numpy(),
            color=_LINE,
            linewidth=1,
            drawstyle="steps-post",
            label="longest run of the 30 days before",
        )
    run_axis.set_ylabel("km a run")
    run_axis.set_ylim(bottom=0)
    if len(guard):
        figure.legend(fontsize="small", frameon=False, loc="outside lower center", ncols=2)
    locator = AutoDateLocator()  # type: ignore[no-untyped-call]
    run_axis.xaxis.set_major_locator(locator)
    run_axis.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    for axis in (week_axis, run_axis):
        axis.spines[["top", "right"]].set_visible(False)
    return figure
