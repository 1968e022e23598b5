"""A file that cannot be used gets a sentence; of a damaged one, what is whole is used."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from medius.errors import UnreadableFileError
from medius.motion.video import FrameSource, probe

from .conftest import ClipMaker, number_in


def refusal(path: Path) -> str:
    """Return the sentence with which probing and opening refuse `path`."""
    with pytest.raises(UnreadableFileError) as probed:
        probe(path)
    with pytest.raises(UnreadableFileError) as opened, FrameSource(path):
        pass
    assert str(probed.value) == str(opened.value)
    sentence = str(probed.value)
    assert re.search(r"\. \S.*\.$", sentence), "what is wrong, then what to do"
    assert "Error" not in sentence
    assert "Errno" not in sentence
    return sentence


def test_missing(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "none.mp4")


def test_folder(tmp_path: Path) -> None:
    assert "is not a file" in refusal(tmp_path)


def test_zero_bytes(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    assert "0 bytes" in refusal(tmp_path / "empty.mp4")


@pytest.mark.parametrize(
    "content",
    [b"just some text\n" * 50, bytes(5000), np.random.default_rng(0).bytes(50_000), b"%PDF-1.7\n" + bytes(999), b"\0"],
)
def test_not_a_video(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "clip.mp4").write_bytes(content)
    assert "is not a video that Medius reads" in refusal(tmp_path / "clip.mp4")


@pytest.mark.parametrize("ending", ["png", "jpg", "gif", "bmp", "webp"])
def test_pictures(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"photo.{ending}"
    Image.new("RGB", (64, 48), (200, 30, 30)).save(path)
    assert "is a picture" in refusal(path)


def test_a_photograph_in_a_film_container(tmp_path: Path) -> None:
    path = tmp_path / "photo.avif"
    Image.new("RGB", (64, 48), (200, 30, 30)).save(path)
    assert "is a photograph" in refusal(path)


def test_only_sound(tmp_path: Path) -> None:
    path = tmp_path / "sound.m4a"
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.float32), "fltp", "mono")
        frame.rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert "holds only sound" in refusal(path)


@pytest.mark.parametrize("ending", ["m3u8", "mp4", "txt"])
@pytest.mark.parametrize(
    "text",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{clip}\n#EXT-X-ENDLIST\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{clip}'\n",
    ],
)
def test_lists_of_other_files_are_not_followed(make_clip: ClipMaker, tmp_path: Path, text: str, ending: str) -> None:
    path = tmp_path / f"list.{ending}"
    path.write_text(text.format(clip=make_clip("inner.mp4")))
    assert "is a list of other files" in refusal(path)


def test_a_recording_that_was_never_finished(make_clip: ClipMaker, tmp_path: Path) -> None:
    whole = make_clip(n_frames=60).read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    assert "index is missing" in refusal(tmp_path / "cut.mp4")


def test_no_permission(make_clip: ClipMaker) -> None:
    clip = make_clip()
    clip.chmod(0)
    try:
        clip.read_bytes()
    except PermissionError:
        assert "permissions" in refusal(clip)
    else:
        pytest.skip("the administrator may read everything")
    finally:
        clip.chmod(0o600)


@pytest.mark.parametrize(
    ("name", "mux"), [("cut.mp4", {"movflags": "faststart"}), ("cut.mkv", {}), ("cut.webm", {}), ("cut.ts", {})]
)
def test_truncated_files_give_what_is_whole(
    make_clip: ClipMaker, tmp_path: Path, name: str, mux: dict[str, str]
) -> None:
    codec = "libvpx-vp9" if name.endswith("webm") else "libx264"
    options = {"deadline": "realtime", "b:v": "3M"} if name.endswith("webm") else {"g": "10"}
    clip = make_clip(name, n_frames=120, codec=codec, options=options, mux=mux)
    whole = clip.read_bytes()
    clip.write_bytes(whole[: len(whole) * 6 // 10])
    with FrameSource(clip) as source:
        numbers = [number_in(frame.luma) for frame in source]
    assert numbers == list(range(len(numbers)))
    assert 30 < len(numbers) < 110
    if not name.endswith("ts"):  # a transport stream declares no length: it may be cut anywhere
        assert any("breaks off" in note for note in source.notes)


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.ts"])
def test_damaged_pictures_are_left_out(make_clip: ClipMaker, name: str) -> None:
    clip = make_clip(name, n_frames=120, options={"g": "20", "bf": "0"})
    content = bytearray(clip.read_bytes())
    middle = slice(len(content) * 4 // 10, len(content) * 5 // 10)
    content[middle] = np.random.default_rng(1).bytes(len(content[middle]))
    clip.write_bytes(content)
    with FrameSource(clip) as source:
        seen = [(frame.index, frame.time_s, number_in(frame.luma)) for frame in source]
    assert 40 < len(seen) < 120
    right = [number == round(time * 30) for _, time, number in seen]
    assert np.mean(right) > 0.97  # a picture may still be wrong where the damage itself looks like video
    assert any("damaged" in note for note in source.notes), source.notes


def test_random_damage_never_stops_the_program(make_clip: ClipMaker, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    for kind, codec in (("mp4", "libx264"), ("webm", "libvpx-vp9")):
        whole = make_clip(f"clip.{kind}", n_frames=30, codec=codec).read_bytes()
        for trial in range(6):
            content = bytearray(whole)
            for place in rng.integers(0, len(content), 30):
                content[place] ^= int(rng.integers(1, 256))
            path = tmp_path / f"{trial}.{kind}"
            path.write_bytes(content)
            times: list[float] = []
            with suppress(UnreadableFileError), FrameSource(path) as source:
                times = [frame.time_s for frame in source]
            assert (np.diff(times) > 0).all()


def test_real_clips_open(data: Path) -> None:
    clips = sorted((data / "video").rglob("*.mp4"))
    assert clips
    for clip in clips:
        with FrameSource(clip) as source:
            times = np.array([frame.time_s for frame in source])
        assert source.notes == [], clip
        assert source.info.n_frames == len(times)
        assert times[0] == 0
        assert (np.diff(times) > 0).all()
        assert 1 / np.median(np.diff(times)) == pytest.approx(source.info.fps_median, rel=0.01)
