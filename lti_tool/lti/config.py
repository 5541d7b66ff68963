"""The tool's description for a Canvas developer key, which is added by this file's address.

https://developerdocs.instructure.com/services/canvas/external-tools/lti/file.lti_dev_key_config
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from lti_tool.lti.claims import DEEP_LINKING_REQUEST, RESOURCE_LINK_REQUEST
from lti_tool.lti.dynamic_registration.scopes import WANTED
from lti_tool.texts import gettext as _

# Teachers put the first into the menu of the courses that use it.
_PLACEMENTS = {
    "course_navigation": (RESOURCE_LINK_REQUEST, {"default": "disabled", "visibility": "members"}),
    "assignment_selection": (DEEP_LINKING_REQUEST, {}),
    "link_selection": (DEEP_LINKING_REQUEST, {}),
}


def canvas_configuration(base_url: str) -> dict[str, Any]:
    """As JSON, in the language of the request."""
    launch, title = f"{base_url}/lti/launch", _("Learning assistant training")
    return {
        "title": title,
        "description": _(
            "Trains learning assistants: modules to read, tests, essays and evaluations of each other's work."
        ),
        "oidc_initiation_url": f"{base_url}/lti/login",
        "target_link_uri": launch,
        "redirect_uris": [launch],
        "scopes": list(WANTED),
        "extensions": [
            {
                "platform": "canvas.instructure.com",
                "domain": urlsplit(base_url).netloc,
                "tool_id": "lti-tool",
                # Names, but no e-mail addresses and no pictures: nothing here needs them.
                "privacy_level": "name_only",
                "settings": {"text": title, "placements": _placements(base_url, title)},
            }
        ],
        "public_jwk_url": f"{base_url}/lti/jwks",
        "custom_fields": {},
    }


def _placements(base_url: str, title: str) -> list[dict[str, Any]]:
    shown = {
        "text": title,
        "enabled": True,
        "target_link_uri": f"{base_url}/lti/launch",
        "icon_url": f"{base_url}/static/img/icon.svg",
    }
    return [
        {"placement": place, "message_type": message, **shown, **more} for place, (message, more) in _PLACEMENTS.items()
    ]
