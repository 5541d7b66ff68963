"""Writing modules in the browser: drafts, previews, versions, and questions from other systems."""

from flask import Flask

from lti_tool.authoring import models as models


def init_app(_app: Flask) -> None:
    pass
