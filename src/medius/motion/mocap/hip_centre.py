"""Where the hip joint lies: by a published regression on the pelvis, or from how the thigh moves."""

from __future__ import annotations

import numpy as np
import xarray as xr

from medius.errors import InvalidValueError
from medius.motion.mocap._rigid import Floats, all_finite

__all__ = ["functional_hip_centre", "harrington_hip_centre"]


def harrington_hip_centre(width: Floats | float, depth: Floats | float, side: str) -> Floats:
    """Hip joint centre in the pelvic frame (origin between the ASIS; x forwards, y up, z right), metres.

    Parameters
    ----------
    width, depth
        Distance between the two ASIS, and from their middle to the middle of the PSIS, metres.
    side
        ``"r"`` or ``"l"``.

    Notes
    -----
    Harrington et al. 2007, J Biomech 40:595, equations of the pelvis alone.
    """
    w, d = np.asarray(width, dtype=np.float64), np.asarray(depth, dtype=np.float64)
    sign = 1.0 if side == "r" else -1.0
    return np.stack([-0.24 * d - 0.0099, -0.30 * w - 0.0109, sign * (0.33 * w + 0.0073)], axis=-1)


def functional_hip_centre(pelvis: xr.Dataset, side: str) -> tuple[Floats, float]:
    """Find the hip centre as the point that moves least between pelvis and thigh (SCoRE, Ehrig et al. 2006).

    Parameters
    ----------
    pelvis
        Segment frames of a trial in which the hip moves widely (`move_segments`).
    side
        ``"r"`` or ``"l"``.

    Returns
    -------
    centre, spread
        In the pelvic frame from its origin, metres, and the root mean square distance between the two estimates, metres.

    Raises
    ------
    InvalidValueError
        If the hip moves too little (less than 15° about two axes) for this to mean anything.
    """
    trunk, thigh = (pelvis.sel(segment=s) for s in ("pelvis", f"thigh_{side}"))
    turn_a, turn_b = trunk.rotation.to_numpy(), thigh.rotation.to_numpy()
    start_a, start_b = trunk.origin.to_numpy(), thigh.origin.to_numpy()
    good = all_finite(turn_a, (1, 2)) & all_finite(turn_b, (1, 2))
    turn_a, turn_b, start_a, start_b = turn_a[good], turn_b[good], start_a[good], start_b[good]
    axis = (np.swapaxes(turn_a, 1, 2) @ turn_b)[:, :, 1]
    spread_of_axis = np.degrees(np.sqrt(np.linalg.eigvalsh(np.cov(axis.T))[1:]))
    if good.sum() < 20 or spread_of_axis[0] < 15.0 / 4.0:
        raise InvalidValueError("The hip moves too little in this trial to find its centre from movement.")
    system = np.concatenate([turn_a, -turn_b], axis=2).reshape(-1, 6)
    solution, *_ = np.linalg.lstsq(system, (start_b - start_a).reshape(-1), rcond=None)
    gap = turn_a @ solution[:3] + start_a - turn_b @ solution[3:] - start_b
    return solution[:3], float(np.sqrt((gap**2).sum(axis=1).mean()))
