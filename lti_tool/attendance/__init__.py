"""Dates to meet on, signing up for them, preparing, and calendars."""

from flask import Flask

from lti_tool.attendance import models as models


def init_app(_app: Flask) -> None:
    """Nothing to register yet."""
