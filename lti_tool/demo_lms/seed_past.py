"""Lets what is done now have been done earlier."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lti_tool.database import Base, UtcDateTime, now, table_of
from lti_tool.paths import PACKAGE

TEXTS = PACKAGE / "demo_lms" / "seed_texts"


@contextmanager
def ago(session: Session, models: Collection[type[Base]], *, days: float, hours: float = 0) -> Iterator[None]:
    """Let every moment that is noted within, in rows of these models, have been that long ago."""
    began = now()
    yield
    session.flush()
    for model in models:
        moments = [column for column in table_of(model).columns if isinstance(column.type, UtcDateTime)]
        for row in session.scalars(select(model).where(or_(*(column >= began for column in moments)))):
            for name in (column.key for column in moments):
                moment = getattr(row, name)
                if moment is not None and moment >= began:
                    setattr(row, name, moment - timedelta(days=days, hours=hours))
    session.flush()
