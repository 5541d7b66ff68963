"""Lets what is done now have been done earlier."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import event, or_, select
from sqlalchemy.orm import Session

from lti_tool.database import Base, UtcDateTime, now, table_of
from lti_tool.paths import PACKAGE

TEXTS = PACKAGE / "demo_lms" / "seed_texts"


@contextmanager
def ago(session: Session, models: Collection[type[Base]], *, days: float, hours: float = 0) -> Iterator[None]:
    """Let every moment that is noted within, in rows of these models, have been that long ago."""
    began, by = now(), timedelta(days=days, hours=hours)
    with _written(session) as tables:
        yield
        session.flush()
    for model in models:
        if table_of(model).name in tables:
            _set_back(session, model, began, by)
    session.flush()


def _set_back(session: Session, model: type[Base], began: datetime, by: timedelta) -> None:
    moments = [column for column in table_of(model).columns if isinstance(column.type, UtcDateTime)]
    for row in session.scalars(select(model).where(or_(*(column >= began for column in moments)))):
        for name in (column.key for column in moments):
            moment = getattr(row, name)
            if moment is not None and moment >= began:
                setattr(row, name, moment - by)


@contextmanager
def _written(session: Session) -> Iterator[set[str]]:
    """The names of the tables that are written to within: to ask all of them took half of the time."""
    tables: set[str] = set()

    def note(_connection: Any, _cursor: Any, _statement: str, _parameters: Any, context: Any, _many: bool) -> None:
        if context.isinsert or context.isupdate:
            tables.add(context.compiled.dml_compile_state.dml_table.name)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield tables
    finally:
        event.remove(engine, "before_cursor_execute", note)
