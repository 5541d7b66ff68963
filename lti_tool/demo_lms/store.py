"""The SQLite file of the demo LMS."""

import sqlite3
from pathlib import Path

from sqlalchemy import URL, Connection, Table, create_engine, event, inspect
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.schema import CreateColumn

from lti_tool.demo_lms.models import Base

_BUSY_SECONDS = 15


class Store:
    """Sessions on one file. A writing session takes its turn before it reads, so it never loses a race half-way."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(
            URL.create("sqlite", database=str(path)),
            connect_args={"timeout": _BUSY_SECONDS, "isolation_level": None},
        )
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
        self.reading = sessionmaker(engine)
        self.writing: sessionmaker[Session] = sessionmaker(engine.execution_options(writes=True))
        self._engine = engine

    def create_tables(self) -> None:
        """Adds what is missing, so that a file of an earlier version goes on with its grades."""
        Base.metadata.create_all(self._engine)
        with self._engine.begin() as connection:
            for table in Base.metadata.sorted_tables:
                _add_missing_columns(connection, table)

    def close(self) -> None:
        self._engine.dispose()


def _add_missing_columns(connection: Connection, table: Table) -> None:
    there = {column["name"] for column in inspect(connection).get_columns(table.name)}
    for column in table.columns:
        if column.name not in there:
            described = CreateColumn(column).compile(dialect=connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {described}")


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
