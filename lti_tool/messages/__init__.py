"""What a person can do something about: on their page, and at most once a day by e-mail."""

from flask import Flask

from lti_tool.jobs import Jobs
from lti_tool.messages.digests import Office, forget_unused_addresses, send_digests
from lti_tool.messages.routes import messages

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    app.extensions["digests"] = Office()
    app.register_blueprint(messages)
    jobs: Jobs = app.extensions["jobs"]
    jobs.every_minute(send_digests)
    jobs.every_night(forget_unused_addresses)
