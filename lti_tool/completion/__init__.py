"""Who has completed what of a programme, and what is missing: from records alone, computed whenever it is asked for."""

from flask import Flask


def init_app(_app: Flask) -> None:
    """Nothing to register yet."""
