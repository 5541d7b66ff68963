"""How far the learning assistants of a course have come, for its instructors."""

from flask import Flask

from lti_tool.gradebook.routes import gradebook


def init_app(app: Flask) -> None:
    app.register_blueprint(gradebook)
