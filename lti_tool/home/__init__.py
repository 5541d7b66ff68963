"""Where a launch lands: a learner's training, the staff's start page."""

from flask import Flask

from lti_tool.home.routes import home


def init_app(app: Flask) -> None:
    app.register_blueprint(home)
