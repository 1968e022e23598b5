"""Motion capture: readers and writers of laboratory files, marker sets, axes, and anatomical frames."""

from medius.motion.mocap._rigid import lowest_seen, mean_seen
from medius.motion.mocap.c3d import read_c3d, write_c3d
from medius.motion.mocap.cast import (
    Calibration,
    calibrate,
    landmark_segments,
    move_segments,
)
from medius.motion.mocap.clean import fill_gaps, low_pass, smooth_markers
from medius.motion.mocap.hip_centre import functional_hip_centre, harrington_hip_centre
from medius.motion.mocap.markersets import (
    MarkerSet,
    bundled_marker_sets,
    find_marker_set,
    load_marker_set,
    marker_set_template,
)
from medius.motion.mocap.markertext import read_marker_text
from medius.motion.mocap.poses import pose_segments
from medius.motion.mocap.storage import read_storage, write_storage
from medius.motion.mocap.trc import read_trc, write_trc
from medius.motion.mocap.units import METRES_PER_UNIT, orient

__all__ = [
    "METRES_PER_UNIT",
    "Calibration",
    "MarkerSet",
    "bundled_marker_sets",
    "calibrate",
    "fill_gaps",
    "find_marker_set",
    "functional_hip_centre",
    "harrington_hip_centre",
    "landmark_segments",
    "load_marker_set",
    "low_pass",
    "lowest_seen",
    "marker_set_template",
    "mean_seen",
    "move_segments",
    "orient",
    "pose_segments",
    "read_c3d",
    "read_marker_text",
    "read_storage",
    "read_trc",
    "smooth_markers",
    "write_c3d",
    "write_storage",
    "write_trc",
]
