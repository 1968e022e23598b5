"""One motion-capture trial in, everything measured out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from medius.body import joint_angles
from medius.errors import InvalidValueError, MediusError, NothingToMeasureError
from medius.gait.contacts import Contacts
from medius.gait.lab.contacts import WALKING, contacts_from_forces, contacts_from_markers
from medius.gait.lab.measures import lab_observations, stride_curves
from medius.gait.lab.result import LabNote, LabResult
from medius.gait.lab.views import lab_films
from medius.motion.mocap import (
    MarkerSet,
    calibrate,
    fill_gaps,
    find_marker_set,
    landmark_segments,
    load_marker_set,
    mean_seen,
    move_segments,
    orient,
    pose_segments,
    smooth_markers,
)
from medius.record import Side

__all__ = ["analyse_lab"]

Array = NDArray[np.float64]
_SIDES: tuple[Side, Side] = ("left", "right")
_SHORTEST_TRIAL_S = 2.0
_WALKING_DUTY = 0.5


def analyse_lab(
    motion: xr.Dataset,
    static: xr.Dataset | None = None,
    *,
    source: str = "",
    marker_set: str | Path | MarkerSet | None = None,
    up: str | None = None,
    forward: str | None = None,
    mirror: bool = False,
    cutoff_hz: float = 12.0,
    longest_gap_s: float = 0.1,
) -> LabResult:
    """Measure a motion-capture trial of running.

    Parameters
    ----------
    motion
        The moving trial as `medius.motion.read_motion` gives it (metres), with forces where there are plates.
    static
        The still, upright trial. Without it, joint angles need a marker set whose knee and ankle points stay on while
        moving.
    source
        What to call the file in the observations (``sha256:…``).
    marker_set
        Name of a bundled set, a map file, or a `MarkerSet`. Default: recognised from the marker names.
    up, forward, mirror
        Laboratory axes where they cannot be told (`medius.motion.mocap.orient`).
    cutoff_hz, longest_gap_s
        Low-pass of the markers and longest gap to fill.

    Raises
    ------
    NothingToMeasureError
        If the trial is too short or holds no part of a runner that can be used.
    InvalidValueError
        If the marker set or the axes cannot be told; the message says what to pass.
    """
    if motion.attrs.get("view") != "3d" or motion.attrs.get("unit") != "m":
        raise InvalidValueError("This is not motion capture: a laboratory trial has three dimensions, in metres.")
    notes: list[LabNote] = []
    names = motion.keypoint.to_numpy().tolist()
    both = names + (static.keypoint.to_numpy().tolist() if static is not None else [])
    segments: xr.Dataset | None
    if "segment_pose" in motion:
        markers = _marker_set(marker_set or "theia", both)
        clean, segments = pose_segments(motion, markers)
        smooth, reason = clean, " ".join(segments.attrs["notes"])
        notes.append(LabNote("poses", f"Segment poses: {markers.title}. Not smoothed again."))
    else:
        markers = _marker_set(marker_set, both)
        clean = fill_gaps(orient(motion, markers, up=up, forward=forward, mirror=mirror), longest_s=longest_gap_s)
        smooth = smooth_markers(clean, cutoff_hz=cutoff_hz)
        notes += _cleaning_notes(clean, markers)
        segments, reason = _segments(smooth, static, markers, notes, up=up, forward=forward, mirror=mirror)
    angles = None if segments is None else joint_angles(segments)
    centres = _joint_centres(smooth, segments, markers)
    contacts = _contacts(clean, segments, angles, markers, notes)
    _judge_length(clean, contacts, notes)
    axis = None
    if segments is not None and "pelvis" in segments.segment.to_numpy():
        axis = segments.rotation.sel(segment="pelvis").to_numpy()[:, :, 2]
    films = lab_films(centres, axis, contacts, float(motion.attrs["fps"]))
    missing = _missing(contacts, reason, centres)
    observations = lab_observations(
        films, angles, contacts, source=source or str(motion.attrs["file"]), missing=missing
    )
    curves = [] if angles is None or not contacts.stances else stride_curves(angles, films["rear"])
    if not any(o.value is not None for o in observations):
        raise NothingToMeasureError("Nothing in this trial can be measured. " + " ".join(n.message for n in notes))
    return LabResult(tuple(observations), tuple(curves), contacts, angles, centres, segments, smooth, tuple(notes))


def _marker_set(chosen: str | Path | MarkerSet | None, names: Sequence[str]) -> MarkerSet:
    if isinstance(chosen, MarkerSet):
        return chosen
    if isinstance(chosen, Path) or (isinstance(chosen, str) and chosen.endswith(".toml")):
        return load_marker_set(chosen)
    return find_marker_set(names, name=chosen)


def _cleaning_notes(motion: xr.Dataset, markers: MarkerSet) -> list[LabNote]:
    log = {entry["operation"]: entry for entry in motion.attrs["log"]}
    filled = log["fill gaps"]
    notes = [LabNote("marker-set", f"Markers: {markers.title}. Up is {log['orient']['up']} of the file.")]
    if filled["points_filled"] or filled["points_empty"]:
        notes.append(
            LabNote(
                "gaps",
                f"{filled['points_filled']} points in gaps up to {filled['longest_s']} s were filled; "
                f"{filled['points_empty']} stay empty.",
            )
        )
    if float(motion.attrs["fps"]) < 100:
        notes.append(
            LabNote(
                "frame-rate", f"{motion.attrs['fps']:.4g} frames a second: contact times and rates need 100 or more."
            )
        )
    return notes


def _segments(
    motion: xr.Dataset,
    static: xr.Dataset | None,
    markers: MarkerSet,
    notes: list[LabNote],
    *,
    up: str | None,
    forward: str | None,
    mirror: bool,
) -> tuple[xr.Dataset | None, str]:
    """Segment frames, or None and the sentence that says why there are no joint angles."""
    try:
        if static is None:
            return _without_static(motion, markers, notes)
        still = orient(static, markers, up=up, forward=forward, mirror=mirror)
        segments = move_segments(motion, calibrate(still, markers))
    except MediusError as error:
        notes.append(LabNote("no-joint-angles", str(error)))
        return None, str(error)
    said = segments.attrs["notes"]
    notes += [LabNote("segments", sentence) for sentence in said]
    return segments, " ".join(said) or "Its markers were not seen."


def _without_static(motion: xr.Dataset, markers: MarkerSet, notes: list[LabNote]) -> tuple[xr.Dataset | None, str]:
    """Build what the moving markers alone allow, and say in one sentence what a still trial would add."""
    wanted = [f"{j}_{p}_{s}" for s in ("r", "l") for j in ("knee", "ankle") for p in ("lateral", "medial")]
    lacking = markers.missing(wanted, motion.keypoint.to_numpy().tolist())
    if lacking:
        words = (
            "There is no still trial, and the moving trial lacks markers on the inner and outer side of knees and ankles "
            f"({', '.join(lacking)}), so hips, knees and ankles have no angles. Give the still trial with --static."
        )
        notes.append(LabNote("no-static", words))
    else:
        words = "There is no still trial: joint frames come from the moving markers, skin movement included."
        notes.append(LabNote("no-static", words))
    try:
        return landmark_segments(motion, markers), words
    except NothingToMeasureError:
        return None, words


def _joint_centres(motion: xr.Dataset, segments: xr.Dataset | None, markers: MarkerSet) -> dict[str, Array]:
    """Joint centres and surface points under the names of a film's key points."""
    points: dict[str, Array] = {}
    here = set(motion.keypoint.to_numpy().tolist())
    names = {} if segments is None else {str(s): i for i, s in enumerate(segments.segment.to_numpy())}
    for side in _SIDES:
        letter = side[0]
        if segments is not None:
            for part, segment in (("hip", "thigh"), ("knee", "shank"), ("ankle", "foot")):
                if f"{segment}_{letter}" in names:
                    points[f"{side}_{part}"] = segments.origin.sel(segment=f"{segment}_{letter}").to_numpy()
            if f"foot_{letter}" in names:
                points |= _sole(segments, side)
        for part, landmarks in (
            ("shoulder", ("acromion",)),
            ("heel", ("heel",)),
            ("foot_index", ("toe", "mt2", "mt1", "mt5")),
            ("ankle", ("ankle_lateral",)),
        ):
            for landmark in landmarks:
                marker = markers.landmarks.get(f"{landmark}_{letter}")
                if marker in here and f"{side}_{part}" not in points:
                    points[f"{side}_{part}"] = motion.position.sel(keypoint=marker).to_numpy()
    if not points:
        raise NothingToMeasureError("The trial has no joint and no foot marker that can be used.")
    return points


def _sole(segments: xr.Dataset, side: Side) -> dict[str, Array]:
    """Two points on a line that is level when standing: the sole's direction, free of how high the markers sit."""
    foot = segments.sel(segment=f"foot_{side[0]}")
    ahead = foot.rotation.to_numpy()[:, :, 0]
    origin = foot.origin.to_numpy()
    return {f"{side}_heel": origin - 0.05 * ahead, f"{side}_foot_index": origin + 0.15 * ahead}


def _contacts(
    motion: xr.Dataset,
    segments: xr.Dataset | None,
    angles: xr.Dataset | None,
    markers: MarkerSet,
    notes: list[LabNote],
) -> Contacts:
    feet = {s: _tracks(motion, markers, s, ("heel", "mt1", "mt5", "toe")) for s in _SIDES}
    if markers.poses:
        feet = {s: _pose_tracks(motion, s) for s in _SIDES}
    notes += [
        LabNote("no-foot", f"The {side} foot has no markers: nothing about its steps can be said.")
        for side in _SIDES
        if not feet[side]
    ]
    middle = {s: mean_seen(np.stack(t), 0) for s, t in feet.items() if t}
    if "force" in motion and middle:
        contacts = contacts_from_forces(motion, middle)
        if contacts.stances:
            notes.append(LabNote("contacts", "Contacts from the force plates (20 N)."))
            return contacts
        notes.append(LabNote("plates", "The force plates show no separate contacts; contacts come from the markers."))
    height = _pelvis_height(motion, segments, markers)
    if height is None or not middle:
        notes.append(LabNote("no-contacts", "No contacts: it takes markers on the pelvis and on at least one foot."))
        return Contacts((), "none", float("nan"))
    flexion = {}
    if angles is not None:
        known = set(angles.coordinate.to_numpy().tolist())
        flexion = {
            s: angles.angle.sel(coordinate=f"knee_flexion_{s[0]}").to_numpy()
            for s in _SIDES
            if f"knee_flexion_{s[0]}" in known
        }
        flexion = {s: v for s, v in flexion.items() if np.isfinite(v).any()}
    toes = {s: t[0] for s in _SIDES if (t := _tracks(motion, markers, s, ("toe",)))}
    contacts = contacts_from_markers(motion, height, feet, flexion, toes)
    if contacts.stances:
        notes.append(LabNote("contacts", "Contacts from markers, not from force plates."))
    return contacts


def _tracks(motion: xr.Dataset, markers: MarkerSet, side: Side, landmarks: Sequence[str]) -> list[Array]:
    here = set(motion.keypoint.to_numpy().tolist())
    names = [markers.landmarks.get(f"{k}_{side[0]}") for k in landmarks]
    tracks = [motion.position.sel(keypoint=n).to_numpy() for n in names if n in here]
    return [t for t in tracks if np.isfinite(t).any()]


def _pose_tracks(motion: xr.Dataset, side: Side) -> list[Array]:
    """Ankle and toes of stored poses stand for the foot's markers."""
    here = set(motion.keypoint.to_numpy().tolist())
    names = [n for n in (f"foot_{side[0]}", f"toes_{side[0]}") if n in here]
    return [motion.position.sel(keypoint=n).to_numpy() for n in names]


def _pelvis_height(motion: xr.Dataset, segments: xr.Dataset | None, markers: MarkerSet) -> Array | None:
    if segments is not None and "pelvis" in segments.segment.to_numpy():
        height = np.asarray(segments.origin.sel(segment="pelvis").to_numpy()[:, 1], dtype=np.float64)
        if np.isfinite(height).any():
            return height
    here = set(motion.keypoint.to_numpy().tolist())
    names = [n for n in markers.names("pelvis") if n in here] or [
        n for n in markers.clusters.get("pelvis", ()) if n in here
    ]
    if not names:
        return None
    return mean_seen(motion.position.sel(keypoint=names).to_numpy()[:, 1], 1)


def _judge_length(motion: xr.Dataset, contacts: Contacts, notes: list[LabNote]) -> None:
    seconds = motion.sizes["time"] / float(motion.attrs["fps"])
    if seconds < _SHORTEST_TRIAL_S:
        notes.append(
            LabNote(
                "short", f"The trial lasts {seconds:.1f} s: too few strides for a steady mean. Ten seconds are good."
            )
        )
    if contacts.method == WALKING:
        words = "This is walking: a foot is always on the ground. Steps of walking are measured only from force plates."
        notes.append(LabNote("walking", words))
    if contacts.duty_factor > _WALKING_DUTY:
        notes.append(
            LabNote(
                "walking",
                f"This is walking (a foot is down for {contacts.duty_factor:.0%} of the stride): reference values for "
                "running do not apply.",
            )
        )


def _missing(contacts: Contacts, reason: str, centres: dict[str, Array]) -> dict[str, str]:
    """Sentences for what cannot be measured."""
    general = f"Not measurable in this trial. {reason}".strip() if contacts.stances else (
        "No step was found in this trial, so nothing that belongs to a step can be measured."
    )  # fmt: skip
    missing = {"": general}
    if contacts.stances and "left_shoulder" not in centres:
        trunk = "The trunk has no markers on the shoulders (acromion)."
        missing |= dict.fromkeys(
            ("trunk_lateral_lean", "trunk_sway", "trunk_forward_lean", "vertical_oscillation"), trunk
        )
    return missing
