"""An author who submits in another language changes pools while nothing of theirs has begun."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.peer_review.models import Author, Evaluation, LogEntry, LogKind, Pool
from tests.cast import Cast
from tests.peer_review.conftest import hand_in, somebody
from tests.peer_review.exact import check_pool
from tests.peer_review.giving import tasks_of
from tests.reflection.test_language import chosen, send_in
from tests.reflection.writing import ESSAY, LONG_ENOUGH
from tests.stages import stage


@pytest.fixture
def pools(cast: Cast, session: Session) -> None:
    """Lina with four others who write in English, and four who write in Norwegian."""
    stage(cast, session, _come)


def _come(cast: Cast, session: Session) -> None:
    hand_in(session, cast.people["lina"])
    for language in ("en", "nb"):
        for _ in range(4):
            hand_in(session, somebody(session, cast), language=language)


def language_of(session: Session, person_id: int) -> str:
    session.rollback()
    query = select(Pool.language).join(Author, Author.pool_id == Pool.id)
    return session.scalars(query.where(Author.participation.has(person_id=person_id))).one()


def test_both_pools_are_exact_afterwards(cast: Cast, session: Session, pools: None) -> None:
    assert send_in(cast.visit("lina"), "nb", version=1).status_code == 303
    assert language_of(session, cast.person_id("lina")) == "nb"
    check_pool(session)
    assert len(session.scalars(select(Evaluation)).all()) == 18
    assert session.scalars(select(LogEntry.reason).where(LogEntry.kind == LogKind.MOVED)).all() == ["nb"]


def test_and_back_again(cast: Cast, session: Session, pools: None) -> None:
    lina = cast.visit("lina")
    for version, language in enumerate(("nb", "en"), start=1):
        assert send_in(lina, language, version=version).status_code == 303
    assert language_of(session, cast.person_id("lina")) == "en"
    check_pool(session)


def test_a_draft_in_another_language_moves_nobody(cast: Cast, session: Session, pools: None) -> None:
    assert send_in(cast.visit("lina"), "nb", version=1, action="save").status_code == 303
    assert language_of(session, cast.person_id("lina")) == "en"


def test_once_they_have_begun_to_evaluate_the_language_stays_and_the_text_is_shown_again(
    cast: Cast, session: Session, pools: None
) -> None:
    lina = cast.visit("lina")
    lina.post(f"evaluations/{tasks_of(session, cast.person_id('lina'))[0]}/start")
    answer = send_in(lina, "nb", LONG_ENOUGH, version=1)
    assert answer.status_code == 409
    assert "You have begun to evaluate essays in that language" in answer.text
    assert chosen(answer.text) == ["nb"]
    assert f"{LONG_ENOUGH}</textarea>" in answer.text
    assert language_of(session, cast.person_id("lina")) == "en"
    assert send_in(lina, "en", LONG_ENOUGH, version=1).status_code == 303
    assert chosen(lina.get(ESSAY).text) == ["en"]
