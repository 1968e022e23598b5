"""The animation in a real browser: it moves, comes back to where it began, and loads nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pytest

from medius.exercises import animate, exercise

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

_POINTS = """seconds => {
  const svg = document.querySelector('svg');
  svg.pauseAnimations();
  svg.setCurrentTime(seconds);
  return [...document.querySelectorAll('polygon')].map(p => [...p.animatedPoints].map(q => [q.x, q.y]));
}"""


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


@pytest.mark.parametrize("name", ["clamshell", "single-leg-deadlift", "pelvic-drop"])
def test_one_repetition_moves_and_returns(browser: Browser, name: str) -> None:
    item = exercise(name)
    length = sum(phase.seconds + phase.hold for phase in item.phases)
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(animate(item, "front", "left"))
    first, top, again = (page.evaluate(_POINTS, moment) for moment in (0.0, 0.5 * length, length))

    def farthest(other: list[list[list[float]]]) -> float:
        return max(float(np.abs(np.array(p) - np.array(q)).max()) for p, q in zip(first, other, strict=True))

    assert farthest(top) > 15
    assert farthest(again) < 1e-6
    assert asked == []
    page.close()
