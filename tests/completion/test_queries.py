"""Completion as the database has it, in the few statements that it may take."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lti_tool.completion.queries import verdict_of, verdicts_in
from lti_tool.database import now
from tests import work
from tests.cast import Cast
from tests.conftest import CountStatements


def test_any_number_of_people_takes_the_same_few_statements(
    session: Session, cast: Cast, count_statements: CountStatements
) -> None:
    for name in ("lina", "frode", "amir"):
        work.complete(session, cast.person_id(name))
    session.flush()
    with count_statements() as statements:
        found = verdicts_in(session, cast.cohort_id, now())
    assert len(found) == 3
    assert len(statements) <= 8


def test_somebody_who_has_done_nothing_has_a_verdict(session: Session, cast: Cast) -> None:
    assert verdict_of(session, cast.person_id("tuva"), cast.cohort_id, now()).hours_done == 0
