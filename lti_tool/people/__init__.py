from flask import Flask

from lti_tool.people.names import init_names


def init_app(app: Flask) -> None:
    init_names(app)
