"""The measures of running form, one file each, in the order in which they are shown."""

from medius.gait.measures import (
    cadence,
    contact_time,
    contralateral_pelvic_drop,
    crossover_share,
    duty_factor,
    flight_time,
    foot_strike_angle,
    hip_ankle_line_angle,
    hip_extension_peak,
    knee_flexion_at_contact,
    knee_flexion_peak_stance,
    knee_separation,
    overstride,
    step_time,
    step_width,
    stride_time,
    thigh_frontal_angle,
    tibia_angle_at_contact,
    trunk_forward_lean,
    trunk_lateral_lean,
    trunk_sway,
    vertical_oscillation,
)
from medius.gait.measures._define import Measure, read, stance_curve

__all__ = ["MEASURES", "Measure", "measure", "read", "stance_curve"]

MEASURES: tuple[Measure, ...] = tuple(
    module.MEASURE
    for module in (
        contralateral_pelvic_drop,
        thigh_frontal_angle,
        hip_ankle_line_angle,
        step_width,
        crossover_share,
        knee_separation,
        trunk_lateral_lean,
        trunk_sway,
        cadence,
        stride_time,
        step_time,
        contact_time,
        flight_time,
        duty_factor,
        overstride,
        tibia_angle_at_contact,
        foot_strike_angle,
        knee_flexion_at_contact,
        knee_flexion_peak_stance,
        hip_extension_peak,
        trunk_forward_lean,
        vertical_oscillation,
    )
)


def measure(code: str) -> Measure:
    """Return the measure with this code; KeyError where there is none."""
    return {m.code: m for m in MEASURES}[code]
