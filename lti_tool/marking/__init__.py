"""Who was there: lists on the phone and on paper, check-in, and reports of video meetings."""

from flask import Flask

from lti_tool.marking import models as models
from lti_tool.marking import report_routes
from lti_tool.marking.check_in_routes import scanning
from lti_tool.marking.forgetting import forget_reports
from lti_tool.marking.routes import marking

__all__ = ["report_routes"]


def init_app(app: Flask) -> None:
    app.register_blueprint(marking)
    app.register_blueprint(scanning)
    app.extensions["jobs"].every_night(forget_reports)
