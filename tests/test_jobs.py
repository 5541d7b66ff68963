"""The queue: made on first use, wakes the worker, and may lose everything without harm."""

from __future__ import annotations

import os
import signal
import threading
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest
from flask import Flask, current_app
from huey.exceptions import TaskException
from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url

from lti_tool import create_app
from lti_tool.database import db
from lti_tool.jobs import Jobs, queue_file, run_worker
from tests.conftest import settings_for
from tests.processes import processes
from tests.working import work_off


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Flask:
    """An application with a queue that nobody has used."""
    url = database_url if database_url.startswith("postgresql") else f"sqlite:///{tmp_path / 'data.sqlite3'}"
    app = create_app(settings_for(url))
    if url.startswith("postgresql"):
        _drop_queue(app)
    return app


def _drop_queue(app: Flask) -> None:
    with app.app_context(), db.engine.begin() as connection:
        for name in inspect(connection).get_table_names():
            if name.startswith("huey_"):
                connection.execute(text(f'DROP TABLE "{name}"'))


@pytest.fixture
def jobs(app: Flask) -> Jobs:
    found: Jobs = app.extensions["jobs"]
    return found


def test_starting_the_application_leaves_the_database_alone(app: Flask, tmp_path: Path) -> None:
    assert list(tmp_path.iterdir()) == []
    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            assert not [name for name in inspect(db.engine).get_table_names() if name.startswith("huey_")]


def test_the_first_message_makes_the_queue_and_the_task_runs_in_the_application(app: Flask, jobs: Jobs) -> None:
    seen: list[str] = []

    def notice() -> None:
        seen.append(current_app.name)

    jobs.add(notice)
    jobs.enqueue("notice")
    jobs.enqueue("notice")
    assert jobs.waiting() == 2
    work_off(app)
    assert seen == ["lti_tool", "lti_tool"]


def test_waking_never_raises(jobs: Jobs, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def away(_name: str) -> None:
        raise ConnectionError("no queue")

    monkeypatch.setattr(jobs, "enqueue", away)
    jobs.wake("deliver_scores")
    assert "the queue cannot be reached" in caplog.text


def test_a_delayed_message_is_not_taken_before_its_time(app: Flask, jobs: Jobs) -> None:
    jobs.add(_nothing)
    jobs.enqueue("_nothing", delay=3600)
    assert jobs.waiting() == 0


def test_processes_that_make_the_queue_at_once_do_not_disturb_each_other(app: Flask, jobs: Jobs) -> None:
    together = threading.Barrier(4, timeout=30)
    queues: list[Jobs] = [create_app(app.config["SETTINGS"]).extensions["jobs"] for _process in range(4)]

    def enqueue(own: Jobs) -> None:
        own.add(_nothing)
        together.wait()
        own.enqueue("_nothing")

    threads = [threading.Thread(target=enqueue, args=(own,)) for own in queues]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert jobs.waiting() == 4


def test_a_message_that_somebody_else_wrote_is_not_read(app: Flask, jobs: Jobs) -> None:
    other = create_app(settings_for(app.config["SETTINGS"].database_url).with_changes(secret_key="x" * 40))
    for each in (app, other):
        each.extensions["jobs"].add(_nothing)
    other.extensions["jobs"].enqueue("_nothing")
    with pytest.raises((ValueError, TaskException)):
        work_off(app)


def test_the_queue_of_a_sqlite_database_is_a_file_beside_it() -> None:
    assert queue_file(make_url("sqlite:////data/lti-tool.sqlite3")) == Path("/data/lti-tool-queue.sqlite3")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_finishes_what_is_under_way_when_asked_to_stop(app: Flask, number: signal.Signals) -> None:
    begun, gate, done = (processes.Event() for _event in range(3))
    url = app.config["SETTINGS"].database_url
    worker = processes.Process(target=work_in_new_process, args=(url, begun, gate, done), daemon=True)
    worker.start()
    assert begun.wait(60)
    os.kill(worker.pid or 0, number)
    worker.join(1)
    assert worker.is_alive(), "it waits for the task"
    gate.set()
    worker.join(60)
    assert (worker.exitcode, done.is_set()) == (0, True)


def work_in_new_process(url: str, begun: Event, gate: Event, done: Event) -> None:
    app = create_app(settings_for(url))
    jobs: Jobs = app.extensions["jobs"]

    def task() -> None:
        begun.set()
        gate.wait()
        done.set()

    jobs.add(task)
    jobs.enqueue("task")
    run_worker(app)


def _nothing() -> None:
    pass
