"""Guarantee 5 for those whose time ran out: they are named until they have given, it is waived, or they leave."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.modules.models import Participation, StepDate, StepResult
from lti_tool.peer_review.expiry import expire, resume
from lti_tool.peer_review.models import Author, Evaluation
from lti_tool.peer_review.shortages import NothingOpen, Shortage, Side, ask_again, ask_volunteer, shortages, waive
from lti_tool.programme.content import Step
from tests.cast import Cast
from tests.peer_review.conftest import Arrive
from tests.peer_review.leaving import check_healed, come_back, leave
from tests.peer_review.test_leaving import author_of, finish, given_by

LONG_AGO = timedelta(days=30)


@pytest.fixture
def late(cast: Cast, session: Session, arrive: Arrive) -> Participation:
    """One of four; the others have given theirs in time."""
    parts = arrive.several(4)
    for part in parts[1:]:
        finish(session, given_by(session, part, 0))
        finish(session, given_by(session, part, 1))
    step = {"cohort_id": cast.cohort_id, "module_id": cast.module_id, "step": Step.EVALUATIONS}
    session.add(StepDate(**step, due_at=now() - LONG_AGO))
    session.execute(update(Evaluation).values(created_at=now() - LONG_AGO))
    assert expire(session, now()) == 2
    session.commit()
    return parts[0]


def named(session: Session, cast: Cast) -> dict[int, Shortage]:
    check_healed(session)
    return {item.person_id: item for item in shortages(session, [cast.cohort_id])}


def test_they_are_named_with_the_essays_that_they_leave_short(
    cast: Cast, session: Session, late: Participation
) -> None:
    found = named(session, cast)
    assert (found[late.person_id].lapsed, found[late.person_id].to_give) == (2, 0)
    assert sum(item.to_receive for item in found.values()) == 2


def test_they_are_named_no_more_when_they_ask_for_another_essay(
    cast: Cast, session: Session, late: Participation
) -> None:
    resume(session, late.person_id, "om1")
    session.commit()
    assert named(session, cast) == {}


def test_what_they_owe_can_be_waived_and_asked_for_again(cast: Cast, session: Session, late: Participation) -> None:
    kari = cast.person_id("kari")
    session.add_all([StepResult(participation_id=late.id, step=step) for step in (Step.TEST,)])
    waive(session, author_of(session, late), Side.GIVEN, reason="ill", person_id=kari)
    session.commit()
    assert (named(session, cast)[late.person_id].lapsed, named(session, cast)[late.person_id].waived_given) == (0, 2)
    done = session.scalars(select(StepResult.step).where(StepResult.participation_id == late.id)).all()
    assert Step.EVALUATIONS in done
    with pytest.raises(NothingOpen):
        ask_again(session, author_of(session, late), Side.GIVEN, person_id=kari)


def test_they_are_asked_for_no_volunteers_third(cast: Cast, session: Session, late: Participation) -> None:
    short = session.scalars(select(Author).where(Author.to_receive > 0)).first()
    assert short is not None
    with pytest.raises(NothingOpen):
        ask_volunteer(session, short, author_of(session, late), reason="", person_id=cast.person_id("kari"))


def test_whoever_leaves_is_named_no_more_and_is_given_two_when_they_come_back(
    cast: Cast, session: Session, late: Participation
) -> None:
    leave(session, late)
    assert late.person_id not in named(session, cast)
    assert author_of(session, late).lapsed == 0
    come_back(session, late)
    author = author_of(session, late)
    assert (author.lapsed, author.to_give) == (0, 0)
    assert named(session, cast) == {}
