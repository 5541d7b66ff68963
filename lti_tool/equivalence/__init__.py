"""Applications to have other training recognised."""

from flask import Flask

from lti_tool.equivalence import models as models


def init_app(_app: Flask) -> None:
    """Nothing to register yet."""
