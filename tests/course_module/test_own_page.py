"""A learning assistant's page: the meetings of their courses, what they confirm, and their side of the evaluation."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from lti_tool.attendance.models import Presence
from lti_tool.attendance.planning import call_off
from lti_tool.course_module.agreement import agreement_of, holds, share_of
from lti_tool.course_module.models import Side
from lti_tool.course_module.scope import CourseModule
from tests.cast import Browser, Cast
from tests.course_module.holding import EXPECTATIONS, agree, complete_answers, form_of, hand_in, plan, put
from tests.pages import problems_of


@pytest.fixture
def lina(cast: Cast, course: CourseModule) -> Browser:
    return cast.visit("lina")


def names_in(course: CourseModule) -> str:
    return f"course-{course.course_id}-{course.cohort_id}-"


def confirming(course: CourseModule, revision: int, action: str = "confirm", remark: str = "") -> dict[str, str]:
    prefix = names_in(course)
    return {
        f"{prefix}seen": str(revision),
        f"{prefix}seen_addition": "0",
        f"{prefix}remark": remark,
        "action": action,
    }


def address(course: CourseModule, page: str) -> str:
    return f"course-module/own/{course.cohort_id}/{course.course_id}/{page}"


def confirmed(session: Session, course: CourseModule, person_id: int) -> bool:
    session.rollback()
    agreement = agreement_of(session, course)
    return holds(agreement, share_of(session, agreement, person_id))


def test_every_date_says_whether_one_was_there_and_what_is_still_to_be_done(
    session: Session, cast: Cast, course: CourseModule, lina: Browser
) -> None:
    first = plan(session, cast, "first-meeting", 1)
    gone = plan(session, cast, "follow-up", 2, place="Room gone")
    missed = plan(session, cast, "follow-up", 4)
    plan(session, cast, "final-evaluation", 1, online_url="https://meet.example.edu/1", note="Bring *tea*")
    put(session, cast, first, "lina", Presence.PRESENT)
    put(session, cast, missed, "lina", Presence.ABSENT)
    call_off(session, cast.person_id("ingrid"), gone)
    session.commit()
    page = lina.get("course-module/own").text
    assert problems_of(page) == []
    for said in ("You were there", "You were absent", "Called off", "To come", "Bring <em>tea</em>"):
        assert said in page
    assert "Lacking: 4 hours. Nobody can be let off" in page
    assert "https://meet.example.edu/1" in page
    assert "each meeting says what is left for you" in page


def test_whoever_has_been_to_everything_is_not_expected_any_more(
    session: Session, cast: Cast, course: CourseModule, lina: Browser
) -> None:
    for meeting, hours in (("first-meeting", 1), ("follow-up", 4), ("final-evaluation", 1)):
        put(session, cast, plan(session, cast, meeting, hours), "lina", Presence.PRESENT)
    plan(session, cast, "follow-up", 2, place="Room 7")
    session.commit()
    page = lina.get("course-module/own").text
    assert "You have been to everything that the courses you work in hold for you." in page
    assert "Done: you need not come to the dates that are left." in page


def test_a_course_in_which_nothing_is_planned_is_named(course: CourseModule, lina: Browser) -> None:
    page = lina.get("course-module/own").text
    assert problems_of(page) == []
    assert "Course TDT4100</h2>" in page
    assert "Nothing is planned here so far" in page
    # The programme is run from there; nobody works in it.
    assert "Course LAOS</h2>" not in page


def test_confirming_needs_no_remark_and_is_said(
    session: Session, cast: Cast, course: CourseModule, lina: Browser
) -> None:
    agree(session, cast)
    session.commit()
    page = lina.get("course-module/own").text
    assert problems_of(page) == []
    assert EXPECTATIONS.follow_up in page
    assert lina.post(address(course, "agreement"), confirming(course, 1)).status_code == 303
    assert confirmed(session, course, cast.person_id("lina"))
    assert "You have confirmed it" in lina.get("course-module/own").text


def test_a_remark_without_confirming_has_to_say_something(
    session: Session, cast: Cast, course: CourseModule, lina: Browser
) -> None:
    agree(session, cast)
    session.commit()
    refused = lina.post(address(course, "agreement"), confirming(course, 1, "remark"))
    assert refused.status_code == 422
    assert problems_of(refused.text) == []
    assert lina.post(address(course, "agreement"), confirming(course, 1, "remark", "Not yet")).status_code == 303
    assert not confirmed(session, course, cast.person_id("lina"))
    assert "Not yet" in cast.visit("ingrid").get("course-module").text


def test_what_was_changed_meanwhile_is_shown_and_the_remark_kept(
    session: Session, cast: Cast, course: CourseModule, lina: Browser
) -> None:
    agree(session, cast)
    session.commit()
    refused = lina.post(address(course, "agreement"), confirming(course, 7, remark="As we said"))
    assert refused.status_code == 409
    assert problems_of(refused.text) == []
    assert "It was changed while you were reading" in refused.text
    assert "As we said" in refused.text
    assert f'name="{names_in(course)}seen" type="hidden" value="1"' in refused.text
    assert not confirmed(session, course, cast.person_id("lina"))


def test_the_evaluation_is_written_submitted_taken_back_and_read(
    session: Session, cast: Cast, course: CourseModule, lina: Browser
) -> None:
    agree(session, cast)
    session.commit()
    page = address(course, "evaluation")
    assert problems_of(lina.get(page).text) == []
    mine = complete_answers("mine")
    saved = lina.send_json("PUT", f"{page}/draft", {**mine.stored(), "version": 0})
    assert (saved.status_code, saved.json["version"] if saved.json else None) == (200, 1)
    empty = lina.post(page, {**form_of(mine, 1, "submit"), "works": " ", "level-safety": ""})
    assert empty.status_code == 422
    assert problems_of(empty.text) == []
    assert "Choose a level: Make it safe to ask." in empty.text
    assert lina.post(page, form_of(mine, 1, "submit")).status_code == 303
    submitted = lina.get(page).text
    assert problems_of(submitted) == []
    assert "The course has not submitted its own yet." in submitted
    assert "Submitted" in lina.get("course-module/own").text
    assert lina.post(page, {"action": "take-back"}).status_code == 303
    assert 'name="development"' in lina.get(page).text
    assert lina.post(page, form_of(mine, 1, "submit")).status_code == 303
    hand_in(session, cast, Side.DEPARTMENT, "theirs")
    session.commit()
    released = lina.get(page).text
    assert problems_of(released) == []
    assert "mine develops" in released
    assert "theirs develops" in released
    late = lina.post(page, form_of(complete_answers("late"), 1, "save"))
    assert late.status_code == 409
    assert "What you sent just now was not saved" in late.text


def test_a_script_is_told_of_another_version_and_of_an_end(
    session: Session, cast: Cast, course: CourseModule, lina: Browser
) -> None:
    agree(session, cast)
    session.commit()
    draft = address(course, "evaluation") + "/draft"
    for version, said in ((0, "one"), (1, "two")):
        assert lina.send_json("PUT", draft, {**complete_answers(said).stored(), "version": version}).status_code == 200
    other = lina.send_json("PUT", draft, {**complete_answers("three").stored(), "version": 1})
    assert other.status_code == 409
    assert other.json is not None
    assert (other.json["reason"], other.json["version"], other.json["works"]) == ("changed", 2, "two works")
    hand_in(session, cast, Side.ASSISTANT, "done")
    session.commit()
    locked = lina.send_json("PUT", draft, {**complete_answers("four").stored(), "version": 3})
    assert locked.status_code == 409
    assert locked.json is not None
    assert locked.json["reason"] == "locked"


def test_only_who_works_in_the_course_has_a_page_about_it(
    session: Session, cast: Cast, course: CourseModule, lina: Browser
) -> None:
    agree(session, cast)
    session.commit()
    una = cast.visit("una")
    assert una.get(address(course, "evaluation")).status_code == 404
    assert una.post(address(course, "agreement"), confirming(course, 1)).status_code == 404
    assert EXPECTATIONS.tasks not in una.get("course-module/own").text
