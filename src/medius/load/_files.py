"""Bytes of any watch file become activities; what the bytes are is told by their content, not by their name."""

from __future__ import annotations

from medius.errors import UnreadableFileError
from medius.load._activity import Reading
from medius.load._fit import read_fit
from medius.load._fit_frames import looks_like_fit
from medius.load._gpx import read_gpx
from medius.load._tcx import read_tcx

__all__ = ["SUFFIXES", "read_watch_file"]

SUFFIXES = (".fit", ".gpx", ".tcx")
"""Endings of the files that watches and their services write."""

_OTHER_KINDS = (
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"{", "JSON"),
    (b"<!DOCTYPE html", "a web page"),
    (b"<html", "a web page"),
)
_HEAD = 4096


def read_watch_file(data: bytes) -> Reading:
    """Read a FIT, GPX or TCX file.

    Raises
    ------
    UnreadableFileError
        If it is none of these, or nothing whole is left of it; the message is half a sentence that goes after the name.
    NoActivityError
        If it holds no activity.
    """
    if not data:
        raise UnreadableFileError("it is empty (0 bytes); copy or export it again")
    if looks_like_fit(data):
        return read_fit(data)
    head = data[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    for magic, kind in _OTHER_KINDS:
        if head.lower().startswith(magic.lower()):
            raise UnreadableFileError(
                f"it is {kind}, not a FIT, GPX or TCX file; export the activity from the watch's service"
            )
    plain = head.replace(b"\x00", b"")
    if b"<gpx" in plain:
        return read_gpx(data)
    if b"<TrainingCenterDatabase" in plain:
        return read_tcx(data)
    if head[:1] == b"<":
        raise UnreadableFileError("it is XML, but neither GPX nor TCX; export the activity as FIT, GPX or TCX")
    raise UnreadableFileError("it is not a FIT, GPX or TCX file, or its beginning is damaged; export it again")
