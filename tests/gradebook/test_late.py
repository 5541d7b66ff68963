"""Late work counts, and the gradebook says that it was late."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.modules.models import Extension, StepDate
from lti_tool.peer_review.models import Author, Evaluation
from lti_tool.programme.content import Step
from tests import work
from tests.cast import Cast
from tests.gradebook.test_table import row_of

DAY = timedelta(days=1)


def put_date(session: Session, cast: Cast, step: Step, due_in: timedelta) -> None:
    key = {"cohort_id": cast.cohort_id, "module_id": cast.module_id, "step": step}
    session.merge(StepDate(**key, due_at=now() + due_in))


def line(cast: Cast, name: str = "Lina Testperson") -> str:
    return row_of(cast.visit("ingrid").get("gradebook").text, name)


def test_a_step_that_was_done_late_is_marked_and_counts(cast: Cast) -> None:
    with work.done_before(cast) as session:
        work.try_test(session, cast.person_id("lina"), 3, passed=True)
        put_date(session, cast, Step.TEST, -DAY)
        put_date(session, cast, Step.ESSAY, DAY)
    assert ">Late</span>" in line(cast)
    assert "Passed, 3/3" in line(cast)
    assert "Overdue" not in line(cast)
    assert ">Late</span>" in cast.visit("ingrid").get(f"gradebook/learners/{cast.person_id('lina')}").text


def test_what_is_missing_after_its_date_is_overdue_but_not_for_whoever_has_more_time(cast: Cast) -> None:
    with work.done_before(cast) as session:
        put_date(session, cast, Step.TEST, -DAY)
        session.flush()
        key = {"cohort_id": cast.cohort_id, "module_id": cast.module_id, "step": Step.TEST}
        session.add(Extension(**key, person_id=cast.person_id("lina"), until=now() + DAY))
    assert "More time, until" in line(cast)
    assert "Overdue" not in line(cast)
    assert ">Overdue</span>" in line(cast, "Frode Testperson")


def test_nobody_is_late_with_evaluations_who_has_no_essay_or_has_just_got_one(cast: Cast) -> None:
    with work.done_before(cast) as session:
        put_date(session, cast, Step.EVALUATIONS, -DAY)
        for name in ("lina", "frode", "amir"):
            work.submit_essay(session, cast.person_id(name))
    assert "Overdue" not in line(cast)
    with work.done_before(cast) as session:
        session.execute(update(Evaluation).values(created_at=now() - 8 * DAY))
    assert ">Overdue</span>" in line(cast)
    with work.done_before(cast) as session:
        session.query(Evaluation).delete()
        session.execute(update(Author).values(lapsed=2))
    assert "Time is over" in line(cast)
    assert ">Overdue</span>" in line(cast)
    with work.done_before(cast) as session:
        session.execute(update(Author).values(withdrawn_at=now(), to_give=0, to_receive=0))
    assert "Overdue" not in line(cast)
