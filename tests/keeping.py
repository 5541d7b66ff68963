"""Rows that are stored before thousands of tests, one after the other: what can be done once for them is done once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import count
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

from sqlalchemy import Column, Connection, DateTime, Engine, MetaData, Table, insert, text
from sqlalchemy.orm import Session

from lti_tool.database import Base, UtcDateTime

# By table, each row with all of its columns.
Rows: TypeAlias = dict[str, list[dict[str, Any]]]
_Filled: TypeAlias = Mapping[Table, list[dict[str, Any]]]
_Put: TypeAlias = Callable[[Connection, timedelta], None]
_NUMBERS = count(1)


class Kept:
    """Rows to put into databases that have none of them, as many times as it takes."""

    def __init__(self, rows: Rows) -> None:
        self._filled = {table: rows[table.name] for table in Base.metadata.sorted_tables if rows[table.name]}
        self._put: WeakKeyDictionary[Engine, _Put] = WeakKeyDictionary()

    def put(self, session: Session, later: timedelta) -> None:
        """Store them and commit, with every moment so much later."""
        connection = session.connection()
        put = self._put.get(connection.engine)
        if put is None:
            prepare = _copying if connection.dialect.name == "postgresql" else _writing
            put = self._put[connection.engine] = prepare(connection, self._filled)
        put(connection, later)
        session.commit()


def _is_moment(column: Column[Any]) -> bool:
    return isinstance(column.type, (DateTime, UtcDateTime))


def _writing(connection: Connection, filled: _Filled) -> _Put:
    """For SQLite: every value but the moments as the driver takes it."""
    statements = [(_insertion(table), *_values(connection, table, rows)) for table, rows in filled.items()]

    def put(connection: Connection, later: timedelta) -> None:
        raw = connection.connection.driver_connection
        assert raw is not None
        for statement, rows, moments in statements:
            raw.executemany(statement, [_moved(row, moments, later) for row in rows])

    return put


def _insertion(table: Table) -> str:
    names = ", ".join(f'"{column.name}"' for column in table.c)
    return f'INSERT INTO "{table.name}" ({names}) VALUES ({", ".join("?" * len(table.c))})'


_Processor: TypeAlias = Callable[[Any], Any]
_Moments: TypeAlias = list[tuple[int, _Processor]]


def _values(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> tuple[list[list[Any]], _Moments]:
    """The rows, and where in them the moments are, with how to make values of these."""
    moments: _Moments = []
    found = [[row[column.name] for column in table.c] for row in rows]
    for at, column in enumerate(table.c):
        process = column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        if process and _is_moment(column):
            moments.append((at, process))
        elif process:
            for row in found:
                row[at] = process(row[at])
    return found, moments


def _moved(row: list[Any], moments: _Moments, later: timedelta) -> list[Any]:
    moved = row.copy()
    for at, process in moments:
        if moved[at] is not None:
            moved[at] = process(moved[at] + later)
    return moved


def _copying(connection: Connection, filled: _Filled) -> _Put:
    """For PostgreSQL: a copy of the rows beside the tables, and a function that puts them in, which is planned once."""
    name, steps = f"kept_{next(_NUMBERS)}", []
    connection.execute(text(f"CREATE SCHEMA {name}"))
    for table, rows in filled.items():
        connection.execute(text(f'CREATE TABLE {name}."{table.name}" (LIKE public."{table.name}")'))
        connection.execute(insert(table.to_metadata(MetaData(), schema=name)), rows)
        columns = ", ".join(f'"{column.name}"' for column in table.c)
        values = ", ".join(f'"{column.name}"' + " + later" * _is_moment(column) for column in table.c)
        steps.append(f'INSERT INTO public."{table.name}" ({columns}) SELECT {values} FROM {name}."{table.name}";')
        if "id" in table.c:
            # The next numbers follow those that were given.
            highest = max(row["id"] for row in rows)
            steps.append(f"PERFORM setval(pg_get_serial_sequence('public.{table.name}', 'id'), {highest});")
    # Foreign keys are triggers, which need not be looked at once more.
    connection.execute(
        text(
            f"CREATE FUNCTION {name}.put(later interval) RETURNS void LANGUAGE plpgsql "
            f"SET session_replication_role = replica AS $$ BEGIN {' '.join(steps)} END $$"
        )
    )
    calling = text(f"SELECT {name}.put(:later)")

    def put(connection: Connection, later: timedelta) -> None:
        connection.execute(calling, {"later": later})

    return put
