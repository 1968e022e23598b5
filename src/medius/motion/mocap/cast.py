"""Anatomical frames from markers: a still trial says where the bones are under the markers, the moving trial carries them.

CAST (Cappozzo et al. 1995, Clin Biomech 10:171): in the still trial, landmarks give each segment an anatomical frame; in
the moving trial, the markers that ride on the segment give its movement by least squares (`fit_rigid_motion`). Frames
follow Wu et al. 2002 (J Biomech 35:543): x forwards, y up, z to the right, for **both** sides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import xarray as xr

from medius.errors import NothingToMeasureError
from medius.motion.dataset import with_log
from medius.motion.mocap._cluster import fit_cluster, segment_words
from medius.motion.mocap._rigid import Floats, frame_from_axes, median_seen
from medius.motion.mocap.hip_centre import harrington_hip_centre
from medius.motion.mocap.markersets import MarkerSet

__all__ = ["Calibration", "calibrate", "landmark_segments", "move_segments"]

Points = Mapping[str, Floats]


@dataclass(frozen=True)
class Calibration:
    """What the still trial says.

    Attributes
    ----------
    rotation, origin
        Segment to its anatomical frame in the still trial: 3 × 3 (columns x, y, z) and metres. Origins: the middle of
        the hip centres (pelvis), hip centre (thigh), knee centre (shank), ankle centre (foot).
    clusters
        Segment to the names and still positions (marker, 3) of the markers that ride on it.
    joint_centres
        ``hip_r``, ``knee_r``, ``ankle_r`` …, metres, still trial.
    notes
        Sentences about what is missing or unusual.
    """

    rotation: Mapping[str, Floats]
    origin: Mapping[str, Floats]
    clusters: Mapping[str, tuple[tuple[str, ...], Floats]]
    joint_centres: Mapping[str, Floats]
    notes: tuple[str, ...] = field(default=())


def landmark_points(motion: xr.Dataset, markers: MarkerSet, *, still: bool) -> dict[str, Floats]:
    """Positions of the landmarks present: (3,) medians of a still trial, or (time, 3)."""
    here = set(motion.keypoint.to_numpy().tolist())
    points = {}
    for landmark, marker in markers.landmarks.items():
        if marker in here:
            track = motion.position.sel(keypoint=marker).to_numpy()
            if np.isfinite(track).any():
                points[landmark] = median_seen(track, 0) if still else track
    return points


def anatomical_frames(points: Points, *, up: Floats) -> tuple[dict[str, Floats], dict[str, Floats], list[str]]:
    """Build anatomical frames and joint centres from landmarks, of one moment or of many frames at once.

    Returns
    -------
    rotation, centres, missing
        Segment to (…, 3, 3); joint and segment origins to (…, 3); what could not be built, as sentences.
    """
    rotation: dict[str, Floats] = {}
    centres: dict[str, Floats] = {}
    missing: list[str] = []
    _add_pelvis(points, rotation, centres, missing, up)
    for side in ("r", "l"):
        _add_leg(points, side, rotation, centres, missing, up)
    if "hip_r" in centres and "hip_l" in centres:
        centres["pelvis"] = (centres["hip_r"] + centres["hip_l"]) / 2.0
    elif "pelvis" in rotation:
        centres.setdefault("pelvis", _middle(points, ("asis_r", "asis_l")))
    return rotation, centres, missing


def _middle(points: Points, names: tuple[str, ...]) -> Floats:
    return np.asarray(np.mean([points[n] for n in names], axis=0), dtype=np.float64)


def _add_pelvis(
    points: Points, rotation: dict[str, Floats], centres: dict[str, Floats], missing: list[str], up: Floats
) -> None:
    back = ("psis_r", "psis_l") if "psis_r" in points and "psis_l" in points else ("sacrum",)
    if all(n in points for n in ("asis_r", "asis_l", *back)):
        front, rear = _middle(points, ("asis_r", "asis_l")), _middle(points, back)
        right = points["asis_r"] - points["asis_l"]
        rotation["pelvis"] = frame_from_axes(right, front - rear, "zx")
        width, depth = np.linalg.norm(right, axis=-1), np.linalg.norm(front - rear, axis=-1)
        for side in ("r", "l"):
            local = harrington_hip_centre(width, depth, side)
            centres[f"hip_{side}"] = front + np.einsum("...ij,...j->...i", rotation["pelvis"], local)
        return
    if "trochanter_r" in points and "trochanter_l" in points:
        # Hip centre at a quarter of the distance between the trochanters (Weinhandl & O'Connor 2010, J Biomech 43:2633).
        right = points["trochanter_r"] - points["trochanter_l"]
        rotation["pelvis"] = frame_from_axes(np.broadcast_to(up, right.shape), right, "yz")
        centres["hip_r"] = points["trochanter_r"] - 0.25 * right
        centres["hip_l"] = points["trochanter_l"] + 0.25 * right
        return
    missing.append("The pelvis needs markers on both ASIS and on both PSIS (or the sacrum), or on both trochanters.")


def _add_leg(
    points: Points,
    side: str,
    rotation: dict[str, Floats],
    centres: dict[str, Floats],
    missing: list[str],
    up: Floats,
) -> None:
    name = {"r": "right", "l": "left"}[side]
    outwards = 1.0 if side == "r" else -1.0
    right_of: dict[str, Floats] = {}
    for joint in ("knee", "ankle"):
        pair = (f"{joint}_lateral_{side}", f"{joint}_medial_{side}")
        lacking = [p for p in pair if p not in points]
        if lacking:
            missing.append(
                f"The {name} {joint} needs a marker on its inner and outer side ({', '.join(lacking)} missing)."
            )
            continue
        centres[f"{joint}_{side}"] = _middle(points, pair)
        right_of[joint] = outwards * (points[pair[0]] - points[pair[1]])
    hip, knee, ankle = (centres.get(f"{j}_{side}") for j in ("hip", "knee", "ankle"))
    if hip is not None and knee is not None:
        rotation[f"thigh_{side}"] = frame_from_axes(hip - knee, right_of["knee"], "yz")
        centres[f"thigh_{side}"] = hip
    if knee is not None and ankle is not None:
        rotation[f"shank_{side}"] = frame_from_axes(knee - ankle, right_of["ankle"], "yz")
        centres[f"shank_{side}"] = knee
    toes = [points[k] for k in (f"mt2_{side}", f"toe_{side}") if k in points]
    if not toes and f"mt1_{side}" in points and f"mt5_{side}" in points:
        toes = [(points[f"mt1_{side}"] + points[f"mt5_{side}"]) / 2.0]
    if toes and f"heel_{side}" in points and ankle is not None:
        forwards = toes[0] - points[f"heel_{side}"]
        rotation[f"foot_{side}"] = frame_from_axes(np.broadcast_to(up, forwards.shape), forwards, "yx")
        centres[f"foot_{side}"] = ankle
    else:
        missing.append(f"The {name} foot needs markers on the heel and the front of the foot, and the ankle's two.")


def calibrate(still: xr.Dataset, markers: MarkerSet) -> Calibration:
    """Read the anatomical frames from a still, upright trial.

    Parameters
    ----------
    still
        Standing trial in metres, already oriented (`orient`).
    markers
        Its marker set.

    Raises
    ------
    NothingToMeasureError
        If not even the pelvis can be built; the message lists what is missing.
    """
    up = np.array([0.0, 1.0, 0.0])
    points = landmark_points(still, markers, still=True)
    rotation, centres, missing = anatomical_frames(points, up=up)
    if "pelvis" not in rotation:
        raise NothingToMeasureError("The still trial cannot be used. " + " ".join(missing))
    notes = list(missing)
    moved = _movement(still)
    if moved > 0.02:
        notes.append(f"In the still trial the markers move by {moved * 100:.0f} cm: it may not be a standing trial.")
    clusters: dict[str, tuple[tuple[str, ...], Floats]] = {}
    here = set(still.keypoint.to_numpy().tolist())
    for segment, names in markers.clusters.items():
        present = tuple(n for n in names if n in here)
        if segment in rotation:
            seen = np.isfinite(still.position.sel(keypoint=list(present)).to_numpy()).all(axis=1).any(axis=0)
            present = tuple(n for n, known in zip(present, seen, strict=True) if known)
        if len(present) >= 3 and segment in rotation:
            track = still.position.sel(keypoint=list(present)).to_numpy()
            clusters[segment] = present, median_seen(track, 0).T
        elif segment in rotation:
            notes.append(f"The {segment_words(segment)} has {len(present)} markers that ride on it; it takes three.")
    origin = {s: centres[s] for s in rotation if s in centres}
    joints = {k: v for k, v in centres.items() if k.split("_")[0] in ("hip", "knee", "ankle")}
    return Calibration(rotation, origin, clusters, joints, tuple(notes))


def _movement(still: xr.Dataset) -> float:
    """Median over markers of the largest departure from the middle position, metres."""
    position = still.position.to_numpy()
    seen = np.isfinite(position).any(axis=(0, 1))
    track = position[:, :, seen]
    away = np.linalg.norm(track - np.nanmedian(track, axis=0), axis=1)
    return float(np.median(np.nanpercentile(away, 95, axis=0)))


def move_segments(motion: xr.Dataset, calibration: Calibration) -> xr.Dataset:
    """Carry the anatomical frames through the moving trial.

    Returns
    -------
    A dataset with ``rotation`` (time, segment, row, column), ``origin`` (time, segment, space) in metres and ``residual``
    (time, segment), the root mean square misfit of the markers in metres; NaN where a segment was not seen. The log
    says which frames or segments were left out because their markers do not fit.

    Raises
    ------
    NothingToMeasureError
        If no segment's markers are in the moving trial.
    """
    here = set(motion.keypoint.to_numpy().tolist())
    names, rotations, origins, residuals = [], [], [], []
    notes = list(calibration.notes)
    for segment, (markers, reference) in calibration.clusters.items():
        present = [i for i, m in enumerate(markers) if m in here]
        if len(present) < 3:
            lost = ", ".join(m for m in markers if m not in here)
            notes.append(f"The {segment_words(segment)} cannot be followed: the moving trial lacks {lost}.")
            continue
        chosen = [markers[i] for i in present]
        observed = motion.position.sel(keypoint=chosen).to_numpy().transpose(0, 2, 1)
        turn, shift, residual, note = fit_cluster(segment, chosen, reference[present], observed)
        notes += note
        names.append(segment)
        rotations.append(turn @ calibration.rotation[segment])
        origins.append(turn @ calibration.origin[segment] + shift)
        residuals.append(residual)
    if not names:
        raise NothingToMeasureError("No segment can be followed in the moving trial. " + " ".join(notes))
    return segment_dataset(motion, names, rotations, origins, residuals, notes)


def segment_dataset(
    motion: xr.Dataset,
    names: list[str],
    rotations: list[Floats],
    origins: list[Floats],
    residuals: list[Floats],
    notes: list[str],
) -> xr.Dataset:
    """Put segment frames into the dataset that `move_segments` describes."""
    data = xr.Dataset(
        {
            "rotation": (("time", "segment", "row", "column"), np.stack(rotations, axis=1)),
            "origin": (("time", "segment", "space"), np.stack(origins, axis=1)),
            "residual": (("time", "segment"), np.stack(residuals, axis=1)),
        },
        coords={"time": motion.time.to_numpy(), "segment": names, "space": ["x", "y", "z"]},
        attrs=dict(motion.attrs) | {"notes": notes},
    )
    return with_log(data, "segment frames", segments=len(names))


def landmark_segments(motion: xr.Dataset, markers: MarkerSet) -> xr.Dataset:
    """Build anatomical frames in every frame from landmarks that are all in the moving trial (no still trial needed).

    For marker sets that carry the inner and outer knee and ankle points while moving, such as OpenCap's. Skin movement
    enters in full. Same result as `move_segments`.
    """
    points = landmark_points(motion, markers, still=False)
    rotation, centres, missing = anatomical_frames(points, up=np.array([0.0, 1.0, 0.0]))
    rotation = {k: v for k, v in rotation.items() if not k.startswith("foot")}
    if not rotation:
        raise NothingToMeasureError("No segment can be built without a still trial. " + " ".join(missing))
    names = list(rotation)
    count = motion.sizes["time"]
    origins = [np.asarray(centres[n]) for n in names]
    return segment_dataset(
        motion, names, [rotation[n] for n in names], origins, [np.zeros(count)] * len(names), missing
    )
