"""What does the coordinator's inbox of 10,000 evaluations cost to open, and what does weighing one among them?

5,000 authors in one pool have given their two evaluations, on PostgreSQL (SQLite where there is none). All are weighed,
a third is doubtful, a third is approved. The page is asked for as a browser does, cookie and all, and measured where it
is made: without the network.
"""

from __future__ import annotations

import random
import tempfile
import time
from contextlib import ExitStack
from datetime import timedelta
from itertools import accumulate
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask
from sqlalchemy import Engine, insert, text, update
from sqlalchemy.orm import Session

from bench.arrivals import prepare
from bench.figures import Figure
from bench.people import MODULE, add_platform_and_programme
from bench.postgresql import postgresql
from bench.tools import BASE_URL, settings
from lti_tool import create_app, migrating
from lti_tool.database import db, now, table_of
from lti_tool.moderation.doubt import Figures, doubt_points
from lti_tool.moderation.weighing import claim, weigh
from lti_tool.peer_review.models import Author, Doubt, Evaluation, EvaluationStatus
from lti_tool.peer_review.pools import locked_pool
from lti_tool.people.models import Course, GrantKind, Person, ResourceLink, Role, StaffGrant
from lti_tool.people.sessions import NewVisit, cookie_name, open_visit
from lti_tool.programme.queries import CurrentModule, current_module

EVALUATIONS = 10_000
TIMES = 20
_COMMENT_WORDS = 40


def run(evaluations: int = EVALUATIONS, times: int = TIMES, *, server: bool = True) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="bench-") as name, ExitStack() as stack:
        found = stack.enter_context(postgresql(Path(name), None)) if server else None
        url = found.url if found else f"sqlite:///{Path(name) / 'bench.sqlite3'}"
        opened, weighed = _measured(url, evaluations // 2, times)
    where = f"median of {times:,}, among {evaluations:,} evaluations, {'PostgreSQL' if found else 'SQLite'}"
    return [
        Figure("inbox_ms", median(opened), "ms", f"opening the inbox, {where}", 200),
        Figure("inbox_weigh_ms", median(weighed), "ms", f"weighing one evaluation, {where}"),
    ]


def _measured(url: str, authors: int, times: int) -> tuple[list[float], list[float]]:
    migrating.upgrade(url)
    add_platform_and_programme(settings(url), "http://127.0.0.1/jwks")
    app = create_app(settings(url))
    with app.app_context():
        module = current_module(db.session, MODULE)
        db.session.rollback()
        prepare(db.engine, module, authors)
        fill(db.engine, module, authors)
        visit, cookie = coordinate(db.session, module)
        weighed = [_weighing(db.engine, number) for number in range(1, times + 1)]
    opened = _opening(app, visit, cookie, times)
    with app.app_context():
        db.engine.dispose()
    return opened, weighed


def fill(engine: Engine, module: CurrentModule, authors: int) -> None:
    """Everybody has evaluated the next two of a ring."""
    rng = random.Random(1)  # noqa: S311 - the same run each time
    ids = range(1, authors + 1)
    with Session(engine) as session:
        pool_id = locked_pool(session, module.cohort_id, module.id, "en").id
        place = {"pool_id": pool_id, "joined_at": now(), "placed_at": now()}
        session.execute(insert(Author), [{"id": n, "participation_id": n, "essay_id": n, **place} for n in ids])
        form = module.content.text_in("en").evaluation
        common = {"pool_id": pool_id, "content_id": module.content_id, "form": form}
        given = [_given(rng, common, n, step, authors) for n in ids for step in (1, 2)]
        session.execute(insert(table_of(Evaluation)), given)
        session.execute(insert(table_of(Doubt)), [_doubt(rng, row["id"]) for row in given])
        session.execute(update(Person).values(name=text("'Person ' || id")))
        session.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def coordinate(session: Session, module: CurrentModule) -> tuple[str, str]:
    """The public id and the secret of a visit by a coordinator of the module's cohort."""
    course = Course(deployment_id=1, context_id="bench")
    session.add(course)
    session.flush()
    link = ResourceLink(course_id=course.id, resource_link_id="bench", module_key=module.key)
    grant = {"kind": GrantKind.COORDINATOR, "cohort_id": module.cohort_id, "granted_by": "bench"}
    session.add_all([link, StaffGrant(person_id=1, **grant)])
    session.flush()
    opened = open_visit(session, NewVisit(1, course.id, link.id, Role.INSTRUCTOR, "en", None))
    session.commit()
    return opened.public_id, opened.secret


def _given(rng: random.Random, common: dict[str, Any], number: int, step: int, authors: int) -> dict[str, Any]:
    submitted_at = now() - timedelta(minutes=number)
    keys = [criterion.key for criterion in common["form"].criteria]
    levels = {criterion.key: [level.key for level in criterion.levels] for criterion in common["form"].criteria}
    criteria = {key: {"level": rng.choice(levels[key]), "comment": _comment(rng)} for key in keys}
    return {
        "id": number * 2 + step - 2,
        "pool_id": common["pool_id"],
        "content_id": common["content_id"],
        "public_id": f"{number}-{step}",
        "evaluator_id": number,
        "author_id": (number + step - 1) % authors + 1,
        "given_slot": step,
        "received_slot": step,
        "status": EvaluationStatus.SUBMITTED,
        "shuffle_key": rng.random(),
        "answers": {"criteria": criteria, "overall": _comment(rng)},
        "started_at": submitted_at - timedelta(hours=1),
        "submitted_at": submitted_at,
        "approved_at": submitted_at if number % 3 == 0 else None,
    }


def _comment(rng: random.Random) -> str:
    """Sentences from a vocabulary of which some words are used more often than others."""
    words = rng.choices(_VOCABULARY, cum_weights=_USE, k=_COMMENT_WORDS)
    return ". ".join(" ".join(words[n : n + 10]) for n in range(0, _COMMENT_WORDS, 10)) + "."


def _vocabulary(rng: random.Random) -> list[str]:
    return ["".join(rng.choices("etaoinshrdlu", k=rng.randint(2, 9))) for _ in range(3000)]


_VOCABULARY = _vocabulary(random.Random(1))  # noqa: S311 - the same run each time
_USE = list(accumulate(1 / rank for rank in range(5, 3005)))


def _doubt(rng: random.Random, evaluation_id: int) -> dict[str, Any]:
    gap, seconds = rng.choice([0, 1, 2, 3]), rng.choice([100, 900, 1800, 3600])
    figures = Figures(160, 120, 75, seconds, 200, gap=gap, gap_on="feedback", flagged=rng.random() < 0.02)
    known = {name: getattr(figures, name) for name in figures.__slots__}
    return {"evaluation_id": evaluation_id, "points": doubt_points(figures), "weighed_at": now(), **known}


def _opening(app: Flask, visit: str, secret: str, times: int) -> list[float]:
    """Milliseconds of each request; the first, which also compiles the page, is not among them."""
    client, host = app.test_client(), BASE_URL.removeprefix("https://")
    client.set_cookie(cookie_name(visit, True), secret, domain=host, path=f"/l/{visit}/")
    found = []
    for _time in range(times + 1):
        began = time.perf_counter()
        answer = client.get(f"/l/{visit}/moderation", base_url=BASE_URL)
        found.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200 or "data-line" not in answer.text:
            raise RuntimeError(f"the inbox answers {answer.status_code}")
    return found[1:]


def _weighing(engine: Engine, evaluation_id: int) -> float:
    """Milliseconds from the message to the commit."""
    with Session(engine) as session:
        session.execute(update(Evaluation).where(Evaluation.id == evaluation_id).values(weigh_at=now()))
        session.commit()
        began = time.perf_counter()
        claimed = claim(session)
        session.commit()
        weigh(session, claimed)
        session.commit()
        return (time.perf_counter() - began) * 1000
