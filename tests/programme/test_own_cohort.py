"""In which term somebody is when terms change."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.programme.actions import enrol, open_cohort
from lti_tool.programme.models import Cohort, Programme
from lti_tool.programme.queries import current_modules, current_programmes
from tests.cast import Cast, small_programme

TERMS = ("2026-autumn", "2027-spring", "2027-autumn")


@pytest.mark.parametrize(
    ("begun_in", "open_now", "own"),
    [
        ("", 1, 1),
        ("0", 0, 0),
        ("0", 1, 0),
        ("1", 1, 1),
        ("01", 1, 1),
        # Two terms later they begin anew.
        ("0", 2, 2),
        # A term that was opened too early, and closed again.
        ("1", 0, 1),
        ("01", 2, 1),
    ],
)
def test_whoever_has_begun_in_the_term_before_stays_there(
    cast: Cast, session: Session, begun_in: str, open_now: int, own: int
) -> None:
    programme_id = session.scalars(select(Cohort.programme_id)).one()
    session.add_all(Cohort(programme_id=programme_id, term=term, is_open=False) for term in TERMS[1:])
    session.flush()
    cohorts = session.scalars(select(Cohort).order_by(Cohort.id)).all()
    lina = cast.person_id("lina")
    for place in begun_in:
        enrol(session, lina, cohorts[int(place)].id)
    # Others do not matter, nor do other programmes.
    other = Programme(key="other", body=small_programme().model_dump(mode="json"))
    session.add(other)
    session.flush()
    elsewhere = Cohort(programme_id=other.id, term="2026-autumn")
    session.add(elsewhere)
    session.flush()
    enrol(session, lina, elsewhere.id)
    for cohort in cohorts:
        enrol(session, cast.person_id("frode"), cohort.id)
    open_cohort(session, cohorts[open_now])
    assert [one.cohort_id for one in current_modules(session, lina)] == [cohorts[own].id]
    assert [one.cohort_id for one in current_programmes(session, lina)] == [cohorts[own].id, elsewhere.id]
    assert [one.cohort_id for one in current_modules(session)] == [cohorts[open_now].id]
    cohorts[open_now].is_open = False
    session.flush()
    assert current_modules(session, lina) == []
