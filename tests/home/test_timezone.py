"""Everybody reads moments in their own time zone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from lti_tool.moments import in_zone, moment_text
from lti_tool.people.models import Person
from tests import work
from tests.cast import Cast

DUE = datetime(datetime.now(UTC).year, 11, 26, 13, 0, tzinfo=UTC)


def zone_of(cast: Cast, name: str) -> str | None:
    with work.done_before(cast) as session:
        return session.get_one(Person, cast.person_id(name)).timezone


def test_the_browser_tells_its_time_zone_and_every_later_page_is_in_it(cast: Cast) -> None:
    with work.done_before(cast) as session:
        work.draft_essay(session, cast.person_id("lina")).saved_at = DUE
    browser = cast.visit("lina")
    assert ", 14:00</time>" in browser.get().text
    assert browser.send_json("PUT", "timezone", {"timezone": "Asia/Kolkata"}).status_code == 204
    page = browser.get().text
    assert ", 18:30</time>" in page
    assert '<meta name="time-zone" content="Asia/Kolkata"' in page
    assert zone_of(cast, "frode") is None


@pytest.mark.parametrize(
    "told",
    [
        "",
        "Mars/Olympus",
        "../../etc/passwd",
        "Europe",
        "/etc/localtime",
        "Europe/Oslo\x00",
        "x" * 65,
        "europe/oslo ",
        7,
    ],
)
def test_what_is_no_time_zone_is_refused_and_changes_nothing(cast: Cast, told: object) -> None:
    assert cast.visit("lina").send_json("PUT", "timezone", {"timezone": told}).status_code == 400
    assert zone_of(cast, "lina") is None


def test_without_the_pages_token_nothing_is_kept(cast: Cast) -> None:
    answer = cast.visit("lina").send("PUT", "timezone", json={"timezone": "Europe/Rome"})
    assert answer.status_code == 400
    assert zone_of(cast, "lina") is None


def test_a_job_writes_to_each_person_in_their_time_zone(app: Flask) -> None:
    with app.app_context():
        with in_zone("America/New_York"):
            assert moment_text(DUE).endswith("08:00")
            with in_zone(None):
                assert moment_text(DUE).endswith("14:00")
            assert moment_text(DUE).endswith("08:00")
        assert moment_text(DUE).endswith("14:00")
