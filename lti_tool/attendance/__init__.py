"""Dates to meet on, signing up for them, preparing, and calendars."""

from flask import Flask

from lti_tool.attendance import models as models
from lti_tool.attendance import series_routes as series_routes
from lti_tool.attendance import session_files_routes as session_files_routes
from lti_tool.attendance.planning_routes import planning


def init_app(app: Flask) -> None:
    app.register_blueprint(planning)
