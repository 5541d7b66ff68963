from flask import Flask

from lti_tool.jobs import Jobs
from lti_tool.modules.date_words import init_date_words
from lti_tool.modules.jobs import backfill_scores
from lti_tool.modules.usual_dates import set_usual_dates
from lti_tool.programme.actions import follow_cohorts


def init_app(app: Flask) -> None:
    jobs: Jobs = app.extensions["jobs"]
    jobs.every_minute(backfill_scores)
    init_date_words(app)
    follow_cohorts(set_usual_dates)
