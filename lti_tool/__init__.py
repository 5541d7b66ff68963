"""The training of learning assistants, as a Flask LTI 1.3 tool."""

from __future__ import annotations

from flask import Flask

from lti_tool import (
    administration,
    attendance,
    authoring,
    certificates,
    choosing,
    completion,
    course_module,
    employment,
    equivalence,
    essays,
    gradebook,
    health,
    home,
    insight,
    item_analysis,
    lti,
    marking,
    messages,
    moderation,
    modules,
    passback,
    peer_review,
    people,
    placement,
    programme,
    quiz,
    reflection,
    schedule,
)
from lti_tool.database import init_database
from lti_tool.errors import init_errors
from lti_tool.http import init_http
from lti_tool.jobs import init_jobs
from lti_tool.paths import PACKAGE, TEMPLATES
from lti_tool.people.access import init_access, require_audiences
from lti_tool.settings import Settings
from lti_tool.web import init_web

__all__ = ["create_app"]

FEATURES = (
    people,
    lti,
    programme,
    passback,
    modules,
    quiz,
    reflection,
    peer_review,
    attendance,
    course_module,
    employment,
    equivalence,
    completion,
    certificates,
    messages,
    marking,
    administration,
    home,
    gradebook,
    moderation,
    essays,
    schedule,
    insight,
    placement,
    authoring,
    choosing,
    item_analysis,
    health,
)


def create_app(settings: Settings) -> Flask:
    app = Flask("lti_tool", template_folder=str(TEMPLATES), static_folder=str(PACKAGE / "static"))
    app.config["SETTINGS"] = settings
    init_web(app, settings)
    init_database(app, settings.database_url)
    init_jobs(app, settings)
    init_http(app, settings)
    init_errors(app)
    init_access(app)
    for feature in FEATURES:
        feature.init_app(app)
    require_audiences(app)
    return app
