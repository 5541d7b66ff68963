"""The multiple-choice test of an online module."""

from flask import Flask

from lti_tool.quiz import picture_routes
from lti_tool.quiz.routes import quiz

__all__ = ["picture_routes"]


def init_app(app: Flask) -> None:
    app.register_blueprint(quiz)
