"""Both sides write, submit, take back, and are released together."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.course_module import evaluation
from lti_tool.course_module.answers import Answers
from lti_tool.course_module.evaluation import ChangedElsewhere, Closed, Incomplete, OneSide, Released, Subject
from lti_tool.course_module.models import FinalEvaluation, Side
from lti_tool.course_module.scope import CourseModule
from tests.cast import Cast
from tests.course_module.holding import complete_answers, form_of, hand_in, module_in, plan, subject_in
from tests.meeting import meeting

MINE, OTHERS, THIRD = (complete_answers(word) for word in ("mine", "others", "third"))
ASSISTANT, DEPARTMENT = Side.ASSISTANT, Side.DEPARTMENT


@pytest.fixture
def lina(session: Session, cast: Cast, course: CourseModule) -> Subject:
    return subject_in(session, cast)


def seen(session: Session, lina: Subject, side: Side) -> OneSide:
    session.flush()
    return evaluation.side_of(session, lina, side)


def test_nothing_is_shown_until_both_have_submitted_and_then_both_to_both(
    session: Session, cast: Cast, lina: Subject
) -> None:
    evaluation.save(session, lina.person_id, lina, ASSISTANT, MINE, version=0)
    hand_in(session, cast, DEPARTMENT, "ingrid")
    before = seen(session, lina, ASSISTANT)
    assert (before.other, before.other_submitted_at is not None, before.released) == (None, True, False)
    assert seen(session, lina, DEPARTMENT).other is None
    evaluation.submit(session, lina.person_id, lina, ASSISTANT, MINE, version=1)
    assert seen(session, lina, ASSISTANT).other == complete_answers("ingrid")
    assert seen(session, lina, DEPARTMENT).other == MINE


def test_what_is_submitted_can_be_taken_back_and_changed_until_the_other_side_has_submitted(
    session: Session, cast: Cast, lina: Subject
) -> None:
    hand_in(session, cast, ASSISTANT, "mine")
    with pytest.raises(Closed):
        evaluation.save(session, lina.person_id, lina, ASSISTANT, OTHERS, version=1)
    evaluation.take_back(session, lina.person_id, lina, ASSISTANT)
    hand_in(session, cast, DEPARTMENT, "ingrid")
    assert seen(session, lina, DEPARTMENT).other is None
    evaluation.submit(session, lina.person_id, lina, ASSISTANT, OTHERS, version=1)
    assert seen(session, lina, DEPARTMENT).other == OTHERS


@pytest.mark.parametrize("side", Side)
def test_what_is_released_stays_as_it_is(session: Session, cast: Cast, lina: Subject, side: Side) -> None:
    hand_in(session, cast, ASSISTANT, "mine")
    hand_in(session, cast, DEPARTMENT, "ingrid")
    with pytest.raises(Released):
        evaluation.take_back(session, lina.person_id, lina, side)
    with pytest.raises(Released):
        evaluation.submit(session, lina.person_id, lina, side, THIRD, version=1)
    assert seen(session, lina, side).released


def test_submitting_and_taking_back_twice_is_the_same_as_once(session: Session, cast: Cast, lina: Subject) -> None:
    first = hand_in(session, cast, ASSISTANT, "mine").submitted_at
    assert hand_in(session, cast, ASSISTANT, "mine").submitted_at == first
    for _time in range(2):
        evaluation.take_back(session, lina.person_id, lina, ASSISTANT)
    assert seen(session, lina, ASSISTANT).submitted_at is None


def test_an_incomplete_one_is_not_submitted(session: Session, lina: Subject) -> None:
    with pytest.raises(Incomplete) as refused:
        evaluation.submit(session, lina.person_id, lina, ASSISTANT, Answers(works="Well"), version=0)
    assert refused.value.gaps == ["level-safety", "level-questions", "development", "change"]
    assert seen(session, lina, ASSISTANT).submitted_at is None


def test_a_draft_overwrites_nothing_that_was_saved_elsewhere(session: Session, cast: Cast, lina: Subject) -> None:
    def save(answers: Answers, version: int) -> int:
        return evaluation.save(session, cast.person_id("ingrid"), lina, DEPARTMENT, answers, version=version).version

    assert (save(MINE, 0), save(MINE, 0), save(OTHERS, 1)) == (1, 1, 2)
    with pytest.raises(ChangedElsewhere) as other:
        save(THIRD, 1)
    assert (other.value.version, other.value.answers) == (2, OTHERS)
    assert save(THIRD, 2) == 3


def test_a_learning_assistant_in_two_courses_has_two(session: Session, cast: Cast, lina: Subject) -> None:
    plan(session, cast, "first-meeting", 1, course_id=cast.courses["LAOS"])
    hand_in(session, cast, ASSISTANT, "mine")
    other = Subject(module_in(session, cast, "LAOS", "kari"), lina.person_id)
    assert seen(session, other, ASSISTANT).version == 0
    evaluation.submit(session, lina.person_id, other, ASSISTANT, OTHERS, version=0)
    assert seen(session, lina, ASSISTANT).answers == MINE


def test_taking_back_while_the_other_side_submits_ends_with_one_of_both(
    cast: Cast, session: Session, lina: Subject
) -> None:
    """The department submits and has not committed; Lina's taking back waits, and then comes too late."""
    hand_in(session, cast, ASSISTANT, "mine")
    session.commit()
    browser = cast.visit("lina")
    assert browser.form_token
    address = f"course-module/own/{cast.cohort_id}/{cast.courses['TDT4100']}/evaluation"
    session.rollback()
    answer = meeting(
        cast.app,
        lambda other: hand_in(other, cast, DEPARTMENT, "ingrid"),
        lambda: browser.post(address, {"action": "take-back"}),
    )
    assert answer.status_code == 303
    assert seen(session, lina, ASSISTANT).released


def test_two_who_begin_at_once_make_one_draft_and_learn_of_each_other(
    cast: Cast, session: Session, lina: Subject
) -> None:
    browser = cast.visit("ingrid")
    assert browser.form_token
    address = f"course-module/{cast.cohort_id}/evaluations/{lina.person_id}"
    session.rollback()
    answer = meeting(
        cast.app,
        lambda other: evaluation.save(other, cast.person_id("ingrid"), lina, DEPARTMENT, MINE, version=0),
        lambda: browser.post(address, form_of(OTHERS, 0, "save")),
    )
    assert answer.status_code == 409
    assert "mine develops" in answer.text
    assert "others develops" in answer.text
    assert session.scalar(select(func.count()).select_from(FinalEvaluation)) == 1
