"""Authors arriving in a pool, in the database."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus, Pool
from lti_tool.peer_review.pools import join_pool
from lti_tool.peer_review.queries import evaluation_state
from lti_tool.reflection.models import Essay
from tests.cast import Cast
from tests.peer_review.conftest import Arrive, hand_in, somebody
from tests.peer_review.exact import arcs_in, check_pool


def test_two_authors_wait_for_a_third_and_are_told_for_how_many(arrive: Arrive, session: Session) -> None:
    lina = arrive("lina")
    assert evaluation_state(session, lina.id).waiting_for == 2
    arrive("frode")
    state = evaluation_state(session, lina.id)
    assert (state.waiting_for, state.tasks) == (1, ())
    assert state.waiting_since is not None


def test_the_third_author_gives_everybody_two_essays(arrive: Arrive, session: Session) -> None:
    for participation in [arrive(), arrive(), arrive()]:
        state = evaluation_state(session, participation.id)
        assert [task.number for task in state.tasks] == [1, 2]
        assert state.waiting_since is None


def test_guarantee_1_every_author_gives_two_and_receives_two_however_many_arrive(
    arrive: Arrive, session: Session
) -> None:
    for _ in range(20):
        arrive()
        check_pool(session)
    assert session.scalar(select(func.count()).select_from(Author).where(Author.placed_at.is_(None))) == 0


def test_guarantee_1_nobody_evaluates_each_other_once_there_are_five(arrive: Arrive, session: Session) -> None:
    arrive.several(9)
    found = set(arcs_in(session))
    assert [(u, v) for u, v in found if (v, u) in found] == []
    assert session.scalar(select(func.count()).select_from(Evaluation).where(Evaluation.reciprocal)) == 0


def test_the_mark_of_pairs_is_true_while_there_are_pairs(arrive: Arrive, session: Session) -> None:
    arrive.several(3)
    assert session.scalar(select(func.count()).select_from(Evaluation).where(Evaluation.reciprocal)) == 6


def test_guarantee_2_late_authors_are_spliced_in_and_started_evaluations_stay_where_they_are(
    arrive: Arrive, session: Session
) -> None:
    arrive.several(5)
    started = session.scalars(select(Evaluation).order_by(Evaluation.id).limit(4)).all()
    kept = {(row.public_id, row.evaluator_id, row.author_id) for row in started}
    for row in started:
        row.status, row.started_at = EvaluationStatus.STARTED, now()
    session.commit()
    for _ in range(6):
        arrive()
    after = {(row.public_id, row.evaluator_id, row.author_id) for row in session.scalars(select(Evaluation))}
    assert kept <= after
    check_pool(session)


def test_guarantee_2_a_late_author_waits_when_all_is_started_and_three_late_ones_make_a_ring(
    arrive: Arrive, session: Session
) -> None:
    arrive.several(3)
    for row in session.scalars(select(Evaluation)):
        row.status, row.started_at = EvaluationStatus.STARTED, now()
    session.commit()
    late = [arrive(), arrive()]
    assert [evaluation_state(session, p.id).tasks for p in late] == [(), ()]
    late.append(arrive())
    assert [len(evaluation_state(session, p.id).tasks) for p in late] == [2, 2, 2]


def test_an_evaluation_keeps_its_address_when_its_essay_is_exchanged(arrive: Arrive, session: Session) -> None:
    first = arrive()
    arrive(), arrive()
    addresses = {task.public_id for task in evaluation_state(session, first.id).tasks}
    for _ in range(5):
        arrive()
    assert {task.public_id for task in evaluation_state(session, first.id).tasks} == addresses


def test_guarantee_9_those_who_write_in_another_language_are_a_pool_of_their_own(cast: Cast, session: Session) -> None:
    people = [somebody(session, cast) for _ in range(6)]
    for number, person_id in enumerate(people):
        hand_in(session, person_id, language=("en", "nb")[number % 2])
    check_pool(session)
    pairs = session.execute(
        select(Evaluation.evaluator_id, Evaluation.author_id, Evaluation.pool_id, Pool.language).join(Pool)
    ).all()
    languages = dict(session.execute(select(Author.id, Essay.submitted_language).join(Essay)).all())
    assert len(pairs) == 12
    assert {(languages[row.evaluator_id], languages[row.author_id], row.language) for row in pairs} == {
        ("en", "en", "en"),
        ("nb", "nb", "nb"),
    }


def test_joining_twice_changes_nothing(arrive: Arrive, session: Session) -> None:
    participations = arrive.several(4)
    before = sorted(arcs_in(session))
    join_pool(session, participations[0])
    session.commit()
    assert sorted(arcs_in(session)) == before


@pytest.mark.parametrize("slot", [1, 2, 3])
def test_guarantee_6_the_database_refuses_a_third_evaluation(arrive: Arrive, session: Session, slot: int) -> None:
    arrive.several(5)
    evaluator, pool_id = session.execute(select(Author.id, Author.pool_id).limit(1)).one()
    given = session.scalars(select(Evaluation.author_id).where(Evaluation.evaluator_id == evaluator)).all()
    other = session.scalars(select(Author.id).where(Author.id.not_in([evaluator, *given]))).first()
    row = {"pool_id": pool_id, "evaluator_id": evaluator, "author_id": other, "shuffle_key": 0.5}
    session.add(Evaluation(**row, given_slot=slot, received_slot=slot))
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()
