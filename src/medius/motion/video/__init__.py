"""Decode the video of a phone, in a process of its own, into planes of brightness and colour."""

from medius.motion.video._frame import Frame
from medius.motion.video._info import ColorInfo, VideoInfo
from medius.motion.video._source import FrameSource, probe, read_frames

__all__ = ["ColorInfo", "Frame", "FrameSource", "VideoInfo", "probe", "read_frames"]
