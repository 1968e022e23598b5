"""How the angles of other models map onto the house's, explicitly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from medius.body.angles import angle_dataset
from medius.errors import InvalidValueError

__all__ = ["ANGLES", "SIGNS", "house_angles"]

Floats = NDArray[np.float64]

ANGLES = ("hip_flexion", "hip_adduction", "hip_rotation", "knee_flexion")
"""The four angles that move the path, in the order of array columns."""

SIGNS: Mapping[str, Mapping[str, tuple[str, float]]] = {
    "rajagopal2016": {
        "hip_flexion": ("hip_flexion_{side}", 1.0),
        "hip_adduction": ("hip_adduction_{side}", 1.0),
        "hip_rotation": ("hip_rotation_{side}", 1.0),
        "knee_flexion": ("knee_angle_{side}", 1.0),
    },
    "gait2392": {
        "hip_flexion": ("hip_flexion_{side}", 1.0),
        "hip_adduction": ("hip_adduction_{side}", 1.0),
        "hip_rotation": ("hip_rotation_{side}", 1.0),
        "knee_flexion": ("knee_angle_{side}", -1.0),
    },
}
"""House angle to coordinate and sign of a model family.

Rajagopal 2016 and its descendants bend the knee with positive ``knee_angle``; Gait2392 and its descendants (Hamner 2010)
with negative.
"""


def house_angles(table: xr.Dataset, *, family: str | None = None) -> xr.Dataset:
    """Bring a table of model coordinates (a MOT file) into the house's names and signs.

    Parameters
    ----------
    table
        As `medius.motion.mocap.read_storage` returns.
    family
        Key of `SIGNS`. Default: told from the knee, which in running bends far to one side.

    Returns
    -------
    Joint angles in degrees as `medius.body.joint_angles` gives them, with the pelvis' columns where there are any.

    Raises
    ------
    InvalidValueError
        If the hip or knee is missing, or the knee's sign cannot be told.
    """
    names = [str(c) for c in table["column"].to_numpy()]
    scale = 1.0 if table.attrs["in_degrees"] else 180.0 / np.pi
    family = family or _family(table, names, scale)
    if family not in SIGNS:
        raise InvalidValueError(f"No sign family '{family}'. Known: {', '.join(SIGNS)}.")
    columns: dict[str, Floats] = {}
    for letter in ("r", "l"):
        for angle, (pattern, sign) in SIGNS[family].items():
            name = pattern.format(side=letter)
            if name in names:
                columns[f"{angle}_{letter}"] = sign * scale * table.value.sel(column=name).to_numpy()
        if f"ankle_angle_{letter}" in names:
            columns[f"ankle_dorsiflexion_{letter}"] = scale * table.value.sel(column=f"ankle_angle_{letter}").to_numpy()
    if not all(f"{a}_{s}" in columns for s in ("r", "l") for a in ANGLES) and not any(
        all(f"{a}_{s}" in columns for a in ANGLES) for s in ("r", "l")
    ):
        raise InvalidValueError("The table has no leg with hip_flexion, hip_adduction, hip_rotation and knee_angle.")
    for name in ("pelvis_tilt", "pelvis_list", "pelvis_rotation", "pelvis_tx", "pelvis_ty", "pelvis_tz"):
        if name in names:
            shift = name[-2] == "t" and name[-1] in "xyz"
            columns[name] = (1.0 if shift else scale) * table.value.sel(column=name).to_numpy()
    attrs = {"fps": table.attrs["rate"], "log": [{"operation": "house angles", "family": family}]}
    return angle_dataset(columns, table.time.to_numpy(), attrs)


def _family(table: xr.Dataset, names: Sequence[str], scale: float) -> str:
    knees = [n for n in ("knee_angle_r", "knee_angle_l") if n in names]
    if not knees:
        raise InvalidValueError("The table has no column knee_angle_r or knee_angle_l.")
    middle = float(np.nanmean([np.nanmean(table.value.sel(column=n)) for n in knees])) * scale
    if abs(middle) < 8.0:
        raise InvalidValueError(
            f"Which way the knee bends cannot be told (its mean angle is {middle:.1f}°). Say --signs rajagopal2016 if "
            "flexion is positive, gait2392 if it is negative."
        )
    return "rajagopal2016" if middle > 0 else "gait2392"
