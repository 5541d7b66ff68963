"""The pools as a coordinator sees them: everybody, one person, taking somebody out and in again."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.moderation.pool_queries import Progress, standings_of
from lti_tool.moderation.pool_view import Standing
from lti_tool.modules.models import Participation
from lti_tool.paging import PAGE_SIZE
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus, LogEntry, LogKind
from lti_tool.people.models import Person
from lti_tool.reflection.models import Essay
from tests.cast import Browser, Cast
from tests.conftest import CountStatements
from tests.moderation.conftest import Given
from tests.pages import problems_of
from tests.peer_review.conftest import hand_in, somebody
from tests.peer_review.leaving import check_healed

WHY = "Has another job now"


@pytest.fixture
def kari(cast: Cast) -> Browser:
    return cast.visit("kari")


def essay_of(session: Session, person_id: int) -> str:
    session.rollback()
    query = select(Essay.public_id).join(Participation).where(Participation.person_id == person_id)
    return session.scalars(query).one()


def names_on(page: str) -> list[str]:
    return [html.unescape(name) for name in re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a>', page)]


def counted(page: str) -> list[int]:
    return [int(figure) for figure in re.findall(r'<span class="figure">(\d+)</span>', page)]


def test_an_empty_pool_says_how_people_come_in(kari: Browser) -> None:
    page = kari.get("pools").text
    assert "Nobody is in the peer evaluation yet" in page
    assert problems_of(page) == []


def test_everybody_is_listed_by_name_with_what_they_give_and_receive(given: Given, kari: Browser) -> None:
    page = kari.get("pools").text
    assert names_on(page) == [f"{name} Testperson" for name in ("Amir", "Frode", "Lina", "Siri", "Tuva")]
    assert counted(page) == [5, 5, 0, 0, 0, 0]
    assert "1 submitted, 1 not started" in page
    assert "pools" in kari.get("moderation").text
    assert problems_of(page) == []


def test_states_are_told_in_words_and_filtered(given: Given, kari: Browser, cast: Cast, session: Session) -> None:
    states: dict[str, dict[str, int | None]] = {
        "amir": {"to_receive": 1},
        "frode": {"lapsed": 1},
        "siri": {"placed_at": None},
    }
    for name, values in states.items():
        mine = select(Participation.id).where(Participation.person_id == cast.person_id(name))
        session.execute(update(Author).where(Author.participation_id.in_(mine)).values(**values))
    session.commit()
    assert counted(kari.get("pools").text) == [5, 2, 1, 1, 1, 0]
    for show, name, words in (
        ("short", "Amir", "The essay lacks one evaluator."),
        ("lapsed", "Frode", "Time ran out"),
        ("waiting", "Siri", "Waiting for others"),
    ):
        page = kari.get(f"pools?show={show}").text
        assert names_on(page) == [f"{name} Testperson"]
        assert words in page
    assert "Nobody is in this list right now." in kari.get("pools?show=left").text


def test_a_search_finds_part_of_a_name_whatever_its_case(
    given: Given, kari: Browser, cast: Cast, session: Session
) -> None:
    session.execute(update(Person).where(Person.id == cast.person_id("siri")).values(name="Siri Åsheim"))
    session.commit()
    assert names_on(kari.get("pools?q=åsh").text) == ["Siri Åsheim"]
    assert names_on(kari.get("pools?q=LIN").text) == ["Lina Testperson"]
    nobody = kari.get("pools?q=%25").text
    assert "Nobody in the peer evaluation is called “%”." in nobody
    assert problems_of(nobody) == []


def test_languages_are_pools_of_their_own(given: Given, kari: Browser, cast: Cast, session: Session) -> None:
    assert "All languages" not in kari.get("pools").text
    person_id = somebody(session, cast)
    hand_in(session, person_id, language="nb")
    page = kari.get("pools?language=nb").text
    assert len(names_on(page)) == 1
    assert counted(page) == [1, 0, 1, 0, 0, 0]
    assert len(names_on(kari.get("pools?language=en&module=om1").text)) == 5


def test_long_lists_come_in_pages_that_cost_the_same(
    cast: Cast, kari: Browser, session: Session, count_statements: CountStatements
) -> None:
    for _ in range(3):
        hand_in(session, somebody(session, cast))
    kari.get("pools")
    with count_statements() as few:
        kari.get("pools")
    for _ in range(PAGE_SIZE):
        hand_in(session, somebody(session, cast))
    with count_statements() as many:
        first = kari.get("pools").text
    assert len(many) == len(few)
    last = kari.get("pools?page=2").text
    assert (len(names_on(first)), len(names_on(last))) == (PAGE_SIZE, 3)
    assert len({*names_on(first), *names_on(last)}) == PAGE_SIZE + 3


@pytest.mark.parametrize("asked", ["show=nobody", "page=0", "page=x", "page=99999999999"])
def test_an_address_that_no_link_has_is_refused(kari: Browser, asked: str) -> None:
    assert kari.get(f"pools?{asked}").status_code == 400


def test_the_page_of_one_tells_what_they_give_and_receive_and_why(
    given: Given, kari: Browser, cast: Cast, session: Session
) -> None:
    page = kari.get(f"pools/{essay_of(session, cast.person_id('lina'))}").text
    assert f"moderation/{given.submitted}" in page
    assert given.untouched not in page
    assert "Handed in, and in the pool." in page
    assert re.search(r"Got the essay by \w+ Testperson to evaluate\.", page)
    assert re.search(r"\w+ Testperson got the essay to evaluate\.", page)
    assert problems_of(page) == []


def test_it_says_before_somebody_leaves_what_happens_to_whom(
    given: Given, kari: Browser, cast: Cast, session: Session
) -> None:
    page = html.unescape(kari.get(f"pools/{essay_of(session, cast.person_id('lina'))}").text)
    assert re.search(r"The evaluation of the essay by \w+ Testperson stays\.", page)
    assert re.search(r"The essay by \w+ Testperson goes to somebody else\.", page)
    assert page.count("gets another essay instead of theirs.") == 2


def test_taking_somebody_out_needs_a_reason(given: Given, kari: Browser, cast: Cast, session: Session) -> None:
    essay = essay_of(session, cast.person_id("lina"))
    for reason, message in ((" ", "Write why."), ("x" * 501, "Write at most 500 characters.")):
        answer = kari.post(f"pools/{essay}/leave", {"reason": reason})
        assert answer.status_code == 422
        assert message in answer.text
        assert reason.strip() in answer.text
    assert counted(kari.get("pools").text)[-1] == 0


def test_somebody_leaves_and_comes_back(given: Given, kari: Browser, cast: Cast, session: Session) -> None:
    essay = essay_of(session, cast.person_id("lina"))
    for _ in range(2):
        assert kari.post(f"pools/{essay}/leave", {"reason": WHY}).status_code == 303
    page = kari.get(f"pools/{essay}?notice=left-pool").text
    assert "Comes back" in page
    assert "Take out of the peer evaluation" not in page
    assert "Kari Testperson" in page
    assert WHY in page
    check_healed(session)
    line = session.scalars(select(LogEntry).where(LogEntry.kind == LogKind.WITHDRAWN)).one()
    assert (line.reason, line.person_id) == (WHY, cast.person_id("kari"))
    for _ in range(2):
        assert kari.post(f"pools/{essay}/return").status_code == 303
    assert "Take out of the peer evaluation" in kari.get(f"pools/{essay}").text
    assert len(session.scalars(select(LogEntry).where(LogEntry.kind == LogKind.REJOINED)).all()) == 1
    check_healed(session)


def test_what_staff_and_dates_did_is_told_with_names(given: Given, kari: Browser, cast: Cast, session: Session) -> None:
    lina = session.scalars(
        select(Author).join(Participation).where(Participation.person_id == cast.person_id("lina"))
    ).one()
    other = session.scalars(select(Evaluation.author_id).where(Evaluation.evaluator_id == lina.id)).first()
    ends = {"pool_id": lina.pool_id, "evaluator_id": lina.id, "author_id": other}
    session.add_all(
        [
            LogEntry(kind=LogKind.LAPSED, reason="begun", **ends),
            LogEntry(kind=LogKind.RESUMED, pool_id=lina.pool_id, evaluator_id=lina.id),
            LogEntry(kind=LogKind.VOIDED, reason="Not serious", person_id=cast.person_id("kari"), **ends),
            LogEntry(kind=LogKind.UNDONE, reason="voided", person_id=cast.person_id("kari"), **ends),
            LogEntry(kind=LogKind.WAIVED, reason="given: No more", author_id=lina.id, pool_id=lina.pool_id),
            *(LogEntry(kind=kind, reason="x", **ends) for kind in LogKind),
            *(LogEntry(kind=kind, reason="x", pool_id=lina.pool_id, author_id=lina.id) for kind in LogKind),
        ]
    )
    session.commit()
    page = html.unescape(kari.get(f"pools/{essay_of(session, cast.person_id('lina'))}").text)
    for words in (
        "ran out. It was begun; the draft is kept.",
        "Asked for a new essay after the time had run out.",
        "Not serious",
        "An evaluation that had been voided counts again.",
        "What is missing to give was waived.",
        "No more",
    ):
        assert words in page


def test_somebody_of_another_cohort_is_not_there(given: Given, kari: Browser) -> None:
    assert kari.get("pools/unknown").status_code == 404
    assert kari.post("pools/unknown/leave", {"reason": WHY}).status_code == 404
    assert kari.post("pools/unknown/return").status_code == 404


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, (Standing.PLACED,)),
        ({"to_give": 1, "lapsed": 1}, (Standing.SHORT, Standing.LAPSED)),
        ({"placed_at": None}, (Standing.WAITING,)),
        ({"withdrawn_at": "then", "lapsed": 1}, (Standing.LEFT,)),
    ],
)
def test_how_somebody_stands(values: dict[str, object], expected: tuple[Standing, ...]) -> None:
    usual = {"placed_at": "then", "withdrawn_at": None, "to_give": 0, "to_receive": 0, "lapsed": 0}
    assert standings_of(Author(**{**usual, **values})) == expected


def test_progress_has_the_states_of_evaluations() -> None:
    assert {status.value for status in EvaluationStatus} < {progress.value for progress in Progress}
