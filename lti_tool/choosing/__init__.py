"""Choosing modules where a programme offers more than it asks for."""

from flask import Flask


def init_app(_app: Flask) -> None:
    pass
