"""Tab-separated marker text as in the running data of Fukuchi 2017: one column an axis, a file of forces beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from medius.errors import UnreadableFileError
from medius.motion.dataset import with_log
from medius.motion.mocap._read import add_forces, build_marker_motion
from medius.motion.mocap._rigid import Floats
from medius.motion.mocap.units import METRES_PER_UNIT
from medius.motion.readers import reader

__all__ = ["read_marker_text"]

if TYPE_CHECKING:
    import pandas as pd

_FORCE_COLUMNS = ("Time", "Fx", "Fy", "Fz", "COPx", "COPy", "COPz", "Ty")


def _is_marker_text(path: Path) -> bool:
    """Say whether the first line names columns NAMEX, NAMEY, NAMEZ after a column of times."""
    try:
        with path.open(encoding="utf-8", errors="replace") as stream:
            names = stream.readline().strip().split("\t")
    except OSError:
        return False
    rest = names[1:]
    triples = len(rest) >= 3 and len(rest) % 3 == 0 and all(n.endswith("XYZ"[i % 3]) for i, n in enumerate(rest))
    return names[0].lower() == "time" and triples


@reader(".txt", sniff=_is_marker_text)
def read_marker_text(
    path: Path, /, *, unit: str | None = None, forces: str | Path | None = None, **_: Any
) -> xr.Dataset:
    """Read marker text, and the forces that belong to it.

    Parameters
    ----------
    path
        Tab-separated columns ``Time``, then ``NAMEX``, ``NAMEY``, ``NAMEZ`` for every marker.
    unit
        Length unit; default: told from the size of the body (the file does not say).
    forces
        File with columns ``Time Fx Fy Fz COPx COPy COPz Ty``. Default: the file of the same name with ``forces`` for
        ``markers`` beside it, if there is one.

    Returns
    -------
    A Motion in metres in the file's own axes (see `orient`).
    """
    table = _read_table(path)
    names = [str(c)[:-1] for c in table.columns[1::3]]
    data = table.to_numpy(dtype=np.float64, na_value=np.nan)
    time = data[:, 0]
    if len(time) < 2 or not np.isfinite(time[[0, -1]]).all() or time[-1] <= time[0]:
        raise UnreadableFileError(f"{path.name} has fewer than two frames with rising times.")
    rate = (len(time) - 1) / (time[-1] - time[0])
    rate = float(round(rate)) if abs(rate - round(rate)) < 0.001 * rate else float(rate)
    motion = build_marker_motion(
        data[:, 1:].reshape(len(data), len(names), 3).transpose(0, 2, 1),
        names=names,
        rate=rate,
        path=path,
        stated_unit=None,
        asked_unit=unit,
        kind="marker text",
    )
    companion = Path(forces) if forces is not None else _companion(path)
    if companion is None:
        return motion
    return _with_forces(motion, companion, METRES_PER_UNIT[motion.attrs["log"][-1]["file_unit"]])


def _read_table(path: Path) -> pd.DataFrame:
    import pandas as pd

    try:
        return pd.read_csv(path, sep="\t", index_col=False)
    except (OSError, ValueError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise UnreadableFileError(f"{path.name} cannot be read as a table ({error}).") from error


def _companion(path: Path) -> Path | None:
    other = path.with_name(path.name.replace("markers", "forces"))
    return other if other != path and other.is_file() else None


def _with_forces(motion: xr.Dataset, path: Path, scale: float) -> xr.Dataset:
    """Add the forces; their rate, which the file does not hold, follows from covering the same time as the markers."""
    table = _read_table(path)
    missing = [c for c in _FORCE_COLUMNS if c not in table.columns]
    if missing:
        raise UnreadableFileError(f"{path.name} lacks the columns {', '.join(missing)} of a force file.")
    frames = motion.sizes["time"]
    ratio = round(len(table) / frames)
    if ratio < 1 or abs(len(table) / frames - ratio) > 0.01:
        raise UnreadableFileError(
            f"{path.name} has {len(table)} rows for {frames} marker frames; the two do not cover the same time."
        )
    data = table[list(_FORCE_COLUMNS)].to_numpy(dtype=np.float64, na_value=np.nan)
    free: Floats = np.zeros((len(data), 3))
    free[:, 1] = data[:, 7] * scale
    result = add_forces(
        motion, data[:, 1:4, None], data[:, 4:7, None] * scale, free[:, :, None], ratio * float(motion.attrs["fps"])
    )
    return with_log(result, "forces from file beside it", file=path.name)
