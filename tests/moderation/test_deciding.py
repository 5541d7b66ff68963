"""What a coordinator's decisions change, and what they leave alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.peer_review import reviews
from lti_tool.peer_review.consequences import consequences
from lti_tool.peer_review.models import Decision, Evaluation, EvaluationStatus, LogEntry, LogKind
from lti_tool.peer_review.reviews import Decided, NotAsRead
from lti_tool.peer_review.shortages import NothingOpen
from lti_tool.programme.content import Step
from tests.cast import Cast
from tests.peer_review.deciding import NAMES, WHY, Desk, submit
from tests.peer_review.giving import row, tasks_of
from tests.peer_review.leaving import check_healed, leave

DECISIONS = {
    reviews.approve: Decision.APPROVED,
    reviews.return_to_evaluator: Decision.RETURNED,
    reviews.void: Decision.VOIDED,
    reviews.take_over: Decision.TAKEN,
}
Act = Callable[..., Decided]


@pytest.fixture
def desk(cast: Cast, session: Session) -> Desk:
    return Desk.laid(cast, session)


def author_name(desk: Desk) -> str:
    """Who wrote the essay of the evaluation."""
    person_id = desk.evaluation.author.participation.person_id
    return next(name for name in NAMES if desk.cast.person_id(name) == person_id)


@pytest.mark.parametrize("act", DECISIONS)
def test_it_is_logged_with_who_and_why(desk: Desk, act: Act) -> None:
    done = desk.decide(act)
    assert desk.log() == [(DECISIONS[act], desk.kari, WHY)]
    assert done.entry is not None
    assert done.entry.moment


@pytest.mark.parametrize("act", DECISIONS)
def test_a_second_click_changes_nothing(desk: Desk, act: Act) -> None:
    seen = desk.seen
    first = desk.decide(act, seen=seen)
    before = desk.others(), desk.log(), desk.points(), desk.author().to_give
    again = desk.decide(act, seen=seen)
    assert (again.entry, again.score_ids) == (first.entry, [])
    assert (desk.others(), desk.log(), desk.points(), desk.author().to_give) == before


@pytest.mark.parametrize("act", DECISIONS)
def test_what_was_submitted_anew_has_to_be_read_first(desk: Desk, act: Act) -> None:
    seen = desk.seen
    submit(desk.session, desk.cast.person_id("lina"), desk.public_id, "Something else entirely now")
    with pytest.raises(NotAsRead):
        desk.decide(act, seen=seen)
    desk.session.rollback()
    assert desk.log() == []


@pytest.mark.parametrize("first", [reviews.return_to_evaluator, reviews.void, reviews.take_over])
@pytest.mark.parametrize("second", [*DECISIONS, reviews.reopen])
def test_a_colleagues_decision_has_to_be_read_first(desk: Desk, first: Act, second: Act) -> None:
    seen = desk.seen
    desk.decide(first, by="astrid")
    with pytest.raises(NotAsRead):
        desk.decide(second, seen=seen)
    desk.session.rollback()
    assert len(desk.log()) == 1


@pytest.mark.parametrize("act", [reviews.return_to_evaluator, reviews.void, reviews.take_over])
def test_what_is_approved_is_reopened_first(desk: Desk, act: Act) -> None:
    desk.decide(reviews.approve)
    with pytest.raises(NotAsRead):
        desk.decide(act)
    desk.session.rollback()
    desk.decide(reviews.reopen)
    assert desk.evaluation.approved_at is None
    desk.decide(act)


@pytest.mark.parametrize("act", DECISIONS)
def test_what_is_not_submitted_is_not_decided_about(desk: Desk, act: Act) -> None:
    (untouched, _other) = tasks_of(desk.session, desk.cast.person_id("tuva"))
    desk.public_id = untouched
    with pytest.raises(NotAsRead):
        desk.decide(act, seen="")


@pytest.mark.parametrize("act", [reviews.approve, reviews.return_to_evaluator])
def test_one_evaluation_changes_alone(desk: Desk, act: Act) -> None:
    before = desk.others()
    desk.decide(act)
    assert desk.others() == before


@pytest.mark.parametrize("act", [reviews.void, reviews.take_over])
def test_whatever_is_begun_stays_where_it_is(desk: Desk, act: Act) -> None:
    """The evaluator's other one and the essay's other one among them; only what nobody has begun may be exchanged."""
    other = next(
        e
        for e in desk.session.scalars(select(Evaluation).where(Evaluation.author_id == desk.evaluation.author_id))
        if e.public_id != desk.public_id
    )
    submit(desk.session, other.evaluator.participation.person_id, other.public_id)
    begun = {key: values for key, values in desk.others().items() if values[0] is not EvaluationStatus.OPEN}
    assert {desk.other_id, other.public_id} <= begun.keys()
    desk.decide(act)
    after = desk.others()
    assert {key: after[key] for key in begun} == begun


@pytest.mark.parametrize("act", [reviews.return_to_evaluator, reviews.void, reviews.take_over])
def test_the_evaluators_step_opens_again_and_the_points_are_taken_back(desk: Desk, act: Act) -> None:
    told = consequences(desk.session, desk.evaluation)
    assert (told.reopens, told.completed, told.points, told.courses) == (True, True, 100, 2)
    assert desk.points() == [100, 100]
    done = desk.decide(act)
    assert len(done.score_ids) == 2
    assert desk.points() == [0, 0]
    assert desk.done().keys() == {Step.TEST, Step.ESSAY}
    assert desk.part().completed_at is None


def test_a_returned_one_counts_again_once_it_is_submitted_anew(desk: Desk) -> None:
    answers = desk.evaluation.answers
    desk.decide(reviews.return_to_evaluator)
    returned = desk.evaluation
    assert returned.returned_at is not None
    assert returned.editable
    assert (returned.answers, returned.status) == (answers, EvaluationStatus.SUBMITTED)
    assert submit(desk.session, desk.cast.person_id("lina"), desk.public_id, "Next time, ask them first")
    assert desk.evaluation.returned_at is None
    assert desk.points() == [100, 100]
    assert Step.EVALUATIONS in desk.done()


def test_what_is_returned_can_be_changed_even_if_its_author_has_read_it(desk: Desk) -> None:
    desk.evaluation.read_at = desk.evaluation.submitted_at
    desk.session.commit()
    desk.decide(reviews.return_to_evaluator)
    submit(desk.session, desk.cast.person_id("lina"), desk.public_id, "Next time, ask them first")
    assert desk.evaluation.read_at is None


def test_a_voided_one_is_replaced_on_both_sides(desk: Desk) -> None:
    essay, evaluator = desk.evaluation.author_id, desk.evaluation.evaluator_id
    desk.decide(reviews.void)
    voided = desk.evaluation
    assert (voided.given_slot, voided.received_slot) == (None, None)
    assert voided.voided_at is not None
    pool = check_healed(desk.session)
    assert (evaluator, essay) not in pool.arcs
    assert pool.short() == []
    assert sum(author == essay for _evaluator, author in pool.arcs) == 2
    assert len([arc for arc in pool.arcs if arc[0] == evaluator]) == 2
    lines = desk.session.scalars(select(LogEntry).where(LogEntry.kind == LogKind.VOIDED)).all()
    assert [(line.evaluator_id, line.author_id, line.person_id, line.reason) for line in lines] == [
        (evaluator, essay, desk.kari, WHY)
    ]


def test_the_points_come_again_with_another_evaluation(desk: Desk) -> None:
    desk.decide(reviews.void)
    (new,) = {e.public_id for e in desk.session.scalars(select(Evaluation)) if _is_linas_open_task(desk, e)}
    assert len(submit(desk.session, desk.cast.person_id("lina"), new)) == 2
    assert desk.points() == [100, 100]


def _is_linas_open_task(desk: Desk, evaluation: Evaluation) -> bool:
    return evaluation.evaluator_id == desk.author().id and evaluation.status is EvaluationStatus.OPEN


def test_nothing_is_taken_back_that_was_not_there(desk: Desk) -> None:
    (first, _second) = tasks_of(desk.session, desk.cast.person_id("tuva"))
    submit(desk.session, desk.cast.person_id("tuva"), first)
    desk.public_id = first
    assert not consequences(desk.session, desk.evaluation).reopens
    assert desk.decide(reviews.void).score_ids == []
    assert desk.points() == [100, 100]
    check_healed(desk.session)


def test_whoever_has_given_enough_keeps_the_step(desk: Desk) -> None:
    """One of hers was waived: two are submitted, one is enough."""
    desk.author().waived_given = 1
    desk.session.commit()
    assert not consequences(desk.session, desk.evaluation).reopens
    assert desk.decide(reviews.return_to_evaluator).score_ids == []
    assert Step.EVALUATIONS in desk.done()


def test_taking_over_leaves_nobody_a_chance_to_come_between(desk: Desk) -> None:
    essay = desk.evaluation.author_id
    done = desk.decide(reviews.take_over)
    assert done.entry is not None
    taken = desk.session.get_one(Evaluation, done.entry.before["taken_id"])
    assert (taken.staff_id, taken.author_id, taken.status) == (desk.kari, essay, EvaluationStatus.STARTED)
    pool = check_healed(desk.session)
    assert pool.authors[essay].to_receive == 0
    assert desk.evaluation.voided_at is not None


def test_the_essay_of_somebody_who_has_left_is_not_taken_over(desk: Desk) -> None:
    leave(desk.session, desk.part(author_name(desk)))
    with pytest.raises(NothingOpen):
        desk.decide(reviews.take_over)
    desk.session.rollback()
    assert consequences(desk.session, desk.evaluation).author_left
    desk.decide(reviews.void)
    check_healed(desk.session)


def test_an_evaluator_who_has_left_is_given_nothing_new(desk: Desk) -> None:
    leave(desk.session, desk.part("lina"))
    assert consequences(desk.session, desk.evaluation).evaluator_left
    desk.decide(reviews.void)
    assert desk.author("lina").to_give == 0
    check_healed(desk.session)


def test_what_staff_have_written_is_voided_without_anybody_owing_one(desk: Desk) -> None:
    done = desk.decide(reviews.take_over)
    assert done.entry is not None
    own = desk.session.get_one(Evaluation, done.entry.before["taken_id"]).public_id
    submit(desk.session, desk.kari, own)
    desk.public_id = own
    assert consequences(desk.session, row(desk.session, own)).points == 0
    desk.decide(reviews.void, by="astrid")
    check_healed(desk.session)
