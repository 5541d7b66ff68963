"""Lists of employed people, and who of them is who."""

from flask import Flask

from lti_tool.employment import models as models


def init_app(_app: Flask) -> None:
    """Nothing to register yet."""
