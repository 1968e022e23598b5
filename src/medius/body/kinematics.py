"""Forward kinematics: joint angles in, segment frames and points out, for any number of frames at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from medius.body.functions import Floats
from medius.body.rotation import turned, turned_about
from medius.body.skeleton import GROUND, Degree, Joint, Landmark, Skeleton, is_fixed
from medius.errors import InvalidValueError
from medius.motion.dataset import make_motion

__all__ = ["Frames", "angle_array", "landmark_motion", "place_points", "place_segments"]


@dataclass(frozen=True)
class Frames:
    """Where a segment is: ``rotation`` (time, 3, 3), columns x, y, z in the laboratory, and ``origin`` (time, 3) in metres."""

    rotation: Floats
    origin: Floats

    def point(self, location: ArrayLike) -> Floats:
        """Laboratory position (time, 3) of a point fixed in the segment (3,)."""
        return self.rotation @ np.asarray(location, dtype=np.float64) + self.origin


def angle_array(skeleton: Skeleton, angles: ArrayLike | Mapping[str, ArrayLike]) -> Floats:
    """Bring angles into an array (time, coordinate) in degrees and metres.

    Parameters
    ----------
    skeleton
        Says which coordinates there are.
    angles
        An array (time, coordinate) in the order of ``skeleton.coordinate_names``, or a mapping from coordinate to values
        (time,) or one number; coordinates not named stay as when standing.
    """
    if not isinstance(angles, Mapping):
        values = np.atleast_2d(np.asarray(angles, dtype=np.float64))
        if values.shape[1] != len(skeleton.coordinates):
            raise InvalidValueError(
                f"This skeleton has {len(skeleton.coordinates)} coordinates, the angles have {values.shape[1]} columns."
            )
        return values
    unknown = sorted(set(angles) - set(skeleton.coordinate_names))
    if unknown:
        raise InvalidValueError(f"The skeleton '{skeleton.name}' has no coordinate {', '.join(unknown)}.")
    columns = {k: np.atleast_1d(np.asarray(v, dtype=np.float64)) for k, v in angles.items()}
    count = max((c.shape[0] for c in columns.values()), default=1)
    values = np.tile(skeleton.defaults, (count, 1))
    for name, column in columns.items():
        values[:, skeleton.coordinate_names.index(name)] = column
    return values


def to_internal(skeleton: Skeleton, values: Floats) -> Floats:
    """Degrees to radians in the columns that are rotations."""
    factor = np.array([np.pi / 180.0 if c.rotation else 1.0 for c in skeleton.coordinates])
    return cast("Floats", values * factor)


def place_segments(
    skeleton: Skeleton, angles: ArrayLike | Mapping[str, ArrayLike], segments: Sequence[str] | None = None
) -> dict[str, Frames]:
    """Place segments in the laboratory.

    Parameters
    ----------
    skeleton
        The skeleton.
    angles
        See `angle_array`: degrees and metres.
    segments
        Only these (and what carries them). Default: all. Name few for very long input: each takes 96 bytes a frame.

    Returns
    -------
    Segment name to `Frames`.
    """
    values = to_internal(skeleton, angle_array(skeleton, angles))
    joints = skeleton.joints if segments is None else skeleton.chain(segments)
    count = values.shape[0]
    placed = {GROUND: Frames(np.broadcast_to(np.eye(3), (count, 3, 3)), np.zeros((count, 3)))}
    for joint in joints:
        placed[joint.child] = _place_child(joint, placed[joint.parent], skeleton, values)
    wanted = [j.child for j in joints] if segments is None else list(segments)
    return {name: placed[name] for name in wanted}


def evaluate(degree: Degree, skeleton: Skeleton, values: Floats) -> tuple[Floats, Floats]:
    """Value and slope of one degree for every frame."""
    if degree.coordinate is None:
        value, _ = degree.function(np.zeros(1))
        return np.broadcast_to(value, (values.shape[0],)), np.zeros(values.shape[0])
    return degree.function(values[:, skeleton.coordinate_names.index(degree.coordinate)])


def _place_child(joint: Joint, parent: Frames, skeleton: Skeleton, values: Floats) -> Frames:
    rotation = turned(parent.rotation, joint.parent_turn) if joint.turns_parent else parent.rotation
    origin = parent.point(joint.parent_location)
    for degree in joint.shifts:
        shift, _ = evaluate(degree, skeleton, values)
        if not (is_fixed(degree.function) and not shift.any()):
            origin = origin + shift[:, None] * (rotation @ np.asarray(degree.axis))
    for degree in joint.rotations:
        turn, _ = evaluate(degree, skeleton, values)
        if not (is_fixed(degree.function) and not turn.any()):
            rotation = turned_about(rotation, np.asarray(degree.axis), turn)
    if joint.turns_child:
        rotation = turned(rotation, joint.child_turn.T)
    if not any(joint.child_location):
        return Frames(rotation, origin)
    return Frames(rotation, origin - rotation @ np.asarray(joint.child_location))


def place_points(
    skeleton: Skeleton,
    angles: ArrayLike | Mapping[str, ArrayLike],
    points: Mapping[str, Landmark] | None = None,
) -> dict[str, Floats]:
    """Laboratory positions (time, 3) in metres of landmarks (default: all of the skeleton)."""
    marks = skeleton.landmarks if points is None else points
    frames = place_segments(skeleton, angles, sorted({m.segment for m in marks.values()}))
    return {name: frames[m.segment].point(m.location) for name, m in marks.items()}


def landmark_motion(
    skeleton: Skeleton, angles: ArrayLike | Mapping[str, ArrayLike], *, fps: float, source: str = "skeleton"
) -> xr.Dataset:
    """Return the landmarks and joint centres of a moving skeleton as a Motion in metres (x forwards, y up, z right).

    Joint centres are named by the segment that hangs there: ``thigh_r`` is the right hip, ``shank_r`` the knee.
    """
    values = angle_array(skeleton, angles)
    frames = place_segments(skeleton, values)
    points = {f"{name}.origin": f.origin for name, f in frames.items()}
    points |= {name: frames[m.segment].point(m.location) for name, m in skeleton.landmarks.items()}
    return make_motion(
        np.stack(list(points.values()), axis=2),
        time=np.arange(values.shape[0]) / fps,
        keypoints=list(points),
        unit="m",
        view="3d",
        source=source,
        attrs={"axes": "x forwards, y up, z right"},
    )
