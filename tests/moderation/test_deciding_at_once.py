"""Two coordinators decide at the same moment, or the evaluator submits while one does."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import db
from lti_tool.errors import Conflict
from lti_tool.peer_review import reviews
from lti_tool.peer_review.actions import EvaluationClosed, submit_evaluation
from lti_tool.peer_review.models import Evaluation
from lti_tool.peer_review.reviews import Decided, NotAsRead
from lti_tool.peer_review.undoing import undo
from lti_tool.programme.content import Step
from tests.cast import Cast
from tests.meeting import meeting
from tests.peer_review.deciding import WHY, Desk, answers
from tests.peer_review.giving import row
from tests.peer_review.leaving import check_healed

Act = Callable[..., Decided]
SECOND = [reviews.approve, reviews.return_to_evaluator, reviews.void, reviews.take_over]


@pytest.fixture
def desk(cast: Cast, session: Session) -> Desk:
    return Desk.laid(cast, session)


def deciding(desk: Desk, act: Act, seen: str, by: str = "kari") -> Callable[[Session], object]:
    def decide(session: Session) -> object:
        evaluation = session.scalars(select(Evaluation).where(Evaluation.public_id == desk.public_id)).one()
        return act(session, evaluation, seen=seen, reason=WHY, person_id=desk.cast.people[by])

    return decide


def said(desk: Desk, act: Callable[[Session], object]) -> Callable[[], type[Conflict] | None]:
    """In a session of its own, as another process would."""

    def answer() -> type[Conflict] | None:
        with desk.cast.app.app_context():
            try:
                act(db.session)
            except Conflict as refusal:
                db.session.rollback()
                return type(refusal)
            db.session.commit()
            return None

    return answer


def resubmitting(desk: Desk, public_id: str) -> Callable[[Session], object]:
    def resubmit(session: Session) -> object:
        version, person_id = row(session, public_id).version, desk.cast.people["lina"]
        return submit_evaluation(session, person_id, public_id, answers("Something else entirely now"), version)

    return resubmit


@pytest.mark.parametrize("first", [reviews.return_to_evaluator, reviews.void, reviews.take_over])
@pytest.mark.parametrize("second", SECOND)
def test_of_two_coordinators_the_second_reads_first_what_the_other_decided(desk: Desk, first: Act, second: Act) -> None:
    seen = desk.seen
    desk.session.rollback()
    decided = meeting(desk.cast.app, deciding(desk, first, seen), said(desk, deciding(desk, second, seen, "astrid")))
    assert decided is NotAsRead
    assert len(desk.log()) == 1
    check_healed(desk.session)


@pytest.mark.parametrize("act", SECOND)
def test_what_comes_in_anew_meanwhile_is_read_first(desk: Desk, act: Act) -> None:
    seen = desk.seen
    desk.session.rollback()
    submission = resubmitting(desk, desk.public_id)
    assert meeting(desk.cast.app, submission, said(desk, deciding(desk, act, seen))) is NotAsRead
    assert desk.log() == []


@pytest.mark.parametrize("act", [reviews.approve, reviews.void, reviews.take_over])
def test_what_is_closed_meanwhile_is_not_submitted_anew(desk: Desk, act: Act) -> None:
    seen = desk.seen
    desk.session.rollback()
    submission = said(desk, resubmitting(desk, desk.public_id))
    closed = meeting(desk.cast.app, deciding(desk, act, seen), submission)
    assert closed is not None
    assert issubclass(closed, EvaluationClosed)
    assert desk.evaluation.answers == answers().stored()


@pytest.mark.parametrize("returned_first", [True, False])
def test_a_second_evaluation_does_not_complete_what_is_returned_meanwhile(desk: Desk, returned_first: bool) -> None:
    """Lina's other one was returned, too; she submits it anew while this one is returned."""
    own, other = desk.public_id, desk.other_id
    desk.public_id = other
    desk.decide(reviews.return_to_evaluator)
    desk.public_id = own
    seen = desk.seen
    desk.session.rollback()
    returning, submission = deciding(desk, reviews.return_to_evaluator, seen), resubmitting(desk, other)
    first, second = (returning, submission) if returned_first else (submission, returning)
    assert meeting(desk.cast.app, first, said(desk, second)) is None
    assert Step.EVALUATIONS not in desk.done()
    assert desk.points() == [0, 0]


def test_many_who_decide_and_undo_at_once_leave_a_pool_in_order(desk: Desk) -> None:
    """Eight threads, each as another coordinator would, about the same two evaluations."""
    ids = [desk.public_id, desk.other_id]
    desk.session.rollback()

    def work(number: int) -> None:
        rng = random.Random(number)
        for _turn in range(6):
            public_id, act = rng.choice(ids), rng.choice([*SECOND, reviews.reopen, None])
            with desk.cast.app.app_context():
                try:
                    evaluation = row(db.session, public_id)
                    entry = reviews.latest(db.session, evaluation)
                    if act is not None:
                        seen = reviews.version_seen(db.session, evaluation)
                        act(db.session, evaluation, seen=seen, reason=WHY, person_id=desk.cast.people["kari"])
                    elif entry is not None:
                        undo(db.session, entry, desk.cast.people["kari"])
                    db.session.commit()
                except Conflict:
                    db.session.rollback()

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(work, number) for number in range(8)]:
            done.result(timeout=60)
    check_healed(desk.session)
    live = [row(desk.session, public_id) for public_id in ids]
    enough = all(e.voided_at is None and e.returned_at is None for e in live)
    assert (Step.EVALUATIONS in desk.done()) is enough
    assert desk.points() == ([100, 100] if enough else [0, 0])
    assert len(desk.log()) > 1
