"""Draw the mannequin as SVG: key pictures and an animation, from any side.

Each part is the outline of a hull of spheres, exact for a camera far away. Parts are painted from far to near. The
drawing has no script, no font and no outside reference, so it can be shown anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medius.errors import InvalidValueError
from medius.exercises._models import Exercise, Prop, View
from medius.exercises._pose import MIDDLE, PosedBody, key_times, pose, real_name
from medius.record import Side

__all__ = ["animate", "draw", "draw_key_pictures"]

Floats = NDArray[np.float64]

SCALE = 200.0
"""Units of the drawing per metre."""

_DIRECTIONS = np.stack([f(np.arange(32) * np.pi / 16) for f in (np.cos, np.sin)], axis=1)
_BODY, _WORK, _FAR, _LINE, _MUSCLE = "#dbe2e6", "#a9d0cf", "#c3ccd2", "#41525b", "#d9480f"
_PROP, _FLOOR, _ARROW, _WEIGHT, _BAND = "#cdb98f", "#eceff1", "#0b6b6b", "#3b444b", "#7a3fa0"


@dataclass(frozen=True)
class _Shape:
    """An outline (time, vertex, 2), how near it is, and how it is painted."""

    outline: Floats
    near: float
    fill: str
    opacity: float = 1.0
    stroke: str = _LINE
    title: str = ""


def draw(item: Exercise, view: View, time: float, side: Side = "right", *, loaded: bool = False) -> str:
    """Return the picture of one moment (s) as SVG, with what is optional (the weight) if `loaded`."""
    item = item if loaded else _without_optional(item)
    body = pose(item, [time], side)
    return _svg(_shapes(item, body, view, side), _frame(item, view, side), item, view, arrow=_arrow(item, view, side))


def _without_optional(item: Exercise) -> Exercise:
    return item.model_copy(update={"props": tuple(prop for prop in item.props if not prop.optional)})


def draw_key_pictures(item: Exercise, side: Side = "right", *, loaded: bool = False) -> dict[tuple[str, str], str]:
    """Return the key pictures as SVG by (phase, view), all in the same frame."""
    return {
        (name, view.name): draw(item, view, moment, side, loaded=loaded)
        for view in item.views
        for name, _, moment in key_times(item)
    }


def animate(
    item: Exercise, view_name: str, side: Side = "right", *, loaded: bool = False, samples_per_second: float = 4.0
) -> str:
    """Return one repetition as an endless SVG animation (SMIL, no script).

    Raises
    ------
    InvalidValueError
        If the exercise has no view of this name.
    """
    view = next((view for view in item.views if view.name == view_name), None)
    if view is None:
        names = ", ".join(view.name for view in item.views)
        raise InvalidValueError(f"The exercise {item.name} has no view '{view_name}'. It has: {names}.")
    item = item if loaded else _without_optional(item)
    length = sum(phase.seconds + phase.hold for phase in item.phases)
    count = max(2, round(length * samples_per_second) + 1)
    body = pose(item, np.linspace(0.0, max(length, 1e-6), count) * (1 - 1e-9), side)
    return _svg(_shapes(item, body, view, side), _frame(item, view, side), item, view, seconds=length)


def _axes(view: View, side: Side) -> tuple[Floats, Floats, Floats]:
    """Return the picture's right and up and the way to the camera, as unit vectors in the room."""
    azimuth = np.radians(view.azimuth if side == "right" else -view.azimuth)
    height = np.radians(view.elevation)
    away = np.array([np.cos(height) * np.cos(azimuth), np.sin(height), np.cos(height) * np.sin(azimuth)])
    right = np.cross([0.0, 1.0, 0.0], away)
    right /= np.linalg.norm(right)
    return right, np.cross(away, right), away


def _outline(centres: Floats, radii: Floats, view: View, side: Side) -> Floats:
    right, up, _ = _axes(view, side)
    flat = SCALE * np.stack([centres @ right, -(centres @ up)], axis=-1)
    reach = flat @ _DIRECTIONS.T + SCALE * radii[None, :, None]
    winner = reach.argmax(axis=1)
    chosen = np.take_along_axis(flat, winner[:, :, None], axis=1)
    return np.asarray(chosen + SCALE * radii[winner][:, :, None] * _DIRECTIONS[None], dtype=np.float64)


def _depth(centres: Floats, view: View, side: Side) -> float:
    return float((centres @ _axes(view, side)[2]).mean())


def _shapes(item: Exercise, body: PosedBody, view: View, side: Side) -> list[_Shape]:
    work = "_r" if side == "right" else "_l"
    found: list[_Shape] = []
    near: dict[str, float] = {}
    for name, (centres, radii) in body.parts.items():
        near[name] = _depth(centres, view, side) + (0.04 if name == "nose" else 0.0)
        fill = _BODY if name in MIDDLE else _WORK if name.endswith(work) and item.sided else _BODY
        if name not in MIDDLE and item.sided and not name.endswith(work):
            fill = _FAR
        found.append(_Shape(_outline(centres, radii, view, side), near[name], fill))
    found += _muscles(item, body, view, side, near)
    found += [_prop(prop, body, view, side) for prop in item.props]
    if item.pelvis_line:
        centres, _ = body.parts["pelvis"]
        middle, half = (centres[:, 0] + centres[:, 1]) / 2, 1.9 * (centres[:, 0] - centres[:, 1]) / 2
        ends = np.stack([middle + half, middle - half], axis=1)
        found.append(_Shape(_outline(ends, np.full(2, 0.008), view, side), 10.0, _ARROW, stroke="none"))
    return sorted(found, key=lambda shape: shape.near)


def _muscles(item: Exercise, body: PosedBody, view: View, side: Side, near: dict[str, float]) -> list[_Shape]:
    sides = (("_r",) if side == "right" else ("_l",)) if item.sided else ("_r", "_l")
    found = []
    for muscle in item.muscles:
        for end in sides:
            if muscle.role == "helps" or muscle.name + end not in body.muscles:
                continue
            centres, radii = body.muscles[muscle.name + end]
            depth = _depth(centres, view, side)
            carriers = [near[n] for n in ("pelvis", "thigh" + end) if n in near]
            seen = depth > float(np.mean(carriers))
            top = max([depth, *carriers, near["belly"]]) + (0.01 if seen else 1.0)
            title = f"{muscle.name} ({'stretched' if muscle.role == 'stretched' else 'works'})"
            outline = _outline(centres, radii, view, side)
            found.append(_Shape(outline, top, _MUSCLE, 0.85 if seen else 0.3, "none", title))
    return found


def _prop(prop: Prop, body: PosedBody, view: View, side: Side) -> _Shape:
    count = body.time.size
    if prop.kind in ("weight", "band"):
        names = [real_name(name, side) for name in prop.parts]
        centres = np.concatenate([body.parts[name][0][:, -1:] for name in names], axis=1)
        radii = np.full(centres.shape[1], 0.085 if prop.kind == "weight" else 0.02)
        fill = _WEIGHT if prop.kind == "weight" else _BAND
        return _Shape(_outline(centres, radii, view, side), _depth(centres, view, side) + 0.1, fill)
    x, y, z = prop.centre
    z = z if side == "right" else -z
    half = np.array(prop.size) / 2
    if prop.kind == "roller":
        reach = np.array([half[0], 0.0, half[2]])
        middle = np.array([x, y, z])
        corners = np.stack([middle - reach, middle + reach])
        radii = np.full(2, half[1])
    else:
        signs = np.array(np.meshgrid([-1, 1], [-1, 1], [-1, 1])).reshape(3, 8).T
        corners, radii = np.array([x, y, z]) + signs * half, np.full(8, 0.003)
    centres = np.broadcast_to(corners, (count, *corners.shape))
    return _Shape(_outline(centres, radii, view, side), _depth(centres, view, side) - 0.02, _PROP)


def _frame(item: Exercise, view: View, side: Side) -> tuple[float, float, float, float]:
    """Return left, top, width and height of a frame that holds the whole repetition."""
    length = sum(phase.seconds + phase.hold for phase in item.phases)
    body = pose(item, np.linspace(0.0, max(length, 1e-6), 9) * (1 - 1e-9), side)
    points = np.concatenate([shape.outline.reshape(-1, 2) for shape in _shapes(item, body, view, side)])
    low, high = points.min(axis=0) - 14, points.max(axis=0) + 14
    wide, tall = float(high[0] - low[0]), float(high[1] - low[1])
    return float(low[0]), float(low[1]), wide, tall


def _floor(frame: tuple[float, float, float, float], view: View, side: Side) -> str:
    """Return the floor as a band across the frame: everything below the far edge of what is stood on."""
    _, up, _ = _axes(view, side)
    reach = SCALE * float(np.abs(np.array([0.55, 0.0, 0.55]) @ up))
    top = -reach
    left, _, width, _ = frame
    bottom = frame[1] + frame[3]
    return (
        f'<rect x="{left:.0f}" y="{top:.0f}" width="{width:.0f}" height="{max(bottom - top, 1):.0f}" fill="{_FLOOR}"/>'
    )


def _arrow(item: Exercise, view: View, side: Side) -> str:
    """Return the way of the traced parts from the first key picture to the last, with a head."""
    keys = key_times(item)
    if not item.trace or len(keys) < 2:
        return ""
    body = pose(item, np.linspace(keys[0][2], keys[1][2], 48), side)
    right, up, _ = _axes(view, side)
    lines = []
    for name in item.trace:
        point = body.parts[real_name(name, side)][0][:, -1]
        way = SCALE * np.stack([point @ right, -(point @ up)], axis=-1)
        moved = np.linalg.norm(way - way[-1], axis=1)
        if moved[0] < 5:
            continue
        way = np.concatenate([way[moved > 3][:: max(1, int((moved > 3).sum()) // 10)], way[-1:]])
        tip, back = way[-1], way[-1] - way[-2]
        size = float(np.linalg.norm(back))
        along = 11 * back / size
        across = np.array([-along[1], along[0]]) * 0.6
        head = [tip + along, tip + across, tip - across]
        lines.append(
            f'<polyline points="{_points(way)}" fill="none" stroke="{_ARROW}" stroke-width="4" opacity="0.9"/>'
        )
        lines.append(f'<polygon points="{_points(np.array(head))}" fill="{_ARROW}"/>')
    return "".join(lines)


def _points(outline: Floats) -> str:
    return " ".join(f"{x:.0f},{y:.0f}" for x, y in outline)


def _svg(
    shapes: Sequence[_Shape],
    frame: tuple[float, float, float, float],
    item: Exercise,
    view: View,
    *,
    seconds: float = 0.0,
    arrow: str = "",
) -> str:
    left, top, width, height = frame
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left:.0f} {top:.0f} {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" role="img"><title>{item.title}, {view.title}</title>'
    )
    lines = [head, _floor(frame, view, "right")]
    for shape in shapes:
        style = f'fill="{shape.fill}" stroke="{shape.stroke}" stroke-width="2" stroke-linejoin="round"'
        if shape.opacity < 1:
            style += f' opacity="{shape.opacity:g}"'
        inner = f"<title>{shape.title}</title>" if shape.title else ""
        if seconds > 0 and np.ptp(shape.outline, axis=0).max() >= 1.0:
            values = ";".join(_points(outline) for outline in shape.outline)
            inner += f'<animate attributeName="points" dur="{seconds:g}s" repeatCount="indefinite" values="{values}"/>'
        start = _points(shape.outline[0])
        lines.append(
            f'<polygon points="{start}" {style}>{inner}</polygon>' if inner else f'<polygon points="{start}" {style}/>'
        )
    lines.append(f"{arrow}</svg>")
    return "\n".join(lines)
