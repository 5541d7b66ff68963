"""The colours that text and controls are made of can be told apart, in the light scheme and in the dark one."""

from __future__ import annotations

import re

import pytest

from lti_tool.paths import PACKAGE

TOKENS = (PACKAGE / "static" / "css" / "tokens.css").read_text()
GROUNDS = ("paper", "sheet", "sunk")
TEXTS = [(ink, ground) for ink in ("ink", "ink-soft", "accent") for ground in GROUNDS] + [
    ("ink", "accent-wash"),
    ("accent-deep", "accent-wash"),
    ("accent", "accent-wash"),
    ("on-accent", "accent"),
    ("on-accent", "accent-deep"),
    *((state, ground) for state in ("done", "wait", "stop") for ground in (f"{state}-wash", "sheet", "paper")),
    *(("ink", f"{state}-wash") for state in ("done", "wait", "stop")),
    *(("ink-soft", wash) for wash in ("accent-wash",)),
]
EDGES = [("edge", "sheet"), ("edge", "paper"), ("focus", "paper"), ("focus", "sheet"), ("accent", "line")]


def scheme(name: str) -> dict[str, str]:
    light, dark = TOKENS.split("prefers-color-scheme: dark", 1)
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", light if name == "light" else dark))


def luminance(colour: str) -> float:
    """Relative luminance, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_text_keeps_four_and_a_half_to_one(name: str) -> None:
    colours = scheme(name)
    ratios = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in TEXTS}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("name", ["light", "dark"])
def test_edges_of_controls_and_focus_keep_three_to_one(name: str) -> None:
    colours = scheme(name)
    ratios = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in EDGES}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < 3} == {}


def test_both_schemes_name_the_same_colours() -> None:
    assert set(scheme("light")) == set(scheme("dark"))


@pytest.mark.parametrize("sheet", ["tokens.css", "app.css"])
def test_style_sheets_fetch_nothing_from_elsewhere(sheet: str) -> None:
    text = (PACKAGE / "static" / "css" / sheet).read_text()
    targets = re.findall(r"url\(\"([^\"]+)\"\)", text)
    assert [target for target in targets if not target.startswith(("data:", "fonts/"))] == []
    fonts = [target for target in targets if target.startswith("fonts/")]
    assert [font for font in fonts if not (PACKAGE / "static" / "css" / font).is_file()] == []
