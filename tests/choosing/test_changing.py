"""Changing one's mind when there is work already: what is kept, what others notice, and when it is too late."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_tool.choosing.actions import choose, give_up
from lti_tool.database import now
from lti_tool.modules.actions import record_result
from lti_tool.modules.choices import NoRoom, Settled
from lti_tool.modules.models import ModuleChoice, Participation
from lti_tool.peer_review.actions import start_evaluation
from lti_tool.peer_review.models import Author, Evaluation
from lti_tool.peer_review.pools import rejoin, withdraw
from lti_tool.programme.content import Step
from lti_tool.reflection.models import Essay
from tests import work
from tests.cast import Cast
from tests.choosing.offering import chosen_by
from tests.peer_review.together import at_once

AUTHORS = ("lina", "frode", "amir", "siri")


@pytest.fixture
def pool(cast: Cast, session: Session) -> Cast:
    """Four essays in the pool of om1, nothing begun."""
    for name in AUTHORS:
        work.submit_essay(session, cast.person_id(name))
    session.commit()
    return cast


def author(session: Session, cast: Cast, name: str) -> Author:
    query = select(Author).join(Participation, Participation.id == Author.participation_id)
    return session.scalars(query.where(Participation.person_id == cast.person_id(name))).one()


def evaluators(session: Session) -> dict[int, int]:
    """How many evaluations each author's essay has."""
    session.flush()
    found = session.scalars(select(Evaluation.author_id)).all()
    return {author_id: found.count(author_id) for author_id in found}


def test_giving_up_takes_the_essay_out_of_the_pool_and_choosing_again_brings_it_back(
    pool: Cast, session: Session
) -> None:
    lina = pool.person_id("lina")
    choose(session, lina, "om2")
    choose(session, lina, "om3", instead_of="om1")
    gone = author(session, pool, "lina")
    session.refresh(gone)
    assert gone.withdrawn_at is not None
    assert gone.essay.text == work.ESSAY
    assert chosen_by(session, pool, "lina") == {"om2", "om3"}
    assert evaluators(session) == {author(session, pool, name).id: 2 for name in AUTHORS[1:]}
    choose(session, lina, "om1", instead_of="om2")
    session.refresh(gone)
    assert gone.withdrawn_at is None
    assert chosen_by(session, pool, "lina") == {"om1", "om3"}
    assert evaluators(session)[gone.id] == 2


def test_whom_a_coordinator_has_taken_out_does_not_come_back_by_choosing(pool: Cast, session: Session) -> None:
    lina, kari = pool.person_id("lina"), pool.person_id("kari")
    out = author(session, pool, "lina")
    withdraw(session, out.participation, reason="Copied", person_id=kari)
    give_up(session, lina, "om1")
    choose(session, lina, "om1")
    session.refresh(out)
    assert out.withdrawn_at is not None
    # Nor after the coordinator let them in, they left by themselves, and were taken out again.
    rejoin(session, out.participation, person_id=kari)
    give_up(session, lina, "om1")
    choose(session, lina, "om1")
    session.refresh(out)
    assert out.withdrawn_at is None


@pytest.mark.parametrize("what", ["being evaluated", "has evaluated", "complete"])
def test_it_is_too_late_once_others_depend_on_it(pool: Cast, session: Session, what: str) -> None:
    lina = pool.person_id("lina")
    if what == "being evaluated":
        readers = select(Evaluation).where(Evaluation.author_id == author(session, pool, "lina").id)
        reader = session.scalars(readers).first()
        assert reader is not None
        start_evaluation(session, reader.evaluator.participation.person_id, reader.public_id)
    elif what == "has evaluated":
        work.submit_evaluation(session, lina)
    else:
        record_result(session, author(session, pool, "lina").participation, Step.TEST)
        record_result(session, author(session, pool, "lina").participation, Step.EVALUATIONS)
    with pytest.raises(Settled):
        give_up(session, lina, "om1")
    assert chosen_by(session, pool, "lina") == {"om1"}
    assert author(session, pool, "lina").withdrawn_at is None


def test_what_one_has_begun_to_write_about_another_s_essay_is_kept(pool: Cast, session: Session) -> None:
    begun = work.begin_evaluation(session, pool.person_id("lina"))
    begun.draft = {"overall": "So far"}
    give_up(session, pool.person_id("lina"), "om1")
    session.refresh(begun)
    assert begun.draft == {"overall": "So far"}
    assert begun.released_at is not None


def test_work_begins_without_a_choice_only_while_there_is_room(cast: Cast, session: Session) -> None:
    lina = cast.person_id("lina")
    for key in ("om1", "om2", "om3"):
        work.take_part_in(session, lina, key)
    assert chosen_by(session, cast, "lina") == {"om1", "om2"}
    # Nothing of the third is lost: it can be chosen instead of another at any time.
    choose(session, lina, "om3", instead_of="om1")
    assert chosen_by(session, cast, "lina") == {"om2", "om3"}


def test_three_from_before_there_were_choices_all_count(cast: Cast, session: Session) -> None:
    lina = cast.person_id("lina")
    for key in ("om1", "om2", "om3"):
        part = work.take_part_in(session, lina, key)
        session.merge(ModuleChoice(person_id=lina, cohort_id=part.cohort_id, module_id=part.module_id))
    session.commit()
    page = cast.visit("lina", module=None).get().text
    assert "0 of 6 hours" in page
    assert "Choose one more" not in page
    assert [page.count(f"/modules/{key}") > 0 for key in ("om1", "om2", "om3", "om4")] == [True, True, True, False]


def test_two_tabs_at_once_never_choose_more_than_there_is_room_for(cast: Cast, app: Flask) -> None:
    lina = cast.person_id("lina")

    def choosing(key: str) -> Callable[[Session], bool]:
        def job(session: Session) -> bool:
            try:
                choose(session, lina, key)
            except NoRoom:
                session.rollback()
                return False
            return True

        return job

    for _ in range(3):
        done = at_once(app, *(choosing(key) for key in ("om1", "om2", "om3", "om4")))
        with work.done_before(cast) as session:
            assert sum(done) == len(chosen_by(session, cast, "lina")) == 2
            session.execute(delete(ModuleChoice))


def test_two_who_swap_the_same_modules_do_not_wait_for_each_other(pool: Cast, session: Session, app: Flask) -> None:
    frode, amir = pool.person_id("frode"), pool.person_id("amir")
    for name in ("frode", "amir"):
        part = work.take_part_in(session, pool.person_id(name), "om2")
        session.add(essay := Essay(participation_id=part.id, text=work.ESSAY, language="en"))
        essay.submitted_text, essay.submitted_language, essay.submitted_at = work.ESSAY, "en", now()
        session.flush()
        record_result(session, part, Step.ESSAY)
    choose(session, frode, "om3", instead_of="om2")
    choose(session, amir, "om3", instead_of="om1")
    session.commit()
    at_once(
        app,
        lambda session: choose(session, frode, "om2", instead_of="om1"),
        lambda session: choose(session, amir, "om1", instead_of="om2"),
    )
    session.rollback()
    assert chosen_by(session, pool, "frode") == {"om2", "om3"}
    assert chosen_by(session, pool, "amir") == {"om1", "om3"}
