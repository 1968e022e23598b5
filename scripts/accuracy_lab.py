"""How near the laboratory part comes to published results, force plates and OpenSim: tables for ``docs/accuracy.md``.

``sections()`` returns Markdown; the tests call the functions that make its rows and hold them to their limits. Data: see
``tests/conftest.py`` (folder ``../shared/data`` or MEDIUS_TEST_DATA).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from medius.band import (
    ANGLES,
    SIGNS,
    band_from_osim,
    band_strain,
    demand_from_contact_time,
    demand_from_forces,
    hip_moments,
    house_angles,
    path_length,
)
from medius.body import InverseKinematics, inverse_kinematics, read_osim
from medius.gait.lab import (
    LabResult,
    analyse_lab,
    contacts_from_angles,
    contacts_from_forces,
    touchdowns_from_pelvis,
)
from medius.motion import read_motion
from medius.motion.mocap import read_storage

Floats = NDArray[np.float64]
ROOT = Path(__file__).parent.parent

HAMNER_WEIGHTS = {
    **{f"{side}.{name}": 5.0 for side in "RL" for name in ("ASIS", "Heel", "Toe.Tip")},
    **{f"{side}.{name}": 2.0 for side in "RL" for name in ("Elbow", "Wrist.Med", "Wrist.Lat")},
    "V.Sacral": 5.0,
    "Sternum": 0.1,
}
"""Marker weights of the published inverse kinematics, found from its own result: at it, the weighted errors balance."""

PUBLISHED = (
    ("hip adduction", "hip_adduction", "hipAngX"),
    ("hip flexion", "hip_flexion", "hipAngZ"),
    ("hip rotation", "hip_rotation", "hipAngY"),
    ("knee flexion", "knee_flexion", "kneeAngZ"),
    ("ankle dorsiflexion", "ankle_dorsiflexion", "ankleAngZ"),
)
"""Name, angle of Medius, column of the published curves (without side and speed)."""


def data_folder() -> Path | None:
    """Return the folder of real recordings, or None."""
    for candidate in (os.environ.get("MEDIUS_TEST_DATA"), ROOT.parent / "shared" / "data"):
        if candidate and (Path(candidate) / "README.md").is_file():
            return Path(candidate)
    return None


@dataclass(frozen=True)
class Agreement:
    """How two curves agree: root mean square difference, mean offset, what remains without it, and correlation."""

    name: str
    side: str
    rms: float
    offset: float
    remaining: float
    correlation: float


def agreement(name: str, side: str, ours: Floats, theirs: Floats) -> Agreement:
    """Compare two curves of the same points."""
    gap = ours - theirs
    return Agreement(
        name,
        side,
        float(np.sqrt((gap**2).mean())),
        float(gap.mean()),
        float(gap.std()),
        float(np.corrcoef(ours, theirs)[0, 1]),
    )


@cache
def rbds(data: Path) -> LabResult:
    """Return the measured running trial of the Fukuchi runner."""
    folder = data / "mocap" / "rbds001"
    moving = read_motion(folder / "RBDS001runT25markers.txt")
    return analyse_lab(moving, read_motion(folder / "RBDS001static.c3d"))


def published_curves(data: Path) -> pd.DataFrame:
    """Return the published curves over the gait cycle, 0 to 100 %."""
    return pd.read_csv(data / "mocap" / "rbds001" / "RBDS001processed25.txt", sep="\t")


def _angles(result: LabResult) -> xr.Dataset:
    if result.angles is None:
        raise ValueError("the trial has no joint angles")
    return result.angles


def _segments(result: LabResult) -> xr.Dataset:
    if result.segments is None:
        raise ValueError("the trial has no segments")
    return result.segments


def _feet(result: LabResult) -> dict[Any, Floats]:
    markers = {"left": ("L.Heel.Bottom", "L.MT1", "L.MT5"), "right": ("R.Heel.Bottom", "R.MT1", "R.MT5")}
    return {
        s: result.motion.position.sel(keypoint=list(names)).mean("keypoint").to_numpy() for s, names in markers.items()
    }


def _cycle(values: Floats, time: Floats, stances: Iterable[Any]) -> Floats:
    """Mean over strides, 101 points from touchdown to the same foot's next."""
    share = np.linspace(0.0, 1.0, 101)
    whole = [s for s in stances if np.isfinite(s.stride_time)]
    rows = [np.interp(s.initial_contact + share * s.stride_time, time, values) for s in whole]
    return np.asarray(np.mean(rows, axis=0), dtype=np.float64)


def angle_rows(data: Path, *, published_contacts: bool = True) -> list[Agreement]:
    """Joint angles over the gait cycle against the published curves, both legs.

    Parameters
    ----------
    data
        Folder of recordings.
    published_contacts
        Cut strides at 40 N of forces smoothed at 10 Hz, as the published curves evidently were (their force at 0 % is
        38 N and rises smoothly); otherwise at Medius' own contacts (20 N), one marker frame later.
    """
    result, curves = rbds(data), published_curves(data)
    contacts = result.contacts
    if published_contacts:
        contacts = contacts_from_forces(result.motion, _feet(result), threshold=40.0, cutoff_hz=10.0)
    time = _angles(result).time.to_numpy()
    rows = []
    for name, angle, column in PUBLISHED:
        for side, letter in (("left", "L"), ("right", "R")):
            values = _angles(result).angle.sel(coordinate=f"{angle}_{side[0]}").to_numpy()
            ours = _cycle(values, time, contacts.of(side))  # type: ignore[arg-type]
            rows.append(agreement(name, side, ours, curves[f"{letter}{column}25"].to_numpy()))
    return rows


def moment_rows(data: Path, mass_kg: float = 62.0) -> list[Agreement]:
    """Hip moments by inverse dynamics (Nm/kg) against the published curves; signs as published."""
    result, curves = rbds(data), published_curves(data)
    contacts = contacts_from_forces(result.motion, _feet(result), threshold=40.0, cutoff_hz=10.0)
    time = _segments(result).time.to_numpy()
    rows = []
    for side, letter in (("left", "L"), ("right", "R")):
        moment = hip_moments(_segments(result), result.motion, side, mass_kg)  # type: ignore[arg-type]
        outwards = -1.0 if side == "right" else 1.0
        for name, axis, sign, column in (("abduction", 0, outwards, "X"), ("flexion", 2, 1.0, "Z")):
            ours = _cycle(sign * moment[:, axis], time, contacts.of(side))  # type: ignore[arg-type]
            rows.append(agreement(f"hip {name} moment", side, ours, curves[f"{letter}hipMom{column}25"].to_numpy()))
    return rows


def demand_rows(data: Path) -> list[tuple[str, str, float, float]]:
    """Greatest hip-abduction moment in stance (Nm/kg) by leg: method, side, value, standard error; published last."""
    result, curves = rbds(data), published_curves(data)
    half = (
        float(np.linalg.norm(result.joint_centres["left_hip"] - result.joint_centres["right_hip"], axis=1).mean()) / 2.0
    )
    rows = []
    for side, letter in (("left", "L"), ("right", "R")):
        stances = [s for s in result.contacts.stances if s.side == side]
        spans = [(s.initial_contact, s.toe_off) for s in stances]
        dynamics = demand_from_forces(_segments(result), result.motion, side, 62.0, spans)  # type: ignore[arg-type]
        contact = float(np.mean([s.duration for s in stances]))
        flight = float(np.nanmean([s.stride_time / 2.0 - s.duration for s in stances]))
        model = demand_from_contact_time(contact, flight, half)
        rows.append(("inverse dynamics", side, dynamics.moment, dynamics.standard_error))
        rows.append(("contact times", side, model.moment, model.standard_error))
        rows.append(("published", side, float(curves[f"{letter}hipMomX25"].max()), float("nan")))
    return rows


@dataclass(frozen=True)
class EventError:
    """Error of contact times against force plates, seconds: bias and spread over n contacts."""

    method: str
    data: str
    event: str
    bias: float
    spread: float
    n: int


def _event_errors(method: str, data: str, found: Sequence[Any], truth: Sequence[Any]) -> list[EventError]:
    rows = []
    for event in ("initial_contact", "toe_off"):
        gaps = []
        for stance in truth:
            near = [
                f for f in found if f.side == stance.side and abs(f.initial_contact - stance.initial_contact) < 0.15
            ]
            gaps += [getattr(f, event) - getattr(stance, event) for f in near[:1]]
        rows.append(EventError(method, data, event, float(np.mean(gaps)), float(np.std(gaps)), len(gaps)))
    return rows


def hamner_truth(data: Path) -> list[Any]:
    """Contacts of the Hamner runner from the force plates of the capture, in the time of the marker file.

    They are stored beside a rendered clip that was made from this capture; its first frame is the capture's 22nd.
    """
    truth = json.loads((data / "rendered" / "run-rear" / "rear01.json").read_text())
    shift = 21.0 / 60.0
    return [
        SimpleNamespace(side=s["side"], initial_contact=s["ic"] + shift, toe_off=s["to"] + shift)
        for s in truth["steps"]
    ]


def contact_rows(data: Path) -> list[EventError]:
    """Contacts from markers and from angles against force plates."""
    folder = data / "mocap" / "rbds001"
    result = rbds(data)
    truth = result.contacts.stances
    bare = read_motion(folder / "RBDS001runT25markers.txt").drop_vars(["force", "centre_of_pressure", "free_moment"])
    markers = analyse_lab(bare, read_motion(folder / "RBDS001static.c3d"))
    rows = _event_errors("foot acceleration, knee extension (markers)", "RBDS, 150 Hz", markers.contacts.stances, truth)
    rows += _event_errors(
        "reach, knee extension (angles)", "RBDS, 150 Hz", contacts_from_angles(_angles(result)).stances, truth
    )
    height = _segments(result).origin.sel(segment="pelvis").to_numpy()[:, 1]
    times = touchdowns_from_pelvis(height, 150.0)
    gaps = [times[np.argmin(np.abs(times - s.initial_contact))] - s.initial_contact for s in truth]
    rows.append(
        EventError(
            "pelvis, shift 15 ms (Milner & Paquette)",
            "RBDS, 150 Hz",
            "initial_contact",
            float(np.mean(gaps)),
            float(np.std(gaps)),
            len(gaps),
        )
    )
    known = hamner_truth(data)
    trial = analyse_lab(read_motion(data / "mocap" / "hamner" / "subject02_running.trc"))
    rows += _event_errors("heel low, toe jerk (markers)", "Hamner, 60 Hz", trial.contacts.stances, known)
    angles = contacts_from_angles(house_angles(hamner_reference(data)))
    rows += _event_errors("reach, knee extension (angles)", "Hamner, 60 Hz", angles.stances, known)
    return rows


def hamner_reference(data: Path) -> Any:
    """Return OpenSim's own inverse-kinematics result of the Hamner runner."""
    return read_storage(data / "mocap" / "hamner" / "subject02_running_ik_first_half.mot")


@cache
def hamner_ik(data: Path) -> InverseKinematics:
    """Inverse kinematics of the Hamner runner with the model and markers that OpenSim used."""
    folder = data / "mocap" / "hamner"
    motion = read_motion(folder / "subject02_running.trc")
    return inverse_kinematics(read_osim(folder / "subject02_registered.osim"), motion, weights=HAMNER_WEIGHTS)


def ik_rows(data: Path) -> list[Agreement]:
    """Inverse kinematics against OpenSim's own result, first half of the recording."""
    reference, ours = hamner_reference(data), hamner_ik(data)
    count = reference.sizes["time"]
    columns = [
        ("pelvis_list", ""),
        *((f"{a}_{s}", s) for a in ("hip_adduction", "hip_flexion", "knee_angle") for s in "lr"),
    ]
    return [
        agreement(name.removesuffix(f"_{side}"), side, ours[name][:count], reference.value.sel(column=name).to_numpy())
        for name, side in columns
    ]


def band_rows(data: Path, count: int = 300) -> list[tuple[str, str, float]]:
    """Largest difference (mm) of the path's length to OpenSim's over postures of running and beyond: model, side, value."""
    import opensim

    opensim.Logger.setLevelString("Off")
    rows = []
    for file in ("opensim/Rajagopal2016.osim", "opensim/LaiUhlrich2022.osim", "mocap/hamner/subject02_registered.osim"):
        model = opensim.Model(str(data / file))
        state = model.initSystem()
        for side in ("left", "right"):
            band = band_from_osim(data / file, side)
            postures = posture_grid(count)
            theirs = opensim_lengths(model, state, band.signs, side, postures)
            rows.append((Path(file).stem, side, float(np.abs(path_length(band, postures) - theirs).max()) * 1000.0))
    return rows


def posture_grid(count: int) -> Floats:
    """Postures (n, 4) in degrees, the order of `ANGLES`: a grid through running, and random ones beyond it."""
    grid = (
        np.array(np.meshgrid([-30, 0, 30, 60], [-10, 0, 10, 20], [-15, 0, 15], [0, 20, 40, 80, 110])).reshape(4, -1).T
    )
    random = np.random.default_rng(5).uniform([-30, -15, -25, 0], [70, 25, 25, 120], size=(count, 4))
    return np.concatenate([grid.astype(float), random])


def opensim_lengths(model: Any, state: Any, signs: Mapping[str, float], side: str, postures: Floats) -> Floats:
    """Lengths (metres) of the muscle ``tfl`` through the OpenSim interface, one posture at a time."""
    letter = side[0]
    family = "rajagopal2016" if signs["knee_flexion"] > 0 else "gait2392"
    names = [SIGNS[family][a][0].format(side=letter) for a in ANGLES]
    coordinates = [model.getCoordinateSet().get(n) for n in names]
    factors = [SIGNS[family][a][1] for a in ANGLES]
    muscle = model.getMuscles().get(f"tfl_{letter}")
    lengths = []
    for row in np.radians(postures):
        for coordinate, value, factor in zip(coordinates, row, factors, strict=True):
            coordinate.setValue(state, value * factor, False)
        model.realizePosition(state)
        lengths.append(muscle.getGeometryPath().getLength(state))
    return np.array(lengths)


def strain_rows(data: Path) -> list[tuple[str, float, float, float]]:
    """Strain (%) of the Hamner runner at touchdown, midstance and its peak, by leg, with the model's own path."""
    angles = house_angles(hamner_reference(data))
    truth = [s for s in hamner_truth(data) if s.toe_off < 4.9]
    model = data / "mocap" / "hamner" / "subject02_registered.osim"
    sides: Any = ("left", "right")
    models = {side: band_from_osim(model, side) for side in sides}
    result = band_strain(angles, truth, source="hamner", models=models)
    return [(c.side, float(c.mean[0]), float(c.mean[50]), float(c.mean.max())) for c in result.curves]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def _agreement_table(rows: Iterable[Agreement], unit: str, digits: int = 2) -> str:
    return _table(
        ("", "leg", f"root mean square ({unit})", f"offset ({unit})", f"without it ({unit})", "correlation"),
        (
            (
                r.name,
                r.side,
                f"{r.rms:.{digits}f}",
                f"{r.offset:+.{digits}f}",
                f"{r.remaining:.{digits}f}",
                f"{r.correlation:.4f}",
            )
            for r in rows
        ),
    )


def sections() -> list[str]:
    """Return the laboratory part of ``docs/accuracy.md`` as Markdown sections; one sentence where data are absent."""
    data = data_folder()
    if data is None:
        return ["## Laboratory\n\nThe recordings are absent, so nothing was measured.\n"]
    events = contact_rows(data)
    event_table = _table(
        ("method", "recording", "event", "bias (ms)", "spread (ms)", "n"),
        (
            (e.method, e.data, e.event.replace("_", " "), f"{e.bias * 1000:+.1f}", f"{e.spread * 1000:.1f}", str(e.n))
            for e in events
        ),
    )
    result = [
        "## Laboratory: joint angles against published curves\n\nOne runner (Fukuchi 2017, subject 1, 2.5 m/s), mean over the "
        "gait cycle. Strides cut as in the published data (40 N, forces at 10 Hz).\n\n"
        + _agreement_table(angle_rows(data), "°")
        + "\n\nThe same with Medius' own contacts (20 N, forces at 50 Hz), one marker frame later:\n\n"
        + _agreement_table(angle_rows(data, published_contacts=False), "°"),
        "## Laboratory: inverse kinematics against OpenSim\n\nHamner 2010, subject 2, 41 markers at 60 Hz, the same model; marker "
        "weights found from OpenSim's result.\n\n" + _agreement_table(ik_rows(data), "°"),
        "## Laboratory: contacts against force plates\n\n" + event_table,
        "## Laboratory: hip moments against published curves\n\n"
        + _agreement_table(moment_rows(data), "Nm/kg")
        + "\n\nGreatest abduction moment in stance:\n\n"
        + _table(
            ("method", "leg", "Nm/kg", "standard error"),
            ((m, s, f"{v:.2f}", "" if np.isnan(e) else f"{e:.2f}") for m, s, v, e in demand_rows(data)),
        ),
        "## Band: strain in running\n\nHamner 2010, the model's own path, contacts from force plates, zero at all angles zero.\n\n"
        + _table(
            ("leg", "touchdown (%)", "midstance (%)", "greatest (%)"),
            ((s, f"{a:+.1f}", f"{b:+.1f}", f"{c:+.1f}") for s, a, b, c in strain_rows(data)),
        ),
    ]
    try:
        lengths = band_rows(data)
    except ImportError:
        return result
    result.append(
        "## Band: length of the path against OpenSim\n\nLargest difference over 540 postures, the same four points.\n\n"
        + _table(("model", "leg", "mm"), ((m, s, f"{v:.1e}") for m, s, v in lengths))
    )
    return result


if __name__ == "__main__":
    print("\n\n".join(sections()))
