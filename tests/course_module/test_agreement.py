"""What is agreed on is written down, and confirmed as it reads."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from lti_tool.course_module.agreement import (
    ChangedMeanwhile,
    Seen,
    add_for,
    agreement_of,
    answer,
    expectations_in,
    holds,
    record,
    share_of,
)
from lti_tool.course_module.scope import CourseModule
from lti_tool.errors import NotFound
from tests.cast import Cast
from tests.course_module.holding import EXPECTATIONS, agree

OTHER = replace(EXPECTATIONS, tasks="Guide three groups")


def confirmed(session: Session, course: CourseModule, person_id: int) -> bool:
    session.flush()
    agreement = agreement_of(session, course)
    return holds(agreement, share_of(session, agreement, person_id))


def test_a_confirmation_is_of_what_it_said_then(session: Session, cast: Cast, course: CourseModule) -> None:
    lina, frode = cast.person_id("lina"), cast.person_id("frode")
    agree(session, cast)
    assert not confirmed(session, course, lina)
    for _time in range(2):
        answer(session, lina, course, Seen(1, 0), "", confirms=True)
    assert confirmed(session, course, lina)
    assert not confirmed(session, course, frode)
    agree(session, cast, OTHER, revision=1)
    assert not confirmed(session, course, lina)
    answer(session, lina, course, Seen(2, 0), "", confirms=True)
    assert confirmed(session, course, lina)


def test_what_holds_for_one_is_confirmed_by_them_alone(session: Session, cast: Cast, course: CourseModule) -> None:
    lina, frode = cast.person_id("lina"), cast.person_id("frode")
    agree(session, cast)
    for person_id in (lina, frode):
        answer(session, person_id, course, Seen(1, 0), "", confirms=True)
    for _time in range(2):
        add_for(session, course, lina, "Also the lab", 0)
    assert not confirmed(session, course, lina)
    assert confirmed(session, course, frode)
    with pytest.raises(ChangedMeanwhile):
        answer(session, lina, course, Seen(1, 0), "", confirms=True)
    answer(session, lina, course, Seen(1, 1), "", confirms=True)
    assert confirmed(session, course, lina)


def test_nobody_confirms_what_they_have_not_seen(session: Session, cast: Cast, course: CourseModule) -> None:
    lina = cast.person_id("lina")
    agree(session, cast)
    agree(session, cast, OTHER, revision=1)
    with pytest.raises(ChangedMeanwhile):
        answer(session, lina, course, Seen(1, 0), "", confirms=True)
    assert not confirmed(session, course, lina)


def test_a_remark_confirms_nothing_and_takes_nothing_back(session: Session, cast: Cast, course: CourseModule) -> None:
    lina = cast.person_id("lina")
    agree(session, cast)
    answer(session, lina, course, Seen(1, 0), "I cannot on Mondays", confirms=False)
    assert not confirmed(session, course, lina)
    answer(session, lina, course, Seen(1, 0), "", confirms=True)
    answer(session, lina, course, Seen(1, 0), "Thank you", confirms=False)
    assert confirmed(session, course, lina)
    share = share_of(session, agreement_of(session, course), lina)
    assert share is not None
    assert share.remark == "Thank you"


def test_a_change_overwrites_nothing_that_somebody_else_has_changed(
    session: Session, cast: Cast, course: CourseModule
) -> None:
    agree(session, cast)
    agree(session, cast, OTHER, revision=1)
    third = replace(EXPECTATIONS, follow_up="Every week")
    with pytest.raises(ChangedMeanwhile) as refused:
        record(session, cast.person_id("ingrid"), course, third, 1)
    assert refused.value.revision == 2
    with pytest.raises(ChangedMeanwhile):
        record(session, cast.person_id("ingrid"), course, third, 0)
    found = agreement_of(session, course)
    assert found is not None
    assert (expectations_in(found), found.revision) == (OTHER, 2)


def test_the_same_text_again_asks_nobody_to_confirm_anew(session: Session, cast: Cast, course: CourseModule) -> None:
    agree(session, cast)
    agree(session, cast, revision=0)
    found = agreement_of(session, course)
    assert found is not None
    assert found.revision == 1


def test_where_nothing_is_agreed_on_there_is_nothing_to_confirm_or_add(
    session: Session, cast: Cast, course: CourseModule
) -> None:
    with pytest.raises(NotFound):
        answer(session, cast.person_id("lina"), course, Seen(0, 0), "", confirms=True)
    with pytest.raises(NotFound):
        add_for(session, course, cast.person_id("lina"), "Also the lab", 0)
