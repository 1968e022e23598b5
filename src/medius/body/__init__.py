"""The skeleton: segments, joint axes, forward and inverse kinematics, a virtual camera."""
