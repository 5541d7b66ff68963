"""Let two requests of one person meet, in a fixed order and without waiting for luck."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from lti_tool.database import db

Answer = TypeVar("Answer")
_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")


def meeting(app: Flask, first: Callable[[Session], Any], second: Callable[[], Answer]) -> Answer:
    """Do `first` without committing, send `second`, commit once that waits for a lock; returns what it is answered.

    On SQLite a writer waits from its very beginning, so there is nothing to look for.
    """
    with app.app_context(), ThreadPoolExecutor(1) as pool:
        first(db.session)
        answer = pool.submit(second)
        if db.engine.dialect.name == "postgresql":
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as watcher:
                while not answer.done() and not watcher.execute(_WAITING).scalar_one():
                    pass
        db.session.commit()
        return answer.result(timeout=60)
