"""Essays as staff read them: one after the other, beside what they were copied from, and as one document."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Nothing to register yet."""
