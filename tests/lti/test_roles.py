"""Who counts as staff of a course."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.lti.roles import is_instructor

CONTEXT = "http://purl.imsglobal.org/vocab/lis/v2/membership"


@pytest.mark.parametrize(
    "roles",
    [
        [f"{CONTEXT}#Instructor"],
        ["Instructor"],
        [f"{CONTEXT}#Administrator"],
        ["Administrator"],
        ["Learner", "Instructor"],
        [f"{CONTEXT}/Instructor#PrimaryInstructor"],
        [f"{CONTEXT}/Instructor#Lecturer"],
        [f"{CONTEXT}#Instructor", f"{CONTEXT}/Instructor#Grader"],
    ],
)
def test_staff_of_the_course(roles: list[str]) -> None:
    assert is_instructor(roles)


@pytest.mark.parametrize(
    "roles",
    [
        [],
        [""],
        ["Learner"],
        ["instructor"],
        ["InstructorX"],
        [f"{CONTEXT}#Learner", "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor"],
        ["http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator"],
        ["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"],
        ["http://evil.test/membership#Instructor"],
        ["urn:lti:role:ims/lis/Instructor"],
        [f"{CONTEXT}#ContentDeveloper"],
        [f"{CONTEXT}#Mentor"],
        [f"{CONTEXT}/Instructor#Grader"],
        [f"{CONTEXT}/Administrator#Support"],
        [f"{CONTEXT}Evil#Instructor"],
        [f"{CONTEXT}Instructor"],
        [f"{CONTEXT}/Instructor"],
    ],
)
def test_everybody_else_is_a_learner(roles: list[str]) -> None:
    assert not is_instructor(roles)


@pytest.mark.parametrize(
    "role",
    [
        "TeachingAssistant",
        f"{CONTEXT}#TeachingAssistant",
        f"{CONTEXT}/Instructor#TeachingAssistant",
        f"{CONTEXT}/Instructor#TeachingAssistantGroup",
    ],
)
def test_a_teaching_assistant_is_a_learner_even_beside_instructor(role: str) -> None:
    assert not is_instructor([role])
    assert not is_instructor([f"{CONTEXT}#Instructor", "Instructor", role])


@given(st.lists(st.text()))
def test_no_text_is_too_odd_for_a_role(roles: list[str]) -> None:
    assert is_instructor(roles) in (True, False)
