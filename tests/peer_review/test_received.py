"""Reading the evaluations of one's own essay: the author's page."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_tool.peer_review.models import Evaluation, EvaluationStatus
from tests.cast import Browser, Cast
from tests.conftest import CountStatements
from tests.pages import problems_of
from tests.peer_review.conftest import hand_in
from tests.peer_review.giving import fill, give, row, tasks_of, writer_of
from tests.stages import stage

PAGE = "modules/om1/received"


@pytest.fixture
def given(cast: Cast, session: Session) -> str:
    """Lina's first task among five authors; Frode, Amir, Siri and Tuva are the others."""
    return stage(cast, session, _hand_in)


def _hand_in(cast: Cast, session: Session) -> str:
    for name in ("lina", "frode", "amir", "siri", "tuva"):
        hand_in(session, cast.person_id(name))
    return tasks_of(session, cast.person_id("lina"))[0]


@pytest.fixture
def lina(cast: Cast) -> Browser:
    return cast.visit("lina")


def test_nothing_is_listed_before_an_evaluation_is_submitted(
    given: str, lina: Browser, cast: Cast, session: Session
) -> None:
    lina.post(f"evaluations/{given}/start")
    lina.post(f"evaluations/{given}", fill(action="save"))
    author, number = writer_of(cast, session, given)
    page = author.get(PAGE).text
    assert "Nobody has evaluated your essay yet" in page
    assert "A good read overall" not in page
    assert author.post(f"{PAGE}/{number}").status_code == 404
    assert row(session, given).read_at is None


def test_what_it_says_is_shown_only_after_opening_it(given: str, lina: Browser, cast: Cast, session: Session) -> None:
    give(lina, given)
    author, number = writer_of(cast, session, given)
    before = author.get(PAGE).text
    assert f"Read evaluation {number}" in before
    assert "A good read overall" not in before
    assert row(session, given).read_at is None
    answer = author.post(f"{PAGE}/{number}")
    assert answer.location.endswith(f"{PAGE}#evaluation-{number}")
    after = author.get(PAGE).text
    for said in ("A good read overall", "Tell us more here", "Level 3", "level 3 of 4", "What level 3 looks like"):
        assert said in after
    assert problems_of(before) == problems_of(after) == []


def test_looking_writes_nothing(
    given: str, lina: Browser, cast: Cast, session: Session, count_statements: CountStatements
) -> None:
    give(lina, given)
    author, _number = writer_of(cast, session, given)
    with count_statements() as statements:
        author.get(PAGE)
    assert [sql for sql in statements if sql.startswith(("INSERT", "UPDATE", "DELETE"))] == []


def test_opening_it_twice_changes_nothing(given: str, lina: Browser, cast: Cast, session: Session) -> None:
    give(lina, given)
    author, number = writer_of(cast, session, given)
    author.post(f"{PAGE}/{number}")
    first = row(session, given).read_at
    assert first is not None
    assert author.post(f"{PAGE}/{number}").status_code == 303
    assert row(session, given).read_at == first


def test_a_draft_for_a_better_version_is_not_shown(given: str, lina: Browser, cast: Cast, session: Session) -> None:
    give(lina, given)
    lina.post(f"evaluations/{given}", fill(2, action="save", overall="Not yet for anybody"))
    author, number = writer_of(cast, session, given)
    author.post(f"{PAGE}/{number}")
    page = author.get(PAGE).text
    assert "A good read overall" in page
    assert "Not yet for anybody" not in page
    closed = lina.get(f"evaluations/{given}").text
    assert "The author has read your evaluation" in closed
    assert "Not yet for anybody" in closed
    assert problems_of(closed) == []


def test_both_are_shown_side_by_side_once_both_are_read(given: str, cast: Cast, session: Session) -> None:
    one = row(session, given)
    other = next(e for e in session.scalars(select(Evaluation)) if e.author_id == one.author_id and e.id != one.id)
    names = {person_id: name for name, person_id in cast.people.items()}
    tasks = {e.public_id: names[e.evaluator.participation.person_id] for e in (one, other)}
    for public_id, name in tasks.items():
        give(cast.visit(name), public_id, overall=f"As {name} sees it")
    author, _number = writer_of(cast, session, given)
    author.post(f"{PAGE}/1")
    assert "side by side" not in author.get(PAGE).text
    author.post(f"{PAGE}/2")
    page = author.get(PAGE).text
    assert "Both evaluations, side by side" in page
    assert re.findall(r"<h3[^>]*>([^<]+)</h3>", page) == ["Criterion 1", "Criterion 2", "Overall"]
    assert re.findall(r"<h4>([^<]+)</h4>", page) == ["Evaluation 1", "Evaluation 2"] * 3
    assert all(page.count(f"As {name} sees it") == 1 for name in tasks.values())
    assert problems_of(page) == []


def test_one_of_two_says_that_another_comes(given: str, lina: Browser, cast: Cast, session: Session) -> None:
    give(lina, given)
    author, _number = writer_of(cast, session, given)
    assert "One of two is here." in author.get(PAGE).text
    row(session, given).author.to_receive = 0
    session.execute(delete(Evaluation).where(Evaluation.status == EvaluationStatus.OPEN))
    session.commit()
    assert "Only one evaluation comes this time." in author.get(PAGE).text


def test_nobody_opens_the_evaluation_of_somebody_elses_essay(
    given: str, lina: Browser, cast: Cast, session: Session
) -> None:
    give(lina, given)
    _author, number = writer_of(cast, session, given)
    writer_id = row(session, given).author.participation.person_id
    for name in ("lina", "frode", "amir", "siri", "tuva"):
        if cast.person_id(name) != writer_id:
            browser = cast.visit(name)
            assert browser.post(f"{PAGE}/{number}").status_code == 404
            assert "A good read overall" not in browser.get(PAGE).text
    assert row(session, given).read_at is None


@pytest.mark.parametrize("number", ["0", "3", "x", "99999999999999999999"])
def test_there_is_no_third_evaluation(given: str, lina: Browser, number: str) -> None:
    assert lina.post(f"{PAGE}/{number}").status_code == 404


def test_staff_and_learners_elsewhere_receive_nothing(given: str, cast: Cast) -> None:
    assert cast.visit("kari").get(PAGE).status_code == 403
    assert "Nobody has evaluated your essay yet" in cast.visit("una").get(PAGE).text
