"""Time ``mediapipe`` on a clip; runs in an environment of its own and imports nothing of Medius.

Called with the clip and how many frames. Prints seconds a frame, without loading and without the first frames, in which
``mediapipe`` looks for the person.
"""

from __future__ import annotations

import sys
import time

SKIP = 5


def main(clip: str, n_frames: int) -> None:
    """Follow the pose as its own documentation does: OpenCV's frames, turned to RGB, into ``Pose.process``."""
    import cv2
    from mediapipe import solutions  # type: ignore[import-not-found, unused-ignore]

    capture = cv2.VideoCapture(clip)
    started, done = 0.0, 0
    with solutions.pose.Pose(model_complexity=2) as pose:
        while done < n_frames + SKIP:
            there, frame = capture.read()
            if not there:
                break
            pose.process(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB))
            done += 1
            if done == SKIP:
                started = time.perf_counter()
    print((time.perf_counter() - started) / (done - SKIP))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
