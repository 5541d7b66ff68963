"""Who was there: lists on the phone and on paper, check-in, and reports of video meetings."""

from flask import Flask

from lti_tool.marking import models as models


def init_app(_app: Flask) -> None:
    """Nothing to register yet."""
