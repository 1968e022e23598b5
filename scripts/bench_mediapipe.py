"""Time ``mediapipe`` on a clip; runs in an environment of its own and imports nothing of Medius.

Called with the clip and how many frames to measure. Prints seconds a frame once it runs, and seconds a frame of the whole
clip, in which loading the network and the first frames, where it looks for the person, are spread over all its frames.
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
    in_clip = max(int(capture.get(cv2.CAP_PROP_FRAME_COUNT)), SKIP + 1)
    done = 0
    began = started = time.perf_counter()
    with solutions.pose.Pose(model_complexity=2) as pose:
        while done < n_frames + SKIP:
            there, frame = capture.read()
            if not there:
                break
            pose.process(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB))
            done += 1
            if done == SKIP:
                started = time.perf_counter()
            ended = time.perf_counter()
    running = (ended - started) / (done - SKIP)
    print(running, (started - began + running * (in_clip - SKIP)) / in_clip)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
