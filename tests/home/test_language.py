"""Choosing the language of the pages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.addresses import way_back
from lti_tool.people.models import Person
from tests import work
from tests.cast import Cast


def test_the_choice_holds_for_this_visit_and_is_kept_for_later_ones(cast: Cast) -> None:
    browser = cast.visit("lina")
    assert '<html lang="en">' in browser.get().text
    answer = browser.post("language", {"language": "nb", "back": f"{browser.prefix}modules/om1/reading"})
    assert (answer.status_code, answer.location) == (303, f"{browser.prefix}modules/om1/reading?notice=language")
    assert '<html lang="nb">' in browser.get().text
    with work.done_before(cast) as session:
        assert session.get_one(Person, cast.person_id("lina")).locale == "nb"


def test_the_choice_of_one_person_is_not_anothers(cast: Cast) -> None:
    other = cast.visit("frode")
    browser = cast.visit("lina")
    browser.post("language", {"language": "nb"})
    assert '<html lang="en">' in other.get().text
    with work.done_before(cast) as session:
        assert session.get_one(Person, cast.person_id("frode")).locale is None


def test_a_language_that_is_not_spoken_changes_nothing(cast: Cast) -> None:
    browser = cast.visit("lina")
    assert browser.post("language", {"language": "tlh"}).status_code == 400
    assert '<html lang="en">' in browser.get().text


def test_reading_it_with_get_is_refused(cast: Cast) -> None:
    assert cast.visit("lina").get("language").status_code == 405


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.test/l/abc/",
        "//evil.test/l/abc/",
        "/l/other/modules/om1",
        "/l/abc/../other/",
        "/l/abc/\\evil.test",
        "javascript:alert(1)",
        "http://[",
        "",
    ],
)
def test_the_way_back_never_leads_out_of_the_visit(wanted: str) -> None:
    assert way_back(wanted, "/l/abc/", "saved") == "/l/abc/?notice=saved"


def test_the_way_back_keeps_filters_and_replaces_an_older_notice() -> None:
    back = way_back("/l/abc/gradebook?show=done&notice=sent", "/l/abc/", "language")
    assert back == "/l/abc/gradebook?show=done&notice=language"


@given(st.text())
def test_any_text_gives_a_path_of_the_visit(wanted: str) -> None:
    assert way_back(wanted, "/l/abc/", "saved").startswith("/l/abc/")
