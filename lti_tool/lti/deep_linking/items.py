"""Links as a Deep Linking response carries them. https://www.imsglobal.org/spec/lti-dl/v2p0#lti-resource-link"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from lti_tool.lti.columns import Column, new_item
from lti_tool.lti.models import DeepLinkingRequest

LINK_TYPE = "ltiResourceLink"
# Pixels. Wide enough for a page of text with its margins; a platform makes it narrower where it has less room.
_FRAME = {"width": 900, "height": 800}
_PICTURE = ("static/img/link.png", 128)


@dataclass(frozen=True, slots=True)
class Link:
    """A link to be placed. `custom` are the parameters of its launches; `column` is where its grades go, if it has
    any; `period` is from when to when it is of use."""

    title: str
    text: str
    custom: Mapping[str, str]
    column: Column | None = None
    period: tuple[datetime, datetime] | None = None


def content_item(link: Link, request: DeepLinkingRequest, base_url: str) -> dict[str, Any]:
    """Nothing in it is null, and nothing that the platform says it does not take: some refuse the whole for it."""
    graded = link.column is not None and takes_columns(request)
    picture = {"url": f"{base_url}/{_PICTURE[0]}", "width": _PICTURE[1], "height": _PICTURE[1]}
    item = {
        "type": LINK_TYPE,
        # The same for all: the parameters tell links apart, and platforms compare addresses with the registered one.
        # Open edX names that one in the login and this one in the launch, and a launch must keep to its login.
        "url": f"{base_url}/lti/launch",
        "title": link.title,
        "text": link.text,
        "icon": picture,
        "thumbnail": picture,
        **_presentation(request.accept_targets),
        "custom": dict(link.custom),
        # Under the link's own title, by which the passback would call it, too.
        "lineItem": new_item(replace(link.column, label=link.title)) if link.column is not None and graded else {},
        "available": _window(link.period),
        "submission": _window(link.period) if graded else {},
    }
    return {name: value for name, value in item.items() if value}


def takes_links(request: DeepLinkingRequest) -> bool:
    return LINK_TYPE in request.accept_types


def takes_columns(request: DeepLinkingRequest) -> bool:
    """Also where the platform does not say: Blackboard makes no column of its own for a link that brings none."""
    return request.accept_lineitem is not False


def _presentation(targets: Collection[str]) -> dict[str, Any]:
    """The frame in the course's page where there is a choice: Canvas takes a named window for a wish to have one."""
    if not targets or "iframe" in targets:
        return {"iframe": _FRAME}
    return {"window": {"targetName": "_blank"}} if "window" in targets else {}


def _window(period: tuple[datetime, datetime] | None) -> dict[str, str]:
    if period is None:
        return {}
    names = ("startDateTime", "endDateTime")
    return {name: f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for name, at in zip(names, period, strict=True)}
