"""Telling products apart. Pure."""

from __future__ import annotations

import pytest

from lti_tool.lti.products import is_canvas


@pytest.mark.parametrize(
    ("issuer", "product", "expected"),
    [
        ("https://canvas.instructure.com", None, True),
        ("https://canvas.beta.instructure.com", None, True),
        ("https://canvas.test.instructure.com", "canvas", True),
        ("https://canvas.uni.test", "canvas", True),
        ("https://canvas.uni.test", None, False),
        ("https://canvas.instructure.com.evil.test", None, False),
        ("https://moodle.uni.test", "moodle", False),
        ("canvas.instructure.com", None, False),
        ("", None, False),
    ],
)
def test_canvas_is_known_by_what_it_says_or_by_its_issuer(issuer: str, product: str | None, expected: bool) -> None:
    assert is_canvas(issuer, product) is expected
