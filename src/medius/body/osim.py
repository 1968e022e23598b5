"""OpenSim models (``.osim``, version 4): joints, markers and muscle path points, read without OpenSim."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from medius.body.functions import Function, Polynomial, constant, line, spline
from medius.body.skeleton import GROUND, Coordinate, Degree, Joint, Landmark, Skeleton
from medius.errors import UnreadableFileError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["read_osim", "read_osim_path"]

Vector = tuple[float, float, float]


def read_osim(path: str | Path) -> Skeleton:
    """Read the joints, coordinates and markers of an OpenSim model.

    Joints driven only by coupled coordinates (patellae) are left out. Segment and coordinate names, axes and signs stay
    the model's own; see `medius.band.SIGNS` for how they map onto the house's.

    Raises
    ------
    UnreadableFileError
        If the file is not an OpenSim 4 model or uses a joint that is not known here.
    """
    root = _root(path)
    model = root.find("Model")
    if model is None:
        raise UnreadableFileError(f"{Path(path).name} holds no OpenSim model.")
    coupled = {(_text(c, "dependent_coordinate_name") or "") for c in model.iter("CoordinateCouplerConstraint")}
    joints: list[Joint] = []
    coordinates: list[Coordinate] = []
    pending: list[tuple[Joint, list[Coordinate]]] = []
    for joint_element in model.findall("JointSet/objects/*"):
        own = [_coordinate(c) for c in joint_element.iter("Coordinate")]
        if own and all(c.name in coupled for c in own):
            continue
        joint = _joint(joint_element, [c.name for c in own], Path(path).name)
        pending.append((joint, [_as_kind(c, joint) for c in own]))
    known = {GROUND}
    while pending:
        ready = [p for p in pending if p[0].parent in known]
        if not ready:
            raise UnreadableFileError(f"{Path(path).name}: joint {pending[0][0].name} hangs on an unknown body.")
        for entry in ready:  # parents before children
            joints.append(entry[0])
            coordinates += entry[1]
            known.add(entry[0].child)
            pending.remove(entry)
    marks = {
        m.get("name", ""): Landmark(_leaf(_text(m, "socket_parent_frame") or ""), _vector(_text(m, "location")))
        for m in model.iter("Marker")
    }
    marks = {k: m for k, m in marks.items() if m.segment in known}
    return Skeleton(
        model.get("name", Path(path).stem), tuple(joints), tuple(coordinates), marks, source=Path(path).name
    )


def read_osim_path(path: str | Path, muscle: str) -> list[Landmark]:
    """Read the fixed path points of a muscle (for example ``tfl_r``) of an OpenSim model.

    Raises
    ------
    UnreadableFileError
        If there is no such muscle, or its path has moving points or wraps round a surface.
    """
    root = _root(path)
    found = [e for e in root.iter() if e.get("name") == muscle and e.find("GeometryPath") is not None]
    if not found:
        raise UnreadableFileError(f"{Path(path).name} has no muscle '{muscle}'.")
    geometry = found[0].find("GeometryPath")
    points = [] if geometry is None else list(geometry.findall("PathPointSet/objects/*"))
    wraps = [] if geometry is None else list(geometry.findall("PathWrapSet/objects/*"))
    if wraps or any(p.tag != "PathPoint" for p in points):
        raise UnreadableFileError(
            f"{Path(path).name}: the path of {muscle} moves or wraps; only fixed points are known."
        )
    return [Landmark(_leaf(_text(p, "socket_parent_frame") or ""), _vector(_text(p, "location"))) for p in points]


def _root(path: str | Path) -> Element:
    from defusedxml.ElementTree import parse

    file = Path(path)
    try:
        root: Element | None = parse(file).getroot()
    except (OSError, ParseError, ValueError) as error:
        raise UnreadableFileError(f"{file.name} cannot be read as an OpenSim model ({error}).") from error
    if root is None or root.tag != "OpenSimDocument" or int(root.get("Version", "0")) < 40000:
        raise UnreadableFileError(f"{file.name} is not an OpenSim 4 model. Open and save it with OpenSim 4 first.")
    return root


def _text(element: Element, tag: str) -> str | None:
    found = element.find(tag)
    return found.text.strip() if found is not None and found.text else None


def _leaf(socket: str) -> str:
    return socket.rstrip("/").rsplit("/", 1)[-1]


def _vector(text: str | None) -> Vector:
    x, y, z = (float(v) for v in (text or "0 0 0").split())
    return x, y, z


def _coordinate(element: Element) -> Coordinate:
    low, high = (float(v) for v in (_text(element, "range") or "-inf inf").split())
    default = float(_text(element, "default_value") or 0.0)
    locked = (_text(element, "locked") or "false").lower() == "true"
    return Coordinate(element.get("name", ""), True, low, high, default, locked)


def _as_kind(coordinate: Coordinate, joint: Joint) -> Coordinate:
    """Give limits in degrees to the coordinates that turn, in metres to those that shift."""
    rotation = any(d.coordinate == coordinate.name for d in joint.rotations)
    scale = 180.0 / math.pi if rotation else 1.0
    return Coordinate(
        coordinate.name,
        rotation,
        coordinate.low * scale,
        coordinate.high * scale,
        coordinate.default * scale,
        coordinate.locked,
    )


def _joint(element: Element, names: list[str], file: str) -> Joint:
    frames = {
        f.get("name", ""): (
            _leaf(_text(f, "socket_parent") or ""),
            _vector(_text(f, "translation")),
            _vector(_text(f, "orientation")),
        )
        for f in element.iter("PhysicalOffsetFrame")
    }
    still: tuple[Vector, Vector] = ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0))

    def end(tag: str) -> tuple[str, Vector, Vector]:
        name = _leaf(_text(element, tag) or "")
        return frames.get(name, (name, *still))

    parent, child = end("socket_parent_frame"), end("socket_child_frame")
    rotations, shifts = _degrees(element, names, file)
    return Joint(
        element.get("name", ""), parent[0], child[0], rotations, shifts, parent[1], parent[2], child[1], child[2]
    )


def _degrees(element: Element, names: list[str], file: str) -> tuple[tuple[Degree, ...], tuple[Degree, ...]]:
    if element.tag == "CustomJoint":
        axes = {a.get("name", ""): _degree(a, file) for a in element.iter("TransformAxis")}
        rotations = tuple(axes[f"rotation{i}"] for i in (1, 2, 3) if f"rotation{i}" in axes)
        return rotations, tuple(axes[f"translation{i}"] for i in (1, 2, 3) if f"translation{i}" in axes)
    fixed: dict[str, tuple[Vector, ...]] = {
        "PinJoint": ((0.0, 0.0, 1.0),),
        "UniversalJoint": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
        "BallJoint": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
        "WeldJoint": (),
    }
    if element.tag not in fixed:
        raise UnreadableFileError(f"{file}: joint {element.get('name')} is a {element.tag}, which is not known here.")
    return tuple(Degree(a, line(), n) for a, n in zip(fixed[element.tag], names, strict=True)), ()


def _degree(element: Element, file: str) -> Degree:
    driver = (_text(element, "coordinates") or "").split()
    functions = [c for c in element if c.tag not in ("coordinates", "axis")]
    if functions and functions[0].tag == "function":
        functions = list(functions[0])
    function = _function(functions[0], file) if functions else constant(0.0)
    return Degree(_vector(_text(element, "axis")), function, driver[0] if driver else None)


def _function(element: Element, file: str) -> Function:
    if element.tag == "Constant":
        return constant(float(_text(element, "value") or 0.0))
    if element.tag == "LinearFunction":
        slope, intercept = (float(v) for v in (_text(element, "coefficients") or "1 0").split())
        return line(slope, intercept)
    if element.tag == "PolynomialFunction":
        return Polynomial(tuple(float(v) for v in (_text(element, "coefficients") or "0").split()))
    if element.tag in ("SimmSpline", "NaturalCubicSpline"):
        x, y = ([float(v) for v in re.split(r"\s+", _text(element, tag) or "")] for tag in ("x", "y"))
        return spline(x, y)
    if element.tag == "MultiplierFunction":
        inner = element.find("function")
        scale = float(_text(element, "scale") or 1.0)
        if inner is not None and len(inner):
            return _function(inner[0], file).scaled(scale)
    raise UnreadableFileError(f"{file}: a joint uses a {element.tag}, which is not known here.")
