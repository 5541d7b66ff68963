"""The module that a department holds: its meetings, what is agreed on, and the evaluation by both sides."""

from flask import Flask

from lti_tool.course_module import models as models


def init_app(_app: Flask) -> None:
    """Nothing to register yet."""
