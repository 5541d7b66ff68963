"""What the pages of administration have in common."""

from __future__ import annotations

from flask import Blueprint, current_app

from lti_tool.people.access import Audience, current_visit, open_to
from lti_tool.settings import Settings

administration = Blueprint("administration", __name__)

ONE_TIME_LINK = "one-time link"

for_administrators = open_to(Audience.ADMINISTRATOR, Audience.OPERATOR)


def acting() -> str:
    """Who acts, as it is kept: an administrator's person id, or the one-time link through which nobody's user came."""
    person_id = current_visit().person_id
    return ONE_TIME_LINK if person_id is None else str(person_id)


def settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found
