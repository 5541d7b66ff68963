"""Keeps the membership of courses like the platforms' rosters: on the first launch of a course's staff, every day, and
when somebody asks."""

from flask import Flask

from lti_tool.jobs import Jobs
from lti_tool.lti.rosters.fetcher import Fetcher
from lti_tool.lti.rosters.sync import sync_rosters


def init_app(app: Flask) -> None:
    app.extensions["rosters"] = Fetcher()
    jobs: Jobs = app.extensions["jobs"]
    jobs.every_minute(sync_rosters)
