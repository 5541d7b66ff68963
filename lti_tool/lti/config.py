"""The tool's description for a Canvas developer key, which is added by this file's address.

https://developerdocs.instructure.com/services/canvas/external-tools/lti/file.lti_dev_key_config
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from lti_tool.lti.claims import RESOURCE_LINK_REQUEST
from lti_tool.lti.dynamic_registration.offer import (
    CANVAS_PLACEMENTS,
    CUSTOM_PARAMETERS,
    canvas_privacy,
    tool_description,
    tool_name,
)
from lti_tool.lti.dynamic_registration.scopes import WANTED

# Teachers put it into the menu of the courses that use it.
_SETTINGS = {RESOURCE_LINK_REQUEST: {"default": "disabled", "visibility": "members"}}


def canvas_configuration(base_url: str, *, mail: bool = False) -> dict[str, Any]:
    """As JSON, in the language of the request; `mail` asks for e-mail addresses."""
    launch, title = f"{base_url}/lti/launch", tool_name()
    return {
        "title": title,
        "description": tool_description(),
        "oidc_initiation_url": f"{base_url}/lti/login",
        "target_link_uri": launch,
        "redirect_uris": [launch],
        "scopes": list(WANTED),
        "extensions": [
            {
                "platform": "canvas.instructure.com",
                "domain": urlsplit(base_url).netloc,
                "tool_id": "lti-tool",
                "privacy_level": canvas_privacy(mail=mail),
                "settings": {"text": title, "placements": _placements(base_url, title)},
            }
        ],
        "public_jwk_url": f"{base_url}/lti/jwks",
        "custom_fields": dict(CUSTOM_PARAMETERS),
    }


def _placements(base_url: str, title: str) -> list[dict[str, Any]]:
    shown = {
        "text": title,
        "enabled": True,
        "target_link_uri": f"{base_url}/lti/launch",
        "icon_url": f"{base_url}/static/img/icon.svg",
    }
    return [
        {"placement": place, "message_type": message, **shown, **_SETTINGS.get(message, {})}
        for message, places in CANVAS_PLACEMENTS.items()
        for place in places
    ]
