"""The cast: who there is, and that filling the database twice is the same as once."""

from datetime import date

import pytest
from sqlalchemy import func, select

from lti_tool.demo_lms.cast import (
    LEARNING_ASSISTANTS,
    PEOPLE,
    courses,
    programme_course,
    subject_course,
    term_of,
)
from lti_tool.demo_lms.models import Base, Tool
from lti_tool.demo_lms.seed import seed
from lti_tool.demo_lms.state import EXTENSION, Lms, now
from lti_tool.demo_lms.store import Store
from lti_tool.demo_lms.tools import configured_tool
from tests.demo_lms.harness import Demo, score

DAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("day", "term"),
    [
        (date(2026, 1, 1), ("spring", 2026)),
        (date(2026, 7, 31), ("spring", 2026)),
        (date(2026, 8, 1), ("autumn", 2026)),
        (date(2026, 12, 31), ("autumn", 2026)),
    ],
)
def test_the_year_has_two_terms(day: date, term: tuple[str, int]) -> None:
    assert term_of(day) == term


def test_the_programme_course_is_named_after_the_term() -> None:
    assert (programme_course(DAY).key, programme_course(DAY).title) == ("laos-2026-autumn", "LAOS, autumn 2026")


def test_nobody_appears_twice_and_everybody_is_somewhere() -> None:
    subs = [person.sub for person in PEOPLE]
    assert len(set(subs)) == len(subs) == 20
    assert {sub for course in courses(DAY) for sub in course.members} == set(subs)


def test_no_link_appears_twice() -> None:
    links = [link.id for course in courses(DAY) for link in course.links]
    assert len(set(links)) == len(links)


def test_twelve_assistants_learn_in_both_courses_and_most_read_norwegian() -> None:
    assert len(LEARNING_ASSISTANTS) == 12
    for course in (programme_course(DAY), subject_course()):
        assert all(course.members[person.sub] == ("Learner",) for person in LEARNING_ASSISTANTS)
    assert sorted(person.locale for person in LEARNING_ASSISTANTS) == ["en"] * 4 + ["nb"] * 8


def test_each_course_has_its_own_staff() -> None:
    staff = [{sub: roles for sub, roles in course.members.items() if roles != ("Learner",)} for course in courses(DAY)]
    assert staff == [
        {"coordinator-henrik": ("Instructor",), "admin-marit": ("Administrator",)},
        {"instructor-solveig": ("Instructor",)},
        {"stranger-astrid": ("Instructor",)},
        {"coordinator-tone": ("Instructor",)},
    ]


def test_the_strangers_and_those_of_another_programme_share_no_course_with_anybody_else() -> None:
    *ours, strangers, others = (set(course.members) for course in courses(DAY))
    assert not strangers & others
    assert not (strangers | others) & set().union(*ours)


def counts(store: Store) -> dict[str, int]:
    with store.reading() as session:
        tables = Base.metadata.sorted_tables
        return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def tool_of(demo: Demo) -> Tool:
    lms: Lms = demo.app.extensions[EXTENSION]
    return configured_tool(lms.config)


def test_filling_the_database_again_adds_nothing_and_keeps_grades(demo: Demo) -> None:
    line_item = demo.line_item()
    demo.post_score(line_item, score())
    store: Store = demo.app.extensions[EXTENSION].store
    before = counts(store)
    with store.writing.begin() as session:
        seed(session, tool_of(demo), now().date())
    assert counts(store) == before
    assert demo.results(line_item).get_json()[0]["resultScore"] == 80


def test_a_new_term_brings_a_new_programme_course_and_keeps_the_old(demo: Demo) -> None:
    store: Store = demo.app.extensions[EXTENSION].store
    before = counts(store)["course"]
    with store.writing.begin() as session:
        seed(session, tool_of(demo), date(2031, 2, 1))
    assert counts(store)["course"] == before + 2
    assert "LAOS, spring 2031" in demo.browser("la-ingrid").get("/courses").text
