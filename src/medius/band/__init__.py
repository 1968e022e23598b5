"""The iliotibial band as a path: its strain and strain rate."""

from medius.band.path import BandModel, band_from_osim, band_model, bands_for, path_length
from medius.band.reserve import (
    Demand,
    abductor_reserve,
    demand_from_contact_time,
    demand_from_forces,
    demand_single_leg_stance,
    hip_moments,
)
from medius.band.signs import ANGLES, SIGNS, house_angles
from medius.band.strain import MEASURES, StanceTimes, StrainCurve, StrainResult, band_strain, strain
from medius.band.whatif import BOUNDS, WhatIf, sensitivities, strain_change_from_films, what_if

__all__ = [
    "ANGLES",
    "BOUNDS",
    "MEASURES",
    "SIGNS",
    "BandModel",
    "Demand",
    "StanceTimes",
    "StrainCurve",
    "StrainResult",
    "WhatIf",
    "abductor_reserve",
    "band_from_osim",
    "band_model",
    "band_strain",
    "bands_for",
    "demand_from_contact_time",
    "demand_from_forces",
    "demand_single_leg_stance",
    "hip_moments",
    "house_angles",
    "path_length",
    "sensitivities",
    "strain",
    "strain_change_from_films",
    "what_if",
]
