"""The skeleton: segments, joints, coordinates and landmarks, defined once.

Lab angles, the virtual camera, the mannequin and the path of the iliotibial band all stand on this definition. Axes are
those of the International Society of Biomechanics (x forwards, y up, z right). Signs of the house skeleton: flexion,
adduction, internal rotation and dorsiflexion are positive on **both** sides; the knee bends with positive
``knee_flexion``; ``pelvis_list`` is positive with the right side low; ``pelvis_tilt`` with the top leaning backwards;
``pelvis_rotation`` with the right side ahead.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import numpy as np

from medius.body.functions import Floats, Function, Polynomial, constant, line, spline
from medius.body.rotation import euler_xyz
from medius.errors import InvalidValueError

__all__ = ["GROUND", "Coordinate", "Degree", "Joint", "Landmark", "Skeleton", "adult"]

GROUND = "ground"
"""Name of the laboratory, the parent of the first joint."""


@dataclass(frozen=True)
class Coordinate:
    """One joint coordinate: a rotation (degrees outside, radians inside) or a shift (metres).

    Attributes
    ----------
    name
        ``hip_flexion_r``, ``pelvis_ty`` …
    rotation
        True for an angle.
    low, high
        Limits, degrees or metres.
    default
        Value of the standing skeleton.
    locked
        Held at its default by inverse kinematics.
    """

    name: str
    rotation: bool
    low: float
    high: float
    default: float = 0.0
    locked: bool = False


@dataclass(frozen=True)
class Degree:
    """One axis of a joint: turns about (or shifts along) `axis` by `function` of a coordinate."""

    axis: tuple[float, float, float]
    function: Function
    coordinate: str | None = None


@dataclass(frozen=True)
class Joint:
    """How a child segment sits on its parent.

    The child's frame is: parent frame · parent offset · shift · three rotations in order · inverse of the child offset.
    """

    name: str
    parent: str
    child: str
    rotations: tuple[Degree, ...]
    shifts: tuple[Degree, ...] = ()
    parent_location: tuple[float, float, float] = (0.0, 0.0, 0.0)
    parent_orientation: tuple[float, float, float] = (0.0, 0.0, 0.0)
    child_location: tuple[float, float, float] = (0.0, 0.0, 0.0)
    child_orientation: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @cached_property
    def turns_parent(self) -> bool:
        """Whether the joint's axes are turned in the parent."""
        return any(self.parent_orientation)

    @cached_property
    def turns_child(self) -> bool:
        """Whether the joint's axes are turned in the child."""
        return any(self.child_orientation)

    @cached_property
    def parent_turn(self) -> Floats:
        """Orientation of the joint in the parent, 3 × 3."""
        return euler_xyz(np.asarray(self.parent_orientation))

    @cached_property
    def child_turn(self) -> Floats:
        """Orientation of the joint in the child, 3 × 3."""
        return euler_xyz(np.asarray(self.child_orientation))


@dataclass(frozen=True)
class Landmark:
    """A point fixed to a segment, metres in its frame."""

    segment: str
    location: tuple[float, float, float]


@dataclass(frozen=True)
class Skeleton:
    """Segments, joints (parents before children), coordinates and landmarks.

    Attributes
    ----------
    name, source
        What it is and where its figures come from.
    height
        Standing height of the person it stands for, metres.
    """

    name: str
    joints: tuple[Joint, ...]
    coordinates: tuple[Coordinate, ...]
    landmarks: Mapping[str, Landmark] = field(default_factory=dict)
    source: str = ""
    height: float = float("nan")

    def __post_init__(self) -> None:
        known = {GROUND}
        names = {c.name for c in self.coordinates}
        for joint in self.joints:
            if joint.parent not in known:
                raise InvalidValueError(f"Joint {joint.name}: its parent {joint.parent} comes after it or is unknown.")
            known.add(joint.child)
            for degree in (*joint.rotations, *joint.shifts):
                if degree.coordinate is not None and degree.coordinate not in names:
                    raise InvalidValueError(f"Joint {joint.name} uses an unknown coordinate {degree.coordinate}.")

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """Names of the segments, parents before children."""
        return tuple(j.child for j in self.joints)

    @cached_property
    def coordinate_names(self) -> tuple[str, ...]:
        """Names of the coordinates, in the order of arrays."""
        return tuple(c.name for c in self.coordinates)

    @cached_property
    def defaults(self) -> Floats:
        """Standing pose, shape (coordinate,), degrees and metres."""
        return np.array([c.default for c in self.coordinates])

    def chain(self, segments: Sequence[str]) -> tuple[Joint, ...]:
        """Joints needed to place `segments`, parents first."""
        by_child = {j.child: j for j in self.joints}
        wanted: set[str] = set()
        for segment in segments:
            if segment not in by_child:
                raise InvalidValueError(f"The skeleton '{self.name}' has no segment '{segment}'.")
            name = segment
            while name != GROUND and name not in wanted:
                wanted.add(name)
                name = by_child[name].parent
        return tuple(j for j in self.joints if j.child in wanted)

    def scaled(self, factors: float | Mapping[str, float]) -> Skeleton:
        """Return the skeleton with every length of a segment multiplied by its factor.

        Parameters
        ----------
        factors
            One factor for all, or segment to factor (1 where not named). A joint's own shifts go with its child segment.
        """

        def factor(segment: str) -> float:
            return float(factors) if isinstance(factors, (int, float)) else factors.get(segment, 1.0)

        joints = tuple(_scaled_joint(j, factor(j.parent), factor(j.child)) for j in self.joints)
        marks = {k: replace(m, location=_times(m.location, factor(m.segment))) for k, m in self.landmarks.items()}
        height = self.height * float(factors) if isinstance(factors, (int, float)) else float("nan")
        coordinates = self.coordinates
        if isinstance(factors, (int, float)):
            coordinates = tuple(c if c.rotation else replace(c, default=c.default * factors) for c in self.coordinates)
        return replace(self, joints=joints, landmarks=marks, height=height, coordinates=coordinates)

    def scaled_to_height(self, metres: float) -> Skeleton:
        """Return the skeleton of a person of this standing height, all segments in proportion."""
        if not 0.5 <= metres <= 2.6:
            raise InvalidValueError(f"A height of {metres} m is not possible. Give metres, for example 1.75.")
        return self.scaled(metres / self.height)


def _times(vector: tuple[float, float, float], factor: float) -> tuple[float, float, float]:
    return vector[0] * factor, vector[1] * factor, vector[2] * factor


def _scaled_joint(joint: Joint, parent: float, child: float) -> Joint:
    own_shift = joint.parent != GROUND
    shifts = tuple(replace(d, function=d.function.scaled(child)) for d in joint.shifts) if own_shift else joint.shifts
    return replace(
        joint,
        parent_location=_times(joint.parent_location, parent),
        child_location=_times(joint.child_location, child),
        shifts=shifts,
    )


@cache
def adult() -> Skeleton:
    """Return the house skeleton: an adult of 1.70 m with the joint geometry of Rajagopal et al. 2016.

    Eight joints a side and the trunk; knees roll and slide as they bend; ankle, subtalar and toe axes are oblique as in
    the body. Landmarks carry surface points (``asis_r``, ``knee_lateral_l``, ``heel_r`` …). Pure data:
    ``body/data/adult.toml``.
    """
    text = (files("medius.body") / "data" / "adult.toml").read_text(encoding="utf-8")
    return skeleton_from_dict(tomllib.loads(text))


def skeleton_from_dict(raw: Mapping[str, Any]) -> Skeleton:
    """Build a skeleton from the plain form of its data file."""
    splines = {name: spline(s["x"], s["y"]) for name, s in raw.get("splines", {}).items()}

    def degree(entry: Mapping[str, Any]) -> Degree:
        function: Function
        if "spline" in entry:
            function = splines[entry["spline"]].scaled(float(entry.get("factor", 1.0)))
        elif "coordinate" in entry:
            function = line(float(entry.get("slope", 1.0)))
        else:
            function = constant(float(entry.get("value", 0.0)))
        return Degree(tuple(entry["axis"]), function, entry.get("coordinate"))

    joints = tuple(
        Joint(
            j["name"],
            j["parent"],
            j["child"],
            tuple(degree(d) for d in j.get("rotations", ())),
            tuple(degree(d) for d in j.get("shifts", ())),
            *(tuple(j.get(k, (0.0, 0.0, 0.0))) for k in _OFFSETS),
        )
        for j in raw["joints"]
    )
    coordinates = tuple(Coordinate(**c) for c in raw["coordinates"])
    marks = {k: Landmark(m["segment"], tuple(m["location"])) for k, m in raw.get("landmarks", {}).items()}
    return Skeleton(raw["name"], joints, coordinates, marks, raw.get("source", ""), float(raw["height"]))


_OFFSETS = ("parent_location", "parent_orientation", "child_location", "child_orientation")


def is_fixed(function: Function) -> bool:
    """Whether a degree never changes (a constant)."""
    return isinstance(function, Polynomial) and len(function.coefficients) == 1
