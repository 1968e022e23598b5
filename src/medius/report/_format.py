"""Numbers and names as people read them. SI goes in, the unit a clinician expects comes out."""

from __future__ import annotations

from medius.record import Interval, Side

__all__ = ["code_name", "format_interval", "format_number", "format_value", "shown_unit", "side_name", "view_name"]

_SHOWN: dict[str, tuple[str, float, int]] = {
    # unit of the observation: (unit shown, factor, decimals)
    "deg": ("°", 1.0, 1),
    "m": ("cm", 100.0, 1),
    "s": ("ms", 1000.0, 0),
    "steps/min": ("steps/min", 1.0, 1),
    "%": ("%", 1.0, 1),
    "%/s": ("%/s", 1.0, 1),
    "1": ("", 1.0, 2),
}
_SHARES = frozenset({"crossover_share"})
_MINUS = "\N{MINUS SIGN}"
_NO_SPACE = frozenset({"°", "%", ""})
_VIEWS = {
    "rear": "from behind",
    "front": "from the front",
    "side-left": "from the left side",
    "side-right": "from the right side",
    "3d": "motion capture",
    "unknown": "view unknown",
}


def _how(unit: str, code: str) -> tuple[str, float, int]:
    if unit == "1" and code in _SHARES:
        return "%", 100.0, 0
    return _SHOWN.get(unit, (unit, 1.0, 2))


def shown_unit(unit: str, code: str = "") -> str:
    """Return the unit that people see for an observation's ``unit``."""
    return _how(unit, code)[0]


def format_number(value: float, unit: str, code: str = "", *, signed: bool = False) -> str:
    """Return the number without its unit, with the decimals that suit the unit and a true minus sign."""
    _, factor, decimals = _how(unit, code)
    text = f"{value * factor:{'+' if signed else ''}.{decimals}f}"
    if float(text) == 0:
        text = f"{0:.{decimals}f}"
    return text.replace("-", _MINUS)


def format_value(value: float, unit: str, code: str = "", *, signed: bool = False) -> str:
    """Return the number with its unit: ``8.0°``, ``6.0 cm``, ``265 ms``."""
    shown = shown_unit(unit, code)
    gap = "" if shown in _NO_SPACE else "\N{NO-BREAK SPACE}"
    return f"{format_number(value, unit, code, signed=signed)}{gap}{shown}"


def format_interval(interval: Interval, unit: str, code: str = "", *, signed: bool = False) -> str:
    """Return an interval as ``7.1 to 8.9°``."""
    low, high = interval
    return f"{format_number(low, unit, code, signed=signed)} to {format_value(high, unit, code, signed=signed)}"


def side_name(side: Side | None) -> str:
    """Return ``Left``, ``Right``, or nothing."""
    return side.capitalize() if side else ""


def code_name(code: str) -> str:
    """Return a readable name for a code that no `Measure` names: ``step_width`` becomes ``Step width``."""
    return code.replace("_", " ").capitalize()


def view_name(view: str) -> str:
    """Return a view in words: ``from behind``."""
    return _VIEWS.get(view, view)
