"""The page and the video in a real browser: nothing is loaded, nothing spills over, the video plays."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from medius.report import AnnotatedVideoWriter, Overlay, Reading, ReportData, write_report

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        try:
            running = started.chromium.launch(executable_path=shutil.which("chromium"))
        except playwright.Error:
            pytest.skip("no Chromium: install one, or run 'playwright install chromium'")
        yield running
        running.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_page_fits_and_loads_nothing(
    browser: Browser, report_data: ReportData, tmp_path: Path, width: int, scheme: str
) -> None:
    path = write_report(report_data, tmp_path, ("html",))[0]
    page = browser.new_page(
        viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light"
    )
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    assert said == []
    assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(22, 29, 33)")
    assert page.get_by_role("table").get_by_role("row").count() > 5, "cards on a phone are still a table"
    page.close()


def test_video_plays(browser: Browser, tmp_path: Path) -> None:
    with AnnotatedVideoWriter(tmp_path / "a.webm", 180, 320, 30.0) as video:
        for level in range(0, 120, 4):
            frame = np.full((320, 180, 3), level, dtype=np.uint8)
            video.write(frame, Overlay(readings=[Reading("Angle", level / 10, 1.0)]))
    (tmp_path / "a.html").write_text('<video src="a.webm" muted autoplay></video>')
    page = browser.new_page()
    page.goto((tmp_path / "a.html").as_uri())
    page.wait_for_function("document.querySelector('video').ended", timeout=10_000)
    size = page.evaluate("(v => [v.videoWidth, v.videoHeight, v.duration])(document.querySelector('video'))")
    assert size[:2] == [180, 400]
    assert size[2] == pytest.approx(1.0, abs=0.05)
    page.close()
