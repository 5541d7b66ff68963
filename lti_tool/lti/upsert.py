"""Insert a row or bring it up to date in one statement, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from lti_tool.database import Base


def table_of(model: type[Base]) -> Table:
    """The table of a model, for statements that need no object."""
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is not mapped to a table")
    return table


Insert = sqlite.Insert | postgresql.Insert
_INSERTS: Mapping[str, Callable[[Table], Insert]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def upsert(connection: Connection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> int:
    """Make the row that the unique `key` names hold `values`; returns the first column of its primary key."""
    insert = _INSERTS[connection.dialect.name](table).values({**key, **values})
    # An update that changes nothing still returns the row, which "do nothing" would not.
    changed = {name: insert.excluded[name] for name in (values or key)}
    statement = insert.on_conflict_do_update(index_elements=list(key), set_=changed)
    return int(connection.execute(statement.returning(*table.primary_key.columns)).one()[0])


def insert_once(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """False, and nothing written, if a row with one of its unique keys is there already."""
    insert = _INSERTS[connection.dialect.name](table).values(dict(row)).on_conflict_do_nothing()
    return connection.execute(insert.returning(*table.primary_key.columns)).first() is not None
