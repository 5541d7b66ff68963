"""How long does a list of 5,000 employed people take, from the file to the last match, on PostgreSQL (or SQLite, where
that is not installed)?

Nine of ten on it have come, most known by their address and some by their name; so have as many others.
"""

from __future__ import annotations

import io
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import xlsxwriter
from sqlalchemy import event, insert, select
from sqlalchemy.orm import Session

from bench.figures import Figure
from bench.people import add_platform_and_programme
from bench.postgresql import postgresql
from bench.tools import settings
from lti_tool import create_app, migrating
from lti_tool.database import db, table_of
from lti_tool.employment.actions import send_list, start_taking
from lti_tool.employment.models import EmploymentList, ListState
from lti_tool.employment.reading import read_employment_lists
from lti_tool.lti.models import Deployment
from lti_tool.people.models import Course, Membership, Person, Role
from lti_tool.programme.models import Cohort

PEOPLE = 5_000
_HEAD = ("Navn", "E-post", "Stilling", "Emnekode", "Institutt", "By", "Timer", "Semester")
_POSITIONS = ("Læringsassistent", "LA", "Læringsassistent", "Studentassistent")


def run(people: int = PEOPLE, *, server: bool = True) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="bench-") as name, ExitStack() as stack:
        found = stack.enter_context(postgresql(Path(name), None)) if server else None
        url = found.url if found else f"sqlite:///{Path(name) / 'bench.sqlite3'}"
        first, again, stages = _measured(url, people)
    about = f"a list of {people:,} people, {'PostgreSQL' if found else 'SQLite'}"
    return [
        Figure("import_s", first, "s", f"{about}: read, taken over and matched", 10),
        Figure("import_again_s", again, "s", f"{about}: the same once more, all hours changed"),
        Figure("import_stages", stages, "", "how often the progress was written meanwhile"),
    ]


def _measured(url: str, people: int) -> tuple[float, float, int]:
    """Seconds for the list, and for the list that comes again; how often the progress of the first was written."""
    migrating.upgrade(url)
    add_platform_and_programme(settings(url), "http://127.0.0.1/jwks")
    app = create_app(settings(url))
    with app.app_context():
        cohort = db.session.scalars(select(Cohort)).one()
        cohort_id, term = cohort.id, cohort.term
        actor_id = _let_them_come(db.session, people)
        told: list[str] = []
        event.listen(db.engine, "after_cursor_execute", lambda *args: told.append(args[2]))
        first = _timed(cohort_id, actor_id, list_of(people, term, 80))
        stages = sum(one.startswith("UPDATE employment_list") and "done" in one for one in told)
        again = _timed(cohort_id, actor_id, list_of(people, term, 90))
        db.engine.dispose()
    return first, again, stages


def list_of(people: int, term: str, hours: int) -> bytes:
    into = io.BytesIO()
    with xlsxwriter.Workbook(into) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, _HEAD)
        for number in range(people):
            address = f"person{number}@ntnu.test" if number % 5 else ""
            course = f"TDT{4000 + number % 80}"
            row = (f"Person Number{number}", address, _POSITIONS[number % 4], course, f"Department {number % 20}")
            page.write_row(number + 1, 0, (*row, "Trondheim", hours, term))
    return into.getvalue()


def _let_them_come(session: Session, people: int) -> int:
    """Twice as many as nine of ten of them; returns one of them."""
    deployment = session.scalars(select(Deployment)).one()
    course = Course(deployment_id=deployment.id, context_id="bench", label="LAOS")
    session.add(course)
    session.flush()
    came = [number for number in range(2 * people) if number % 10]
    rows = [
        {
            "platform_id": deployment.platform_id,
            "subject": f"p{number}",
            "name": f"Person Number{number}",
            "email": f"person{number}@ntnu.test" if number % 3 else None,
        }
        for number in came
    ]
    session.execute(insert(table_of(Person)), rows)
    ids = list(session.scalars(select(Person.id)))
    members = [{"person_id": one, "course_id": course.id, "role": Role.LEARNER} for one in ids]
    session.execute(insert(table_of(Membership)), members)
    session.commit()
    return ids[0]


def _timed(cohort_id: int, actor_id: int, data: bytes) -> float:
    began = time.perf_counter()
    public_id = send_list(db.session, cohort_id, actor_id, "people.xlsx", data)
    db.session.commit()
    read_employment_lists()
    row = db.session.scalars(select(EmploymentList).where(EmploymentList.public_id == public_id)).one()
    if not start_taking(db.session, row.id):
        raise RuntimeError("the list of the bench is not ready to be taken over")
    db.session.commit()
    read_employment_lists()
    took = time.perf_counter() - began
    db.session.refresh(row)
    if row.state is not ListState.TAKEN:
        raise RuntimeError(f"the list of the bench is {row.state}")
    return took
