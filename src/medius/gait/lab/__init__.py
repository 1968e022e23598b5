"""Gait from three dimensions: contacts from forces or markers, and the same measures as from film, per stride."""

from medius.gait.lab.analyse import analyse_lab
from medius.gait.lab.angles import contacts_from_angles
from medius.gait.lab.contacts import contacts_from_forces, contacts_from_markers, touchdowns_from_pelvis
from medius.gait.lab.result import LabNote, LabResult, StrideCurve
from medius.gait.lab.views import film_runner

__all__ = [
    "LabNote",
    "LabResult",
    "StrideCurve",
    "analyse_lab",
    "contacts_from_angles",
    "contacts_from_forces",
    "contacts_from_markers",
    "film_runner",
    "touchdowns_from_pelvis",
]
