"""Does a newcomer cost the same in a large pool as in a small one? 100,000 authors arrive one by one.

The database action of production runs on SQLite, one transaction for each arrival. What comes before it (people,
participations, essays) is prepared in bulk, so that nothing but the arrival is measured. All evaluations stay open, the
largest choice that the allocation can have.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from bench.figures import Figure
from bench.people import MODULE, add_platform_and_programme
from bench.tools import settings
from lti_tool import create_app, migrating
from lti_tool.database import db, now, table_of
from lti_tool.modules.models import Participation
from lti_tool.peer_review.allocation import RANDOM_CANDIDATES, Edge, place
from lti_tool.peer_review.pools import join_pool
from lti_tool.people.models import Person
from lti_tool.programme.queries import CurrentModule, current_module
from lti_tool.reflection.models import Essay

AUTHORS = 100_000
# How many of the first and of the last arrivals a figure is the median of.
SPAN = 1_000
_TEXT = " ".join(["word"] * 350)


def run(authors: int = AUTHORS, span: int = SPAN) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        milliseconds = _arrivals(Path(folder), authors)
    first, last = median(milliseconds[:span]), median(milliseconds[-span:])
    return [
        Figure("arrival_ms_first", first, "ms", f"median of the first {span:,} of {authors:,} arrivals, SQLite"),
        Figure("arrival_ms_last", last, "ms", f"median of the last {span:,}"),
        Figure("arrival_growth", last / first, "", "the last beside the first", 1.5),
        Figure("arrivals_seconds", sum(milliseconds) / 1000, "s", "all of them"),
        Figure("allocation_ms", median(_allocations(span)), "ms", "the rule alone, in memory"),
    ]


def _arrivals(folder: Path, authors: int) -> list[float]:
    """Milliseconds of each arrival, its commit included."""
    url = f"sqlite:///{folder / 'bench.sqlite3'}"
    migrating.upgrade(url)
    add_platform_and_programme(settings(url), "http://127.0.0.1/jwks")
    app = create_app(settings(url))
    with app.app_context():
        module = current_module(db.session, MODULE)
        db.session.rollback()
        prepare(db.engine, module, authors)
        found = [_arrive(db.engine, participation_id) for participation_id in range(1, authors + 1)]
        db.engine.dispose()
    return found


def prepare(engine: Engine, module: CurrentModule, authors: int) -> None:
    """Everybody's essay is in; nobody is in the pool. Ids count from 1."""
    moment, ids = now(), range(1, authors + 1)
    people = [{"id": n, "platform_id": 1, "subject": f"person-{n}", "created_at": moment} for n in ids]
    place_in = {"module_id": module.id, "cohort_id": module.cohort_id, "content_id": module.content_id}
    participations = [{"id": n, "person_id": n, "created_at": moment, **place_in} for n in ids]
    with engine.begin() as connection:
        connection.execute(insert(table_of(Person)), people)
        connection.execute(insert(table_of(Participation)), participations)
        connection.execute(insert(table_of(Essay)), [_essay(n) for n in ids])


def _essay(number: int) -> dict[str, object]:
    moment = now()
    return {
        "participation_id": number,
        "public_id": f"essay-{number}",
        "text": _TEXT,
        "version": 1,
        "saved_at": moment,
        "submitted_at": moment,
        "submitted_text": _TEXT,
        "language": "en",
        "submitted_language": "en",
        "created_at": moment,
    }


def _arrive(engine: Engine, participation_id: int) -> float:
    with Session(engine) as session:
        participation = session.get_one(Participation, participation_id)
        began = time.perf_counter()
        join_pool(session, participation)
        session.commit()
        return (time.perf_counter() - began) * 1000


def _allocations(arrivals: int) -> Iterator[float]:
    """Milliseconds of each decision in a pool that lives in memory."""
    rng = random.Random(1)  # noqa: S311 - the same run each time
    given: dict[int, list[Edge]] = {}
    edges: list[Edge] = []
    waiting: list[int] = []
    for author in range(arrivals + 10):
        waiting.append(author)
        candidates = rng.sample(edges, min(RANDOM_CANDIDATES, len(edges)))
        ends = {end for edge in candidates for end in (edge.evaluator, edge.author)}
        known = [edge for end in ends for edge in given[end]]
        began = time.perf_counter()
        placement = place(waiting, candidates, known, rng.getrandbits(31))
        yield (time.perf_counter() - began) * 1000
        waiting = list(placement.waiting)
        edges = [edge for edge in edges if edge not in placement.removed] + list(placement.added)
        for edge in placement.removed:
            given[edge.evaluator].remove(edge)
        for edge in placement.added:
            given.setdefault(edge.evaluator, []).append(edge)
