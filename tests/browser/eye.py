"""Look at a page as axe-core does, at night as well, and as a phone shows it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from playwright.sync_api import Frame, Page

WIDE = {"width": 1000, "height": 800}
PHONE = {"width": 360, "height": 740}
# All of WCAG 2.2 A and AA but the contrast of colours, which takes most of the time: see looks.js. Frames are looked
# at on their own, from within.
_RUN = """axe.run(document, {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
  rules: { "color-contrast": { enabled: false } },
  iframes: false,
  resultTypes: ["violations"],
}).then(({ violations }) => violations)"""
_TOO_WIDE = "document.scrollingElement.scrollWidth > window.innerWidth"
_judged: list[str] = []


def problems(page: Page) -> list[str]:
    """Everything that breaks WCAG 2.2 A or AA by day or night, and whether a phone would have to scroll sideways."""
    # A click is over when the next page has begun.
    page.wait_for_load_state()
    # Without motion: colours that are still on their way from one to the other are nobody's colours.
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    found = violations(page)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    found += ["wider than a phone"] if page.evaluate(_TOO_WIDE) else []
    page.emulate_media(color_scheme="dark")
    found += faint(page)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    return found


def violations(place: Page | Frame) -> list[str]:
    # Evaluated by the debugger, which the page's Content-Security-Policy does not bind: it stays in force.
    if not place.evaluate("'axe' in window"):
        place.evaluate(_axe())
    return _named(place.evaluate(_RUN)) + faint(place)


def faint(place: Page | Frame) -> list[str]:
    """What has too little contrast in the colours that the page has now."""
    seen = place.evaluate(_looks(), _judged)
    _judged.extend(seen["judged"])
    return _named(seen["violations"])


def _named(violations: list[dict[str, Any]]) -> list[str]:
    return [
        f"{violation['id']}: {node['target']} {node['any'][0]['message'] if node['any'] else ''}"
        for violation in violations
        for node in violation["nodes"]
    ]


@cache
def _axe() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text()


@cache
def _looks() -> str:
    return Path(__file__).with_name("looks.js").read_text()
