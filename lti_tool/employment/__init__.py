"""Lists of employed people, and who of them is who."""

from flask import Flask

from lti_tool.employment import list_routes
from lti_tool.employment import models as models
from lti_tool.employment.actions import match_newcomers
from lti_tool.employment.reading import read_employment_lists
from lti_tool.employment.routes import employment

__all__ = ["list_routes"]


def init_app(app: Flask) -> None:
    app.register_blueprint(employment)
    app.extensions["jobs"].every_minute(read_employment_lists)
    app.extensions["jobs"].every_minute(match_newcomers)
