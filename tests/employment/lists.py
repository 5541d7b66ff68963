"""Lists of employed people, and a desk at which Kari takes them over."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool.database import db
from lti_tool.employment.found import Found, Line, Missing
from lti_tool.employment.models import Employment, EmploymentList, ListState
from lti_tool.employment.reading import read_employment_lists
from lti_tool.people.models import Person
from lti_tool.programme.models import Programme
from lti_tool.programme.pack import read_pack
from tests.cast import Browser, Cast

PEOPLE = (
    "Navn;E-post;Stilling;Emne;Institutt;By;Timer\n"
    "Lina Lie;lina@ntnu.test;LA;TDT4100;IDI;Trondheim;80\n"
    "Frode Foss;;LA;TDT4100;IDI;Trondheim;80\n"
    "Nora Ny;nora@ntnu.test;stipendiat;TMA4100;IMF;Gjøvik;\n"
)
POSITIONS = {"LA": "learning-assistant", "SA": "student-assistant"}


@cache
def _programme() -> dict[str, Any]:
    whole = read_pack("laos").programme.model_dump(mode="json")
    return {name: whole[name] for name in ("positions", "equivalents", "towns", "terms")}


def with_positions(session: Session) -> None:
    """Give the programme of the cast what it says of positions and other training."""
    body = session.scalars(select(Programme.body)).one()
    session.execute(update(Programme).values(body={**body, **_programme()}))
    session.commit()


def name_people(session: Session, cast: Cast, **people: tuple[str | None, str | None]) -> None:
    """Such as `lina=("Lina Lie", "lina@ntnu.test")`."""
    for who, (name, email) in people.items():
        session.execute(update(Person).where(Person.id == cast.people[who]).values(name=name, email=email))
    session.commit()


def line(name: str, email: str | None = None, position: str = "LA", course: str = "A", **rest: Any) -> Line:
    return Line(line=1, name=name, email=email, position=position, course_code=course, **rest)


def found(*lines: Line, missing: Missing = Missing.STAY) -> Found:
    return Found(lines=lines, positions=POSITIONS, missing=missing)


def listed(session: Session) -> list[Employment]:
    return list(session.scalars(select(Employment).order_by(Employment.id)))


def who(session: Session) -> dict[str, int | None]:
    """The person of each reference."""
    return {one.reference: one.person_id for one in listed(session)}


@dataclass
class Desk:
    """Kari with one list."""

    cast: Cast
    browser: Browser
    at: str = ""

    @property
    def home(self) -> str:
        return f"employment/{self.cast.cohort_id}"

    def send(self, data: bytes = PEOPLE.encode(), name: str = "people.csv") -> TestResponse:
        answer = self.browser.post(f"{self.home}/lists", {"file": (io.BytesIO(data), name)})
        if answer.status_code == 303:
            self.at = re.sub(r".*/employment/", "employment/", answer.location)
        return answer

    def work(self) -> None:
        with self.cast.app.app_context():
            read_employment_lists()

    def read(self) -> str:
        self.work()
        return self.page()

    def page(self, query: str = "") -> str:
        answer = self.browser.get(self.at + query)
        assert answer.status_code == 200
        return answer.text

    def press(self, action: str, **fields: Any) -> TestResponse:
        return self.browser.post(self.at, {"action": action, **fields})

    def take(self) -> str:
        assert self.press("take").status_code == 303
        return self.read()

    def rows(self) -> list[Employment]:
        with self.cast.app.app_context():
            return listed(db.session)

    def row(self) -> EmploymentList:
        with self.cast.app.app_context():
            return db.session.scalars(select(EmploymentList)).one()


@pytest.fixture
def desk(cast: Cast) -> Desk:
    with cast.app.app_context():
        with_positions(db.session)
        name_people(db.session, cast, lina=(None, "lina@ntnu.test"), frode=("Frode Foss", None))
    return Desk(cast, cast.visit("kari"))


def a_sent_list(session: Session, cast: Cast) -> str:
    """The address of a list that Kari has sent and that is read."""
    row = EmploymentList(
        public_id="list",
        cohort_id=cast.cohort_id,
        person_id=cast.people["kari"],
        filename="people.csv",
        state=ListState.READ,
        found=Found().stored(),
    )
    session.add(row)
    session.flush()
    return row.public_id


def a_line(session: Session, cast: Cast) -> int:
    row = Employment(cohort_id=cast.cohort_id, reference="nora", name="Nora", position="learning-assistant")
    session.add(row)
    session.flush()
    return row.id
