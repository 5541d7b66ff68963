"""The outbox of scores: `actions.enqueue` within the transaction of a result, `wake` after its commit."""

from flask import Flask

from lti_tool.jobs import Jobs
from lti_tool.passback.courier import Courier
from lti_tool.passback.reader import read_results
from lti_tool.passback.waking import wake, wake_reader
from lti_tool.passback.worker import deliver_scores, sweep_scores

__all__ = ["init_app", "wake", "wake_reader"]


def init_app(app: Flask) -> None:
    app.extensions["passback"] = Courier()
    jobs: Jobs = app.extensions["jobs"]
    jobs.add(deliver_scores)
    jobs.every_minute(sweep_scores)
    jobs.every_minute(read_results)
