"""Whatever moves: video, key points and motion capture, in one shape."""

from medius.motion.dataset import VIEWS, make_motion, validate_motion, with_log
from medius.motion.keypoint_files import read_keypoints
from medius.motion.readers import read_motion, reader, registered_suffixes

__all__ = [
    "VIEWS",
    "make_motion",
    "read_keypoints",
    "read_motion",
    "reader",
    "registered_suffixes",
    "validate_motion",
    "with_log",
]

from medius.motion import mocap as mocap  # registers the readers of motion capture
