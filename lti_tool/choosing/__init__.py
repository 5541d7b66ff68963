"""Choosing modules where a programme offers more than it asks for."""

from flask import Flask

from lti_tool.choosing.routes import choosing
from lti_tool.choosing.staff_routes import choices


def init_app(app: Flask) -> None:
    app.register_blueprint(choosing)
    app.register_blueprint(choices)
