"""A pool of the cast's five, whose evaluations a coordinator reviews."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from tests import work
from tests.cast import Cast
from tests.peer_review.giving import give, tasks_of
from tests.stages import stage


@dataclass(frozen=True)
class Given:
    """Lina's two evaluations: the first is submitted, the second not begun."""

    submitted: str
    untouched: str


@pytest.fixture
def given(cast: Cast, session: Session) -> Given:
    return stage(cast, session, _give)


def _give(cast: Cast, session: Session) -> Given:
    for name in ("lina", "frode", "amir", "siri", "tuva"):
        work.submit_essay(session, cast.person_id(name))
    submitted, untouched = tasks_of(session, cast.person_id("lina"))
    session.commit()
    give(cast.visit("lina"), submitted)
    return Given(submitted, untouched)
