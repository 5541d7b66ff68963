"""Engine, session, the declarative base and the column types every model shares."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from inspect import iscoroutinefunction
from typing import Any

from flask import Flask, has_request_context, request
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Result,
    Table,
    event,
    update,
)
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

db = SQLAlchemy()

# Names that do not depend on the database, so that migrations can drop what they made.
# https://alembic.sqlalchemy.org/en/latest/naming.html
_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_BUSY_SECONDS = 15


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment; stored as UTC, always read back as aware UTC. Refuses naive values with ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=_CONVENTION)
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: JSON, list[str]: JSON}


def table_of(model: type[Base]) -> Table:
    """The table of a model, for statements of busy paths, which spare themselves what the ORM does for each.

    A session does not flush pending changes before it runs them.
    """
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is not mapped to a table")
    return table


def rows_changed(result: Result[Any]) -> int:
    """How many rows an update or a deletion has met."""
    if not isinstance(result, CursorResult):
        raise TypeError("not the result of an update or a deletion")
    return result.rowcount


def update_rows(session: Session, model: type[Base], *which: ColumnElement[bool], **values: Any) -> int:
    """Write to all such rows, whatever the session holds of them; returns how many there are."""
    statement = update(model).where(*which).values(**values).execution_options(synchronize_session=False)
    return rows_changed(session.execute(statement))


def now() -> datetime:
    """This moment, aware; the one clock of the product (tests move it)."""
    return datetime.now(UTC)


def init_database(app: Flask, url: str) -> None:
    app.config["SQLALCHEMY_ENGINES"] = {"default": {"url": url, **engine_options(url)}}
    db.init_app(app)
    # To close asynchronous sessions, of which there are none here, the extension would start a thread with an event
    # loop at the end of every request.
    app.teardown_appcontext_funcs[:] = [f for f in app.teardown_appcontext_funcs if not iscoroutinefunction(f)]
    with app.app_context():
        prepare_engine(db.engine)


def engine_options(url: str) -> dict[str, Any]:
    # Parameters are names and essays; a database error in the log must not carry them.
    if url.startswith("sqlite"):
        return {"hide_parameters": True, "connect_args": {"timeout": _BUSY_SECONDS, "isolation_level": None}}
    return {"hide_parameters": True, "pool_pre_ping": True, "pool_size": 8, "max_overflow": 8}


def prepare_engine(engine: Engine) -> None:
    """Make SQLite behave: foreign keys, WAL, and explicit transactions; nothing to do for PostgreSQL."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL", f"busy_timeout={_BUSY_SECONDS * 1000}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once when another writer came between
    # (SQLITE_BUSY_SNAPSHOT), so writers take their place in the queue from the start.
    # https://docs.sqlalchemy.org/en/21/dialects/sqlite.html#sqlite-transactions
    reading = has_request_context() and request.method in _SAFE_METHODS
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
