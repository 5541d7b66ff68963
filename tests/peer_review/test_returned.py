"""What returning and voiding mean for the evaluator: one is written anew, the other is no task any more."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from lti_tool.peer_review import reviews
from lti_tool.peer_review.actions import EvaluationVoided, Unchanged, read_evaluation, save_evaluation
from lti_tool.peer_review.queries import EvaluationState, evaluation_state
from lti_tool.peer_review.reviews import version_seen
from lti_tool.programme.content import Step
from tests.cast import Cast
from tests.conftest import CountStatements
from tests.peer_review.conftest import Arrive
from tests.peer_review.deciding import Desk, answers, submit
from tests.peer_review.giving import row, tasks_of


@pytest.fixture
def desk(cast: Cast, session: Session) -> Desk:
    return Desk.laid(cast, session)


def state_of(desk: Desk) -> EvaluationState:
    return evaluation_state(desk.session, desk.part().id)


def test_what_is_submitted_is_to_be_weighed_and_the_same_again_is_not(desk: Desk, session: Session) -> None:
    assert desk.evaluation.weigh_at == desk.evaluation.submitted_at
    desk.evaluation.weigh_at = None
    session.commit()
    submit(session, desk.part().person_id, desk.public_id)
    assert desk.evaluation.weigh_at is None
    submit(session, desk.part().person_id, desk.public_id, "Better than it was")
    assert desk.evaluation.weigh_at is not None


def test_a_returned_evaluation_is_a_task_again_and_counts_once_it_is_submitted_anew(
    desk: Desk, session: Session
) -> None:
    read_by_its_author(desk)
    desk.decide(reviews.return_to_evaluator)
    task = next(task for task in state_of(desk).tasks if task.public_id == desk.public_id)
    assert (task.returned_at is not None, task.given) == (True, False)
    assert desk.evaluation.editable
    assert Step.EVALUATIONS not in desk.done()

    submit(session, desk.part().person_id, desk.public_id, "Now with a next step")
    assert (desk.evaluation.returned_at, desk.evaluation.read_at) == (None, None)
    assert Step.EVALUATIONS in desk.done()
    assert all(task.given for task in state_of(desk).tasks)


def test_what_was_returned_is_not_taken_unchanged(desk: Desk, session: Session) -> None:
    desk.decide(reviews.return_to_evaluator)
    with pytest.raises(Unchanged):
        submit(session, desk.part().person_id, desk.public_id)
    session.rollback()
    assert desk.evaluation.returned_at is not None


def test_a_voided_evaluation_is_no_task_any_more_and_takes_no_answers(desk: Desk, session: Session) -> None:
    desk.decide(reviews.void)
    state = state_of(desk)
    assert desk.public_id not in {task.public_id for task in state.tasks}
    assert [(lost.public_id, lost.voided_at is not None) for lost in state.lost] == [(desk.public_id, True)]
    with pytest.raises(EvaluationVoided):
        save_evaluation(session, desk.part().person_id, desk.public_id, answers("Still mine"), desk.evaluation.version)


def test_whoever_is_owed_another_essay_waits_since_theirs_was_voided(
    arrive: Arrive, cast: Cast, session: Session
) -> None:
    """The only two others have been hers already."""
    part = arrive("lina")
    arrive("frode")
    arrive("amir")
    public_id = tasks_of(session, part.person_id)[0]
    submit(session, part.person_id, public_id)
    given = row(session, public_id)
    reviews.void(session, given, seen=version_seen(session, given), reason="Copied", person_id=cast.person_id("kari"))
    state = evaluation_state(session, part.id)
    assert (len(state.tasks), state.waiting_since, state.waiting_for) == (1, given.voided_at, 1)


def test_where_somebody_stands_is_told_by_two_statements(desk: Desk, count_statements: CountStatements) -> None:
    desk.decide(reviews.void)
    part_id = desk.part().id
    with count_statements() as statements:
        evaluation_state(desk.session, part_id)
    assert len(statements) <= 2


def read_by_its_author(desk: Desk) -> None:
    given = desk.evaluation
    assert given.received_slot is not None
    read_evaluation(desk.session, given.author.participation.person_id, "om1", given.received_slot)
    desk.session.commit()
