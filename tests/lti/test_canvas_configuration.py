"""`/lti/config/canvas.json`, by whose address a Canvas developer key is made."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.conftest import BASE_URL

LAUNCH = f"{BASE_URL}/lti/launch"
AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"


def configuration(client: FlaskClient, query: str = "") -> dict[str, Any]:
    answer = client.get(f"/lti/config/canvas.json{query}", base_url=BASE_URL)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    body: dict[str, Any] = answer.get_json()
    return body


def test_it_names_every_address_that_canvas_needs(client: FlaskClient) -> None:
    told = configuration(client)
    assert told["oidc_initiation_url"] == f"{BASE_URL}/lti/login"
    assert told["target_link_uri"] == LAUNCH
    assert told["public_jwk_url"] == f"{BASE_URL}/lti/jwks"
    assert isinstance(told["custom_fields"], dict)


def test_it_asks_for_grades_and_roster_and_nothing_else(client: FlaskClient) -> None:
    assert set(configuration(client)["scopes"]) == {
        *(f"{AGS}{name}" for name in ("score", "lineitem", "lineitem.readonly", "result.readonly")),
        "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly",
    }


def test_it_has_one_extension_for_canvas_that_shows_names_and_no_more(client: FlaskClient) -> None:
    (extension,) = configuration(client)["extensions"]
    assert extension["platform"] == "canvas.instructure.com"
    assert extension["domain"] == "tool.test"
    assert extension["tool_id"]
    assert extension["privacy_level"] == "name_only"


def test_teachers_find_it_where_they_choose_content_and_in_the_courses_menu(client: FlaskClient) -> None:
    placements = configuration(client)["extensions"][0]["settings"]["placements"]
    assert {place["placement"]: place["message_type"] for place in placements} == {
        "course_navigation": "LtiResourceLinkRequest",
        "assignment_selection": "LtiDeepLinkingRequest",
        "link_selection": "LtiDeepLinkingRequest",
    }
    assert {place["target_link_uri"] for place in placements} == {LAUNCH}
    assert all(place["text"] and place["icon_url"].startswith(BASE_URL) for place in placements)
    (menu,) = [place for place in placements if place["placement"] == "course_navigation"]
    assert menu["default"] == "disabled", "it is no business of courses that do not use it"


def test_its_icon_is_there(client: FlaskClient) -> None:
    icon = configuration(client)["extensions"][0]["settings"]["placements"][0]["icon_url"]
    assert client.get(icon).status_code == 200


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("", "Learning assistant training"),
        ("?locale=en", "Learning assistant training"),
        ("?locale=nb", "Opplæring for læringsassistenter"),
        ("?locale=no-NO", "Opplæring for læringsassistenter"),
        ("?locale=%00", "Learning assistant training"),
    ],
)
def test_it_speaks_the_language_that_its_address_names(client: FlaskClient, query: str, title: str) -> None:
    assert configuration(client, query)["title"] == title
