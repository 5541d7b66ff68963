"""Dates of the steps and extensions, for the coordinators of a cohort."""

from flask import Flask

from lti_tool.schedule.routes import schedule


def init_app(app: Flask) -> None:
    app.register_blueprint(schedule)
