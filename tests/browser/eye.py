"""Look at a page as axe-core does, at night as well, and as a phone shows it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import Frame, Page

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDE = {"width": 1000, "height": 800}
PHONE = {"width": 360, "height": 740}
# Frames are looked at on their own, from within.
_RUN = "runOnly => axe.run(document, {runOnly, iframes: false, resultTypes: ['violations']})"
_TOO_WIDE = "document.scrollingElement.scrollWidth > window.innerWidth"


def problems(page: Page, *, at_night: bool = True) -> list[str]:
    """Everything that breaks WCAG 2.2 A or AA by day or night, and whether a phone would have to scroll sideways."""
    # Without motion: colours that are still on their way from one to the other are nobody's colours.
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    found = violations(page, {"type": "tag", "values": WCAG})
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    found += ["wider than a phone"] if page.evaluate(_TOO_WIDE) else []
    if at_night:
        page.emulate_media(color_scheme="dark")
        found += violations(page, {"type": "rule", "values": ["color-contrast"]})
        page.emulate_media(color_scheme="light")
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    return found


def violations(place: Page | Frame, only: dict[str, Any] | None = None) -> list[str]:
    # Evaluated by the debugger, which the page's Content-Security-Policy does not bind: it stays in force.
    if not place.evaluate("'axe' in window"):
        place.evaluate(_axe())
    results = place.evaluate(_RUN, only or {"type": "tag", "values": WCAG})
    return [
        f"{violation['id']}: {node['target']} {node['any'][0]['message'] if node['any'] else ''}"
        for violation in results["violations"]
        for node in violation["nodes"]
    ]


@cache
def _axe() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text()
