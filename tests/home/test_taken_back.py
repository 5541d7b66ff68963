"""What learner and instructor see of points that are taken back."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from lti_tool.database import now
from lti_tool.modules.actions import record_result, reopen_step
from lti_tool.passback.models import Delivery, Score
from lti_tool.programme.content import Step
from tests import work
from tests.cast import Cast
from tests.pages import problems_of

WHY = "One of your evaluations came back to you."


@pytest.fixture
def lina(cast: Cast) -> Cast:
    cast.visit("lina", course="TDT4100")
    with work.done_before(cast) as session:
        work.complete(session, cast.people["lina"])
    with work.done_before(cast) as session:
        reopen_step(session, work.take_part_in(session, cast.people["lina"]), Step.EVALUATIONS, WHY)
    return cast


def test_the_learner_reads_that_and_why(lina: Cast) -> None:
    page = lina.visit("lina", course="TDT4100").get("").text
    assert "Your points are taken back for now" in page
    assert WHY in page
    assert "You have completed this module" not in page
    assert problems_of(page) == []


def test_the_instructor_sees_how_far_that_is(lina: Cast) -> None:
    ingrid = lina.visit("ingrid")
    assert "Waiting to be taken back" in ingrid.get("gradebook").text
    with work.done_before(lina) as session:
        session.execute(update(Score).values(state=Delivery.SENT, sent_at=now(), sent_share=0))
    page = ingrid.get("gradebook").text
    assert "Taken back" in page
    assert problems_of(page) == []


def test_nothing_is_said_of_it_once_they_are_back(lina: Cast) -> None:
    with work.done_before(lina) as session:
        record_result(session, work.take_part_in(session, lina.people["lina"]), Step.EVALUATIONS)
    page = lina.visit("lina", course="TDT4100").get("").text
    assert "taken back" not in page
    assert "100 points are on their way" in page
