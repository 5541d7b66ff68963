"""Guarantee 9: the learning assistants of a course that is kept apart evaluate each other only where nobody else is."""

from __future__ import annotations

from itertools import permutations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.peer_review.models import CourseConflict, LogEntry, LogKind
from lti_tool.people.models import Membership, Role
from tests.cast import Cast
from tests.peer_review.conftest import Arrive, hand_in, somebody
from tests.peer_review.leaving import Arc, check_healed, leave
from tests.peer_review.test_leaving import author_of


def keep_apart(session: Session, cast: Cast, course: str = "TDT4100") -> None:
    session.add(CourseConflict(cohort_id=cast.cohort_id, course_id=cast.courses[course]))
    session.commit()


def team(session: Session, cast: Cast, number: int, **membership: object) -> list[int]:
    """Learning assistants of a course; their essays are in."""
    people = [somebody(session, cast) for _ in range(number)]
    row = {"course_id": cast.courses["TDT4100"], "role": Role.LEARNER} | membership
    session.add_all([Membership(person_id=person_id, **row) for person_id in people])
    session.commit()
    for person_id in people:
        hand_in(session, person_id)
    return people


def within(session: Session, people: list[int]) -> set[Arc]:
    """Who of these evaluates whom of these, as people."""
    pool = check_healed(session)
    person = {author.id: author.participation.person_id for author in pool.authors.values()}
    return {(person[u], person[v]) for u, v in pool.arcs} & set(permutations(people, 2))


def not_avoided(session: Session) -> int:
    return len(session.scalars(select(LogEntry).where(LogEntry.kind == LogKind.NOT_AVOIDED)).all())


def test_a_team_whose_members_come_between_others_is_kept_apart(cast: Cast, session: Session, arrive: Arrive) -> None:
    keep_apart(session, cast)
    for _ in range(6):
        arrive()
    people = team(session, cast, 4)
    assert within(session, people) == set()
    for _ in range(3):
        arrive()
    assert within(session, people) == set()
    assert not_avoided(session) == 0


def test_a_team_stays_apart_when_somebody_leaves(cast: Cast, session: Session, arrive: Arrive) -> None:
    keep_apart(session, cast)
    others = [arrive() for _ in range(8)]
    people = team(session, cast, 3)
    for part in others[:3]:
        leave(session, part)
    assert within(session, people) == set()
    assert not_avoided(session) == 0


def test_where_there_is_nobody_else_the_log_says_so(cast: Cast, session: Session) -> None:
    keep_apart(session, cast)
    people = team(session, cast, 3)
    assert within(session, people) == set(permutations(people, 2))
    assert not_avoided(session) == 6


@pytest.mark.parametrize(
    "membership", [{"role": Role.INSTRUCTOR}, {"left_at": now()}], ids=["its instructors", "those who have left"]
)
def test_only_those_who_are_learning_assistants_of_it_are_the_team(
    cast: Cast, session: Session, membership: dict[str, object]
) -> None:
    keep_apart(session, cast)
    assert len(within(session, team(session, cast, 3, **membership))) == 6
    assert not_avoided(session) == 0


def test_a_course_that_is_kept_apart_in_another_course_or_not_at_all_mixes(cast: Cast, session: Session) -> None:
    keep_apart(session, cast, "TMA4100")
    team(session, cast, 3)
    assert not_avoided(session) == 0


def test_two_of_three_who_are_a_team_are_named_and_the_third_is_not(
    cast: Cast, session: Session, arrive: Arrive
) -> None:
    keep_apart(session, cast)
    lina, frode, _siri = arrive("lina"), arrive("frode"), arrive("siri")
    noted = session.scalars(select(LogEntry).where(LogEntry.kind == LogKind.NOT_AVOIDED)).all()
    pair = {author_of(session, lina).id, author_of(session, frode).id}
    assert [{line.evaluator_id, line.author_id} for line in noted] == [pair, pair]
