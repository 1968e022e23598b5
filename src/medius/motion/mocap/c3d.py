"""C3D: the exchange format of motion-capture laboratories (c3d.org), read and written through ``ezc3d``."""

from __future__ import annotations

import io
import json
import math
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from medius.errors import OutputError, UnreadableFileError
from medius.motion.dataset import with_log
from medius.motion.mocap._read import add_forces, build_marker_motion
from medius.motion.mocap._rigid import Floats
from medius.motion.mocap.units import METRES_PER_UNIT
from medius.motion.readers import reader

__all__ = ["read_c3d", "write_c3d"]

_BLOCK = 512
_MAGIC = 80
_TIMEOUT_S = 120


@reader(".c3d")
def read_c3d(path: Path, /, *, unit: str | None = None, **_: Any) -> xr.Dataset:
    """Read markers, force plates and segment poses from a C3D file.

    Parameters
    ----------
    path
        The file. Intel, DEC and MIPS byte orders, integer and real storage.
    unit
        Length unit of the markers if the file's own is missing or wrong: ``"mm"`` or ``"m"``.

    Returns
    -------
    A Motion in metres in the laboratory's own axes (see `orient`), with ``force``, ``centre_of_pressure`` and
    ``free_moment`` (dims ``force_time, space, plate``) where plates were recorded, and ``segment_pose`` (dims ``time,
    segment, row, column``; 4 × 4, metres) where a markerless system such as Theia wrote segment poses.

    Raises
    ------
    UnreadableFileError
        If the file is not C3D, is damaged, or holds no points.
    """
    _check_header(path)
    told, arrays = _decode(path)
    points = np.where((arrays["residuals"] < 0)[:, None, :], np.nan, arrays["points"])
    poses = _segment_poses(arrays["rotations"], told["rotation_labels"], points.shape[0])
    labels = told["labels"] + [f"point {i + 1}" for i in range(len(told["labels"]), points.shape[2])]
    if points.shape[2] == 0 and poses is not None:
        names, values = poses
        points, labels = values[:, :, :3, 3].transpose(0, 2, 1), list(names)
    motion = build_marker_motion(
        points,
        names=labels[: points.shape[2]],
        rate=told["rate"],
        path=path,
        stated_unit=next(iter(told["units"]), None),
        asked_unit=unit,
        kind="c3d",
    )
    scale = METRES_PER_UNIT[motion.attrs["log"][-1]["file_unit"]]
    if poses is not None:
        names, values = poses
        values[:, :, :3, 3] *= scale
        motion = motion.assign(segment_pose=(("time", "segment", "row", "column"), values))
        motion = motion.assign_coords(segment=list(names))
    return _with_platforms(motion, told, arrays, scale)


def _decode(path: Path) -> tuple[dict[str, Any], dict[str, Floats]]:
    """Decode in a process of its own: a file that brings the decoder down becomes a sentence."""
    command = [sys.executable, "-I", str(Path(__file__).with_name("_c3d_worker.py")), str(path)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise UnreadableFileError(f"{path.name} is damaged: decoding it did not end in {_TIMEOUT_S} s.") from error
    if done.returncode != 0:
        detail = done.stderr.decode(errors="replace").strip()[-200:] or "the decoder stopped"
        raise UnreadableFileError(f"{path.name} is damaged and cannot be read as C3D ({detail}).")
    with np.load(io.BytesIO(done.stdout), allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    told: dict[str, Any] = json.loads(arrays.pop("told").tobytes())
    return told, arrays


def _check_header(path: Path) -> None:
    """Refuse what is not a whole C3D file before a decoder touches it."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(_BLOCK)
        if len(head) < _BLOCK or head[1] != _MAGIC:
            raise UnreadableFileError(f"{path.name} is not a C3D file (its first bytes are not those of one).")
        stream.seek((head[0] - 1) * _BLOCK if head[0] else 0)
        block = stream.read(4)
    if head[0] == 0 or len(block) < 4 or block[3] - 83 not in (1, 2, 3):
        raise UnreadableFileError(f"{path.name} has a C3D header but no parameters after it: it is cut off or damaged.")
    order = ">" if block[3] - 83 == 3 else "<"
    points, analog, first, last = struct.unpack(f"{order}4H", head[2:10])
    data_block = struct.unpack(f"{order}H", head[16:18])[0]
    sign_byte = {1: 15, 2: 13, 3: 12}[block[3] - 83]  # where Intel, DEC and MIPS keep the sign of the scale factor
    integer = head[sign_byte] < 128
    frames = max(0, last - first + 1) if last != 65535 else 0
    needed = (data_block - 1) * _BLOCK + frames * (4 * points + analog) * (2 if integer else 4)
    if size < needed:
        raise UnreadableFileError(
            f"{path.name} is cut off: it announces {frames} frames ({needed} bytes) and has {size} bytes. Copy it again."
        )


def _segment_poses(raw: Floats, labels: list[str], frames: int) -> tuple[list[str], Floats] | None:
    """Poses of segments that markerless systems store, as (time, segment, 4, 4); None where absent."""
    if raw.size == 0:
        return None
    names = labels + [f"segment {i + 1}" for i in range(len(labels), raw.shape[2])]
    poses = raw.transpose(3, 2, 0, 1)
    step = max(1, round(poses.shape[0] / max(frames, 1)))
    return names[: raw.shape[2]], poses[::step].copy()


def _with_platforms(motion: xr.Dataset, told: dict[str, Any], arrays: dict[str, Floats], scale: float) -> xr.Dataset:
    """Add force plates; plates that cannot be worked out are left out and said so in the log."""
    if told["reason"]:
        return with_log(motion, "force plates left out", reason=told["reason"])
    if not told["plates"]:
        return motion
    rate = told["force_rate"]
    if not (rate > 0 and math.isfinite(rate)):
        return with_log(motion, "force plates left out", reason="the file gives no analog rate")
    free = arrays["free"] / 1000.0 if told["moment_unit"].lower().startswith("nmm") else arrays["free"]
    return add_forces(motion, arrays["force"], arrays["centre"] * scale, free, rate)


def write_c3d(motion: xr.Dataset, path: str | Path) -> Path:
    """Write the markers of a Motion to a C3D file in millimetres; forces go along as a type-2 style plate each.

    Points that were not seen are written with residual −1, as laboratories do.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    import ezc3d

    target = Path(path)
    content = ezc3d.c3d()
    position = motion.position.to_numpy() * 1000.0
    seen = np.isfinite(position).all(axis=1)
    points = np.ones((4, position.shape[2], position.shape[0]))
    points[:3] = position.transpose(1, 2, 0)
    points[:3, ~seen.T] = np.nan
    content["parameters"]["POINT"]["RATE"]["value"] = [float(motion.attrs["fps"])]
    content["parameters"]["POINT"]["LABELS"]["value"] = [str(n) for n in motion.keypoint.to_numpy()]
    content["parameters"]["POINT"]["UNITS"]["value"] = ["mm"]
    content["data"]["points"] = points
    content["data"]["meta_points"]["residuals"] = np.where(seen.T, 0.0, -1.0)[None]
    if "force" in motion:
        _put_platforms(content, motion)
    try:
        content.write(str(target))
    except (OSError, RuntimeError) as error:
        raise OutputError(
            f"{target} cannot be written: {error}. Check that the folder exists and is writable."
        ) from error
    if not target.is_file():
        raise OutputError(f"{target} cannot be written. Check that the folder exists and is writable.")
    return target


def _put_platforms(content: Any, motion: xr.Dataset) -> None:
    """Add every plate as a square of type 2 (forces and moments about its centre at the laboratory's origin)."""
    frames, rate = motion.sizes["time"], float(motion.attrs["fps"])
    ratio = max(1, round(float(motion.attrs["force_rate"]) / rate))
    times = np.arange(frames * ratio) / (rate * ratio)
    force, centre, free = (_resampled(motion, name, times) for name in ("force", "centre_of_pressure", "free_moment"))
    up = int(np.argmax(np.abs(force).mean(axis=(0, 2))))
    a, b = (np.eye(3)[i] for i in range(3) if i != up)
    plate_axes = np.stack([a, b, np.cross(a, b)])
    moment = np.cross(centre, force, axis=1) + free
    channels = [np.einsum("ij,tjp->tip", plate_axes, v) for v in (force, moment * 1000.0)]
    plates = force.shape[2]
    analog = np.concatenate(channels, axis=1).transpose(2, 1, 0).reshape(1, 6 * plates, -1)
    content["data"]["analogs"] = analog
    settings = content["parameters"]["ANALOG"]
    settings["RATE"]["value"] = [rate * ratio]
    settings["LABELS"]["value"] = [f"{c}{p + 1}" for p in range(plates) for c in ("Fx", "Fy", "Fz", "Mx", "My", "Mz")]
    settings["UNITS"]["value"] = ["N", "N", "N", "Nmm", "Nmm", "Nmm"] * plates
    settings["SCALE"]["value"] = [1.0] * (6 * plates)
    settings["OFFSET"]["value"] = [0] * (6 * plates)
    settings["GEN_SCALE"]["value"] = [1.0]
    corners = np.stack([500.0 * (sa * a + sb * b) for sa, sb in ((1, 1), (-1, 1), (-1, -1), (1, -1))], axis=1)
    platform = content["parameters"]["FORCE_PLATFORM"]
    platform["USED"]["value"] = [plates]
    platform["TYPE"]["value"] = [2] * plates
    platform["ZERO"]["value"] = [1, 0]
    platform["CORNERS"]["value"] = np.repeat(corners[:, :, None], plates, axis=2)
    platform["ORIGIN"]["value"] = np.zeros((3, plates))
    platform["CHANNEL"]["value"] = np.arange(1, 6 * plates + 1).reshape(plates, 6).T


def _resampled(motion: xr.Dataset, name: str, times: Floats) -> Floats:
    values = motion[name].to_numpy()
    if values.shape[0] == times.size:
        return np.asarray(np.nan_to_num(values), dtype=np.float64)
    at = motion["force_time"].to_numpy()
    flat = np.nan_to_num(values).reshape(values.shape[0], -1)
    columns = [np.interp(times, at, flat[:, i]) for i in range(flat.shape[1])]
    return np.asarray(np.stack(columns, axis=1).reshape(times.size, *values.shape[1:]), dtype=np.float64)
