"""Videos and topics beside the reading of a module."""

from __future__ import annotations

import re

import pytest

from lti_tool.home.material import place_of
from lti_tool.programme.content import ModuleText, Topic, Video
from tests.cast import Cast, add_module, small_module
from tests.pages import problems_of
from tests.work import done_before

WRITTEN = Video(
    key="lift", title="In the lift", summary="Two disagree.", transcript="**Nora:** Up!", questions=("Why?",)
)
FILMED = WRITTEN.model_copy(
    update={"key": "loop", "title": "In the loop", "url": "https://youtu.be/dQw4w9WgXcQ", "minutes": 4}
)
TOPICS = tuple(Topic(key=key, title=key.title(), text=f"About *{key}*.") for key in ("one", "two", "three"))
POLICY = "Content-Security-Policy"


def offer(cast: Cast, *videos: Video) -> str:
    """The address of the reading of a module with these videos and three topics."""
    small = small_module("rich")
    text = small.languages["en"].model_copy(update={"videos": videos, "topics": TOPICS})
    with done_before(cast) as session:
        add_module(session, small.model_copy(update={"position": 2, "languages": {"en": text}}))
    return "modules/rich/reading"


def test_a_written_case_is_read_on_the_page(cast: Cast) -> None:
    answer = cast.visit("lina").get(offer(cast, WRITTEN))
    assert problems_of(answer.text) == []
    assert "<details open>" in answer.text
    assert [part in answer.text for part in ("Two disagree.", "<strong>Nora:</strong> Up!", "<li>Why?</li>")] == [
        True
    ] * 3
    assert "data-embed" not in answer.text
    assert "frame-src" not in answer.headers[POLICY]


def test_nothing_of_a_video_is_loaded_before_somebody_asks_for_it(cast: Cast) -> None:
    page = cast.visit("lina").get(offer(cast, FILMED, WRITTEN)).text
    assert problems_of(page) == []
    loaded = re.findall(r'<(?:iframe|img|script|link|video|object|embed)[^>]*(?:src|href)="([^"]+)"', page)
    assert loaded
    assert all(address.startswith("/") for address in loaded)
    assert "Nothing is loaded from www.youtube-nocookie.com before you choose to watch." in page
    assert 'data-embed="https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"' in page
    assert re.search(r'<a href="https://youtu.be/dQw4w9WgXcQ" target="_blank" rel="noopener noreferrer">', page)
    assert "4 minutes" in page


def test_a_page_with_a_video_may_show_its_host_in_a_frame_and_no_other_page_may(cast: Cast) -> None:
    lina = cast.visit("lina")
    policy = lina.get(offer(cast, FILMED)).headers.getlist(POLICY)
    assert len(policy) == 1
    assert policy[0].endswith("; frame-src https://www.youtube-nocookie.com")
    assert policy[0].startswith("default-src 'self'; ")
    assert "frame-src" not in lina.get("modules/om1/reading").headers[POLICY]


@pytest.mark.parametrize("name", ["lina", "kari"])
def test_topics_are_pages_that_lead_on_and_back(cast: Cast, name: str) -> None:
    browser = cast.visit(name)
    reading = browser.get(offer(cast)).text
    assert [f"modules/rich/topics/{topic.key}" in reading for topic in TOPICS] == [True] * 3
    page = browser.get("modules/rich/topics/two").text
    assert problems_of(page) == []
    assert "About <em>two</em>." in page
    assert [part in page for part in ("Previous topic: One", "Next topic: Three", "reading#topics")] == [True] * 3


def test_a_topic_that_the_module_does_not_have_is_not_found(cast: Cast) -> None:
    assert cast.visit("lina").get("modules/om1/topics/nothing").status_code == 404


def test_the_first_topic_has_none_before_it_and_the_last_none_after() -> None:
    text = ModuleText(title="T", summary="S", reading="R", topics=TOPICS)
    ends = [place_of(text, "one").previous, place_of(text, "three").next]
    assert ends == [None, None]
