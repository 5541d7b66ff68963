"""Peer evaluation: every author gives two evaluations and receives two, blind on both sides."""

from flask import Flask

from lti_tool.modules.actions import follow
from lti_tool.modules.models import Step
from lti_tool.peer_review.pools import join_pool


def init_app(_app: Flask) -> None:
    follow(Step.ESSAY, join_pool)
