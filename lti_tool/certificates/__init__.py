"""Certificates: as a document, issued anew and revoked, and verified by anybody."""

from flask import Flask

from lti_tool.certificates import models as models


def init_app(_app: Flask) -> None:
    """Nothing to register yet."""
