"""MOT and STO: OpenSim's tables over time, such as joint angles or ground-reaction forces."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import xarray as xr

from medius.errors import InvalidValueError, OutputError, UnreadableFileError

__all__ = ["read_storage", "write_storage"]


def read_storage(path: str | Path) -> xr.Dataset:
    """Read a MOT or STO file.

    Returns
    -------
    A dataset with one variable ``value`` of dims ``(time, column)``, numbers exactly as in the file; attributes
    ``in_degrees`` (bool: rotations are in degrees), ``name`` and ``rate`` (1/s).

    Raises
    ------
    UnreadableFileError
        If the file is missing or is not such a table.
    """
    import pandas as pd

    file = Path(path)
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise UnreadableFileError(f"{file} cannot be opened ({error.strerror}). Check the path.") from error
    ends = [i for i, line in enumerate(lines[:200]) if line.strip().lower() == "endheader"]
    if not ends:
        raise UnreadableFileError(f"{file.name} is not a MOT or STO file: it has no line 'endheader'.")
    header = dict(part.split("=", 1) for part in (line.strip() for line in lines[: ends[0]]) if "=" in part)
    body = [line for line in lines[ends[0] + 1 :] if line.strip()]
    names = body[0].split() if body else []
    if not names or names[0] != "time" or len(body) < 2:
        raise UnreadableFileError(f"{file.name} has no table after its header (its first column should be 'time').")
    try:
        table = pd.read_csv(io.StringIO("\n".join(body[1:])), sep=r"\s+", header=None)
        data = table.to_numpy(dtype=np.float64)
    except (ValueError, pd.errors.ParserError) as error:
        raise UnreadableFileError(f"{file.name} has a table that cannot be read ({error}).") from error
    if data.shape[1] != len(names):
        raise UnreadableFileError(f"{file.name} names {len(names)} columns, but its rows have {data.shape[1]} numbers.")
    time = data[:, 0]
    if not np.isfinite(time).all() or (np.diff(time) <= 0).any():
        raise UnreadableFileError(f"{file.name}: its times do not increase from row to row.")
    return xr.Dataset(
        {"value": (("time", "column"), data[:, 1:])},
        coords={"time": time, "column": names[1:]},
        attrs={
            "in_degrees": header.get("inDegrees", "no").strip().lower() == "yes",
            "name": lines[0].strip(),
            "rate": float(1.0 / np.median(np.diff(time))) if len(time) > 1 else float("nan"),
        },
    )


def write_storage(table: xr.Dataset, path: str | Path, *, name: str = "Coordinates") -> Path:
    """Write a table as `read_storage` returns it to a MOT or STO file that OpenSim opens.

    Raises
    ------
    InvalidValueError
        If the table has no ``value`` of dims ``(time, column)``.
    OutputError
        If the file cannot be written.
    """
    if "value" not in table or table["value"].dims != ("time", "column"):
        raise InvalidValueError("A table to be written needs a variable 'value' of dimensions (time, column).")
    target = Path(path)
    values = table["value"].to_numpy()
    columns = [str(c) for c in table["column"].to_numpy()]
    head = [
        name,
        "version=1",
        f"nRows={values.shape[0]}",
        f"nColumns={values.shape[1] + 1}",
        f"inDegrees={'yes' if table.attrs.get('in_degrees') else 'no'}",
        "",
        "endheader",
        "\t".join(["time", *columns]),
    ]
    buffer = io.StringIO()
    np.savetxt(buffer, np.column_stack([table["time"].to_numpy(), values]), fmt="%.8f", delimiter="\t")
    try:
        target.write_text("\n".join(head) + "\n" + buffer.getvalue(), encoding="utf-8")
    except OSError as error:
        raise OutputError(
            f"{target} cannot be written: {error}. Check that the folder exists and is writable."
        ) from error
    return target
