"""The skeleton: segments, joint axes, forward and inverse kinematics, a virtual camera."""

from medius.body.angles import ANGLE_NAMES, joint_angles, static_offsets
from medius.body.camera import Camera, film_motion
from medius.body.inverse import InverseKinematics, inverse_kinematics
from medius.body.kinematics import Frames, angle_array, landmark_motion, place_points, place_segments
from medius.body.osim import read_osim, read_osim_path
from medius.body.rotation import about_axis, cardan_zxy
from medius.body.scaling import scale_to_centres, segment_factors
from medius.body.skeleton import Coordinate, Joint, Landmark, Skeleton, adult

__all__ = [
    "ANGLE_NAMES",
    "Camera",
    "Coordinate",
    "Frames",
    "InverseKinematics",
    "Joint",
    "Landmark",
    "Skeleton",
    "about_axis",
    "adult",
    "angle_array",
    "cardan_zxy",
    "film_motion",
    "inverse_kinematics",
    "joint_angles",
    "landmark_motion",
    "place_points",
    "place_segments",
    "read_osim",
    "read_osim_path",
    "scale_to_centres",
    "segment_factors",
    "static_offsets",
]
