"""How the questions of a test fare: facility, discrimination, choices and time."""

from flask import Flask

from lti_tool.item_analysis.routes import item_analysis


def init_app(app: Flask) -> None:
    app.register_blueprint(item_analysis)
