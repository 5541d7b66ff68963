"""What does it cost to join and to leave a pool of 100,000 authors, on PostgreSQL (SQLite where there is none)?

Everybody in it evaluates the next two of a ring, all of it open: the largest choice that the allocation can have.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Engine, event, insert, text
from sqlalchemy.orm import Session

from bench.arrivals import prepare
from bench.figures import Figure
from bench.people import MODULE, add_platform_and_programme
from bench.postgresql import postgresql
from bench.tools import settings
from lti_tool import create_app, migrating
from lti_tool.database import db, now, table_of
from lti_tool.modules.models import Participation
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus
from lti_tool.peer_review.pools import join_pool, locked_pool, withdraw
from lti_tool.programme.queries import CurrentModule, current_module

AUTHORS = 100_000
TIMES = 500


def run(authors: int = AUTHORS, times: int = TIMES, *, server: bool = True) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="bench-") as name, ExitStack() as stack:
        found = stack.enter_context(postgresql(Path(name), None)) if server else None
        url = found.url if found else f"sqlite:///{Path(name) / 'bench.sqlite3'}"
        joins, leaves, statements = _measured(url, authors, times)
    about = f"median of {times:,} in a pool of {authors:,}, {'PostgreSQL' if found else 'SQLite'}"
    return [
        Figure("pool_join_ms", median(joins), "ms", f"joining, {about}", 5),
        Figure("pool_leave_ms", median(leaves), "ms", f"leaving, {about}", 5),
        Figure("pool_statements", max(statements), "", "the most that joining or leaving took"),
    ]


def _measured(url: str, authors: int, times: int) -> tuple[list[float], list[float], list[int]]:
    """Milliseconds of each join and each departure, commits included, and how many statements they took."""
    migrating.upgrade(url)
    add_platform_and_programme(settings(url), "http://127.0.0.1/jwks")
    app = create_app(settings(url))
    with app.app_context():
        module = current_module(db.session, MODULE)
        db.session.rollback()
        prepare(db.engine, module, authors + times)
        _seat(db.engine, module, authors)
        with _counted(db.engine) as statements:
            joins = [_timed(db.engine, n, join_pool) for n in range(authors + 1, authors + times + 1)]
            leaves = [_timed(db.engine, n, _leave) for n in range(1, times * 3, 3)]
        db.engine.dispose()
    return joins, leaves, statements


def _leave(session: Session, participation: Participation) -> None:
    withdraw(session, participation, reason="bench", person_id=None)


def _seat(engine: Engine, module: CurrentModule, authors: int) -> None:
    moment = now()
    with Session(engine) as session:
        pool = locked_pool(session, module.cohort_id, module.id, "en")
        place = {"pool_id": pool.id, "joined_at": moment, "placed_at": moment}
        ids = range(1, authors + 1)
        session.execute(insert(Author), [{"id": n, "participation_id": n, "essay_id": n, **place} for n in ids])
        edges = [_edge(pool.id, n, step, authors) for n in ids for step in (1, 2)]
        session.execute(insert(table_of(Evaluation)), edges)
        if engine.dialect.name == "postgresql":
            session.execute(
                text("SELECT setval(pg_get_serial_sequence('pool_author', 'id'), :last)"), {"last": authors}
            )
        session.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _edge(pool_id: int, number: int, step: int, authors: int) -> dict[str, Any]:
    return {
        "pool_id": pool_id,
        "public_id": f"{number}-{step}",
        "evaluator_id": number,
        "author_id": (number + step - 1) % authors + 1,
        "given_slot": step,
        "received_slot": step,
        "status": EvaluationStatus.OPEN,
        # Spread over the whole range, as random keys are.
        "shuffle_key": (number * 2 + step) * 0.6180339887 % 1,
    }


def _timed(engine: Engine, participation_id: int, action: Callable[[Session, Participation], None]) -> float:
    with Session(engine) as session:
        participation = session.get_one(Participation, participation_id)
        began = time.perf_counter()
        action(session, participation)
        session.commit()
        return (time.perf_counter() - began) * 1000


@contextmanager
def _counted(engine: Engine) -> Iterator[list[int]]:
    """How many statements each transaction took."""
    counts: list[int] = []

    def begin(_connection: Any) -> None:
        counts.append(0)

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            counts[-1] += 1

    event.listen(engine, "begin", begin)
    event.listen(engine, "after_cursor_execute", count)
    try:
        yield counts
    finally:
        event.remove(engine, "begin", begin)
        event.remove(engine, "after_cursor_execute", count)
