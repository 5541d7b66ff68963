"""How far learning assistants have come: module by module for instructors, and with everything for all staff."""

from flask import Flask

from lti_tool.gradebook.matrix_routes import matrix
from lti_tool.gradebook.routes import gradebook


def init_app(app: Flask) -> None:
    app.register_blueprint(gradebook)
    app.register_blueprint(matrix)
