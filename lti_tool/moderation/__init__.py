"""Every peer evaluation beside its essay, for the coordinators of a cohort."""

from flask import Flask

from lti_tool.moderation.routes import moderation
from lti_tool.moderation.shortages import shortages


def init_app(app: Flask) -> None:
    app.register_blueprint(moderation)
    app.register_blueprint(shortages)
