"""Time ``mediapipe`` on a clip; runs in an environment of its own and imports nothing of Medius.

Called with the clip and how many frames to measure. Prints seconds a frame in the quickest frames in a row, and the same with
loading the network and the first frames, in which it looks for the person, spread over the whole clip.
"""

from __future__ import annotations

import sys
import time

SKIP = 5
WINDOW = 60


def main(clip: str, n_frames: int) -> None:
    """Follow the pose as its own documentation does: OpenCV's frames, turned to RGB, into ``Pose.process``."""
    import cv2
    from mediapipe import solutions  # type: ignore[import-not-found, unused-ignore]

    capture = cv2.VideoCapture(clip)
    in_clip = max(int(capture.get(cv2.CAP_PROP_FRAME_COUNT)), SKIP + 1)
    done: list[float] = []
    began = time.perf_counter()
    with solutions.pose.Pose(model_complexity=2) as pose:
        while len(done) < n_frames + SKIP:
            there, frame = capture.read()
            if not there:
                break
            pose.process(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB))
            done.append(time.perf_counter())
    window = min(WINDOW, len(done) - SKIP - 1)
    running = min(end - start for start, end in zip(done[SKIP:], done[SKIP + window :], strict=False)) / window
    print(running, running + (done[SKIP - 1] - began - SKIP * running) / in_clip)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
