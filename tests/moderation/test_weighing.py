"""The job that weighs evaluations: what it finds, and that it can run twice, at once or late without harm."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.moderation import weighing
from lti_tool.moderation.weighing import claim, weigh, weigh_evaluations
from lti_tool.modules.actions import record_result
from lti_tool.peer_review.models import Doubt, Evaluation, EvaluationStatus, Feedback, Usefulness
from lti_tool.programme.content import Step
from lti_tool.reflection.models import Essay
from tests import work
from tests.cast import Cast, add_module, small_module
from tests.conftest import CountStatements
from tests.moderation.test_likeness import COMMENTS, OTHERS
from tests.peer_review.giving import give, row, tasks_of

NAMES = ("lina", "frode", "amir", "siri", "tuva")
Write = Callable[..., Evaluation]


@pytest.fixture
def write(cast: Cast, session: Session) -> Write:
    """`write("lina", 0)`: her first evaluation is submitted at leisure, `minutes` after it was begun, and is due."""
    for name in NAMES:
        work.submit_essay(session, cast.person_id(name))
    session.commit()

    def submit(
        name: str,
        task: int,
        comments: tuple[str, ...] = OTHERS,
        levels: tuple[str, str] = ("l2", "l2"),
        minutes: int = 20,
    ) -> Evaluation:
        given = [row(session, public_id) for public_id in tasks_of(session, cast.person_id(name))]
        evaluation = sorted(given, key=lambda one: (one.pool_id, one.given_slot))[task]
        evaluation.status, evaluation.submitted_at = EvaluationStatus.SUBMITTED, now()
        evaluation.started_at = evaluation.submitted_at - timedelta(minutes=minutes)
        evaluation.content_id = evaluation.author.participation.content_id
        pairs = zip(("c1", "c2"), levels, comments, strict=False)
        criteria = {key: {"level": level, "comment": comment} for key, level, comment in pairs}
        evaluation.answers = {"criteria": criteria, "overall": comments[2]}
        evaluation.weigh_at = evaluation.submitted_at
        session.commit()
        return evaluation

    return submit


def doubts(session: Session) -> dict[int, Doubt]:
    session.rollback()
    session.expire_all()
    return {doubt.evaluation_id: doubt for doubt in session.scalars(select(Doubt))}


def unlike(number: int) -> tuple[str, ...]:
    return tuple(f"{' '.join(f'{word}{number}' for word in text.split())}." for text in OTHERS)


def test_an_ordinary_evaluation_is_weighed_and_undoubtful(write: Write, session: Session) -> None:
    evaluation = write("lina", 0)
    weigh_evaluations()
    doubt = doubts(session)[evaluation.id]
    assert (doubt.points, doubt.gap, doubt.gap_on, doubt.copied_id) == (0, None, None, None)
    assert doubt.words == sum(len(comment.split()) for comment in OTHERS)
    assert (doubt.words_min, doubt.seconds) == (9, 20 * 60)
    assert doubt.seconds_needed > 0
    assert row(session, evaluation.public_id).weigh_at is None


def test_both_evaluations_of_an_essay_are_weighed_when_the_second_comes(
    write: Write, cast: Cast, session: Session
) -> None:
    first = write("lina", 0, unlike(1), ("l1", "l2"))
    weigh_evaluations()
    query = select(Evaluation).where(Evaluation.author_id == first.author_id, Evaluation.id != first.id)
    other = session.scalars(query).one()
    names = {person_id: name for name, person_id in cast.people.items()}
    evaluator = names[other.evaluator.participation.person_id]
    task = tasks_of(session, cast.person_id(evaluator)).index(other.public_id)
    second = write(evaluator, task, unlike(2), ("l4", "l3"))
    weigh_evaluations()
    found = doubts(session)
    assert {number: (doubt.gap, doubt.gap_on) for number, doubt in found.items()} == dict.fromkeys(
        (first.id, second.id), (3, "c1")
    )
    assert found[first.id].points == found[second.id].points > 0
    session.get_one(Evaluation, second.id).given_slot = session.get_one(Evaluation, second.id).received_slot = None
    session.get_one(Evaluation, second.id).voided_at = session.get_one(Evaluation, second.id).weigh_at = now()
    session.commit()
    weigh_evaluations()
    assert doubts(session)[first.id].gap is None, "a voided one is nothing to differ from"
    assert doubts(session)[second.id].gap == 3


def test_a_copy_is_marked_with_what_was_there_before(write: Write, session: Session) -> None:
    original, copy = write("lina", 0, COMMENTS), write("tuva", 1, tuple(reversed(COMMENTS)))
    write("frode", 0, unlike(3))
    weigh_evaluations()
    found = doubts(session)
    assert (found[copy.id].copied_id, found[copy.id].copied_share) == (original.id, 1)
    assert [number for number, doubt in found.items() if doubt.copied_id] == [copy.id]


def test_what_one_writes_twice_is_a_copy_in_another_module_too(write: Write, cast: Cast, session: Session) -> None:
    original = write("lina", 0, COMMENTS)
    stranger = write("frode", 0, unlike(4))
    add_module(session, small_module("om2"))
    session.commit()
    for name in NAMES:
        part = work.take_part_in(session, cast.person_id(name), "om2")
        essay = Essay(participation_id=part.id, text=work.ESSAY, language="en", submitted_at=now())
        essay.submitted_text, essay.submitted_language = work.ESSAY, "en"
        session.add(essay)
        session.flush()
        record_result(session, part, Step.ESSAY)
    session.commit()
    again = write("lina", 2, COMMENTS)
    others = write("tuva", 2, unlike(4))
    assert again.pool_id != original.pool_id
    weigh_evaluations()
    found = doubts(session)
    assert found[again.id].copied_id == original.id
    assert found[others.id].copied_id is None, f"another's in another module is not compared: {stranger.id}"


def test_what_was_written_faster_than_anybody_reads_is_marked(write: Write, session: Session) -> None:
    fast = write("lina", 0, unlike(1), minutes=0)
    weigh_evaluations()
    assert (doubts(session)[fast.id].seconds, doubts(session)[fast.id].points) == (0, 60)


def test_what_the_author_says_counts(write: Write, session: Session) -> None:
    evaluation = write("lina", 0, unlike(1))
    session.add(Feedback(evaluation_id=evaluation.id, useful=Usefulness.NO, flagged_at=now(), flag="It is rude"))
    session.commit()
    weigh_evaluations()
    found = doubts(session)[evaluation.id]
    assert (found.flagged, found.not_useful, found.points) == (True, True, 120)


def test_weighing_again_changes_nothing(write: Write, session: Session) -> None:
    evaluation = write("lina", 0, COMMENTS, minutes=0)

    def figures() -> dict[str, object]:
        doubt = doubts(session)[evaluation.id]
        return {name: getattr(doubt, name) for name in {*Doubt.__table__.columns.keys()} - {"weighed_at"}}

    weigh_evaluations()
    before = figures()
    weigh_evaluations()
    session.execute(update(Evaluation).where(Evaluation.id == evaluation.id).values(weigh_at=now()))
    session.commit()
    weigh_evaluations()
    assert figures() == before


def test_two_workers_take_different_ones_and_a_dead_ones_work_is_taken_up(
    write: Write, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weighing, "BATCH", 1)
    ids = {write("lina", 0).id, write("frode", 0).id}
    first, second = claim(session), claim(session)
    session.commit()
    assert {*first.evaluation_ids, *second.evaluation_ids} == ids
    assert claim(session).evaluation_ids == []
    session.rollback()
    session.execute(update(Evaluation).where(Evaluation.id.in_(ids)).values(weigh_at=now() - timedelta(seconds=1)))
    session.commit()
    weigh_evaluations()
    assert set(doubts(session)) == ids


def test_what_is_submitted_anew_meanwhile_stays_due(write: Write, session: Session) -> None:
    evaluation = write("lina", 0)
    claimed = claim(session)
    session.commit()
    session.execute(update(Evaluation).where(Evaluation.id == evaluation.id).values(weigh_at=now()))
    session.commit()
    assert weigh(session, claimed) == 1
    session.commit()
    assert row(session, evaluation.public_id).weigh_at is not None


def test_what_was_weighed_later_is_not_overwritten(write: Write, session: Session) -> None:
    evaluation = write("lina", 0)
    weigh_evaluations()
    later = now() + timedelta(hours=1)
    session.execute(update(Doubt).values(points=77, weighed_at=later))
    session.execute(update(Evaluation).where(Evaluation.id == evaluation.id).values(weigh_at=now()))
    session.commit()
    weigh_evaluations()
    assert doubts(session)[evaluation.id].points == 77


def test_a_batch_takes_the_same_statements_however_large_it_is(
    write: Write, session: Session, count_statements: CountStatements
) -> None:
    taken = []
    for names in (NAMES[:1], NAMES[1:]):
        for name in names:
            write(name, 0)
        claimed = claim(session)
        session.commit()
        with count_statements() as statements:
            weigh(session, claimed)
            session.commit()
        taken.append(len(statements))
    assert taken[0] >= taken[1]


def test_a_submission_wakes_the_worker_and_survives_a_queue_that_is_down(
    write: Write, cast: Cast, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def enqueue(name: str, **_options: object) -> None:
        asked.append(name)
        raise OSError("no queue")

    monkeypatch.setattr(cast.app.extensions["jobs"], "enqueue", enqueue)
    public_id = tasks_of(session, cast.person_id("lina"))[0]
    lina = cast.visit("lina")
    give(lina, public_id)
    assert asked == ["weigh_evaluations"]
    assert row(session, public_id).status is EvaluationStatus.SUBMITTED
    weigh_evaluations()
    assert set(doubts(session)) == {row(session, public_id).id}
