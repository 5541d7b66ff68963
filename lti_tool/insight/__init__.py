"""How a cohort fares: who is where, how evaluators judge, and how far they agree."""

from flask import Flask

from lti_tool.insight.routes import insight


def init_app(app: Flask) -> None:
    app.register_blueprint(insight)
