"""Dates of modules that do not have every step."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_tool.database import now
from lti_tool.messages.queries import news_of
from lti_tool.modules.models import Extension, StepDate
from lti_tool.programme.content import Step
from tests.cast import Cast
from tests.steps import offer_module
from tests.work import done_before, take_part_in


def test_the_form_asks_for_the_dates_of_steps_that_the_module_has(cast: Cast) -> None:
    module_id = offer_module(cast, Step.ESSAY)
    page = cast.visit("kari").get(f"dates/{cast.cohort_id}").text
    assert [f"due-{module_id}-{step}" in page for step in Step] == [False, True, False]
    assert all(f"due-{cast.module_id}-{step}" in page for step in Step)


def test_a_date_left_from_an_earlier_version_is_shown_so_that_it_can_be_emptied(cast: Cast) -> None:
    module_id = offer_module(cast, Step.ESSAY)
    with done_before(cast) as session:
        session.add(StepDate(cohort_id=cast.cohort_id, module_id=module_id, step=Step.TEST, due_at=now()))
    page = cast.visit("kari").get(f"dates/{cast.cohort_id}").text
    assert [f"due-{module_id}-{step}" in page for step in Step] == [True, True, False]


def test_nobody_is_told_of_such_a_date(cast: Cast) -> None:
    module_id = offer_module(cast, Step.ESSAY)
    with done_before(cast) as session:
        take_part_in(session, cast.person_id("lina"), "short")
        for step in Step:
            due = {"cohort_id": cast.cohort_id, "module_id": module_id, "due_at": now() + timedelta(hours=5)}
            session.add(StepDate(step=step, **due))
        session.flush()
        assert [item.step for item in news_of(session, cast.person_id("lina"), now())] == [Step.ESSAY]


@pytest.mark.parametrize(("step", "status"), [("test", 422), ("essay", 303)])
def test_more_time_is_given_for_steps_that_the_module_has(cast: Cast, step: str, status: int) -> None:
    module_id = offer_module(cast, Step.ESSAY)
    data = {"module": str(module_id), "steps": step, "until": "2030-01-01T12:00", "reason": "Ill."}
    answer = cast.visit("kari").post(f"dates/{cast.cohort_id}/extensions/{cast.person_id('lina')}", data)
    assert answer.status_code == status
    with done_before(cast) as session:
        assert len(session.scalars(select(Extension)).all()) == (status == 303)
