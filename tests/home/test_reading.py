"""The reading of a module."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from lti_tool.home.reading import publication
from tests.cast import Cast


@pytest.mark.parametrize("name", ["lina", "ingrid", "kari", "astrid"])
def test_everybody_may_read_it(cast: Cast, name: str) -> None:
    page = cast.visit(name).get("modules/om1/reading")
    assert page.status_code == 200
    assert "Feedback is <strong>for</strong> learning." in page.text
    assert "5 minutes" in page.text


def test_it_ends_with_the_way_on_for_learners_only(cast: Cast) -> None:
    assert "Go on to the test" in cast.visit("lina").get("modules/om1/reading").text
    assert "Go on to the test" not in cast.visit("ingrid").get("modules/om1/reading").text


def test_a_module_that_does_not_exist_is_explained(cast: Cast) -> None:
    assert cast.visit("lina").get("modules/om99/reading").status_code == 404


def test_headings_get_anchors_and_a_table_of_contents() -> None:
    found = publication(Markup("<h2>One <em>&amp;</em> two</h2><p>a</p><h2>Three</h2><h3>no</h3><h2>Four</h2>"))
    assert [(heading.anchor, heading.text) for heading in found.contents] == [
        ("part-1", "One & two"),
        ("part-2", "Three"),
        ("part-3", "Four"),
    ]
    assert '<h2 id="part-2">Three</h2><h3>no</h3>' in found.body


def test_a_short_text_has_no_table_of_contents() -> None:
    assert publication(Markup("<h2>One</h2><h2>Two</h2>")).contents == ()
