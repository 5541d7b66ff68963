"""Rows that are added together, at the cost of one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import Table, TextClause, text
from sqlalchemy.orm import Session

Columns: TypeAlias = tuple[str, ...]


def add_rows(session: Session, added: Mapping[Table, Sequence[dict[str, Any]]]) -> None:
    """Insert rows; those of a table name the same columns, all that have no default of the database's, moments aware.

    PostgreSQL gets all of it as one statement with a document for each table: a value of its own for each column of
    each row takes a client several times as long, and so does a statement for each row.
    """
    some = {table: rows for table, rows in added.items() if rows}
    if session.get_bind().dialect.name != "postgresql":
        for table, rows in some.items():
            session.execute(table.insert(), rows)
    elif some:
        documents = {table.name: json.dumps(rows, default=str) for table, rows in some.items()}
        session.execute(_from_documents(tuple((table.name, tuple(rows[0])) for table, rows in some.items())), documents)


@lru_cache
def _from_documents(tables: tuple[tuple[str, Columns], ...]) -> TextClause:
    *first, last = (_insert(table, columns) for table, columns in tables)
    others = ", ".join(f"added_{number} AS ({insert})" for number, insert in enumerate(first))
    return text(f"WITH {others} {last}" if others else last)


def _insert(table: str, columns: Columns) -> str:
    """Values take the types of the table's columns."""
    names = ", ".join(columns)
    return f"INSERT INTO {table} ({names}) SELECT {names} FROM json_populate_recordset(NULL::{table}, :{table})"  # noqa: S608
