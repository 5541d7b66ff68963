"""Guarantees 3 and 4: drop-outs heal with few changes, and nobody loses what they have done."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.modules.models import Participation, StepResult
from lti_tool.peer_review.actions import TakenOver, save_evaluation, start_evaluation, submit_evaluation
from lti_tool.peer_review.log import history, why
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus, LogEntry, LogKind, PoolConflict
from lti_tool.peer_review.queries import evaluation_state
from lti_tool.programme.content import Step
from tests.cast import Cast, add_module, small_module
from tests.peer_review.conftest import Arrive, hand_in, somebody
from tests.peer_review.exact import arcs_in, check_pool
from tests.peer_review.leaving import check_healed, come_back, leave
from tests.peer_review.together import answers


def author_of(session: Session, participation: Participation) -> Author:
    return session.scalars(select(Author).where(Author.participation_id == participation.id)).one()


def given_by(session: Session, participation: Participation, number: int = 0) -> Evaluation:
    session.expire_all()
    author = author_of(session, participation)
    query = select(Evaluation).where(Evaluation.evaluator_id == author.id).order_by(Evaluation.id)
    return session.scalars(query).all()[number]


def begin(session: Session, evaluation: Evaluation) -> str:
    person_id = evaluation.evaluator.participation.person_id
    start_evaluation(session, person_id, evaluation.public_id)
    session.commit()
    return evaluation.public_id


def finish(session: Session, evaluation: Evaluation) -> None:
    person_id, public_id = evaluation.evaluator.participation.person_id, begin(session, evaluation)
    submit_evaluation(session, person_id, public_id, answers("A good read overall"), 1)
    session.commit()


def test_guarantee_3_a_drop_out_from_whom_nothing_has_begun_leaves_an_exact_pool(
    arrive: Arrive, session: Session
) -> None:
    parts = arrive.several(12)
    for part in parts[:9]:
        before = set(arcs_in(session))
        assert leave(session, part)
        pool = check_healed(session)
        assert pool.short() == []
        gone = author_of(session, part).id
        assert len({arc for arc in before - pool.arcs if gone not in arc}) <= 2
    assert len(pool.arcs) == 6


def test_guarantee_3_the_ends_are_joined_where_that_makes_no_double(arrive: Arrive, session: Session) -> None:
    parts = arrive.several(30)
    before = set(arcs_in(session))
    gone = author_of(session, parts[7]).id
    leave(session, parts[7])
    after = set(arcs_in(session))
    moved = {arc for arc in before - after if gone not in arc}
    assert moved == set()
    assert {u for u, _ in after - before} == {u for u, v in before if v == gone}
    assert {v for _, v in after - before} == {v for u, v in before if u == gone}


def test_guarantee_3_those_who_get_another_essay_keep_the_address(arrive: Arrive, session: Session) -> None:
    parts = arrive.several(8)
    addresses = set(session.scalars(select(Evaluation.public_id)))
    leave(session, parts[0])
    kept = set(session.scalars(select(Evaluation.public_id)))
    assert kept <= addresses
    assert len(kept) == 14


def test_leaving_and_coming_back_twice_is_the_same_as_once(arrive: Arrive, session: Session) -> None:
    parts = arrive.several(6)
    assert [leave(session, parts[2]), leave(session, parts[2])] == [True, False]
    assert [come_back(session, parts[2]), come_back(session, parts[2])] == [True, False]
    assert check_healed(session).short() == []
    check_pool(session)


def test_somebody_in_no_pool_cannot_leave_one(cast: Cast, arrive: Arrive, session: Session) -> None:
    arrive("lina")
    part = Participation(
        person_id=cast.person_id("frode"),
        module_id=cast.module_id,
        cohort_id=cast.cohort_id,
        content_id=session.scalars(select(Participation.content_id)).one(),
    )
    session.add(part)
    session.flush()
    assert not leave(session, part)
    assert not come_back(session, part)


def test_guarantee_3_an_evaluation_of_the_drop_outs_essay_goes_on(arrive: Arrive, session: Session) -> None:
    parts = arrive.several(5)
    evaluation = given_by(session, parts[0])
    public_id = begin(session, evaluation)
    written_by = session.get_one(Participation, evaluation.author.participation_id)
    leave(session, written_by)
    pool = check_healed(session)
    person_id = parts[0].person_id
    submit_evaluation(session, person_id, public_id, answers("A good read overall"), 1)
    session.commit()
    assert len([task for task in evaluation_state(session, parts[0].id).tasks if task.submitted_at]) == 1
    # The drop-out gave two and received one that counts: one place more than there are evaluators for it.
    assert sum(author.to_receive - author.to_give for author in pool.authors.values()) == 1


def test_guarantee_4_two_given_finish_the_step_although_both_essays_are_withdrawn(
    arrive: Arrive, session: Session
) -> None:
    parts = arrive.several(6)
    first, second = given_by(session, parts[0], 0), given_by(session, parts[0], 1)
    finish(session, first)
    begin(session, second)
    for evaluation in (first, second):
        leave(session, evaluation.author.participation_id)
    finish(session, second)
    done = select(StepResult).where(StepResult.participation_id == parts[0].id, StepResult.step == Step.EVALUATIONS)
    assert session.scalars(done).one()
    check_healed(session)


@pytest.fixture
def released(arrive: Arrive, session: Session) -> tuple[Participation, str, str]:
    """Somebody who has left with one evaluation begun: their participation, its address, and what it says."""
    parts = arrive.several(4)
    public_id = begin(session, given_by(session, parts[0]))
    save_evaluation(session, parts[0].person_id, public_id, answers("Half of it"), 1)
    session.commit()
    leave(session, parts[0])
    return parts[0], public_id, "Half of it"


def of_address(session: Session, public_id: str) -> Evaluation:
    session.expire_all()
    return session.scalars(select(Evaluation).where(Evaluation.public_id == public_id)).one()


def test_what_a_drop_out_had_begun_is_kept_and_its_place_is_free_for_others(
    session: Session, released: tuple[Participation, str, str]
) -> None:
    kept = of_address(session, released[1])
    assert (kept.status, kept.given_slot, kept.received_slot) == (EvaluationStatus.STARTED, None, None)
    assert kept.draft["overall"] == released[2]
    assert check_healed(session).short() == []


def test_what_was_taken_over_is_not_submitted_any_more_but_kept(
    session: Session, released: tuple[Participation, str, str]
) -> None:
    part, public_id, _ = released
    with pytest.raises(TakenOver):
        submit_evaluation(session, part.person_id, public_id, answers("Too late"), 2)
    session.rollback()
    assert of_address(session, public_id).draft["overall"] == released[2]


def test_a_late_finish_counts_while_nobody_has_taken_it_over(arrive: Arrive, session: Session) -> None:
    parts = arrive.several(3)
    for part in parts:
        for number in (0, 1):
            begin(session, given_by(session, part, number))
    late = given_by(session, parts[0])
    leave(session, parts[0])
    author = late.author
    assert check_healed(session).authors[author.id].to_receive == 1
    person_id, public_id = parts[0].person_id, late.public_id
    submit_evaluation(session, person_id, public_id, answers("Late but good"), 1)
    session.commit()
    pool = check_healed(session)
    assert pool.authors[author.id].to_receive == 0
    assert of_address(session, public_id).released_at is None


def test_somebody_who_comes_back_goes_on_with_what_they_had_begun(arrive: Arrive, session: Session) -> None:
    parts = arrive.several(3)
    for part in parts:
        for number in (0, 1):
            begin(session, given_by(session, part, number))
    before = set(arcs_in(session))
    leave(session, parts[0])
    assert len(check_healed(session).arcs) == 4
    come_back(session, parts[0])
    assert check_healed(session).arcs == before


def test_the_page_of_somebody_who_has_left_says_so(cast: Cast, arrive: Arrive, session: Session) -> None:
    for name in ("lina", "frode", "amir", "siri"):
        part = arrive(name)
    leave(session, part)
    page = cast.visit("siri").get("modules/om1/evaluations").text
    assert "You take no part in the peer evaluation of this module any more." in page
    assert "You get two essays" not in page
    assert "in the queue" not in page


def test_those_who_are_left_alone_wait_again_and_the_next_three_make_a_ring(arrive: Arrive, session: Session) -> None:
    first, second, third = arrive(), arrive(), arrive()
    leave(session, first)
    leave(session, second)
    assert evaluation_state(session, third.id).waiting_for == 2
    assert check_healed(session).arcs == set()
    arrive(), arrive()
    assert len(check_healed(session).arcs) == 6


def test_open_places_are_filled_first_when_somebody_comes(arrive: Arrive, session: Session) -> None:
    parts = arrive.several(3)
    leave(session, parts[0])
    assert len(check_healed(session).short()) == 2
    arrive()
    pool = check_healed(session)
    assert pool.short() == []
    assert len(pool.arcs) == 6


def test_guarantee_9_conflicts_and_pairs_of_an_earlier_module_are_avoided(cast: Cast, session: Session) -> None:
    add_module(session, small_module("om2"))
    people = [somebody(session, cast) for _ in range(9)]
    first, second = sorted(people[:2])
    session.add(PoolConflict(first_id=first, second_id=second, reason="same course"))
    session.commit()
    for key in ("om1", "om2"):
        for person_id in people:
            hand_in(session, person_id, key)
    pairs = [
        frozenset((e.evaluator.participation.person_id, e.author.participation.person_id))
        for e in session.scalars(select(Evaluation))
    ]
    person_of = {author.id: author.participation.person_id for author in session.scalars(select(Author))}
    unavoided = [
        frozenset((person_of[line.evaluator_id or 0], person_of[line.author_id or 0]))
        for line in session.scalars(select(LogEntry).where(LogEntry.kind == LogKind.NOT_AVOIDED))
    ]
    assert len(pairs) == 36
    # The first three make a ring at once, which those who come later may or may not take apart.
    assert frozenset((first, second)) not in set(pairs) - set(unavoided)
    assert len(pairs) - len(set(pairs)) <= len(unavoided)


def test_guarantee_9_the_log_says_when_a_conflict_could_not_be_avoided(
    cast: Cast, arrive: Arrive, session: Session
) -> None:
    first, second = sorted((cast.person_id("lina"), cast.person_id("frode")))
    session.add(PoolConflict(first_id=first, second_id=second, reason="same course"))
    session.commit()
    for name in ("lina", "frode", "amir"):
        arrive(name)
    noted = session.scalars(select(LogEntry).where(LogEntry.kind == LogKind.NOT_AVOIDED)).all()
    ends = {(line.evaluator_id, line.author_id) for line in noted}
    ids = {author_of(session, part).id for part in (arrive("lina"), arrive("frode"))}
    assert {frozenset(arc) for arc in ends} == {frozenset(ids)}
    assert len(ends) == 2


def test_guarantee_11_the_log_tells_why_somebody_got_an_essay(arrive: Arrive, session: Session) -> None:
    parts = arrive.several(6)
    gone = author_of(session, parts[0]).id
    before = {(e.evaluator_id, e.author_id) for e in session.scalars(select(Evaluation))}
    leave(session, parts[0], "ill until spring")
    for evaluation in session.scalars(select(Evaluation)):
        lines = why(session, evaluation)
        assert lines[-1].kind is LogKind.GIVEN
        if (evaluation.evaluator_id, evaluation.author_id) not in before:
            assert (lines[-1].cause_id, lines[-1].reason) == (gone, "open-place")
    told = [(line.kind, line.reason) for line in history(session, gone) if line.evaluator_id is None]
    assert told == [(LogKind.JOINED, ""), (LogKind.WITHDRAWN, "ill until spring")]
