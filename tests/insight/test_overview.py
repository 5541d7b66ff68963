"""Where everybody of a cohort stands, what evaluators judge and how far they agree, for coordinators."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.insight.stages import Stage, Who
from lti_tool.modules.models import Participation
from lti_tool.paging import PAGE_SIZE
from lti_tool.peer_review.models import Author, Evaluation
from lti_tool.programme.content import Step
from lti_tool.reflection.models import Essay
from tests import work
from tests.cast import Cast, small_module
from tests.conftest import CountStatements
from tests.gradebook.test_table import add_learners
from tests.peer_review.giving import give, tasks_of

NAMES = ("lina", "frode", "amir", "siri", "tuva")


def lines(page: str) -> dict[str, tuple[str, int]]:
    """Who acts next and how many, by where they stand."""
    found = re.findall(
        r'<th scope="row"><a [^>]*>([^<]+)</a></th>\s*<td>(.*?)</td>\s*<td><span class="figure">(\d+)</span></td>',
        page,
        re.S,
    )
    return {html.unescape(where): (re.sub("<[^>]+>", "", who), int(number)) for where, who, number in found}


def milestones(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'<strong class="figure">(\d+)</strong>', page)]


def overview(cast: Cast) -> str:
    answer = cast.visit("kari").get("insight")
    assert answer.status_code == 200
    return answer.text


def submit_all(cast: Cast) -> None:
    with work.done_before(cast) as session:
        for name in NAMES:
            work.try_test(session, cast.person_id(name), 3, passed=True)
            work.submit_essay(session, cast.person_id(name))


def author_of(cast: Cast, name: str) -> int:
    query = select(Author.id).join(Participation, Participation.id == Author.participation_id)
    with work.done_before(cast) as session:
        return session.scalars(query.where(Participation.person_id == cast.person_id(name))).one()


def test_before_anybody_has_opened_it_the_page_says_so(cast: Cast) -> None:
    page = overview(cast)
    assert "Nobody has opened this module yet" in page
    assert lines(page) == {}


def test_everybody_stands_where_their_next_step_is(cast: Cast) -> None:
    for name in NAMES:
        cast.visit(name)
    with work.done_before(cast) as session:
        work.try_test(session, cast.person_id("lina"), 1, passed=False)
        work.try_test(session, cast.person_id("frode"), 3, passed=True)
        work.try_test(session, cast.person_id("amir"), 3, passed=True)
        work.draft_essay(session, cast.person_id("amir"))
        work.complete(session, cast.person_id("siri"))
    page = overview(cast)
    assert lines(page) == {
        "Has opened the module and done nothing yet": ("The learning assistant", 1),
        "Has not passed the test yet": ("The learning assistant", 1),
        "Has not begun the essay": ("The learning assistant", 1),
        "Has a draft of the essay": ("The learning assistant", 1),
        "Has completed the module": ("Nobody", 1),
    }
    assert milestones(page) == [5, 4, 3, 1, 1, 0]


def test_those_without_attempts_are_named_for_the_coordinator(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    limited = small_module().model_copy(update={"attempts_allowed": 2})
    monkeypatch.setattr("lti_tool.insight.queries.content_of", lambda _session, _id: limited)
    with work.done_before(cast) as session:
        for _attempt in range(2):
            work.try_test(session, cast.person_id("lina"), 1, passed=False)
        work.try_test(session, cast.person_id("frode"), 1, passed=False)
    found = lines(overview(cast))
    assert found["Has used all attempts at the test"] == ("The coordinator", 1)
    assert found["Has not passed the test yet"] == ("The learning assistant", 1)


def test_who_has_something_to_evaluate_and_who_waits(cast: Cast) -> None:
    with work.done_before(cast) as session:
        for name in ("lina", "frode"):
            work.try_test(session, cast.person_id(name), 3, passed=True)
            work.submit_essay(session, cast.person_id(name))
    assert lines(overview(cast)) == {"Waits until more essays are in": ("Other learning assistants", 2)}
    with work.done_before(cast) as session:
        for name in ("amir", "siri", "tuva"):
            work.try_test(session, cast.person_id(name), 3, passed=True)
            work.submit_essay(session, cast.person_id(name))
        work.begin_evaluation(session, cast.person_id("lina"))
    assert lines(overview(cast)) == {
        "Has an essay to evaluate and has not begun": ("The learning assistant", 4),
        "Is writing an evaluation": ("The learning assistant", 1),
    }


@pytest.mark.parametrize(
    ("column", "where", "who"),
    [
        ("returned_at", "Has got an evaluation back to write it anew", "The learning assistant"),
        ("lapsed", "Let the time for an evaluation run out", "The learning assistant"),
        ("to_give", "Has no essay to evaluate", "The coordinator"),
        ("withdrawn_at", "Takes no part in the peer evaluation any more", "Nobody"),
        ("essay", "Has got the essay back to revise it", "The learning assistant"),
    ],
)
def test_what_else_can_hold_somebody_up(cast: Cast, session: Session, column: str, where: str, who: str) -> None:
    submit_all(cast)
    author_id = author_of(cast, "lina")
    first, second = tasks_of(session, cast.person_id("lina"))
    session.rollback()
    if column == "returned_at":
        give(cast.visit("lina"), first)
    if column == "returned_at":
        session.execute(update(Evaluation).where(Evaluation.public_id == first).values(returned_at=now()))
    elif column == "essay":
        own = select(Author.essay_id).where(Author.id == author_id).scalar_subquery()
        session.execute(
            update(Essay).where(Essay.id == own).values(returned_at=now(), returned_comment="More, please.")
        )
    else:
        session.execute(delete(Evaluation).where(Evaluation.public_id.in_((first, second))))
        value = now() if column == "withdrawn_at" else 2
        session.execute(update(Author).where(Author.id == author_id).values({column: value}))
    session.commit()
    assert lines(overview(cast))[where] == (who, 1)


def test_levels_and_agreement_stand_in_tables_beside_their_bars(cast: Cast, session: Session) -> None:
    submit_all(cast)
    author_id = author_of(cast, "amir")
    about_amir = session.scalars(select(Evaluation).where(Evaluation.author_id == author_id)).all()
    givers = [(row.public_id, row.evaluator.participation.person_id) for row in about_amir]
    session.rollback()
    names = {person_id: name for name, person_id in cast.people.items()}
    for (public_id, person_id), level in zip(givers, ("l1", "l3"), strict=True):
        give(cast.visit(names[person_id]), public_id, **{"level-c1": level})
    page = overview(cast)
    assert "From 2 evaluations" in page
    assert "1 essay with two evaluations" in page
    tables = re.findall(r'<table class="table figures">(.*?)</table>', page, re.S)
    cells = [re.findall(r'figure">([\d%]+)<', table) for table in tables]
    assert cells[0] == ["50%", "1", "0%", "0", "50%", "1", "0%", "0", "0%", "0", "0%", "0", "100%", "2", "0%", "0"]
    assert cells[1] == ["0%", "0", "0%", "0", "100%", "1", "0%", "0", "100%", "1", "0%", "0", "0%", "0", "0%", "0"]
    assert milestones(page)[-1] == 1
    assert page.count("<rect") == 6 + 2 + 1 + 2


def test_what_was_taken_out_counts_no_more(cast: Cast, session: Session) -> None:
    submit_all(cast)
    first = tasks_of(session, cast.person_id("lina"))[0]
    session.rollback()
    give(cast.visit("lina"), first)
    out = {"voided_at": now(), "given_slot": None, "received_slot": None}
    session.execute(update(Evaluation).where(Evaluation.public_id == first).values(out))
    session.commit()
    assert "No evaluation has been submitted yet." in overview(cast)


def test_a_line_opens_to_the_names_behind_it(cast: Cast) -> None:
    submit_all(cast)
    page = cast.visit("kari").get("insight/people?module=om1&stage=not-begun").text
    assert re.findall(r"<li>([A-Z]\w+ Testperson)</li>", page) == [
        f"{name.title()} Testperson" for name in sorted(NAMES)
    ]
    empty = cast.visit("kari").get("insight/people?module=om1&stage=complete").text
    assert "Nobody is here right now." in empty


def test_those_who_only_looked_are_named_too_and_pages_are_bounded(cast: Cast) -> None:
    with work.done_before(cast) as session:
        add_learners(session, cast, PAGE_SIZE + 3)
    browser = cast.visit("kari")
    page = browser.get("insight/people?module=om1&stage=opened")
    assert page.text.count("<li>Crowd") == PAGE_SIZE
    assert browser.get("insight/people?module=om1&stage=opened&page=2").text.count("<li>Crowd") == 3


@pytest.mark.parametrize(
    "address", ["insight?module=nothing", "insight/people?stage=x", "insight/people?stage=test&page=0"]
)
def test_what_no_link_says_is_not_found(cast: Cast, address: str) -> None:
    assert cast.visit("kari").get(address).status_code == 404


def test_a_cohort_of_sixty_costs_no_more_statements_than_one_of_five(
    cast: Cast, count_statements: CountStatements
) -> None:
    submit_all(cast)
    browser = cast.visit("kari")
    with count_statements() as few:
        browser.get("insight")
    with work.done_before(cast) as session:
        for person_id in add_learners(session, cast, 55):
            work.try_test(session, person_id, 3, passed=True)
            work.submit_essay(session, person_id)
    with count_statements() as many:
        browser.get("insight")
    assert len(many) == len(few) <= 16


def test_each_stage_has_somebody_to_act() -> None:
    assert {stage.who for stage in Stage} == set(Who)
    assert Stage.COMPLETE.who is Who.NOBODY
    assert Step.TEST.value == Stage.TEST.value
