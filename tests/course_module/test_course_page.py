"""The instructor's page: each learning assistant of the course, and nobody else's."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.attendance.models import Presence
from lti_tool.course_module.agreement import Seen, agreement_of, answer
from lti_tool.course_module.models import Side
from lti_tool.course_module.queries import overview_of
from lti_tool.course_module.scope import CourseModule
from lti_tool.database import now
from lti_tool.people.models import Membership, Person
from lti_tool.programme.models import Programme
from lti_tool.programme.queries import current_programmes
from tests.cast import Cast
from tests.conftest import CountStatements
from tests.course_module.holding import EXPECTATIONS, agree, hand_in, plan, put
from tests.pages import problems_of


@pytest.fixture
def busy(session: Session, cast: Cast, course: CourseModule) -> CourseModule:
    """Lina has done everything, Frode missed the first meeting, Amir has done nothing and nothing is known of him."""
    first = plan(session, cast, "first-meeting", 1)
    plan(session, cast, "follow-up", 3)
    put(session, cast, first, "lina", Presence.LATE)
    put(session, cast, first, "frode", Presence.ABSENT)
    agree(session, cast)
    answer(session, cast.person_id("lina"), course, Seen(1, 0), "Fridays suit me best", confirms=True)
    for side in Side:
        hand_in(session, cast, side, "something")
    session.commit()
    return course


def lines_of(page: str) -> dict[str, str]:
    """The words of each line of the table, by the first name of whom it is about."""
    rows = re.findall(r"<tr>\s*<th scope=\"row\">(\w+).*?</th>(.*?)</tr>", page, re.DOTALL)
    return {name: " ".join(re.sub(r"<[^>]+>", " ", row).split()) for name, row in rows}


def test_each_learning_assistant_has_a_line_with_everything(cast: Cast, busy: CourseModule) -> None:
    page = cast.visit("ingrid").get("course-module").text
    assert problems_of(page) == []
    lines = lines_of(page)
    assert lines.keys() == {"Amir", "Frode", "Lina"}
    assert [word in lines["Lina"] for word in ("Attended", "To come", "Not planned", "Confirmed")] == [True] * 4
    assert lines["Lina"].count("Submitted") == 2
    assert "Missed" in lines["Frode"]
    assert "Not confirmed" in lines["Frode"]
    assert "Not begun" in lines["Amir"]
    assert "Fridays suit me best" in page
    assert "1 of 3 have confirmed" in page


@pytest.mark.parametrize(
    ("show", "names"),
    [
        ("all", {"Amir", "Frode", "Lina"}),
        ("lost", {"Frode"}),
        ("unconfirmed", {"Amir", "Frode"}),
        ("ours", {"Amir", "Frode"}),
        ("theirs", {"Amir", "Frode"}),
    ],
)
def test_lists_show_those_of_whom_something_is_missing(
    cast: Cast, busy: CourseModule, show: str, names: set[str]
) -> None:
    page = cast.visit("ingrid").get(f"course-module/{busy.cohort_id}?show={show}").text
    assert lines_of(page).keys() == names
    assert re.search(rf'aria-current="page"[^>]*>[^<]*<span class="figure">{len(names)}</span>', page)


def test_whoever_has_left_is_kept_in_a_list_of_their_own_if_anything_is_recorded(
    session: Session, cast: Cast, busy: CourseModule
) -> None:
    for name in ("lina", "amir"):
        session.get_one(Membership, (cast.person_id(name), busy.course_id)).left_at = now()
    session.commit()
    ingrid = cast.visit("ingrid")
    assert lines_of(ingrid.get("course-module").text).keys() == {"Frode"}
    assert lines_of(ingrid.get(f"course-module/{busy.cohort_id}?show=left").text).keys() == {"Lina"}


def test_an_instructor_sees_nobody_of_another_course(cast: Cast, busy: CourseModule) -> None:
    stig = cast.visit("stig")
    assert lines_of(stig.get("course-module").text).keys() == {"Una"}
    lina = cast.person_id("lina")
    for path in (f"evaluations/{lina}", f"agreement/{lina}"):
        assert stig.get(f"course-module/{busy.cohort_id}/{path}").status_code == 404
    assert EXPECTATIONS.tasks not in stig.get(f"course-module/{busy.cohort_id}/agreement").text


def test_a_hundred_people_cost_as_many_statements_as_three(
    session: Session, cast: Cast, busy: CourseModule, count_statements: CountStatements
) -> None:
    people = [Person(platform_id=cast.platform_id, subject=f"s{n}", name=f"Person {n}") for n in range(100)]
    session.add_all(people)
    session.flush()
    session.add_all(Membership(person_id=one.id, course_id=busy.course_id, role="learner") for one in people)
    session.commit()
    with count_statements() as statements:
        found = overview_of(session, busy)
    assert len(found.lines) == 103
    assert len([one for one in statements if not one.startswith("BEGIN")]) <= 7


def test_agreeing_shows_who_has_confirmed_and_keeps_what_was_typed(cast: Cast, busy: CourseModule) -> None:
    ingrid, address = cast.visit("ingrid"), f"course-module/{busy.cohort_id}/agreement"
    page = ingrid.get(address).text
    assert problems_of(page) == []
    assert "Fridays suit me best" in page
    texts = {"tasks": "Guide four groups", "communication": EXPECTATIONS.communication, "follow_up": " "}
    refused = ingrid.post(address, {**texts, "version": "1"})
    assert refused.status_code == 422
    assert "Guide four groups" in refused.text
    texts["follow_up"] = EXPECTATIONS.follow_up
    assert ingrid.post(address, {**texts, "version": "1"}).status_code == 303
    assert "Changed since" in ingrid.get(address).text
    late = ingrid.post(address, {**texts, "tasks": "Guide five groups", "version": "1"})
    assert late.status_code == 409
    assert "Guide four groups" in late.text
    assert "Guide five groups" in late.text


def test_what_holds_for_one_alone_is_written_on_a_page_of_theirs(
    session: Session, cast: Cast, busy: CourseModule
) -> None:
    ingrid = cast.visit("ingrid")
    address = f"course-module/{busy.cohort_id}/agreement/{cast.person_id('lina')}"
    assert problems_of(ingrid.get(address).text) == []
    assert ingrid.post(address, {"addition": "Also the lab", "version": "0"}).status_code == 303
    late = ingrid.post(address, {"addition": "Not the lab", "version": "0"})
    assert late.status_code == 409
    assert "Also the lab" in late.text
    assert "Not the lab" in late.text
    session.rollback()
    assert agreement_of(session, busy) is not None


def test_a_programme_that_asks_courses_for_nothing_says_so(session: Session, cast: Cast) -> None:
    page = cast.visit("ingrid").get("course-module").text
    assert problems_of(page) == []
    assert "No programme asks courses to hold anything" in page
    cohort_id = current_programmes(session)[0].cohort_id
    assert session.scalars(select(Programme)).all()
    assert cast.visit("ingrid").get(f"course-module/{cohort_id}").status_code == 404
