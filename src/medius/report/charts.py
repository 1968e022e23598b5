"""Charts as SVG: the same input gives the same bytes, no date, lettering as outlines.

Colours are written as plain hexadecimal, so that every program shows them; `themed` makes a copy that follows the
reader's light or dark setting by itself.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from medius.errors import InvalidValueError
from medius.report._format import format_value, shown_unit, side_name
from medius.report.model import Curve, Reference

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["describe_curves", "range_strip_svg", "stance_curve_svg", "themed"]

LEFT, RIGHT, MIDDLE = "#0072b2", "#c8500a", "#4a5a63"
_INK, _SOFT, _GRID, _BAND, _RING = "#1f2a30", "#5b6970", "#dfe4e6", "#e9edee", "#fefefe"
_DARK = {
    LEFT: "#6dbdf0",
    RIGHT: "#f2a154",
    MIDDLE: "#c3cdd2",
    _INK: "#e8ecee",
    _SOFT: "#a3afb5",
    _GRID: "#36424a",
    _BAND: "#2a363d",
    _RING: "#161d21",
}
_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "medius",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 8.0,
    "axes.edgecolor": _GRID,
    "axes.labelcolor": _SOFT,
    "xtick.color": _GRID,
    "ytick.color": _GRID,
    "xtick.labelcolor": _SOFT,
    "ytick.labelcolor": _SOFT,
    "axes.unicode_minus": True,
    "path.simplify": False,
}
_NO_METADATA: dict[str, Any] = {"Date": None, "Creator": None, "Format": None, "Type": None}
_COLOURS = {"left": LEFT, "right": RIGHT}
_DASHES = {"left": "solid", "right": (0, (5, 1.6))}


def stance_curve_svg(
    curves: Sequence[Curve], reference: Reference | None = None, *, width: float = 3.6, height: float = 2.3
) -> bytes:
    """Draw mean ± one standard deviation over the stance phase, left against right.

    Parameters
    ----------
    curves
        Curves of one code; usually left and right.
    reference
        Band of a comparison group's mean ± SD of the value that the measure takes from the curve, drawn across.
    width, height
        Inches at 72 points.

    Returns
    -------
    bytes
        SVG, UTF-8.

    Raises
    ------
    InvalidValueError
        If there is no curve.
    """
    if not curves:
        raise InvalidValueError("A chart needs at least one curve.")
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        if reference is not None:
            axes.axhspan(reference.mean - reference.sd, reference.mean + reference.sd, color=_BAND, lw=0, zorder=0)
            axes.axhline(reference.mean, color=_SOFT, lw=0.7, ls=(0, (1.5, 2)), zorder=1)
        for curve in curves:
            _draw_curve(axes, curve)
        _dress(axes, curves)
        stream = io.BytesIO()
        figure.savefig(stream, format="svg", transparent=True, metadata=_NO_METADATA)
    drawn = stream.getvalue()
    return drawn[drawn.index(b"<svg") :]


def _draw_curve(axes: Axes, curve: Curve) -> None:
    colour = _COLOURS.get(curve.side or "", MIDDLE)
    spread = np.nan_to_num(curve.sd)
    axes.fill_between(curve.percent, curve.mean - spread, curve.mean + spread, color=colour, alpha=0.20, lw=0, zorder=2)
    axes.plot(
        curve.percent,
        curve.mean,
        color=colour,
        lw=1.7,
        ls=_DASHES.get(curve.side or "", "solid"),
        solid_capstyle="round",
        zorder=3,
    )


def _dress(axes: Axes, curves: Sequence[Curve]) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.axhline(0, color=_GRID, lw=0.8, zorder=1)
    axes.grid(axis="y", color=_GRID, lw=0.5)
    axes.set_axisbelow(True)
    for edge in ("top", "right", "left"):
        axes.spines[edge].set_visible(False)
    axes.tick_params(length=2.5, width=0.6)
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.set_xlim(float(curves[0].percent[0]), float(curves[0].percent[-1]))
    axes.margins(y=0.12)
    axes.set_xlabel("stance phase, %")
    unit = shown_unit(curves[0].unit)
    if unit:
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}{unit}".replace("-", "\N{MINUS SIGN}"))
    for order, curve in enumerate(curves):
        axes.text(
            0.02 + 0.30 * order,
            1.03,
            f"{side_name(curve.side) or 'Both'}  n={curve.n_strides}",
            transform=axes.transAxes,
            color=_COLOURS.get(curve.side or "", MIDDLE),
            weight="bold",
            fontsize=7.5,
        )


def describe_curves(curves: Sequence[Curve]) -> str:
    """Say in words what a chart shows, for readers who cannot see it."""
    parts = []
    for curve in curves:
        name = side_name(curve.side) or "Both sides"
        if not np.isfinite(curve.mean).any():
            parts.append(f"{name}: no data.")
            continue
        top, bottom = int(np.nanargmax(curve.mean)), int(np.nanargmin(curve.mean))
        parts.append(
            f"{name}, mean of {curve.n_strides} strides: highest {format_value(curve.mean[top], curve.unit)} at "
            f"{curve.percent[top]:.0f} % of stance, lowest {format_value(curve.mean[bottom], curve.unit)} at "
            f"{curve.percent[bottom]:.0f} %."
        )
    return f"{curves[0].title} over the stance phase. " + " ".join(parts)


_STRIP_REACH = 4.0


def range_strip_svg(scores: Sequence[tuple[str | None, float]]) -> bytes:
    """Draw where values lie beside a comparison group: a band of ± 1 SD, a tick at its mean, a mark for each side.

    Parameters
    ----------
    scores
        Pairs of side (``left``, ``right`` or None) and z-score. Marks further out than 4 SD sit at the edge, as arrows.
    """
    width, height, middle = 120, 18, 9

    def place(score: float) -> float:
        reach = min(max(score, -_STRIP_REACH), _STRIP_REACH)
        return 60 + reach / _STRIP_REACH * 52

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
        f'<path d="M4 {middle}H116" stroke="{_GRID}" stroke-width="2" stroke-linecap="round"/>',
        f'<rect x="{place(-1):g}" y="4" width="{place(1) - place(-1):g}" height="10" rx="3" fill="{_GRID}"/>',
        f'<path d="M60 3V15" stroke="{_SOFT}" stroke-width="1"/>',
    ]
    for side, score in scores:
        colour, x = _COLOURS.get(side or "", MIDDLE), place(score)
        if abs(score) > _STRIP_REACH:
            tip = 4 if score > 0 else -4
            parts.append(f'<path d="M{x:.1f} 4.5l{tip} 4.5l{-tip} 4.5z" fill="{colour}" stroke="{_RING}"/>')
        elif side == "right":
            parts.append(f'<rect x="{x - 3.6:.1f}" y="5.4" width="7.2" height="7.2" fill="{colour}" stroke="{_RING}"/>')
        else:
            parts.append(f'<circle cx="{x:.1f}" cy="{middle}" r="4.2" fill="{colour}" stroke="{_RING}"/>')
    parts.append("</svg>")
    return "".join(parts).encode()


def themed(svg: bytes) -> bytes:
    """Return a copy whose colours follow the reader's light or dark setting (paper stays light)."""
    text = svg.decode()
    names = {light: f"--c{order}" for order, light in enumerate(_DARK)}
    for light, name in names.items():
        text = text.replace(light, f"var({name})")
    start = text.index("<svg")
    head = text.index(">", start) + 1
    light_rule = ";".join(f"{name}:{light}" for light, name in names.items())
    dark_rule = ";".join(f"{name}:{_DARK[light]}" for light, name in names.items())
    style = f"<style>svg{{{light_rule}}}@media screen and (prefers-color-scheme:dark){{svg{{{dark_rule}}}}}</style>"
    return (text[:head] + style + text[head:]).encode()
