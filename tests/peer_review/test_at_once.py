"""Guarantee 7: whatever happens at the same time, in threads and in processes, a pool stays exact."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.errors import DomainError
from lti_tool.modules.models import StepResult
from lti_tool.peer_review.actions import read_evaluation, save_evaluation, start_evaluation, submit_evaluation
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus
from lti_tool.peer_review.reviews import approve, version_seen
from lti_tool.programme.content import Step
from lti_tool.reflection.models import Essay
from tests.cast import Cast, let_go
from tests.meeting import meeting
from tests.peer_review.arriving import bring
from tests.peer_review.conftest import Arrive
from tests.peer_review.exact import arcs_in, check_pool
from tests.peer_review.giving import fill, give, tasks_of
from tests.peer_review.together import answers, at_once, joining, newcomers, tasks

# Forked from a process that has imported everything, which spares each the seconds that takes.
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.peer_review.arriving"])


def row(session: Session, public_id: str) -> Evaluation:
    session.rollback()
    return session.scalars(select(Evaluation).where(Evaluation.public_id == public_id)).one()


def test_guarantee_7_fifty_threads_and_four_processes_bring_authors_into_one_pool(cast: Cast, session: Session) -> None:
    people = newcomers(session, cast, 70)
    let_go()
    url, start = cast.app.config["SETTINGS"].database_url, processes.Barrier(5)
    children = [processes.Process(target=bring, args=(url, people[50 + n :: 4], start)) for n in range(4)]
    for child in children:
        child.start()
    start.wait(timeout=60)
    at_once(cast.app, *map(joining, people[:50]))
    for child in children:
        child.join(timeout=60)
    assert [child.exitcode for child in children] == [0, 0, 0, 0]
    check_pool(session)
    arcs = arcs_in(session)
    assert len(arcs) == 140
    assert [(u, v) for u, v in arcs if (v, u) in arcs] == []


def test_guarantee_7_the_same_author_ten_times_at_once(cast: Cast, session: Session) -> None:
    people = newcomers(session, cast, 3)
    at_once(cast.app, *[joining(person_id) for person_id in people for _ in range(4)])
    check_pool(session)
    assert session.scalar(select(func.count()).select_from(Author)) == 3


def test_guarantee_7_a_start_clicked_often_at_once_is_one_start(cast: Cast, session: Session, arrive: Arrive) -> None:
    arrive.several(3)
    person_id, public_id = tasks(session)[0]
    starts = at_once(cast.app, *[lambda own: start_evaluation(own, person_id, public_id).started_at for _ in range(6)])
    assert set(starts) == {row(session, public_id).started_at}
    assert session.scalar(select(func.count()).select_from(Essay).where(Essay.locked_at.is_not(None))) == 1


def test_guarantee_7_an_essay_that_was_begun_stays_while_others_arrive(
    cast: Cast, session: Session, arrive: Arrive
) -> None:
    arrive.several(5)
    late, given = newcomers(session, cast, 8), tasks(session)
    seen: dict[str, int] = {}

    def starting(person_id: int, public_id: str) -> Callable[[Session], None]:
        def start(own: Session) -> None:
            seen[public_id] = start_evaluation(own, person_id, public_id).author_id

        return start

    at_once(cast.app, *map(joining, late), *[starting(*task) for task in given[:8]])
    check_pool(session)
    assert {public_id: row(session, public_id).author_id for public_id in seen} == seen
    assert {row(session, public_id).status for public_id in seen} == {EvaluationStatus.STARTED}


def test_guarantee_7_two_last_evaluations_that_meet_finish_the_step_once(
    cast: Cast, session: Session, arrive: Arrive
) -> None:
    arrive.named("lina", "frode", "amir")
    person_id = cast.person_id("lina")
    first, second = tasks_of(session, person_id)
    for public_id in (first, second):
        start_evaluation(session, person_id, public_id)
    session.commit()
    lina = cast.visit("lina")
    assert lina.form_token

    def submit_first(own: Session) -> None:
        submit_evaluation(own, person_id, first, answers("A good read overall"), 1)

    assert meeting(cast.app, submit_first, lambda: lina.post(f"evaluations/{second}", fill())).status_code == 303
    session.rollback()
    finished = session.scalars(select(StepResult.step).where(StepResult.step == Step.EVALUATIONS))
    assert finished.all() == [Step.EVALUATIONS]


@pytest.fixture
def given(cast: Cast, session: Session, arrive: Arrive) -> str:
    """Lina's first evaluation, submitted."""
    arrive.named("lina", "frode", "amir")
    public_id = tasks_of(session, cast.person_id("lina"))[0]
    give(cast.visit("lina"), public_id)
    return public_id


def test_guarantee_7_a_better_version_that_meets_its_approval_comes_too_late(
    cast: Cast, session: Session, given: str
) -> None:
    lina, seen = cast.visit("lina"), version_seen(session, row(session, given))
    assert lina.form_token

    def approving(own: Session) -> None:
        approve(own, row(own, given), seen=seen, reason="", person_id=cast.person_id("kari"))

    answer = meeting(cast.app, approving, lambda: lina.post(f"evaluations/{given}", fill(2, overall="A later version")))
    assert answer.status_code == 409
    assert version_seen(session, row(session, given)).split("/")[0] == seen.split("/")[0]


def test_guarantee_7_an_approval_that_meets_a_better_version_approves_nothing(
    cast: Cast, session: Session, given: str
) -> None:
    kari, seen = cast.visit("kari"), version_seen(session, row(session, given))
    assert kari.form_token

    def submit_again(own: Session) -> None:
        submit_evaluation(own, cast.person_id("lina"), given, answers("A later version"), 2)

    answer = meeting(
        cast.app, submit_again, lambda: kari.post(f"moderation/{given}", {"seen": seen, "action": "approve"})
    )
    assert answer.status_code == 409
    assert row(session, given).approved_at is None


@pytest.mark.parametrize("_time", range(3))
def test_guarantee_7_what_the_author_opens_is_what_stays(
    cast: Cast, session: Session, arrive: Arrive, _time: int
) -> None:
    arrive.several(3)
    person_id, public_id = tasks(session)[0]
    start_evaluation(session, person_id, public_id)
    submit_evaluation(session, person_id, public_id, answers("The first version of it"), 1)
    session.commit()
    given = row(session, public_id)
    author_id, slot = given.author.participation.person_id, given.received_slot
    assert slot is not None

    def reading(own: Session) -> object:
        return read_evaluation(own, author_id, "om1", slot).answers

    def improving(own: Session) -> object:
        try:
            return submit_evaluation(own, person_id, public_id, answers("A second version of it"), 2)
        except DomainError:
            own.rollback()
            return None

    opened, _scores = at_once(cast.app, reading, improving)
    assert row(session, public_id).answers == opened


def test_guarantee_7_two_tabs_that_save_at_once_lose_nothing_silently(
    cast: Cast, session: Session, arrive: Arrive
) -> None:
    arrive.several(3)
    person_id, public_id = tasks(session)[0]
    start_evaluation(session, person_id, public_id)
    session.commit()

    def saving(number: int) -> Callable[[Session], bool]:
        def save(own: Session) -> bool:
            try:
                save_evaluation(own, person_id, public_id, answers(f"From tab {number}"), 1)
            except DomainError:
                own.rollback()
                return False
            return True

        return save

    kept = at_once(cast.app, *[saving(number) for number in range(5)])
    assert kept.count(True) == 1
    assert row(session, public_id).draft["overall"] == f"From tab {kept.index(True)}"
