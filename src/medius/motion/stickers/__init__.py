"""Two bright round stickers on the pelvis: how Medius sees pelvic drop.

Feed every frame and its key points to a `StickerFinder` while the video is decoded, then ask it for a `StickerResult`;
or hand frames and a Motion to `find_stickers`. No colour, size or place has to be set.
"""

from medius.motion.stickers._finder import StickerFinder, find_stickers
from medius.motion.stickers._result import PixelPlanes, StickerResult

__all__ = ["PixelPlanes", "StickerFinder", "StickerResult", "find_stickers"]
