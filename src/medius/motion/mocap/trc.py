"""TRC: OpenSim's and Motion Analysis' table of marker positions."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from medius.errors import OutputError, UnreadableFileError
from medius.motion.mocap._read import build_marker_motion
from medius.motion.readers import reader

__all__ = ["read_trc", "write_trc"]


@reader(".trc")
def read_trc(path: Path, /, *, unit: str | None = None, **_: Any) -> xr.Dataset:
    """Read marker positions from a TRC file.

    Parameters
    ----------
    path
        The file: tab-separated, header of four or five lines.
    unit
        Length unit if the file's own is missing or wrong.

    Returns
    -------
    A Motion in metres in the file's own axes (see `orient`). Empty fields are points that were not seen.

    Raises
    ------
    UnreadableFileError
        If the header or the table cannot be read.
    """
    import pandas as pd

    text = path.read_text(encoding="utf-8", errors="replace")
    lines = text.splitlines()
    if len(lines) < 5 or not lines[0].startswith("PathFileType"):
        raise UnreadableFileError(f"{path.name} is not a TRC file (its first line should begin with 'PathFileType').")
    keys, values = lines[1].split("\t"), lines[2].split("\t")
    header = {k.strip(): v.strip() for k, v in zip(keys, values, strict=False) if k.strip()}
    names = [n.strip() for n in lines[3].split("\t")[2:] if n.strip()]
    body = "\n".join(line for line in lines[5:] if line.strip())
    try:
        rate = float(header.get("CameraRate") or header.get("DataRate") or "nan")
        wide = 2 + 3 * len(names)
        table = pd.read_csv(
            io.StringIO(body), sep="\t", header=None, names=range(wide), usecols=range(wide), index_col=False
        )
        data = table.to_numpy(dtype=np.float64, na_value=np.nan)
    except (ValueError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise UnreadableFileError(f"{path.name} has a TRC header, but its table cannot be read ({error}).") from error
    times = data[:, 1]
    if np.isfinite(times).sum() > 1 and not rate > 0:
        rate = float((len(times) - 1) / (times[-1] - times[0]))
    positions = data[:, 2:].reshape(len(data), len(names), 3).transpose(0, 2, 1)
    return build_marker_motion(
        positions,
        names=names,
        rate=rate,
        path=path,
        stated_unit=header.get("Units"),
        asked_unit=unit,
        kind="trc",
        attrs={"first_time": float(times[0]) if len(times) and np.isfinite(times[0]) else 0.0},
    )


def write_trc(motion: xr.Dataset, path: str | Path) -> Path:
    """Write the markers of a Motion to a TRC file in millimetres, as OpenSim reads it; unseen points stay empty.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    target = Path(path)
    names = [str(n) for n in motion.keypoint.to_numpy()]
    position = motion.position.to_numpy().transpose(0, 2, 1) * 1000.0
    rate, count = float(motion.attrs["fps"]), position.shape[0]
    fields = (
        "DataRate",
        "CameraRate",
        "NumFrames",
        "NumMarkers",
        "Units",
        "OrigDataRate",
        "OrigDataStartFrame",
        "OrigNumFrames",
    )
    head = [
        f"PathFileType\t4\t(X/Y/Z)\t{target.name}",
        "\t".join(fields),
        f"{rate:.6g}\t{rate:.6g}\t{count}\t{len(names)}\tmm\t{rate:.6g}\t1\t{count}",
        "Frame#\tTime\t" + "\t\t\t".join(names) + "\t\t",
        "\t\t" + "\t".join(f"{axis}{i + 1}" for i in range(len(names)) for axis in "XYZ"),
        "",
    ]
    times = motion.time.to_numpy()
    rows = []
    for index in range(count):
        cells = (f"{v:.5f}" if np.isfinite(v) else "" for v in position[index].ravel())
        rows.append(f"{index + 1}\t{times[index]:.6f}\t" + "\t".join(cells))
    try:
        target.write_text("\n".join(head + rows) + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(
            f"{target} cannot be written: {error}. Check that the folder exists and is writable."
        ) from error
    return target
