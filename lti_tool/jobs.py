"""The task queue: huey, beside the data. It only wakes the worker; what is to be done stands in the database, so a
queue that loses everything costs the time until the next sweep."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable
from pathlib import Path
from sqlite3 import OperationalError
from typing import Any

from flask import Flask, current_app
from huey import Huey, PostgresHuey, SqliteHuey, crontab
from huey.consumer import Consumer
from huey.serializer import SignedSerializer
from psycopg.errors import UndefinedTable
from sqlalchemy.engine import URL, make_url

from lti_tool.settings import Settings

THREADS = 4
# How long SIGTERM waits for requests that are under way; what it cuts off is sent again after its lease.
SHUTDOWN_SECONDS = 25
_HEALTH_SECONDS = 10
_POLL_SECONDS = 0.2
# Any number that nobody else on the server locks: two processes must not make the tables at once.
_TABLES_LOCK = 4711_2027

log = logging.getLogger(__name__)
Task = Callable[..., None]


def init_jobs(app: Flask, settings: Settings) -> None:
    app.extensions["jobs"] = Jobs(app, _queue(settings))


class Jobs:
    """One application's queue and its tasks: plain functions that run within an application context."""

    def __init__(self, app: Flask, queue: Huey) -> None:
        self._app = app
        self._queue = queue
        self._tasks: dict[str, Any] = {}
        self._at_start: list[str] = []

    def add(self, function: Task) -> None:
        """Make the function known under its name, which must be unique and the same in every process."""
        self._tasks[function.__name__] = self._queue.task(name=function.__name__)(self._in_context(function))

    def every_minute(self, function: Task) -> None:
        """Run the function when a worker starts and each minute after."""
        self._add_periodic(function, crontab())
        self._at_start.append(function.__name__)

    def every_night(self, function: Task) -> None:
        self._add_periodic(function, crontab(minute="17", hour="2"))

    def enqueue(self, name: str, *, delay: float = 0) -> None:
        """Have a worker run the task, `delay` seconds from now. Raises what the queue's database raises."""
        task = self._tasks[name].s(**({"delay": delay} if delay else {}))
        try:
            self._put(task, delay)
        except (OperationalError, UndefinedTable):
            # The first message of all: made here and not at start, so that no command needs the queue to run.
            self._queue.storage.initialize_schema()
            self._put(task, delay)

    def wake(self, name: str, messages: int = 1) -> None:
        """Have a periodic task run now; call it after the commit. Never raises: its next time comes anyway."""
        try:
            for _message in range(messages):
                self.enqueue(name)
        except Exception:
            log.warning("the queue cannot be reached; the work waits for its time", extra={"job": name}, exc_info=True)

    def waiting(self) -> int:
        """How many messages nobody has taken yet."""
        return int(self._queue.storage.queue_size())

    def run(self) -> None:
        """Work off the queue in the foreground until SIGTERM or SIGINT, then finish what is under way."""
        self._queue.storage.initialize_schema()
        for name in self._at_start:
            self.enqueue(name)
        # Tasks say themselves what they did.
        logging.getLogger("huey").setLevel(logging.WARNING)
        stop = _StopSignal()
        consumer = _Consumer(self._queue, workers=THREADS, max_delay=1.0, shutdown_timeout=SHUTDOWN_SECONDS)
        consumer.start()
        checked = time.monotonic()
        while not stop.asked:
            time.sleep(_POLL_SECONDS)
            if time.monotonic() - checked > _HEALTH_SECONDS:
                consumer.check_worker_health()
                checked = time.monotonic()
        consumer.stop(graceful=True)

    def _put(self, task: Any, delay: float) -> None:
        if delay:
            self._queue.add_schedule(task)
        else:
            self._queue.enqueue(task)

    def _add_periodic(self, function: Task, when: Callable[[Any], bool]) -> None:
        name = function.__name__
        self._tasks[name] = self._queue.periodic_task(when, name=name)(self._in_context(function))

    def _in_context(self, function: Task) -> Task:
        def run() -> None:
            with self._app.app_context():
                function()

        return run


class _Consumer(Consumer):  # type: ignore[misc]
    def _set_signal_handlers(self) -> None:
        # Ours are in place already. Huey's would let only one of SIGTERM and SIGINT end gracefully.
        pass


class _StopSignal:
    """Notes SIGTERM and SIGINT; a plain flag, because a handler may not take locks."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._note)

    def _note(self, _number: int, _frame: object) -> None:
        self.asked = True


def current_jobs() -> Jobs:
    jobs: Jobs = current_app.extensions["jobs"]
    return jobs


def run_worker(app: Flask) -> None:
    """What `lti-tool worker` does: run tasks until SIGTERM or SIGINT."""
    jobs: Jobs = app.extensions["jobs"]
    log.info("worker starts")
    jobs.run()
    log.info("worker stops")


def _queue(settings: Settings) -> Huey:
    url = make_url(settings.database_url)
    # Messages are pickles, so only those that we wrote may be read.
    common: dict[str, Any] = {
        "results": False,
        "serializer": SignedSerializer(secret=settings.secret_key, salt="lti-tool queue"),
        "create_tables": False,
    }
    if url.get_backend_name() == "sqlite":
        # Losing the newest messages with the power costs a minute; waiting for the disk costs each page.
        return SqliteHuey("lti-tool", filename=str(queue_file(url)), fsync=False, **common)
    queue = PostgresHuey("lti-tool", dsn=_libpq(url), **common)
    queue.storage.ddl.insert(0, f"select pg_advisory_xact_lock({_TABLES_LOCK})")
    return queue


def queue_file(url: URL) -> Path:
    """The file beside the database: `lti-tool.sqlite3` has its queue in `lti-tool-queue.sqlite3`."""
    database = Path(url.database or "lti-tool.sqlite3")
    return database.with_name(f"{database.stem}-queue.sqlite3")


def _libpq(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
