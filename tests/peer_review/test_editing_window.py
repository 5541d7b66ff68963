"""Guarantee 13: an essay can be edited until an evaluation of it has begun."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.modules.models import Participation
from lti_tool.reflection.models import Essay
from tests.cast import Cast
from tests.peer_review.conftest import Arrive
from tests.peer_review.giving import tasks_of, writer_of
from tests.reflection.writing import ANOTHER, LONG_ENOUGH, autosave, send


def essay_of(session: Session, person_id: int) -> Essay:
    session.expire_all()
    query = select(Essay).join(Participation, Participation.id == Essay.participation_id)
    return session.scalars(query.where(Participation.person_id == person_id)).one()


def test_guarantee_13_an_essay_in_the_pool_is_edited_until_an_evaluation_of_it_has_begun(
    arrive: Arrive, cast: Cast, session: Session
) -> None:
    arrive.named("lina", "frode", "amir")
    task = tasks_of(session, cast.person_id("lina"))[0]
    author, _number = writer_of(cast, session, task)
    assert send(author, LONG_ENOUGH, 1).status_code == 303
    lina = cast.visit("lina")
    lina.post(f"evaluations/{task}/start")
    assert LONG_ENOUGH in lina.get(f"evaluations/{task}").text
    refused = send(author, ANOTHER, 2)
    assert refused.status_code == 409
    assert ANOTHER in refused.text
    assert autosave(author, ANOTHER, 2).status_code == 409
    assert LONG_ENOUGH in lina.get(f"evaluations/{task}").text


def test_guarantee_13_a_begun_evaluation_closes_no_other_essay(arrive: Arrive, cast: Cast, session: Session) -> None:
    arrive.named("lina", "frode", "amir")
    cast.visit("lina").post(f"evaluations/{tasks_of(session, cast.person_id('lina'))[0]}/start")
    assert send(cast.visit("lina"), LONG_ENOUGH, 1).status_code == 303
    assert essay_of(session, cast.person_id("lina")).submitted_text == LONG_ENOUGH


def test_guarantee_13_an_evaluator_reads_what_was_submitted_and_no_draft(
    arrive: Arrive, cast: Cast, session: Session
) -> None:
    arrive.named("lina", "frode", "amir")
    task = tasks_of(session, cast.person_id("lina"))[0]
    author, _number = writer_of(cast, session, task)
    assert autosave(author, ANOTHER, 1).status_code == 200
    lina = cast.visit("lina")
    lina.post(f"evaluations/{task}/start")
    assert ANOTHER not in lina.get(f"evaluations/{task}").text
