"""Whether pain goes with distance, descent or cadence: a simple view that says what it rests on, silent under ten runs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = ["FEWEST_RUNS", "PainAssociation", "associate_pain"]

FEWEST_RUNS = 10
"""Below ten runs with an answer nothing is said."""

_WITH = {"distance_m": "distance", "descent_m": "descent", "cadence_spm": "cadence"}
_Z_95 = 1.959964


@dataclass(frozen=True)
class PainAssociation:
    """How the pain of a run goes with one of its properties.

    Attributes
    ----------
    quantity
        ``distance``, ``descent`` or ``cadence``.
    n_runs
        Runs with a pain answer and this property.
    rho, interval_95
        Spearman's rank correlation and its interval (Fisher's z with the variance of Bonett & Wright); None under ten runs
        or where nothing varies.
    sentence
        What may be said.
    """

    quantity: str
    n_runs: int
    rho: float | None
    interval_95: tuple[float, float] | None
    sentence: str


def associate_pain(calendar: pd.DataFrame) -> tuple[PainAssociation, ...]:
    """Describe how pain goes with distance, descent and cadence over the runs of `calendar` (from `pain_calendar`)."""
    answered = calendar[calendar["run_id"].notna() & calendar["pain"].notna()]
    return tuple(_associate(answered, column, name) for column, name in _WITH.items())


def _associate(answered: pd.DataFrame, column: str, name: str) -> PainAssociation:
    known = answered[answered[column].notna()]
    n_runs = len(known)
    if n_runs < FEWEST_RUNS:
        sentence = f"Nothing can be said about pain and {name} yet: {n_runs} runs have both, ten are needed."
        return PainAssociation(name, n_runs, None, None, sentence)
    x, y = known[column].rank().to_numpy(dtype=float), known["pain"].rank().to_numpy(dtype=float)
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        what = "pain" if np.ptp(y) == 0 else name
        return PainAssociation(name, n_runs, None, None, f"The {what} was the same in all {n_runs} runs.")
    rho = float(np.clip(np.corrcoef(x, y)[0, 1], -1.0, 1.0))
    middle = math.atanh(float(np.clip(rho, -0.999999, 0.999999)))
    half = _Z_95 * math.sqrt((1.0 + rho**2 / 2.0) / (n_runs - 3))
    low, high = math.tanh(middle - half), math.tanh(middle + half)
    if low <= 0.0 <= high:
        told = f"no clear association between pain and {name}"
    else:
        told = f"pain tended to be {'higher' if rho > 0 else 'lower'} in runs with more {name}"
        if name == "cadence":
            told = f"pain tended to be {'higher' if rho > 0 else 'lower'} in runs with a higher cadence"
    sentence = f"Over {n_runs} runs: {told} (rank correlation {rho:.2f}, {low:.2f} to {high:.2f}). That is no proof of a cause."
    return PainAssociation(name, n_runs, rho, (low, high), sentence)
