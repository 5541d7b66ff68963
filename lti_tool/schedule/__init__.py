"""Dates of the steps, extensions and the next term, for the coordinators of a cohort."""

from flask import Flask

from lti_tool.schedule.next_term_routes import next_term
from lti_tool.schedule.routes import schedule


def init_app(app: Flask) -> None:
    app.register_blueprint(schedule)
    app.register_blueprint(next_term)
