"""Every decision can be undone while nothing has come of it, and says why where something has."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.peer_review import reviews
from lti_tool.peer_review.models import Decision, Evaluation, EvaluationStatus, ReviewEntry
from lti_tool.peer_review.reviews import Decided
from lti_tool.peer_review.shortages import Side, ask_volunteer, volunteers, waive
from lti_tool.peer_review.undoing import NotUndone
from lti_tool.peer_review.voiding import PlaceTaken
from lti_tool.programme.content import Step
from tests.cast import Cast
from tests.peer_review.deciding import WHY, Desk, submit
from tests.peer_review.giving import row
from tests.peer_review.leaving import check_healed, leave

Act = Callable[..., Decided]
EVERY = (reviews.approve, reviews.return_to_evaluator, reviews.void, reviews.take_over)


@pytest.fixture
def desk(cast: Cast, session: Session) -> Desk:
    return Desk.laid(cast, session)


def standing(desk: Desk) -> tuple[object, ...]:
    """What undoing has to put back."""
    e = desk.evaluation
    return (
        *(e.status, e.answers, e.submitted_at, e.read_at, e.approved_at, e.approved_by, e.returned_at, e.voided_at),
        *(e.given_slot, e.received_slot, desk.done(), desk.part().completed_at, desk.points(), desk.author().to_give),
    )


def replacement(desk: Desk, **ends: int | None) -> Evaluation:
    """What was handed out instead, and nobody has begun."""
    open_ = select(Evaluation).filter_by(status=EvaluationStatus.OPEN, **ends)
    return desk.session.scalars(open_.order_by(Evaluation.id.desc()).limit(1)).one()


@pytest.mark.parametrize("act", EVERY)
def test_it_puts_everything_back(desk: Desk, act: Act) -> None:
    before = standing(desk)
    desk.decide(act)
    assert standing(desk) != before
    desk.undo(by="astrid")
    assert standing(desk) == before
    assert desk.log()[-1] == (Decision.UNDONE, desk.cast.person_id("astrid"), "")
    check_healed(desk.session)


def test_a_reopened_one_is_approved_again_as_of_when_it_was(desk: Desk) -> None:
    desk.decide(reviews.approve)
    before = standing(desk)
    desk.decide(reviews.reopen, by="astrid")
    assert desk.evaluation.approved_at is None
    desk.undo()
    assert standing(desk) == before


@pytest.mark.parametrize("act", EVERY)
def test_undoing_twice_changes_nothing(desk: Desk, act: Act) -> None:
    done = desk.decide(act)
    desk.undo()
    before = standing(desk), desk.others(), desk.log()
    assert desk.undo(entry=done.entry) == []
    assert (standing(desk), desk.others(), desk.log()) == before


@pytest.mark.parametrize("act", EVERY)
def test_it_can_be_decided_anew_afterwards(desk: Desk, act: Act) -> None:
    desk.decide(act)
    desk.undo()
    desk.decide(act)
    desk.undo()
    assert len(desk.log()) == 4
    check_healed(desk.session)


def test_the_latest_is_undone_first(desk: Desk) -> None:
    first = desk.decide(reviews.return_to_evaluator)
    desk.decide(reviews.void)
    with pytest.raises(NotUndone, match="something has come of it"):
        desk.undo(entry=first.entry)
    desk.session.rollback()
    desk.undo()
    assert desk.evaluation.returned_at is not None
    desk.undo(entry=first.entry)
    assert desk.evaluation.returned_at is None
    assert desk.points() == [100, 100]


def test_a_returned_one_that_was_submitted_anew_stays_so(desk: Desk) -> None:
    done = desk.decide(reviews.return_to_evaluator)
    submit(desk.session, desk.cast.person_id("lina"), desk.public_id, "Next time, ask them first")
    with pytest.raises(NotUndone):
        desk.undo(entry=done.entry)


def test_a_reopened_one_that_was_submitted_anew_stays_so(desk: Desk) -> None:
    desk.decide(reviews.approve)
    desk.decide(reviews.reopen)
    submit(desk.session, desk.cast.person_id("lina"), desk.public_id, "Next time, ask them first")
    with pytest.raises(NotUndone):
        desk.undo()


@pytest.mark.parametrize("side", ["author_id", "evaluator_id"])
def test_what_was_handed_out_instead_is_not_taken_away_once_begun(desk: Desk, side: str) -> None:
    """By whoever evaluates the essay now, or by the evaluator about another essay."""
    desk.decide(reviews.void)
    end = getattr(desk.evaluation, side)
    for evaluation in desk.session.scalars(select(Evaluation).filter_by(**{side: end})).all():
        if evaluation.status is EvaluationStatus.OPEN:
            submit(desk.session, evaluation.evaluator.participation.person_id, evaluation.public_id)
    before = desk.others()
    with pytest.raises(PlaceTaken):
        desk.undo()
    desk.session.rollback()
    assert desk.others() == before


def test_what_was_waived_since_is_not_filled_again(desk: Desk) -> None:
    """All five know each other's essays now, so nobody can be found; the coordinator goes without."""
    desk.decide(reviews.void)
    essay = desk.evaluation.author
    for evaluation in desk.session.scalars(select(Evaluation).where(Evaluation.author_id == essay.id)).all():
        if evaluation.status is EvaluationStatus.OPEN:
            desk.session.delete(evaluation)
            essay.to_receive += 1
    desk.session.flush()
    waive(desk.session, essay, Side.RECEIVED, reason=WHY, person_id=desk.kari)
    desk.session.commit()
    with pytest.raises(PlaceTaken):
        desk.undo()


def test_once_staff_have_written_something_their_taking_stays(desk: Desk) -> None:
    done = desk.decide(reviews.take_over)
    assert done.entry is not None
    own = desk.session.get_one(Evaluation, done.entry.before["taken_id"])
    submit(desk.session, desk.kari, own.public_id)
    with pytest.raises(NotUndone):
        desk.undo()


@pytest.mark.parametrize("act", [reviews.void, reviews.take_over])
def test_somebody_who_has_left_since_is_owed_nothing(desk: Desk, act: Act) -> None:
    desk.decide(act)
    leave(desk.session, desk.part("lina"))
    desk.undo()
    assert desk.evaluation.voided_at is None
    assert desk.author("lina").to_give == 0
    check_healed(desk.session)


def test_the_points_stay_away_while_something_else_is_missing(desk: Desk) -> None:
    """Both of hers were returned; only one of them is taken back."""
    desk.decide(reviews.return_to_evaluator)
    desk.public_id, desk.other_id = desk.other_id, desk.public_id
    desk.decide(reviews.return_to_evaluator)
    assert desk.undo() == []
    assert desk.points() == [0, 0]
    assert Step.EVALUATIONS not in desk.done()
    desk.public_id = desk.other_id
    assert len(desk.undo()) == 2
    assert desk.points() == [100, 100]


def test_a_volunteers_third_comes_back_as_one(desk: Desk) -> None:
    essay = next(
        author
        for author in (desk.author(name) for name in ("frode", "amir", "siri", "tuva"))
        if author.id not in {row(desk.session, key).author_id for key in (desk.public_id, desk.other_id)}
    )
    gone = replacement(desk, author_id=essay.id)
    gone.evaluator.to_give += 1
    desk.session.delete(gone)
    essay.to_receive += 1
    desk.session.flush()
    assert [person.person_id for person in volunteers(desk.session, essay)] == [desk.cast.person_id("lina")]
    third = ask_volunteer(desk.session, essay, desk.author(), reason=WHY, person_id=desk.kari)
    desk.session.commit()
    desk.public_id = third.public_id
    submit(desk.session, desk.cast.person_id("lina"), third.public_id)
    before = standing(desk)
    desk.decide(reviews.void)
    assert desk.author().to_give == 0
    desk.undo()
    assert standing(desk) == before
    assert desk.evaluation.given_slot == 3


def test_what_was_approved_before_there_was_a_log_is_reopened_and_approved_again(desk: Desk) -> None:
    evaluation = desk.evaluation
    evaluation.approved_at, evaluation.approved_by = evaluation.submitted_at, desk.kari
    desk.session.commit()
    assert desk.decide(reviews.approve).entry is None
    desk.decide(reviews.reopen)
    desk.undo()
    assert desk.evaluation.approved_by == desk.kari
    assert [entry.decision for entry in desk.session.scalars(select(ReviewEntry).order_by(ReviewEntry.id))] == [
        Decision.REOPENED,
        Decision.UNDONE,
    ]
