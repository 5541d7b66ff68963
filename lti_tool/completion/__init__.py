"""Who has completed what of a programme, and what is missing: from records alone, computed whenever it is asked for."""

from flask import Flask

from lti_tool.completion.passback import look_at_everybody, settle_completion


def init_app(app: Flask) -> None:
    jobs = app.extensions["jobs"]
    jobs.every_minute(settle_completion)
    jobs.every_night(look_at_everybody)
