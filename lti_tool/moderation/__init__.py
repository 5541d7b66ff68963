"""Every peer evaluation beside its essay, for the coordinators of a cohort."""

from flask import Flask

from lti_tool.moderation.conflicts import conflicts
from lti_tool.moderation.pools import pools
from lti_tool.moderation.routes import moderation
from lti_tool.moderation.shortages import shortages
from lti_tool.moderation.weighing import weigh_evaluations


def init_app(app: Flask) -> None:
    app.register_blueprint(moderation)
    app.register_blueprint(shortages)
    app.register_blueprint(pools)
    app.register_blueprint(conflicts)
    app.extensions["jobs"].every_minute(weigh_evaluations)
