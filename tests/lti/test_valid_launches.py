"""The certification's valid launches: C48-56 as teacher, C57-65 as student."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.people.models import Course, LaunchSession, LinkVisit, Membership, Person, Role
from tests.lti.platform import LearningPlatform

CONTEXT = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"
NAMES = ("name", "given_name", "family_name")
TEACHER, LEARNER = Role.INSTRUCTOR, Role.LEARNER

# number, roles, claims left out, the role it makes, the name that is kept
LAUNCHES: list[tuple[int, list[str], tuple[str, ...], Role, str | None]] = [
    (48, [CONTEXT + "Instructor"], (), TEACHER, "Lina Testperson"),
    (49, [CONTEXT + "Instructor", INSTITUTION + "Faculty", SYSTEM + "User"], (), TEACHER, "Lina Testperson"),
    (50, ["Instructor"], (), TEACHER, "Lina Testperson"),
    (51, ["http://example.edu/vocab#Unheard"], (), LEARNER, "Lina Testperson"),
    (52, [""], (), LEARNER, "Lina Testperson"),
    (52, [], (), LEARNER, "Lina Testperson"),
    (53, [CONTEXT + "Instructor"], NAMES, TEACHER, None),
    (54, [CONTEXT + "Instructor"], ("email",), TEACHER, "Lina Testperson"),
    (55, [CONTEXT + "Instructor"], (*NAMES, "email"), TEACHER, None),
    (56, [CONTEXT + "Instructor"], (*NAMES, "context"), TEACHER, None),
    (57, [CONTEXT + "Learner"], (), LEARNER, "Lina Testperson"),
    (58, [CONTEXT + "Learner", INSTITUTION + "Instructor", SYSTEM + "Administrator"], (), LEARNER, "Lina Testperson"),
    (59, ["Learner"], (), LEARNER, "Lina Testperson"),
    (60, ["http://example.edu/vocab#Unheard"], (), LEARNER, "Lina Testperson"),
    (61, [""], (), LEARNER, "Lina Testperson"),
    (61, [], (), LEARNER, "Lina Testperson"),
    (62, [CONTEXT + "Learner"], NAMES, LEARNER, None),
    (63, [CONTEXT + "Learner"], ("email",), LEARNER, "Lina Testperson"),
    (64, [CONTEXT + "Learner"], (*NAMES, "email"), LEARNER, None),
    (65, [CONTEXT + "Learner"], (*NAMES, "context"), LEARNER, None),
]


def _check(
    lms: LearningPlatform,
    client: FlaskClient,
    session: Session,
    launch: tuple[int, list[str], tuple[str, ...], Role, str | None],
) -> None:
    _, roles, without, role, name = launch
    answer = lms.launch(client, changes={"roles": roles}, without=without)
    assert answer.status_code == 303, answer.text
    person = session.scalars(select(Person)).one()
    membership = session.scalars(select(Membership)).one()
    visit = session.scalars(select(LaunchSession)).one()
    assert (person.subject, person.name) == ("lina", name)
    assert (membership.role, visit.role) == (role, role)
    assert visit.public_id in answer.headers["Location"]
    assert len(session.scalars(select(LinkVisit)).all()) == (role is LEARNER)
    context_id = session.scalars(select(Course.context_id)).one()
    assert (context_id == "course-1") == ("context" not in without)


def _parameters(first: int, last: int) -> list[Any]:
    chosen = [launch for launch in LAUNCHES if first <= launch[0] <= last]
    return [pytest.param(launch, id=f"c{launch[0]}-{len(launch[1])}-roles") for launch in chosen]


@pytest.mark.parametrize("launch", _parameters(48, 56))
def test_c48_to_c56_as_teacher(lms: LearningPlatform, client: FlaskClient, session: Session, launch: Any) -> None:
    _check(lms, client, session, launch)


@pytest.mark.parametrize("launch", _parameters(57, 65))
def test_c57_to_c65_as_student(lms: LearningPlatform, client: FlaskClient, session: Session, launch: Any) -> None:
    _check(lms, client, session, launch)
