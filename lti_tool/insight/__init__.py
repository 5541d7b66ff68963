"""How a cohort fares: who is where, how evaluators judge, and how far they agree."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Nothing to register yet."""
