"""How the tool introduces itself to a platform.

https://www.imsglobal.org/spec/lti-dr/v1p0#tool-configuration
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask_babel import force_locale

from lti_tool.lti.claims import DEEP_LINKING_REQUEST, RESOURCE_LINK_REQUEST, SUBMISSION_REVIEW_REQUEST
from lti_tool.lti.dynamic_registration.configuration import PlatformConfiguration
from lti_tool.lti.dynamic_registration.scopes import WANTED
from lti_tool.texts import gettext as _
from lti_tool.web import LANGUAGES

TOOL_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"
# Names, but no pictures, and e-mail addresses only where the installation sends mail: nothing else needs them.
CLAIMS = ("iss", "sub", "name", "given_name", "family_name", "locale")
# What every launch is to tell: where no browser says it, dates are shown and mailed in the platform's time zone.
# https://www.imsglobal.org/spec/lti/v1p3#lis-person-variables
CUSTOM_PARAMETERS = {"timezone": "$Person.address.timezone"}
# https://developerdocs.instructure.com/services/canvas/external-tools/lti/file.registration
_CANVAS = "https://canvas.instructure.com/lti/"
CANVAS_PLACEMENTS = {
    RESOURCE_LINK_REQUEST: ("course_navigation",),
    DEEP_LINKING_REQUEST: ("assignment_selection", "link_selection"),
}


def canvas_privacy(*, mail: bool) -> str:
    """Canvas tells names and addresses together only to tools that may know everything."""
    return "public" if mail else "name_only"


def client_registration(base_url: str, platform: PlatformConfiguration, *, mail: bool = False) -> dict[str, Any]:
    """The client metadata as JSON; `mail` asks for e-mail addresses.

    Names are in English, and in each other language under `name#language`.
    """
    tool = {
        # With its port: Moodle compares it with the target link's.
        "domain": urlsplit(base_url).netloc,
        **_in_every_language("description", tool_description),
        "target_link_uri": f"{base_url}/lti/launch",
        "claims": [*CLAIMS, *(["email"] if mail else [])],
        "custom_parameters": dict(CUSTOM_PARAMETERS),
        "messages": _messages(base_url, platform),
    }
    if platform.product == "canvas":
        tool |= {
            f"{_CANVAS}privacy_level": canvas_privacy(mail=mail),
            f"{_CANVAS}tool_id": "lti-tool",
            f"{_CANVAS}vendor": "lti-tool",
        }
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": f"{base_url}/lti/login",
        "redirect_uris": [f"{base_url}/lti/launch"],
        **_in_every_language("client_name", tool_name),
        "jwks_uri": f"{base_url}/lti/jwks",
        "logo_uri": f"{base_url}/static/img/icon.svg",
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(WANTED),
        TOOL_CONFIGURATION: tool,
    }


def _messages(base_url: str, platform: PlatformConfiguration) -> list[dict[str, Any]]:
    """The two that every platform has, whatever it says, and the review of submissions where it is known."""
    kinds: dict[str, dict[str, Any]] = {
        RESOURCE_LINK_REQUEST: _in_every_language("label", tool_name),
        DEEP_LINKING_REQUEST: {**_in_every_language("label", _adding), "placements": ["ContentArea"]},
    }
    if SUBMISSION_REVIEW_REQUEST in platform.messages:
        kinds[SUBMISSION_REVIEW_REQUEST] = _in_every_language("label", tool_name)
    target = f"{base_url}/lti/launch"
    return [
        {"type": kind, "target_link_uri": target, **more, **_for_canvas(base_url, platform, kind)}
        for kind, more in kinds.items()
    ]


def _for_canvas(base_url: str, platform: PlatformConfiguration, kind: str) -> dict[str, Any]:
    """Canvas refuses a registration with a placement that it does not know, so only what it lists is asked for."""
    if platform.product != "canvas":
        return {}
    known = platform.placements
    places = [place for place in CANVAS_PLACEMENTS.get(kind, ()) if not known or place in known]
    more: dict[str, Any] = {"placements": places, "icon_uri": f"{base_url}/static/img/icon.svg"}
    if kind == RESOURCE_LINK_REQUEST:
        # Teachers put it into the menu of the courses that use it.
        more |= {f"{_CANVAS}course_navigation/default_enabled": False, f"{_CANVAS}visibility": "members"}
    return more


def _in_every_language(name: str, words: Callable[[], str]) -> dict[str, Any]:
    """https://openid.net/specs/openid-connect-registration-1_0.html#LanguagesAndScripts"""
    texts = {}
    for language in LANGUAGES:
        with force_locale(language):
            texts[name if language == "en" else f"{name}#{language}"] = words()
    return texts


def tool_name() -> str:
    return _("Learning assistant training")


def _adding() -> str:
    return _("Add from the training of learning assistants")


def tool_description() -> str:
    return _("Trains learning assistants: modules to read, tests, essays and evaluations of each other's work.")
