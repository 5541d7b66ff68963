"""Rows that are added together, at the cost of one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Table, TextClause, text
from sqlalchemy.orm import Session


def add_rows(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that name the same columns, all that have no default of the database's, with moments in them aware.

    PostgreSQL gets them as one document: a value of its own for each column of each row takes a client several times as
    long, and so does a statement for each row.
    """
    if session.get_bind().dialect.name == "postgresql":
        document = json.dumps(rows, default=str)
        session.execute(_from_document(table.name, tuple(rows[0])), {"rows": document})
    else:
        session.execute(table.insert(), rows)


@lru_cache
def _from_document(table: str, columns: tuple[str, ...]) -> TextClause:
    """Values take the types of the table's columns."""
    names = ", ".join(columns)
    return text(
        f"INSERT INTO {table} ({names}) SELECT {names} FROM json_populate_recordset(NULL::{table}, :rows)"  # noqa: S608
    )
