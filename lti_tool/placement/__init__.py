"""Choosing what to place in a course, when a platform asks for it (Deep Linking)."""

from flask import Flask

from lti_tool.placement.routes import placement


def init_app(app: Flask) -> None:
    app.register_blueprint(placement)
