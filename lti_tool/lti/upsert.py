"""Insert a row or bring it up to date in one statement, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert

Insert = sqlite.Insert | postgresql.Insert
_INSERTS: Mapping[str, Callable[[Table], Insert]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert_into(connection: Connection, table: Table) -> Insert:
    """An insert that knows `on_conflict_do_update` as this database writes it."""
    return _INSERTS[connection.dialect.name](table)


def upsert(connection: Connection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> int:
    """Make the row that the unique `key` names hold `values`; returns the first column of its primary key."""
    statement = _upsert(connection.dialect.name, table, tuple(key), tuple(values))
    return int(connection.execute(statement, {**key, **values}).one()[0])


def insert_once(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """False, and nothing written, if a row with one of its unique keys is there already."""
    return connection.execute(_insert_once(connection.dialect.name, table), row).first() is not None


@lru_cache
def _upsert(dialect: str, table: Table, key: tuple[str, ...], values: tuple[str, ...]) -> ReturningInsert[Any]:
    insert = _INSERTS[dialect](table)
    # An update that changes nothing still returns the row, which "do nothing" would not.
    changed = {name: insert.excluded[name] for name in (values or key)}
    return insert.on_conflict_do_update(index_elements=list(key), set_=changed).returning(*table.primary_key.columns)


@lru_cache
def _insert_once(dialect: str, table: Table) -> ReturningInsert[Any]:
    return _INSERTS[dialect](table).on_conflict_do_nothing().returning(*table.primary_key.columns)
