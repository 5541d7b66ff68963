"""What a person can do something about: on their page, and at most once a day by e-mail."""

from flask import Flask

from lti_tool.messages import models

__all__ = ["init_app", "models"]


def init_app(app: Flask) -> None:
    """Nothing to register yet."""
