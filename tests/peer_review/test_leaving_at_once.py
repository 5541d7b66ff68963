"""Guarantee 7 for those who leave: at the same time as others come, begin, and leave."""

from __future__ import annotations

import random
from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.database import db
from lti_tool.errors import NotFound
from lti_tool.modules.models import Participation
from lti_tool.peer_review.actions import start_evaluation
from lti_tool.peer_review.models import LogEntry, LogKind
from lti_tool.peer_review.pools import rejoin, withdraw
from lti_tool.programme.queries import current_module
from lti_tool.reflection.actions import EssayLocked, LanguageFixed, submit_essay
from tests.cast import Cast, let_go
from tests.meeting import meeting
from tests.peer_review.conftest import ESSAY, Arrive
from tests.peer_review.leaving import check_healed
from tests.peer_review.together import at_once, joining, newcomers, tasks

Job = Callable[[Session], object]


def leaving(participation_id: int) -> Job:
    def go(session: Session) -> object:
        participation = session.get_one(Participation, participation_id)
        return withdraw(session, participation, reason="test", person_id=None)

    return go


def returning(participation_id: int) -> Job:
    return lambda session: rejoin(session, session.get_one(Participation, participation_id), person_id=None)


def starting(person_id: int, public_id: str) -> Job:
    def start(session: Session) -> object:
        try:
            return start_evaluation(session, person_id, public_id).author_id
        except NotFound:
            # Its evaluator has left.
            session.rollback()
            return None

    return start


def writing_in(person_id: int, language: str) -> Job:
    def send(session: Session) -> object:
        module = current_module(session, "om1")
        return submit_essay(session, person_id, module, ESSAY, 1, language=language)

    return send


def test_guarantee_7_the_same_author_leaves_once_however_often_it_is_clicked(
    cast: Cast, session: Session, arrive: Arrive
) -> None:
    ids = [part.id for part in arrive.several(5)]
    assert sorted(at_once(cast.app, *[leaving(ids[0]) for _ in range(5)])) == [False] * 4 + [True]  # type: ignore[type-var]
    check_healed(session)
    assert session.scalar(select(func.count()).where(LogEntry.kind == LogKind.WITHDRAWN)) == 1


def test_guarantee_7_some_leave_while_others_come_and_begin(cast: Cast, session: Session, arrive: Arrive) -> None:
    ids = [part.id for part in arrive.several(10)]
    late, given = newcomers(session, cast, 5), tasks(session)
    jobs: list[Job] = [leaving(one) for one in ids[:4]]
    jobs += [joining(one) for one in late]
    jobs += [starting(*task) for task in random.Random(1).sample(given, 6)]
    at_once(cast.app, *jobs)
    check_healed(session)
    at_once(cast.app, *[returning(one) for one in ids[:4]], leaving(ids[5]))
    check_healed(session)


def test_guarantee_7_languages_are_changed_while_evaluations_begin(
    cast: Cast, session: Session, arrive: Arrive
) -> None:
    people = [part.person_id for part in arrive.several(8)]
    given = [task for task in tasks(session) if task[0] in people[4:]]
    jobs: list[Job] = [_unless_fixed(writing_in(one, "nb")) for one in people[:4]]
    at_once(cast.app, *jobs, *[starting(*task) for task in given])
    check_healed(session)


def test_guarantee_7_somebody_leaves_the_pool_that_they_are_just_changing_to(
    cast: Cast, session: Session, arrive: Arrive
) -> None:
    parts = arrive.several(4)
    person_id, participation_id = parts[0].person_id, parts[0].id
    let_go()

    def leave() -> object:
        with cast.app.app_context():
            left = leaving(participation_id)(db.session)
            db.session.commit()
            return left

    assert meeting(cast.app, writing_in(person_id, "nb"), leave)
    gone = [a for a in check_healed(session).authors.values() if a.withdrawn_at is not None]
    assert [a.participation_id for a in gone] == [participation_id]


def _unless_fixed(job: Job) -> Job:
    def work(session: Session) -> object:
        try:
            return job(session)
        except (LanguageFixed, EssayLocked):
            session.rollback()
            return None

    return work
