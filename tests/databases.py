"""Databases for tests: a SQLite file, and a private PostgreSQL server where the machine has one installed."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from weakref import WeakSet

import psycopg
import pytest
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.orm import Session

from lti_tool.database import Base
from tests.keeping import Rows

HOW_TO_GET_POSTGRESQL = "PostgreSQL is not installed (Debian: apt-get install postgresql)"


def skip_or_fail(what: str) -> None:
    """Skip with the name of what is missing; where everything must run (LTI_TOOL_TEST_ALL=1), fail instead."""
    if os.environ.get("LTI_TOOL_TEST_ALL") == "1":
        pytest.fail(f"must not be skipped here: {what}")
    pytest.skip(what)


def postgresql_programs() -> Path | None:
    """The folder with initdb and postgres; Debian keeps it off the PATH."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return versions[-1].parent if versions else None


@contextmanager
def postgresql_server(folder: Path) -> Iterator[str]:
    """Run a throw-away server on a free loopback port; yields its URL."""
    programs = postgresql_programs()
    if programs is None:
        skip_or_fail(HOW_TO_GET_POSTGRESQL)
        raise AssertionError("unreachable")
    data, port = folder / "data", _free_port()
    user = _server_user(folder)
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "test", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"],
        check=True,
        capture_output=True,
        user=user,
        cwd=folder,
    )
    settings = [
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "unix_socket_directories=",
        "max_connections=200",
        "jit=off",
    ]
    server = subprocess.Popen(
        [programs / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), *(f"-c{s}" for s in settings)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=user,
        cwd=folder,
    )
    try:
        yield _wait_until_ready(f"postgresql+psycopg://test@127.0.0.1:{port}/postgres")
    finally:
        # SIGQUIT ends it at once: connections that pools still hold do not matter, nor does what is on the disk.
        server.send_signal(signal.SIGQUIT)
        server.wait(timeout=30)


def _wait_until_ready(url: str) -> str:
    for _attempt in range(1200):
        try:
            psycopg.connect(url.replace("+psycopg", "")).close()
            return url
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise RuntimeError("PostgreSQL did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _server_user(folder: Path) -> str | None:
    """PostgreSQL refuses to run as root; hand the folder to an unprivileged user then."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in names else "nobody"
    shutil.chown(folder, user)
    return user


# Databases that know how to empty their tables.
_ABLE: WeakSet[Engine] = WeakSet()


def empty(engine: Engine) -> None:
    """Remove every row, so that one schema serves many tests."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            _empty_postgresql(connection)
        else:
            _empty_sqlite(connection)


def rows_of(session: Session) -> Rows:
    """Everything that is stored, by table."""
    return {
        name: [dict(row) for row in session.execute(select(table)).mappings()]
        for name, table in Base.metadata.tables.items()
    }


def _empty_postgresql(connection: Connection) -> None:
    """A TRUNCATE of all tables makes new files for each, and asking for each from here is planned anew every time:
    either took longer than most tests. What a function asks is planned once.
    """
    if connection.engine not in _ABLE:
        connection.execute(text(_emptying(connection)))
        _ABLE.add(connection.engine)
    connection.execute(text("SELECT empty_tables()"))
    connection.commit()


def _emptying(connection: Connection) -> str:
    # The queue's rows stay.
    numbered = connection.scalars(
        text("SELECT seqrelid::regclass::text FROM pg_sequence WHERE seqrelid::regclass::text !~ '^huey'")
    ).all()
    steps = [f'IF EXISTS (SELECT FROM "{name}") THEN DELETE FROM "{name}"; END IF;' for name in Base.metadata.tables]
    steps += [
        f"IF (SELECT is_called FROM {name}) THEN PERFORM setval('{name}', 1, false); END IF;" for name in numbered
    ]
    # Foreign keys are triggers, so they are not looked at meanwhile.
    return (
        "CREATE OR REPLACE FUNCTION empty_tables() RETURNS void LANGUAGE plpgsql "
        f"SET session_replication_role = replica AS $$ BEGIN {' '.join(steps)} END $$"
    )


def _empty_sqlite(connection: Connection) -> None:
    raw = connection.connection.driver_connection
    assert raw is not None
    connection.rollback()
    raw.execute("PRAGMA foreign_keys=OFF")
    raw.execute("BEGIN IMMEDIATE")
    for name in Base.metadata.tables:
        raw.execute(f'DELETE FROM "{name}"')
    raw.execute("COMMIT")
    raw.execute("PRAGMA foreign_keys=ON")
