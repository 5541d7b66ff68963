"""Who was there: lists on the phone and on paper, check-in, and reports of video meetings."""

from flask import Flask

from lti_tool.marking import models as models
from lti_tool.marking.check_in_routes import scanning
from lti_tool.marking.routes import marking


def init_app(app: Flask) -> None:
    app.register_blueprint(marking)
    app.register_blueprint(scanning)
