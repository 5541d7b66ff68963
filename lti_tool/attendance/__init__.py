"""Dates to meet on, signing up for them, preparing, and calendars."""

from flask import Flask

from lti_tool.attendance import calendar_routes as calendar_routes
from lti_tool.attendance import models as models
from lti_tool.attendance import preparing_routes as preparing_routes
from lti_tool.attendance import series_routes as series_routes
from lti_tool.attendance import session_files_routes as session_files_routes
from lti_tool.attendance.planning_routes import planning
from lti_tool.attendance.routes import attendance


def init_app(app: Flask) -> None:
    app.register_blueprint(attendance)
    app.register_blueprint(planning)
