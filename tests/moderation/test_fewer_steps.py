"""A module without peer evaluation is nothing to review; its essays are read all the same."""

from __future__ import annotations

import pytest

from lti_tool.programme.content import Step
from tests.cast import Cast
from tests.pages import problems_of
from tests.steps import hand_in, offer_module


@pytest.mark.parametrize("address", ["moderation", "pools"])
def test_it_is_not_among_the_modules_whose_evaluations_are_reviewed(cast: Cast, address: str) -> None:
    offer_module(cast, Step.ESSAY)
    offer_module(cast, Step.ESSAY, Step.EVALUATIONS, key="evaluated")
    page = cast.visit("kari").get(address).text
    assert "module=evaluated" in page
    assert "module=short" not in page


def test_its_essays_are_read_by_coordinators_and_course_leaders(cast: Cast) -> None:
    offer_module(cast, Step.ESSAY)
    hand_in(cast.visit("lina"))
    kari, ingrid = cast.visit("kari"), cast.visit("ingrid")
    assert "Lina Testperson" in kari.get("essays?module=short").text
    essay = kari.get("essays?module=short").text.split("/essays/")[1].split("?")[0].split('"')[0]
    page = kari.get(f"essays/{essay}").text
    assert problems_of(page) == []
    assert "Its evaluations" not in page
    assert "Lina Testperson" in ingrid.get("essays/course?module=short").text
