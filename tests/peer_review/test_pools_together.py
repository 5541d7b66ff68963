"""A programme whose essays are evaluated together, whatever their language."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.peer_review.models import Author, LogEntry, LogKind, Pool
from lti_tool.programme.content import Pools
from lti_tool.programme.models import Programme
from lti_tool.reflection.forms import language_name
from tests.cast import Cast, small_programme
from tests.peer_review.conftest import hand_in
from tests.peer_review.exact import check_pool

NAMES = ("lina", "frode", "amir", "siri")


def mix(session: Session, languages: str) -> None:
    body = small_programme().model_copy(update={"pools": Pools(languages=languages)})
    session.execute(update(Programme).values(body=body.model_dump(mode="json")))
    session.commit()


@pytest.fixture
def together(cast: Cast, session: Session) -> Session:
    mix(session, "together")
    return session


def pools(session: Session) -> list[str]:
    return list(session.scalars(select(Pool.language).order_by(Pool.id)))


def test_everybody_is_in_one_pool_and_gives_and_gets_two(cast: Cast, together: Session) -> None:
    for name, language in zip(NAMES, ("en", "nb", "en", "nb"), strict=True):
        hand_in(together, cast.people[name], language=language)
    assert pools(together) == ["mul"]
    check_pool(together)


def test_an_essay_in_another_language_than_before_stays_where_it_is(cast: Cast, together: Session) -> None:
    lina = cast.visit("lina")
    for language, version in (("en", "0"), ("nb", "1")):
        data = {"version": version, "text": f"{language} word " * 25, "language": language, "action": "submit"}
        assert lina.post("modules/om1/essay", data).status_code == 303
    assert len(together.scalars(select(Author)).all()) == 1
    assert together.scalars(select(LogEntry.kind).where(LogEntry.kind == LogKind.MOVED)).all() == []


def test_nobody_is_told_that_the_language_decides_whom_they_evaluate(cast: Cast, together: Session) -> None:
    assert "You evaluate two essays in this language" not in cast.visit("lina").get("modules/om1/essay").text


@pytest.mark.parametrize(
    ("first", "later", "expected"), [("together", "separate", ["mul"]), ("separate", "together", ["en", "nb"])]
)
def test_pools_stay_of_the_kind_that_they_began_as(
    cast: Cast, session: Session, first: str, later: str, expected: list[str]
) -> None:
    mix(session, first)
    hand_in(session, cast.people["lina"], language="en")
    mix(session, later)
    hand_in(session, cast.people["frode"], language="nb")
    assert pools(session) == expected


def test_coordinators_read_that_it_takes_several_languages(cast: Cast) -> None:
    with cast.app.test_request_context():
        assert language_name("mul") == "Multiple languages"
