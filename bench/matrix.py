"""What does the matrix of a cohort of 5,000 people cost to open, in time at the server and in statements?

Each has two online modules, core sessions with places and marks, a course with its own sessions, and a position, on
PostgreSQL (SQLite where there is none). The page is asked for as a browser does, and measured where it is made.
"""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event, insert, select, text
from sqlalchemy.orm import Session

from bench.figures import Figure
from bench.inbox import coordinate
from bench.people import MODULE, add_platform_and_programme
from bench.postgresql import postgresql
from bench.tools import BASE_URL, settings
from lti_tool import create_app, migrating
from lti_tool.attendance.models import Mark, Presence, SignUp, SignUpState, Source, TrainingSession
from lti_tool.database import Base, db, now, table_of
from lti_tool.employment.models import Employment
from lti_tool.modules.models import ModuleChoice, Participation, StepResult
from lti_tool.people.models import Course, Membership, Person, Role
from lti_tool.people.sessions import cookie_name
from lti_tool.programme.content import Step
from lti_tool.programme.models import Enrolment
from lti_tool.programme.queries import CurrentModule, current_modules

PEOPLE = 5_000
TIMES = 20
_COURSES = 50
# Of each core module, and of each course: its first meeting, two of the follow-up, its final evaluation.
_DATES = 20
_FOLLOW_UP = (("first-meeting", 60), ("follow-up", 120), ("follow-up", 120), ("final-evaluation", 60))


def run(people: int = PEOPLE, times: int = TIMES, *, server: bool = True) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="bench-") as name, ExitStack() as stack:
        found = stack.enter_context(postgresql(Path(name), None)) if server else None
        url = found.url if found else f"sqlite:///{Path(name) / 'bench.sqlite3'}"
        opened, statements = _measured(url, people, times)
    where = f"the matrix of {people:,} people, {'PostgreSQL' if found else 'SQLite'}"
    return [
        Figure("matrix_ms", median(opened), "ms", f"opening {where}, median of {times}", 300),
        Figure("matrix_queries", statements, "", f"statements to open {where}", 12),
    ]


def _measured(url: str, people: int, times: int) -> tuple[list[float], int]:
    migrating.upgrade(url)
    add_platform_and_programme(settings(url), "http://127.0.0.1/jwks")
    app = create_app(settings(url))
    with app.app_context():
        modules = current_modules(db.session)
        fill(db.session, modules, people)
        visit, cookie = coordinate(db.session, next(one for one in modules if one.key == MODULE))
        _analyze(db.engine)
        with _counted(db.engine) as statements:
            _opening(app, visit, cookie, 0)
        # As the server does before it answers anybody (`config/gunicorn.conf.py`).
        gc.collect()
        gc.freeze()
        opened = _opening(app, visit, cookie, times)
        db.engine.dispose()
    return opened, len(statements)


def fill(session: Session, modules: list[CurrentModule], people: int) -> None:
    """Everybody takes part; a tenth has missed something, a fifth has done everything."""
    moment, ids = now(), range(1, people + 1)
    cohort_id, first, second = modules[0].cohort_id, modules[0], modules[1]
    rows: list[tuple[type[Base], list[dict[str, Any]]]] = [
        (Person, [{"id": n, "platform_id": 1, "subject": f"person-{n}", "name": f"Person {n}"} for n in ids]),
        (Course, [{"id": n, "deployment_id": 1, "context_id": f"course-{n}"} for n in _course_ids()]),
        (Enrolment, [{"cohort_id": cohort_id, "person_id": n} for n in ids]),
        (Membership, [{"person_id": n, "course_id": _course_of(n), "role": Role.LEARNER} for n in ids]),
        (Employment, [_position(cohort_id, n) for n in ids]),
        (
            ModuleChoice,
            [{"person_id": n, "cohort_id": cohort_id, "module_id": m.id} for n in ids for m in (first, second)],
        ),
        (Participation, [_participation(n, m, place) for n in ids for place, m in enumerate((first, second))]),
        (
            StepResult,
            [{"participation_id": n, "step": s} for n in range(1, 2 * people + 1) for s in list(Step)[: n % 4]],
        ),
        (TrainingSession, list(_sessions(cohort_id))),
    ]
    for model, values in rows:
        session.execute(insert(table_of(model)), [{**_defaults(model), **value} for value in values])
    held = session.execute(select(TrainingSession.id, TrainingSession.meeting_key, TrainingSession.course_id)).all()
    core = {key: [one.id for one in held if one.meeting_key == key] for key in ("core-1", "core-2")}
    own = {n: [one.id for one in held if one.course_id == n] for n in _course_ids()}
    places, marks = [], []
    for n in ids:
        for key, found in core.items():
            chosen = found[n % len(found)]
            places.append({"session_id": chosen, "person_id": n, "cohort_id": cohort_id, "meeting_key": key})
            marks.append((chosen, n, n % 10 != 0))
        marks += [(one, n, n % 7 != 0) for one in own[_course_of(n)][: n % 5]]
    placed = {"state": SignUpState.PLACE, "created_at": moment}
    session.execute(insert(table_of(SignUp)), [{**placed, **value} for value in places])
    session.execute(insert(table_of(Mark)), [_mark(*value) for value in marks])
    session.commit()


def _course_ids() -> range:
    # The first ids are for what the database numbers itself.
    return range(101, 101 + _COURSES)


def _course_of(person: int) -> int:
    return 101 + person % _COURSES


def _defaults(model: type[Base]) -> dict[str, Any]:
    """What the models fill in by themselves, which an insert of many rows does not."""
    moment = now()
    known = {"created_at": moment, "done_at": moment, "chosen_at": moment, "launched": True}
    return {name: value for name, value in known.items() if name in table_of(model).c}


def _position(cohort_id: int, number: int) -> dict[str, Any]:
    return {
        "cohort_id": cohort_id,
        "reference": f"person-{number}",
        "name": f"Person {number}",
        "position": "learning-assistant",
        "course_code": f"TDT{number % _COURSES}",
        "department": f"Department {number % 8}",
        "town": ("Trondheim", "Gjøvik", "Ålesund")[number % 3],
        "hours": 100,
        "person_id": number,
        "matched_at": now(),
    }


def _participation(number: int, module: CurrentModule, place: int) -> dict[str, Any]:
    own = {"module_id": module.id, "cohort_id": module.cohort_id, "content_id": module.content_id}
    done = now() if (2 * number - 1 + place) % 4 == 3 else None
    return {"id": 2 * number - 1 + place, "person_id": number, "completed_at": done, **own}


def _sessions(cohort_id: int) -> Iterator[dict[str, Any]]:
    for number in range(_DATES):
        for key in ("core-1", "core-2"):
            yield _session(cohort_id, key, 240, None, number)
    for course in _course_ids():
        for place, (key, minutes) in enumerate(_FOLLOW_UP):
            yield _session(cohort_id, key, minutes, course, place)


def _session(cohort_id: int, key: str, minutes: int, course_id: int | None, number: int) -> dict[str, Any]:
    starts_at = now() + timedelta(days=number - _DATES // 2)
    return {
        "uid": f"{key}-{course_id}-{number}",
        "cohort_id": cohort_id,
        "meeting_key": key,
        "course_id": course_id,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=minutes),
        "minutes": minutes,
        "sign_up_until": starts_at,
        "place": "Room 1",
        "town": "Trondheim",
        "online_url": "",
        "language": "nb",
        "leader": "",
        "note": "",
        "taken": 0,
        "sequence": 0,
        "changed_at": now(),
        "created_at": now(),
    }


def _mark(session_id: int, person_id: int, there: bool) -> dict[str, Any]:
    return {
        "session_id": session_id,
        "person_id": person_id,
        "presence": Presence.PRESENT if there else Presence.ABSENT,
        "walk_in": False,
        "source": Source.LIST,
        "marked_by": 1,
        "marked_at": now(),
    }


def _analyze(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


@contextmanager
def _counted(engine: Engine) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def _opening(app: Flask, visit: str, secret: str, times: int) -> list[float]:
    """Milliseconds of each request; the first, which also compiles the page, is not among them."""
    client, host = app.test_client(), BASE_URL.removeprefix("https://")
    client.set_cookie(cookie_name(visit, True), secret, domain=host, path=f"/l/{visit}/")
    found = []
    for _time in range(times + 1):
        began = time.perf_counter()
        answer = client.get(f"/l/{visit}/matrix?sort=-status", base_url=BASE_URL)
        found.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200 or "Person " not in answer.text:
            raise RuntimeError(f"the matrix answers {answer.status_code}")
    return found[1:]
