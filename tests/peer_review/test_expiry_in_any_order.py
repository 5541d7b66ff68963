"""Guarantee 14 after whatever people have done before: the pure rule and the pool say the same."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import db, now
from lti_tool.modules.dates import deadline, for_evaluation, is_over
from lti_tool.modules.models import Extension, Participation, StepDate
from lti_tool.peer_review.actions import TakenOver, save_evaluation, start_evaluation, submit_evaluation
from lti_tool.peer_review.expiry import resume
from lti_tool.peer_review.models import Evaluation, EvaluationStatus
from lti_tool.peer_review.pools import rejoin, withdraw
from lti_tool.programme.content import Step
from tests.cast import Cast, let_go
from tests.databases import empty
from tests.peer_review.conftest import hand_in, somebody
from tests.peer_review.leaving import Pool, check_healed, stored
from tests.peer_review.test_expiry import DAY, extend, handed_out, set_date, time_passes
from tests.peer_review.test_leaving import author_of
from tests.peer_review.together import answers

Move = tuple[str, int, int]
moves = st.tuples(
    st.sampled_from(["begin", "write", "submit", "extend", "resume", "leave", "come", "age"]),
    st.integers(0, 7),
    st.integers(0, 1),
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(played=st.lists(moves, max_size=14), grace=st.sampled_from([0, 12, 48]), newcomers_=st.integers(1, 3))
def test_guarantee_14_expiring_loses_no_draft_touches_nothing_submitted_and_leaves_every_essay_looked_after(
    cast: Cast, session: Session, played: list[Move], grace: int, newcomers_: int
) -> None:
    let_go()
    empty(db.engine)
    cast = Cast(cast.app)
    set_date(cast, session, now() - DAY, grace_hours=grace)
    people = [somebody(session, cast) for _ in range(5)]
    for person_id in people:
        hand_in(session, person_id)
    for move in played:
        _play(cast, session, people, move)
        session.commit()
    before = {e.id: (e, dict(e.draft), e.answers, e.received_slot) for e in stored(session).evaluations}
    over = {key for key, (e, *_rest) in before.items() if _is_over(cast, session, e)}
    begun = {key for key in over if before[key][0].status is EvaluationStatus.STARTED}
    counted = len(over)
    session.expunge_all()
    assert time_passes(session) >= counted
    after = {e.id: e for e in check_healed(session).evaluations}
    for key, (was, draft, said, slot) in before.items():
        if was.status is EvaluationStatus.SUBMITTED:
            assert (after[key].answers, after[key].received_slot) == (said, slot)
        if was.status is EvaluationStatus.STARTED:
            assert after[key].draft == draft
            assert (after[key].released_at is not None) == (key in begun or slot is None)
    _next_who_come_get_what_is_open(cast, session, newcomers_)


def _is_over(cast: Cast, session: Session, evaluation: Evaluation) -> bool:
    """The pure rule, evaluation by evaluation."""
    if evaluation.status is EvaluationStatus.SUBMITTED or evaluation.received_slot is None:
        return False
    date = session.get_one(StepDate, (cast.cohort_id, cast.module_id, Step.EVALUATIONS))
    person_id = evaluation.evaluator.participation.person_id
    more = session.get(Extension, (cast.cohort_id, cast.module_id, person_id, Step.EVALUATIONS))
    step = deadline(date.due_at, date.grace_hours, more.until if more else None)
    return is_over(for_evaluation(step, evaluation.created_at, 7), now())


def _next_who_come_get_what_is_open(cast: Cast, session: Session, number: int) -> None:
    """An essay waits for a second evaluator only when nobody is there who could be asked."""
    for _ in range(number):
        hand_in(session, somebody(session, cast))
    pool = check_healed(session)
    givers = [a for a in pool.authors.values() if a.withdrawn_at is None and (a.to_give or a.placed_at is None)]
    for author in pool.authors.values():
        if author.to_receive:
            known = {u for u, v in _ever(pool) if v == author.id} | {author.id}
            assert {giver.id for giver in givers if giver.placed_at} <= known


def _ever(pool: Pool) -> set[tuple[int | None, int]]:
    return {(e.evaluator_id, e.author_id) for e in pool.evaluations}


def _play(cast: Cast, session: Session, people: list[int], played: Move) -> None:
    move, which, number = played
    person_id = people[which % len(people)]
    part = session.scalars(select(Participation).where(Participation.person_id == person_id)).one()
    _MOVES[move](cast, session, part, number)
    if move == "age":
        handed_out(session)


def _own(session: Session, part: Participation, number: int) -> Evaluation | None:
    own = select(Evaluation).where(Evaluation.evaluator_id == author_of(session, part).id).order_by(Evaluation.id)
    found = session.scalars(own).all()
    return found[number] if number < len(found) else None


def _begin(_cast: Cast, session: Session, part: Participation, number: int) -> Evaluation | None:
    found = _own(session, part, number)
    if found is not None and found.status is EvaluationStatus.OPEN:
        start_evaluation(session, part.person_id, found.public_id)
    return found


def _write(cast: Cast, session: Session, part: Participation, number: int) -> None:
    found = _begin(cast, session, part, number)
    if found is not None:
        save_evaluation(session, part.person_id, found.public_id, answers(f"Half of {found.id}"), found.version)


def _submit(cast: Cast, session: Session, part: Participation, number: int) -> None:
    found = _begin(cast, session, part, number)
    if found is not None:
        session.commit()
        try:
            submit_evaluation(session, part.person_id, found.public_id, answers("A good read overall"), found.version)
        except TakenOver:
            session.rollback()


_MOVES: dict[str, Callable[[Cast, Session, Participation, int], object]] = {
    "begin": _begin,
    "write": _write,
    "submit": _submit,
    "extend": lambda cast, session, part, _n: extend(cast, session, part.person_id, now() + DAY),
    "resume": lambda _cast, session, part, _n: resume(session, part.person_id, "om1"),
    "leave": lambda _cast, session, part, _n: withdraw(session, part, reason="left", person_id=None),
    "come": lambda _cast, session, part, _n: rejoin(session, part, person_id=None),
    "age": lambda _cast, session, _part, _n: time_passes(session),
}
