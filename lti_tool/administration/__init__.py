"""Setting the installation up: a one-time link for whoever runs the server, learning platforms, administrators."""

from flask import Flask

from lti_tool import http
from lti_tool.administration import connecting, entrance, platforms, staff
from lti_tool.administration.blueprint import administration

# Each adds its pages to the blueprint.
PAGES = (connecting, entrance, platforms, staff)


def init_app(app: Flask) -> None:
    app.extensions["probing"] = http.send
    app.register_blueprint(administration)
