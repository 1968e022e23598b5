"""Marker-set maps: which marker of a laboratory is which landmark, and which markers ride on which segment.

Each map is a data file in ``sets/``. An unknown set is answered with what is missing and a template to fill
(`marker_set_template`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path

from medius.errors import InvalidValueError, UnreadableFileError

__all__ = ["MarkerSet", "bundled_marker_sets", "find_marker_set", "load_marker_set", "marker_set_template"]

SEGMENTS = ("pelvis", "thigh_r", "shank_r", "foot_r", "thigh_l", "shank_l", "foot_l", "trunk")
"""Segments that markers can ride on; ``_r`` and ``_l`` are the person's own sides."""

_ROLES: dict[str, tuple[str, ...]] = {
    "pelvis": (
        "asis_r",
        "asis_l",
        "psis_r",
        "psis_l",
        "sacrum",
        "iliac_crest_r",
        "iliac_crest_l",
        "trochanter_r",
        "trochanter_l",
    ),
    "pelvis_front": ("asis_r", "asis_l"),
    "pelvis_back": ("psis_r", "psis_l", "sacrum"),
    "pelvis_r": ("asis_r", "iliac_crest_r", "trochanter_r"),
    "pelvis_l": ("asis_l", "iliac_crest_l", "trochanter_l"),
    "feet": (
        "heel_r",
        "heel_l",
        "toe_r",
        "toe_l",
        "mt1_r",
        "mt1_l",
        "mt5_r",
        "mt5_l",
        "ankle_lateral_r",
        "ankle_lateral_l",
    ),
}


@dataclass(frozen=True)
class MarkerSet:
    """A marker set.

    Attributes
    ----------
    name, title, source
        Short name, what a person calls it, and where the names come from.
    landmarks
        Landmark of the body (``asis_r``, ``knee_lateral_l`` …) to the marker that is stuck on it.
    clusters
        Segment to the markers that ride on it while moving.
    poses
        Segment to the name of its pose, for markerless systems that store whole segments (`pose_segments`).
    """

    name: str
    title: str
    source: str
    landmarks: Mapping[str, str]
    clusters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    poses: Mapping[str, str] = field(default_factory=dict)

    def names(self, role: str) -> list[str]:
        """Markers that play a role (``pelvis``, ``pelvis_front``, ``pelvis_back``, ``pelvis_r``, ``feet`` …)."""
        return [self.landmarks[k] for k in _ROLES[role] if k in self.landmarks]

    def markers(self) -> frozenset[str]:
        """All marker names that the set mentions."""
        return frozenset(self.landmarks.values()) | {m for cluster in self.clusters.values() for m in cluster}

    def missing(self, landmarks: Iterable[str], present: Iterable[str]) -> list[str]:
        """Say which of the wanted landmarks have no marker among those `present`."""
        here = set(present)
        return [k for k in landmarks if self.landmarks.get(k) not in here]


def load_marker_set(path: str | Path) -> MarkerSet:
    """Read a marker-set map from a TOML file (see ``docs/motion-capture.md`` for its form).

    Raises
    ------
    UnreadableFileError
        If the file is not a marker-set map; the message says which part is wrong.
    """
    file = Path(path)
    try:
        return _parse(file.read_text(encoding="utf-8"), file.stem)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise UnreadableFileError(
            f"{file.name} is not a marker-set map: {error}. Start from `marker_set_template()`."
        ) from error


def _parse(text: str, name: str) -> MarkerSet:
    raw = tomllib.loads(text)
    landmarks: dict[str, str] = {k: str(v) for k, v in raw.get("landmarks", {}).items()}
    clusters: dict[str, tuple[str, ...]] = {k: tuple(map(str, v)) for k, v in raw.get("clusters", {}).items()}
    letters = raw.get("side", {"r": "R", "l": "L"})
    for side in ("r", "l"):
        for key, marker in raw.get("landmarks_both_sides", {}).items():
            landmarks[f"{key}_{side}"] = str(marker).replace("{side}", letters[side])
        for key, members in raw.get("clusters_both_sides", {}).items():
            clusters[f"{key}_{side}"] = tuple(str(m).replace("{side}", letters[side]) for m in members)
    unknown = set(clusters) - set(SEGMENTS)
    if unknown:
        raise ValueError(f"unknown segments {sorted(unknown)}; known are {', '.join(SEGMENTS)}")
    poses = {str(k): str(v) for k, v in raw.get("poses", {}).items()}
    return MarkerSet(
        raw.get("name", name),
        raw.get("title", name),
        raw.get("source", ""),
        landmarks,
        {k: v for k, v in clusters.items() if v},
        poses,
    )


@cache
def bundled_marker_sets() -> tuple[MarkerSet, ...]:
    """All marker sets that ship with Medius."""
    folder = files("medius.motion.mocap") / "sets"
    entries = sorted((e for e in folder.iterdir() if e.name.endswith(".toml")), key=lambda e: e.name)
    return tuple(_parse(e.read_text(encoding="utf-8"), e.name.removesuffix(".toml")) for e in entries)


def find_marker_set(present: Iterable[str], *, name: str | None = None) -> MarkerSet:
    """Choose the bundled marker set that fits the markers of a file, or the one called `name`.

    Parameters
    ----------
    present
        Marker names in the file (of the moving and the still trial together).
    name
        Choose this set; still says what is missing if it fits badly.

    Raises
    ------
    InvalidValueError
        If no set fits: the message lists what the nearest one lacks and how to write a map.
    """
    here = set(present)
    sets = bundled_marker_sets()
    if name is not None:
        chosen = [s for s in sets if s.name == name]
        if not chosen:
            raise InvalidValueError(f"No marker set '{name}'. Known: {', '.join(s.name for s in sets)}.")
        return chosen[0]
    scored = sorted(sets, key=lambda s: (_fit(s, here), len(s.markers() & here)), reverse=True)
    best = scored[0]
    if _fit(best, here) < 0.6:
        near = sorted(best.markers() - here)
        hint = (
            f" The nearest is '{best.title}', which also has {', '.join(near[:12])}." if _fit(best, here) > 0.3 else ""
        )
        raise InvalidValueError(
            f"The markers of this file ({', '.join(sorted(here)[:8])} …) are of no set that Medius knows "
            f"({', '.join(s.title for s in sets)}).{hint} Write a map: `medius strain FILE --marker-template` prints one "
            "to fill in; pass it with --marker-set (marker_set= in Python)."
        )
    return best


def _fit(markers: MarkerSet, here: set[str]) -> float:
    """Share of what a moving trial needs (clusters, and pelvis and feet) that is present."""
    needed = {m for cluster in markers.clusters.values() for m in cluster}
    needed |= set(markers.names("pelvis_front")) | set(markers.names("pelvis_back"))
    return len(needed & here) / max(len(needed), 1)


def marker_set_template(present: Iterable[str] = ()) -> str:
    """Return a marker-set map to fill in, with the markers of a file listed at its end."""
    landmarks = ("knee_lateral", "knee_medial", "ankle_lateral", "ankle_medial", "heel", "mt1", "mt5", "toe")
    lines = [
        'name = "my-lab"',
        'title = "What people call it"',
        'source = "Where the names come from"',
        'side = { r = "R", l = "L" }  # replaces {side} below',
        "",
        "[landmarks]",
        'c7 = ""',
        'sacrum = ""',
        "",
        "[landmarks_both_sides]",
        *(f'{key} = "{{side}}…"' for key in ("asis", "psis", "acromion", *landmarks)),
        "",
        "[clusters]",
        "pelvis = []",
        "trunk = []",
        "",
        "[clusters_both_sides]",
        *(f"{key} = []" for key in ("thigh", "shank", "foot")),
        "",
        "# Markers in the file:",
        *(f"#   {name}" for name in sorted(present)),
    ]
    return "\n".join(lines) + "\n"
