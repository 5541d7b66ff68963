"""Work off an application's queue in the test's own thread."""

from __future__ import annotations

from flask import Flask


def work_off(app: Flask) -> None:
    """Run every task that waits, and those that they enqueue; delayed ones stay."""
    queue = app.extensions["jobs"]._queue
    queue.storage.initialize_schema()
    queue.storage.blocking = False
    while (task := queue.dequeue()) is not None:
        queue.execute(task)
