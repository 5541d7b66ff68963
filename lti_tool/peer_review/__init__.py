"""Peer evaluation: every author gives two evaluations and receives two, blind on both sides."""

from flask import Flask

from lti_tool.jobs import Jobs
from lti_tool.modules.actions import follow
from lti_tool.peer_review.expiry import expire_evaluations
from lti_tool.peer_review.pools import join_pool, lock_pools_of
from lti_tool.peer_review.routes import peer_review
from lti_tool.programme.content import Step


def init_app(app: Flask) -> None:
    app.register_blueprint(peer_review)
    follow(Step.ESSAY, Step.EVALUATIONS, join_pool, lock_pools_of)
    jobs: Jobs = app.extensions["jobs"]
    jobs.every_minute(expire_evaluations)
