"""Guarantee 14: what is not evaluated in time goes back to the pool, keeps its draft, and is looked after again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.modules.models import Extension, Participation, StepDate
from lti_tool.peer_review import expiry
from lti_tool.peer_review.actions import TakenOver, save_evaluation, submit_evaluation
from lti_tool.peer_review.expiry import expire, expire_evaluations, resume
from lti_tool.peer_review.log import history
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus, LogEntry, LogKind
from lti_tool.peer_review.pools import rejoin, withdraw
from lti_tool.peer_review.shortages import ask_volunteer, take_essay
from lti_tool.programme.content import Step
from lti_tool.programme.models import Cohort
from tests.cast import Cast
from tests.peer_review.conftest import Arrive
from tests.peer_review.leaving import check_healed, stored
from tests.peer_review.test_leaving import author_of, begin, finish, given_by, of_address
from tests.peer_review.together import answers, at_once, joining, newcomers

DAY = timedelta(days=1)
Days = float


@pytest.fixture
def due(cast: Cast, session: Session) -> datetime:
    """The evaluations were due yesterday, and whoever has one has had it for ten days; seven is the least."""
    return set_date(cast, session, now() - DAY)


def set_date(cast: Cast, session: Session, due_at: datetime, grace_hours: int = 0) -> datetime:
    step = {"cohort_id": cast.cohort_id, "module_id": cast.module_id, "step": Step.EVALUATIONS}
    session.merge(StepDate(**step, due_at=due_at, grace_hours=grace_hours))
    session.commit()
    return due_at


def extend(cast: Cast, session: Session, person_id: int, until: datetime) -> None:
    step = {"cohort_id": cast.cohort_id, "module_id": cast.module_id, "step": Step.EVALUATIONS}
    session.merge(Extension(**step, person_id=person_id, until=until))
    session.commit()


def handed_out(session: Session, days_ago: Days = 10) -> None:
    """Every evaluation was, so long ago."""
    for evaluation in session.scalars(select(Evaluation)):
        evaluation.created_at = now() - days_ago * DAY
    session.commit()


def time_passes(session: Session) -> int:
    taken = expire(session, now())
    session.commit()
    return taken


def lapsed(session: Session, part: Participation) -> int:
    session.expire_all()
    return author_of(session, part).lapsed


def test_what_nobody_began_goes_and_its_essay_waits_for_the_next_who_comes(
    arrive: Arrive, session: Session, due: datetime
) -> None:
    parts = arrive.several(3)
    essay_of = given_by(session, parts[0]).author_id
    for part in parts[1:]:
        finish(session, given_by(session, part, 0))
        finish(session, given_by(session, part, 1))
    handed_out(session)
    assert time_passes(session) == 2
    assert lapsed(session, parts[0]) == 2
    pool = check_healed(session)
    assert pool.authors[essay_of].to_receive == 1
    assert {u for u, _ in pool.arcs} == {author_of(session, part).id for part in parts[1:]}
    newcomer = arrive()
    pool = check_healed(session)
    assert (author_of(session, newcomer).id, essay_of) in pool.arcs


def test_what_was_begun_keeps_its_draft_and_counts_if_it_is_finished_before_somebody_else_has_it(
    arrive: Arrive, session: Session, due: datetime
) -> None:
    parts = arrive.several(3)
    late = given_by(session, parts[0])
    public_id, author_id = begin(session, late), late.author_id
    save_evaluation(session, parts[0].person_id, public_id, answers("Half of it"), 1)
    handed_out(session)
    time_passes(session)
    kept = of_address(session, public_id)
    assert (kept.status, kept.received_slot, kept.draft["overall"]) == (EvaluationStatus.STARTED, None, "Half of it")
    assert lapsed(session, parts[0]) == 2
    submit_evaluation(session, parts[0].person_id, public_id, answers("A good read overall"), 2)
    session.commit()
    pool = check_healed(session)
    assert (author_of(session, parts[0]).id, author_id) in pool.arcs
    assert lapsed(session, parts[0]) == 1
    assert time_passes(session) == 0


def test_what_somebody_else_has_by_then_is_not_submitted_any_more_but_kept(
    arrive: Arrive, session: Session, due: datetime
) -> None:
    parts = arrive.several(3)
    public_id = begin(session, given_by(session, parts[0]))
    handed_out(session)
    time_passes(session)
    arrive(), arrive()
    save_evaluation(session, parts[0].person_id, public_id, answers("Late"), 1)
    session.commit()
    with pytest.raises(TakenOver):
        submit_evaluation(session, parts[0].person_id, public_id, answers("Late"), 2)
    session.rollback()
    assert of_address(session, public_id).draft["overall"] == "Late"
    check_healed(session)


def test_nothing_expires_without_a_date_or_before_it(cast: Cast, arrive: Arrive, session: Session) -> None:
    parts = arrive.several(3)
    handed_out(session, 400)
    assert time_passes(session) == 0
    set_date(cast, session, now() - 2 * DAY, grace_hours=49)
    assert time_passes(session) == 0
    set_date(cast, session, now() - 2 * DAY, grace_hours=47)
    extend(cast, session, parts[1].person_id, now() - DAY)
    assert time_passes(session) == 4
    assert [lapsed(session, part) for part in parts] == [2, 0, 2]


def test_whoever_gets_an_essay_after_the_date_has_the_days_of_the_cohort(
    cast: Cast, arrive: Arrive, session: Session, due: datetime
) -> None:
    arrive.several(3)
    handed_out(session, 6)
    assert time_passes(session) == 0
    session.get_one(Cohort, cast.cohort_id).days_to_evaluate = 5
    session.commit()
    assert time_passes(session) == 6


def test_expiring_twice_is_the_same_as_once_and_the_log_tells_of_it_once(
    arrive: Arrive, session: Session, due: datetime
) -> None:
    parts = arrive.several(3)
    begin(session, given_by(session, parts[0]))
    handed_out(session)
    assert [time_passes(session), time_passes(session)] == [6, 0]
    check_healed(session)
    told = [
        (line.kind, line.reason)
        for line in history(session, author_of(session, parts[0]).id)
        if line.kind is LogKind.LAPSED and line.evaluator_id == author_of(session, parts[0]).id
    ]
    assert told == [(LogKind.LAPSED, "begun"), (LogKind.LAPSED, "not begun")]


def test_the_job_works_through_a_pool_in_parts(
    arrive: Arrive, session: Session, due: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = arrive.several(6)
    handed_out(session)
    begin(session, given_by(session, parts[2]))
    monkeypatch.setattr(expiry.expire_in, "__defaults__", (5,))
    expire_evaluations()
    pool = check_healed(session)
    assert [author.lapsed for author in pool.authors.values()] == [2] * 6
    assert pool.arcs == set()


def test_somebody_whose_time_ran_out_gets_another_essay_when_they_ask(
    arrive: Arrive, session: Session, due: datetime
) -> None:
    parts = arrive.several(4)
    for part in parts[1:]:
        finish(session, given_by(session, part, 0))
        finish(session, given_by(session, part, 1))
    handed_out(session)
    time_passes(session)
    assert resume(session, parts[0].person_id, "om1")
    session.commit()
    pool = check_healed(session)
    assert pool.short() == []
    assert [e.evaluator_id for e in pool.evaluations].count(author_of(session, parts[0]).id) == 2
    assert time_passes(session) == 0
    assert not resume(session, parts[0].person_id, "om1")
    lines = session.scalars(select(LogEntry).where(LogEntry.kind == LogKind.RESUMED)).all()
    assert [line.person_id for line in lines] == [parts[0].person_id]


def test_where_there_is_no_other_essay_they_get_back_what_they_had_begun_with_new_time(
    arrive: Arrive, session: Session, due: datetime
) -> None:
    parts = arrive.several(3)
    public_id = begin(session, given_by(session, parts[0]))
    for part in parts:
        for number in (0, 1):
            finish(session, given_by(session, part, number)) if part is not parts[0] else None
    finish(session, given_by(session, parts[0], 1))
    handed_out(session)
    assert time_passes(session) == 1
    assert resume(session, parts[0].person_id, "om1")
    session.commit()
    assert of_address(session, public_id).received_slot is not None
    assert time_passes(session) == 0
    assert check_healed(session).short() == []


@pytest.mark.parametrize("who", ["nobody", "withdrawn"])
def test_there_is_nothing_to_resume_for_those_who_take_no_part(
    who: str, cast: Cast, arrive: Arrive, session: Session, due: datetime
) -> None:
    parts = arrive.several(3)
    handed_out(session)
    time_passes(session)
    withdraw(session, parts[0], reason="ill", person_id=None)
    session.commit()
    person_id = parts[0].person_id if who == "withdrawn" else cast.person_id("una")
    assert not resume(session, person_id, "om1")
    check_healed(session)


def test_somebody_who_comes_back_begins_with_nothing_lapsed(arrive: Arrive, session: Session, due: datetime) -> None:
    parts = arrive.several(4)
    begin(session, given_by(session, parts[0]))
    handed_out(session)
    time_passes(session)
    withdraw(session, parts[0], reason="ill", person_id=None)
    session.commit()
    rejoin(session, session.get_one(Participation, parts[0].id), person_id=None)
    session.commit()
    assert lapsed(session, parts[0]) == 0
    check_healed(session)


def test_an_author_who_lets_their_time_run_out_still_receives_theirs(
    arrive: Arrive, session: Session, due: datetime
) -> None:
    parts = arrive.several(3)
    for part in parts[1:]:
        for number in (0, 1):
            finish(session, given_by(session, part, number))
    handed_out(session)
    time_passes(session)
    own = author_of(session, parts[0]).id
    assert [v for _, v in check_healed(session).arcs].count(own) == 2


def test_a_volunteers_third_and_an_essay_that_staff_have_taken_end_without_a_ledger(
    cast: Cast, arrive: Arrive, session: Session, due: datetime
) -> None:
    parts = arrive.several(4)
    for part in parts[:3]:
        for number in (0, 1):
            finish(session, given_by(session, part, number))
    handed_out(session)
    time_passes(session)
    short = [author for author in check_healed(session).authors.values() if author.to_receive]
    kari = cast.person_id("kari")
    taken = take_essay(session, short[0], reason="last one", person_id=kari)
    public_id = taken.public_id
    session.commit()
    others = [a for a in stored(session).authors.values() if a.to_receive]
    helper = next(author_of(session, p) for p in parts[:3] if not _knows(session, p, others))
    for other in others:
        ask_volunteer(session, other, helper, reason="please", person_id=kari)
        break
    session.commit()
    handed_out(session)
    assert time_passes(session) == 1 + bool(others)
    assert sum(author.lapsed for author in check_healed(session).authors.values()) == 2
    submit_evaluation(session, kari, public_id, answers("Staff finish late, too"), 1)
    session.commit()
    assert of_address(session, public_id).received_slot is not None
    check_healed(session)


def _knows(session: Session, part: Participation, essays: Sequence[Author]) -> bool:
    own = author_of(session, part).id
    return any((own, essay.id) in stored(session).arcs or essay.id == own for essay in essays)


def test_guarantee_7_expiring_at_once_with_those_who_begin_submit_come_and_ask_again(
    cast: Cast, arrive: Arrive, session: Session, due: datetime
) -> None:
    parts = arrive.several(8)
    for part in parts[:4]:
        begin(session, given_by(session, part))
    handed_out(session)
    writing = [(part.person_id, given_by(session, part).public_id) for part in parts[:4]]
    asking = [part.person_id for part in parts[4:]]
    late = newcomers(session, cast, 3)

    def submitting(person_id: int, public_id: str) -> Callable[[Session], object]:
        def submit(own: Session) -> object:
            try:
                return submit_evaluation(own, person_id, public_id, answers("A good read overall"), 1)
            except TakenOver:
                own.rollback()
                return None

        return submit

    def expiring(own: Session) -> object:
        return expire(own, now())

    def asking_again(person_id: int) -> Callable[[Session], object]:
        return lambda own: resume(own, person_id, "om1")

    jobs: list[Callable[[Session], object]] = [expiring, expiring, expiring]
    jobs += [submitting(*one) for one in writing] + [joining(one) for one in late] + [asking_again(o) for o in asking]
    at_once(cast.app, *jobs)
    check_healed(session)
    expire_evaluations()
    pool = check_healed(session)
    assert {e.public_id for e in pool.evaluations} >= {public_id for _, public_id in writing}
