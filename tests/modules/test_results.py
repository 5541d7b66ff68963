"""Results of steps: written in one place, once, and complete together."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.database import db
from lti_tool.modules.actions import completion_comment, record_result, take_part
from lti_tool.modules.models import Participation, StepResult
from lti_tool.passback.models import Score
from lti_tool.programme.content import Step
from lti_tool.programme.models import Enrolment
from lti_tool.programme.queries import current_module
from tests.cast import Cast
from tests.meeting import meeting
from tests.work import done_before, submit_essay, take_part_in, try_test


@pytest.fixture
def lina(cast: Cast) -> Cast:
    """Lina has opened the link in TDT4100, so that her score has somewhere to go."""
    cast.visit("lina", course="TDT4100")
    return cast


def finish(cast: Cast, *steps: Step) -> list[list[int]]:
    with done_before(cast) as session:
        part = take_part_in(session, cast.people["lina"])
        if Step.ESSAY in steps:
            submit_essay(session, cast.people["lina"])
        return [record_result(session, part, step, "3/3") for step in steps if step is not Step.ESSAY]


def completed(session: Session) -> bool:
    return session.scalars(select(Participation.completed_at)).one() is not None


@pytest.mark.parametrize("missing", list(Step))
def test_two_steps_are_not_the_whole_module(lina: Cast, missing: Step) -> None:
    finish(lina, *(step for step in Step if step is not missing))
    with done_before(lina) as session:
        assert not completed(session)
        assert session.scalars(select(Score)).all() == []


def test_the_last_step_completes_the_module_and_queues_its_score(lina: Cast) -> None:
    finish(lina, Step.TEST, Step.ESSAY)
    (sent,) = finish(lina, Step.EVALUATIONS)
    with done_before(lina) as session:
        assert completed(session)
        score = session.scalars(select(Score)).one()
        assert sent == [score.id]
        assert (score.given, score.maximum) == (100, 100)


def test_the_comment_names_what_was_done(lina: Cast) -> None:
    finish(lina, Step.ESSAY, Step.TEST, Step.EVALUATIONS)
    with done_before(lina) as session:
        comment = session.scalars(select(Score.comment)).one()
        assert comment == completion_comment(dict.fromkeys(Step, "") | {Step.TEST: "3/3"})
        assert re.search(r"3/3.*essay.*two peer evaluations", comment)


def test_a_step_that_is_recorded_again_changes_nothing(lina: Cast) -> None:
    finish(lina, Step.ESSAY, Step.TEST, Step.EVALUATIONS)
    with done_before(lina) as session:
        before = session.execute(select(StepResult.step, StepResult.done_at)).all()
        stamp = session.scalars(select(Score.timestamp)).one()
    assert finish(lina, Step.TEST, Step.EVALUATIONS) == [[], []]
    with done_before(lina) as session:
        assert session.execute(select(StepResult.step, StepResult.done_at)).all() == before
        assert session.scalars(select(Score.timestamp)).one() == stamp


def test_two_last_steps_at_once_complete_the_module_once(lina: Cast) -> None:
    """Each would miss the other's result if they did not wait for one another."""
    finish(lina, Step.ESSAY)
    person_id, app = lina.people["lina"], lina.app

    def pass_the_test(session: Session) -> None:
        record_result(session, take_part_in(session, person_id), Step.TEST, "3/3")

    def give_the_evaluations() -> list[int]:
        with app.app_context():
            sent = record_result(db.session, take_part_in(db.session, person_id), Step.EVALUATIONS)
            db.session.commit()
            return sent

    assert len(meeting(app, pass_the_test, give_the_evaluations)) == 1
    with done_before(lina) as session:
        assert completed(session)


def test_taking_part_twice_enrols_once(lina: Cast) -> None:
    with done_before(lina) as session:
        module = current_module(session, "om1")
        first, second = (take_part(session, lina.people["lina"], module) for _ in range(2))
        assert first.id == second.id
        assert session.scalars(select(func.count()).select_from(Enrolment)).one() == 1


def test_a_participation_keeps_the_content_it_began_with(lina: Cast) -> None:
    with done_before(lina) as session:
        part = take_part_in(session, lina.people["lina"])
        assert part.content_id == current_module(session, "om1").content_id


def test_the_test_of_somebody_else_completes_nothing_of_mine(lina: Cast) -> None:
    finish(lina, Step.ESSAY, Step.EVALUATIONS)
    with done_before(lina) as session:
        try_test(session, lina.people["frode"], 3, passed=True)
        mine = select(Participation.completed_at).where(Participation.person_id == lina.people["lina"])
        assert session.scalars(mine).one() is None
