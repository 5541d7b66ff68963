"""Stages that take long to set: each is set once in every process, and put back for the tests that play on it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from copy import copy, deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.database import Base, now
from tests.cast import Cast
from tests.databases import rows_of
from tests.keeping import Kept

T = TypeVar("T")


@dataclass(frozen=True)
class _Stage:
    beside: Mapping[str, Any]
    before: Mapping[str, int]
    rows: Kept
    done: datetime
    shown: Any


_SET: dict[Hashable, _Stage] = {}


def stage(cast: Cast, session: Session, build: Callable[[Cast, Session], T]) -> T:
    """What `build` stores beside a cast, as `kept` keeps it."""
    return kept(session, build, lambda: build(cast, session), beside=numbers(cast))


def kept(session: Session, name: Hashable, build: Callable[[], T], beside: Mapping[str, Any]) -> T:
    """What `build` stores, and the plain values it returns. From the second time on, if nothing else is there and it
    is built beside the same, it is only stored, as if it had happened just now; what it asks of the worker is asked
    the first time only.
    """
    known = _SET.get(name)
    if known is None or known.beside != beside or _counts(session, known.before) != known.before:
        known = _SET[name] = _set(session, build, beside)
    else:
        known.rows.put(session, now() - known.done)
    shown: T = copy(known.shown)
    return shown


def _set(session: Session, build: Callable[[], T], beside: Mapping[str, Any]) -> _Stage:
    before = rows_of(session)
    session.rollback()
    shown = build()
    session.commit()
    after = rows_of(session)
    session.rollback()
    assert all(row in after[table] for table, rows in before.items() for row in rows), "what was there was changed"
    added = {table: [row for row in rows if row not in before[table]] for table, rows in after.items()}
    counts = {table: len(before[table]) for table, rows in added.items() if rows}
    return _Stage(beside, counts, Kept(added), now(), copy(shown))


def _counts(session: Session, tables: Iterable[str]) -> Mapping[str, int]:
    counts = [select(func.count()).select_from(Base.metadata.tables[name]).scalar_subquery() for name in tables]
    return dict(zip(tables, session.execute(select(*counts)).one(), strict=True))


def numbers(cast: Cast) -> Mapping[str, Any]:
    """What tells one cast from another."""
    return {name: deepcopy(value) for name, value in vars(cast).items() if name != "app"}
