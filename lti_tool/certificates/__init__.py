"""Certificates: as a document, issued anew and revoked, and verified by anybody."""

from flask import Flask

from lti_tool.certificates import models as models
from lti_tool.certificates.routes import certificates


def init_app(app: Flask) -> None:
    app.register_blueprint(certificates)
