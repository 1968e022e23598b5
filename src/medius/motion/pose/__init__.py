"""Pose estimation: a small port with adapters behind it."""

from medius.motion.pose.blazepose import BLAZEPOSE_KEYPOINTS, BlazePose
from medius.motion.pose.fake import FakeEstimator
from medius.motion.pose.models import MODELS, find_model, model_folders, prepare_models
from medius.motion.pose.port import Picture, Pose, PoseEstimator
from medius.motion.pose.rtmpose import RtmPose

__all__ = [
    "BLAZEPOSE_KEYPOINTS",
    "MODELS",
    "BlazePose",
    "FakeEstimator",
    "Picture",
    "Pose",
    "PoseEstimator",
    "RtmPose",
    "find_model",
    "model_folders",
    "prepare_models",
]
