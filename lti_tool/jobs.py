"""The task queue."""

from __future__ import annotations

from flask import Flask

from lti_tool.settings import Settings


def init_jobs(app: Flask, settings: Settings) -> None:
    """Placeholder until the queue exists."""
