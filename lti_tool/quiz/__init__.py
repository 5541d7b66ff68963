"""The multiple-choice test of an online module."""

from flask import Flask

from lti_tool.quiz.routes import quiz


def init_app(app: Flask) -> None:
    app.register_blueprint(quiz)
