"""How the questions of a test fare: facility, discrimination, choices and time."""

from flask import Flask


def init_app(_app: Flask) -> None:
    pass
