"""``medius strain``: how hard each stride pulls on the iliotibial band, from motion capture or joint angles."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from medius.cli._console import error_console, output_console
from medius.errors import InvalidValueError, MediusError, NothingToMeasureError, UnreadableFileError

if TYPE_CHECKING:
    import xarray as xr
    from rich.table import Table

    from medius.band import StrainResult, WhatIf
    from medius.gait.contacts import Contacts
    from medius.record import Observation, Side

__all__ = ["register"]

SCHEMA = "medius.strain/1"

_HONEST = (
    "A path-length proxy: how far the ends of the band move apart, not what the tissue feels (M13). No diagnosis. "
    "`medius evidence M13` tells more."
)


@dataclass
class _Given:
    """What a file gave: angles, contacts, and what a reader should know."""

    angles: xr.Dataset
    contacts: Contacts
    notes: list[tuple[str, str]]
    centres: dict[str, Any] = field(default_factory=dict)
    segments: xr.Dataset | None = None
    motion: xr.Dataset | None = None


@dataclass(frozen=True)
class _Options:
    """Options of the command that the readers need."""

    static: Path | None
    model: Path | None
    marker_set: str | None
    unit: str | None
    up: str | None
    forward: str | None
    mirror: bool
    signs: str | None


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("strain")(strain_command)


def strain_command(
    file: Annotated[Path, typer.Argument(help="C3D, TRC, marker text (.txt), or joint angles (.mot, .sto).")],
    static: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Still, upright trial of the same markers.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")] = False,
    model: Annotated[
        Path | None,
        typer.Option(metavar="OSIM", help="OpenSim model registered to the person: angles by inverse kinematics."),
    ] = None,
    marker_set: Annotated[
        str | None, typer.Option(metavar="NAME|TOML", help="Marker set. Default: recognised from the names.")
    ] = None,
    template: Annotated[
        bool, typer.Option("--marker-template", help="Print a marker-set map of this file to fill in, and stop.")
    ] = False,
    unit: Annotated[str | None, typer.Option(help="Length unit of the file, if it is missing or wrong: mm, m.")] = None,
    up: Annotated[str | None, typer.Option(help="Axis of the file that points up: y, z, -y.")] = None,
    forward: Annotated[str | None, typer.Option(help="Axis of the file that the person faces.")] = None,
    mirror: Annotated[bool, typer.Option("--mirror", help="The file's axes are left-handed.")] = False,
    signs: Annotated[
        str | None, typer.Option(help="Signs of joint angles: rajagopal2016 (knee flexion positive) or gait2392.")
    ] = None,
    change: Annotated[
        list[str] | None,
        typer.Option(
            "--what-if", metavar="NAME=AMOUNT", help="hip_adduction=-3, pelvic_drop=2, step_width=0.03, cadence=5."
        ),
    ] = None,
    mass: Annotated[float | None, typer.Option(metavar="KG", help="Body mass, for the abductor reserve.")] = None,
    strength: Annotated[
        float | None, typer.Option(metavar="NM/KG", help="Measured hip-abduction strength, for the abductor reserve.")
    ] = None,
) -> None:
    """Measure the strain of the iliotibial band's path in every stride.

    Examples
    --------
      medius strain run.c3d --static standing.c3d

      medius strain ik.mot --json

      medius strain run.trc --model subject.osim --what-if step_width=0.03
    """
    if template:
        typer.echo(_template(file, unit), nl=False)
        return
    options = _Options(static, model, marker_set, unit, up, forward, mirror, signs)
    source = f"sha256:{_digest(file)}"
    given = (
        _read_angles_file(file, options)
        if file.suffix.lower() in (".mot", ".sto")
        else _read_trial(file, options, source)
    )
    result, models = _strain(given, source)
    changes = [_what_if(given, models, text, source) for text in change or []]
    reserve = _reserve(given, mass, strength, source)
    if as_json:
        typer.echo(
            json.dumps(
                _as_json(file, source, given, result, changes, reserve), indent=2, allow_nan=False, ensure_ascii=False
            )
        )
        return
    _show(given, result, changes, reserve)


def _template(file: Path, unit: str | None) -> str:
    from medius.motion import read_motion
    from medius.motion.mocap import marker_set_template

    return marker_set_template(read_motion(file, unit=unit).keypoint.to_numpy().tolist())


def _digest(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise UnreadableFileError(
            f"{file} cannot be opened ({error.strerror}). Check the spelling of the path."
        ) from error


def _read_angles_file(file: Path, options: _Options) -> _Given:
    from medius.band import house_angles
    from medius.gait.contacts import Contacts
    from medius.gait.lab import contacts_from_angles
    from medius.motion.mocap import read_storage

    angles = house_angles(read_storage(file), family=options.signs)
    family = angles.attrs["log"][0]["family"]
    notes = [("signs", f"Joint angles with the signs of {family}.")]
    try:
        contacts = contacts_from_angles(angles)
        notes.append(("contacts", "Contacts from the movement of the feet that the angles give."))
    except NothingToMeasureError as error:
        contacts = Contacts((), "none", float("nan"))
        notes.append(("no-contacts", str(error)))
    return _Given(angles, contacts, notes)


def _read_trial(file: Path, options: _Options, source: str) -> _Given:
    import medius.motion.mocap  # noqa: F401 - registers its readers
    from medius.gait.lab import analyse_lab
    from medius.motion import read_motion

    motion = read_motion(file, unit=options.unit)
    static = read_motion(options.static, unit=options.unit) if options.static else None
    lab = analyse_lab(
        motion,
        static,
        source=source,
        marker_set=options.marker_set,
        up=options.up,
        forward=options.forward,
        mirror=options.mirror,
    )
    notes = [(n.code, n.message) for n in lab.notes]
    if options.model is not None:
        return _Given(_by_inverse_kinematics(lab.motion, options.model, notes), lab.contacts, notes)
    if lab.angles is None or not any(str(c).startswith("knee_flexion") for c in lab.angles.coordinate.to_numpy()):
        reasons = " ".join(m for code, m in notes if code in ("no-joint-angles", "segments", "no-static"))
        raise NothingToMeasureError(f"No joint angles, so no strain. {reasons}")
    return _Given(lab.angles, lab.contacts, notes, dict(lab.joint_centres), lab.segments, lab.motion)


def _by_inverse_kinematics(motion: xr.Dataset, model: Path, notes: list[tuple[str, str]]) -> xr.Dataset:
    import xarray as xr

    from medius.band import house_angles
    from medius.body import inverse_kinematics, read_osim

    found = inverse_kinematics(read_osim(model), motion)
    notes.append(
        (
            "inverse-kinematics",
            f"{len(found.markers)} markers on {model.name}, off by {1000 * found.residual.mean():.0f} mm.",
        )
    )
    table = xr.Dataset(
        {"value": (("time", "column"), found.angles)},
        coords={"time": motion.time.to_numpy(), "column": list(found.coordinates)},
        attrs={"in_degrees": True, "rate": float(motion.attrs["fps"])},
    )
    return house_angles(table)


def _strain(given: _Given, source: str) -> tuple[StrainResult, Any]:
    from medius.band import band_strain, bands_for

    models = None
    try:
        models = bands_for(given.centres) if given.centres else None
        if models:
            given.notes.append(("scaled", "The path is scaled to this person's hip distance, thigh and shank."))
    except InvalidValueError as error:
        given.notes.append(
            ("not-scaled", f"{error} The path of a man of 1.70 m is used; strain hardly depends on size.")
        )
    if not given.contacts.stances:
        given.notes.append(("no-contacts", "No contacts were found, so there is strain over time but none per stride."))
    if given.contacts.duty_factor > 0.5:
        given.notes.append(("walking", "This is walking: strain is measured, but figures of runners do not apply."))
    return band_strain(given.angles, given.contacts.stances, source=source, models=models), models


def _what_if(given: _Given, models: Any, text: str, source: str) -> WhatIf:
    from medius.band import BOUNDS, what_if

    name, _, amount = text.partition("=")
    kinds = {k: k for k in BOUNDS}
    if name not in kinds:
        raise InvalidValueError(f"'{text}' is no change. Write NAME=AMOUNT with one of {', '.join(BOUNDS)}.")
    try:
        value = float(amount)
    except ValueError as error:
        raise InvalidValueError(f"'{amount}' is no number. Write for example {name}=2.") from error
    return what_if(given.angles, given.contacts.stances, kinds[name], value, models=models, source=source)


def _reserve(given: _Given, mass: float | None, strength: float | None, source: str) -> list[Observation]:
    """Share of strength that running asks for: by inverse dynamics where there are forces, else from contact times."""
    if strength is None:
        return []
    from medius.band import abductor_reserve

    sides: tuple[Side, Side] = ("left", "right")
    result = []
    for side in sides:
        try:
            demand = _demand(given, side, mass)
        except MediusError as error:
            given.notes.append(("no-reserve", str(error)))
            continue
        # A hand-held dynamometer in one hand: about a tenth, own judgement.
        result.append(abductor_reserve(demand, strength, 0.1 * strength, side=side, source=source))
    return result


def _demand(given: _Given, side: Side, mass: float | None) -> Any:
    import numpy as np

    from medius.band import demand_from_contact_time, demand_from_forces

    stances = given.contacts.of(side)
    if mass is not None and given.motion is not None and given.segments is not None and "force" in given.motion:
        spans = [(s.initial_contact, s.toe_off) for s in stances]
        return demand_from_forces(given.segments, given.motion, side, mass, spans)
    whole = [s for s in stances if np.isfinite(s.stride_time)]
    if not whole or "left_hip" not in given.centres or "right_hip" not in given.centres:
        raise NothingToMeasureError(
            "The abductor reserve needs forces and body mass, or contacts and both hip centres."
        )
    half = float(np.nanmedian(np.linalg.norm(given.centres["left_hip"] - given.centres["right_hip"], axis=1))) / 2.0
    contact = float(np.mean([s.duration for s in whole]))
    flight = float(np.mean([s.stride_time / 2.0 - s.duration for s in whole]))
    return demand_from_contact_time(contact, flight, half, side=side)


def _as_json(
    file: Path, source: str, given: _Given, result: StrainResult, changes: list[WhatIf], reserve: list[Observation]
) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "inputs": [{"path": str(file), "sha256": source.removeprefix("sha256:"), "view": "3d", "fps": _fps(given),
                    "frames": int(given.angles.sizes["time"])}],
        "quality": [{"code": code, "message": message} for code, message in given.notes],
        "reference": result.reference,
        "observations": [o.to_json() for o in (*result.observations, *reserve)],
        "curves": [
            {"side": c.side, "phase": "stance", "unit": "%", "mean": c.mean.round(4).tolist(), "sd": c.sd.round(4).tolist(),
             "n_strides": c.n_strides}
            for c in result.curves
        ],
        "what_if": [
            {"change": w.change, "amount": w.amount, "unit": w.unit, "hip_adduction_deg": w.hip_adduction_deg,
             "difference": [{"code": code, "side": side, "value": value} for (code, side), value in w.difference.items()],
             "how": w.how, "certainty": w.certainty, "evidence": list(w.evidence)}
            for w in changes
        ],
    }  # fmt: skip


def _fps(given: _Given) -> float:
    return round(float(given.angles.attrs["fps"]), 4)


def _show(given: _Given, result: StrainResult, changes: list[WhatIf], reserve: list[Observation]) -> None:
    console = output_console()
    console.print(_table(list(result.observations)))
    console.print(f"[dim]Zero strain: {result.reference}. {_HONEST}[/]", soft_wrap=True)
    for item in changes:
        console.print(f"\n[bold]What if {item.change.replace('_', ' ')} changed by {item.amount:+g} {item.unit}?[/]")
        for (code, side), value in item.difference.items():
            if code in ("itb_strain_midstance", "itb_strain_rate_loading"):
                unit = "%/s" if "rate" in code else "%"
                console.print(f"  {_title(code)}, {side}: {value:+.2f} {unit}")
        console.print(f"  [dim]{item.how} {item.certainty}[/]", soft_wrap=True)
    for observation in reserve:
        low, high = observation.interval_95 or (0.0, 0.0)
        console.print(
            f"\nAbductor reserve, {observation.side}: running asks for {observation.value:.1f} times the measured strength "
            f"(95 %: {low:.1f} to {high:.1f}). {observation.detail['how']} It says nothing about how far the pelvis drops "
            "(M11, C02).",
            soft_wrap=True,
        )
    notes = error_console()
    for _, message in given.notes:
        notes.print(f"- {message}", markup=False, soft_wrap=True)


def _title(code: str) -> str:
    from medius.band import MEASURES

    return MEASURES[code][0]


def _table(observations: list[Observation]) -> Table:
    from rich.table import Table

    table = Table(title="Strain of the iliotibial band's path")
    for heading in ("", "leg", "value", "95 %", "strides"):
        table.add_column(heading, justify="left" if heading in ("", "leg") else "right")
    for o in observations:
        if o.value is None:
            table.add_row(_title(o.code), o.side, "–", o.reason or "", "")
            continue
        low, high = o.interval_95 or (o.value, o.value)
        digits = 3 if o.unit == "s" else 1
        mark = "*" if o.status == "provisional" else ""
        table.add_row(
            _title(o.code),
            o.side,
            f"{o.value:.{digits}f} {o.unit}{mark}",
            f"{low:.{digits}f} to {high:.{digits}f}",
            str(o.n_strides),
        )
    return table
