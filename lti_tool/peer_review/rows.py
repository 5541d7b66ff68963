"""Rows that are removed and added together, at the cost of one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import Connection, Dialect, Table, TextClause, bindparam, delete, text
from sqlalchemy.orm import Session

Columns: TypeAlias = tuple[str, ...]
Converter: TypeAlias = Callable[[Any], Any]
Added: TypeAlias = Mapping[Table, Sequence[dict[str, Any]]]


def add_rows(session: Session, added: Added) -> None:
    """Insert rows; those of a table name the same columns, all that have no default of the database's, moments aware.

    PostgreSQL gets all of it as one statement with a document for each table: a value of its own for each column of
    each row takes a client several times as long, and so does a statement for each row.
    """
    some = {table: rows for table, rows in added.items() if rows}
    if session.get_bind().dialect.name != "postgresql":
        for table, rows in some.items():
            _add(session.connection(), table, rows)
    elif some:
        session.execute(_from_documents(_columns(some)), _documents(some))


def _add(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """SQLAlchemy's own insert takes these few rows apart and puts them together for longer than SQLite stores them."""
    statement, converters = _values(connection.dialect, table, tuple(rows[0]))
    stored = [tuple(convert(row[name]) for name, convert in converters) for row in rows]
    connection.exec_driver_sql(statement, stored)


@lru_cache
def _values(dialect: Dialect, table: Table, columns: Columns) -> tuple[str, tuple[tuple[str, Converter], ...]]:
    """The insert, and what makes of a value what is stored."""
    types = ((name, table.c[name].type.dialect_impl(dialect)) for name in columns)
    converters = tuple((name, kind.bind_processor(dialect) or _unchanged) for name, kind in types)
    names, places = ", ".join(columns), ", ".join("?" for _ in columns)
    return f"INSERT INTO {table.name} ({names}) VALUES ({places})", converters  # noqa: S608


def _unchanged(value: Any) -> Any:
    return value


def exchange_rows(session: Session, table: Table, gone: Sequence[int], added: Added) -> None:
    """As `add_rows`, after the rows with these ids are removed: what was unique of them may be added."""
    some = {other: rows for other, rows in added.items() if rows}
    if gone and some and session.get_bind().dialect.name == "postgresql":
        ids = "{" + ",".join(map(str, gone)) + "}"
        session.execute(_from_documents(_columns(some), table.name), {**_documents(some), "gone": ids})
        return
    if gone:
        session.execute(_removal(table), [{"which": row_id} for row_id in gone])
    add_rows(session, some)


def _columns(added: Added) -> tuple[tuple[str, Columns], ...]:
    return tuple((table.name, tuple(rows[0])) for table, rows in added.items())


def _documents(added: Added) -> dict[str, str]:
    return {table.name: json.dumps(rows, default=str) for table, rows in added.items()}


@lru_cache
def _removal(table: Table) -> Any:
    return delete(table).where(table.c.id == bindparam("which"))


@lru_cache
def _from_documents(tables: tuple[tuple[str, Columns], ...], emptied: str | None = None) -> TextClause:
    steps = [_insert(table, columns, after_removal=table == emptied) for table, columns in tables]
    named = [f"added_{number} AS ({step})" for number, step in enumerate(steps[:-1])]
    if emptied:
        named.insert(0, f"gone AS (DELETE FROM {emptied} WHERE id = ANY(CAST(:gone AS bigint[])) RETURNING id)")  # noqa: S608
    return text(f"WITH {', '.join(named)} {steps[-1]}" if named else steps[-1])


def _insert(table: str, columns: Columns, *, after_removal: bool) -> str:
    """Values take the types of the table's columns.

    Parts of a statement run in no order but that of what they need of each other, so what is added counts what is gone.
    https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING
    """
    names = ", ".join(columns)
    rows = f"SELECT {names} FROM json_populate_recordset(NULL::{table}, :{table})"  # noqa: S608
    return f"INSERT INTO {table} ({names}) {rows}" + " WHERE (SELECT count(*) FROM gone) >= 0" * after_removal  # noqa: S608
