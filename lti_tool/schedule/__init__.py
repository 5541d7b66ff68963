"""Dates of the steps and extensions, for the coordinators of a cohort."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Nothing to register yet."""
