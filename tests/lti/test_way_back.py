"""The way back to the course that a launch tells of, on pages and after errors, and the language it asks for.

https://www.imsglobal.org/spec/lti/v1p3#launch-presentation-claim
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool.people.models import LaunchSession
from tests.lti.platform import LearningPlatform

RETURN_URL = "https://lms.test/return?course=7#top"


def links_back(page: str) -> list[str]:
    """The addresses of links that leave the frame."""
    return [unescape(url) for url in re.findall(r'<a [^>]*href="([^"]+)" target="_top"', page)]


def visited(lms: LearningPlatform, client: FlaskClient, path: str = "", **presentation: Any) -> TestResponse:
    answer = lms.launch(client, changes={"launch_presentation": presentation})
    assert answer.status_code == 303, answer.text
    return client.get(answer.headers["Location"] + path, base_url=lms.base_url)


@pytest.mark.parametrize("path", ["", "gradebook", "modules/om9", "no/such/page", "language"])
@pytest.mark.usefixtures("cast")
def test_every_page_of_a_visit_leads_back_errors_too(lms: LearningPlatform, client: FlaskClient, path: str) -> None:
    page = visited(lms, client, path, return_url=RETURN_URL)
    assert page.status_code == {"": 200, "gradebook": 403, "language": 405}.get(path, 404)
    assert links_back(page.text) == [RETURN_URL]


@pytest.mark.parametrize(
    "url", ["", "javascript:alert(1)", "data:text/html,x", "/courses/7", "//lms.test/", "https://"]
)
@pytest.mark.usefixtures("cast")
def test_only_a_web_address_leads_back(lms: LearningPlatform, client: FlaskClient, url: str) -> None:
    assert links_back(visited(lms, client, return_url=url).text) == []


@pytest.mark.usefixtures("cast")
def test_whoever_only_knows_the_address_of_a_visit_is_not_led_back(lms: LearningPlatform, client: FlaskClient) -> None:
    path = visited(lms, client, "no/such/page", return_url=RETURN_URL).request.path
    stranger = lms.app.test_client().get(path, base_url=lms.base_url)
    assert stranger.status_code == 404
    assert links_back(stranger.text) == []


def test_whom_a_verified_launch_does_not_let_in_is_led_back_with_a_message(
    lms: LearningPlatform, client: FlaskClient
) -> None:
    changes = {"deployment_id": "new", "launch_presentation": {"return_url": RETURN_URL}}
    refused = lms.launch(client, changes=changes)
    assert refused.status_code == 403
    (link,) = links_back(refused.text)
    parts = urlsplit(link)
    told = parse_qs(parts.query)
    assert (parts.netloc, parts.path, parts.fragment, told["course"]) == ("lms.test", "/return", "top", ["7"])
    assert "not approved it here yet" in told["lti_errormsg"][0]
    reference = re.search(r"Reference: (\w+)", refused.text)
    assert reference
    assert told["lti_errorlog"] == [f"reference {reference.group(1)}"]


@pytest.mark.parametrize("wrong", [{"key": "another"}, {"changes": {"exp": 1}}, {"without": ["roles"]}])
def test_an_unverified_launch_leads_nowhere(lms: LearningPlatform, client: FlaskClient, wrong: dict[str, Any]) -> None:
    refused = lms.launch(client, **wrong)
    assert refused.status_code == 400
    assert links_back(refused.text) == []


@pytest.mark.parametrize(
    ("changes", "locale"),
    [
        ({"launch_presentation": {"locale": "nb-NO"}, "locale": "en"}, "nb"),
        ({"launch_presentation": {"locale": "en-GB"}, "locale": "nb"}, "en"),
        ({"launch_presentation": {}, "locale": "nn"}, "nn"),
        ({"launch_presentation": None, "locale": "nb-NO"}, "nb"),
        ({"launch_presentation": None}, "en"),
    ],
)
def test_the_language_is_the_launchs_else_the_persons(
    lms: LearningPlatform, client: FlaskClient, session: Session, changes: dict[str, Any], locale: str
) -> None:
    assert lms.launch(client, changes=changes).status_code == 303
    assert session.scalars(select(LaunchSession.locale)).one() == locale
