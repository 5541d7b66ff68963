"""The certification's valid launches: C48-56 as teacher, C57-65 as student."""

from __future__ import annotations

from collections.abc import Callable

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
UNKNOWN = "http://example.edu/vocab#Unheard"
NAME = "Lina Testperson"

Check = Callable[..., None]


@pytest.fixture
def accepted(lms: LearningPlatform, client: FlaskClient, session: Session) -> Check:
    """`accepted(role, roles, without=..., name=...)`: launches and looks at what it left behind."""

    def check(role: Role, roles: list[str], without: tuple[str, ...] = (), name: str | None = NAME) -> None:
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

    return check


def test_c48_as_teacher_plain(accepted: Check) -> None:
    accepted(TEACHER, [CONTEXT + "Instructor"])


def test_c49_as_teacher_with_several_roles(accepted: Check) -> None:
    accepted(TEACHER, [CONTEXT + "Instructor", INSTITUTION + "Faculty", SYSTEM + "User"])


def test_c50_as_teacher_with_a_short_role(accepted: Check) -> None:
    accepted(TEACHER, ["Instructor"])


def test_c51_as_teacher_with_an_unknown_role_alone_is_let_in_as_a_learner(accepted: Check) -> None:
    accepted(LEARNER, [UNKNOWN])


@pytest.mark.parametrize("roles", [[""], []])
def test_c52_as_teacher_without_a_role_is_let_in_as_a_learner(accepted: Check, roles: list[str]) -> None:
    accepted(LEARNER, roles)


def test_c53_as_teacher_with_email_only(accepted: Check) -> None:
    accepted(TEACHER, [CONTEXT + "Instructor"], NAMES, None)


def test_c54_as_teacher_with_names_only(accepted: Check) -> None:
    accepted(TEACHER, [CONTEXT + "Instructor"], ("email",))


def test_c55_as_teacher_without_personal_data(accepted: Check) -> None:
    accepted(TEACHER, [CONTEXT + "Instructor"], (*NAMES, "email"), None)


def test_c56_as_teacher_with_email_but_no_context(accepted: Check) -> None:
    accepted(TEACHER, [CONTEXT + "Instructor"], (*NAMES, "context"), None)


def test_c57_as_student_plain(accepted: Check) -> None:
    accepted(LEARNER, [CONTEXT + "Learner"])


def test_c58_as_student_with_several_roles_is_what_the_course_says(accepted: Check) -> None:
    accepted(LEARNER, [CONTEXT + "Learner", INSTITUTION + "Instructor", SYSTEM + "Administrator"])


def test_c59_as_student_with_a_short_role(accepted: Check) -> None:
    accepted(LEARNER, ["Learner"])


def test_c60_as_student_with_an_unknown_role_alone(accepted: Check) -> None:
    accepted(LEARNER, [UNKNOWN])


@pytest.mark.parametrize("roles", [[""], []])
def test_c61_as_student_without_a_role(accepted: Check, roles: list[str]) -> None:
    accepted(LEARNER, roles)


def test_c62_as_student_with_email_only(accepted: Check) -> None:
    accepted(LEARNER, [CONTEXT + "Learner"], NAMES, None)


def test_c63_as_student_with_names_only(accepted: Check) -> None:
    accepted(LEARNER, [CONTEXT + "Learner"], ("email",))


def test_c64_as_student_without_personal_data(accepted: Check) -> None:
    accepted(LEARNER, [CONTEXT + "Learner"], (*NAMES, "email"), None)


def test_c65_as_student_with_email_but_no_context(accepted: Check) -> None:
    accepted(LEARNER, [CONTEXT + "Learner"], (*NAMES, "context"), None)
