"""Applications to have other training recognised."""

from flask import Flask

from lti_tool.equivalence import models as models
from lti_tool.equivalence import staff_routes
from lti_tool.equivalence.actions import forget_documents
from lti_tool.equivalence.routes import equivalence

__all__ = ["staff_routes"]


def init_app(app: Flask) -> None:
    app.register_blueprint(equivalence)
    app.extensions["jobs"].every_night(forget_documents)
