"""The coordinator's inbox: every evaluation of their cohorts, and who waits."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.moderation.doubt import Figures, doubt_points
from lti_tool.moderation.view import Show
from lti_tool.paging import PAGE_SIZE
from lti_tool.peer_review.models import Author, Doubt, Evaluation, Feedback
from lti_tool.people.models import GrantKind, Person, StaffGrant
from lti_tool.people.names import pseudonym
from lti_tool.programme.models import Cohort, Programme
from tests import work
from tests.cast import Cast, add_module, small_module
from tests.conftest import SECRET, CountStatements
from tests.moderation.conftest import Given
from tests.moderation.test_evaluation_page import neighbour
from tests.pages import problems_of
from tests.peer_review.giving import give, row, tasks_of
from tests.peer_review.test_cost import fill as fill_pool

LINE = (
    r'<th scope="row"><a [^>]*>([^<]+)<span[^>]*>[^<]*</span></a></th>\s*'
    r'<td><span class="narrow">[^<]*</span> ([^<]+)</td>'
)


def listed(page: str) -> list[tuple[str, str]]:
    """Evaluator and author of each line."""
    lines = re.findall(LINE, page)
    return [(html.unescape(evaluator), html.unescape(author)) for evaluator, author in lines]


def counted(page: str) -> list[int]:
    return [int(figure) for figure in re.findall(r'<span class="figure">(\d+)</span></a></li>', page)]


def test_every_evaluation_is_listed_once_with_its_evaluator_and_its_author(
    given: Given, cast: Cast, session: Session
) -> None:
    page = cast.visit("kari").get("moderation?show=all").text
    expected = {
        (f"{e.evaluator.participation.person.name}", f"{e.author.participation.person.name}")
        for e in session.scalars(select(Evaluation))
    }
    assert len(listed(page)) == len(expected) == 10
    assert set(listed(page)) == expected
    assert problems_of(page) == []


@pytest.mark.parametrize(
    ("show", "number"), [("to-review", 1), ("in-progress", 1), ("not-started", 7), ("approved", 1)]
)
def test_a_filter_shows_what_it_counts(given: Given, cast: Cast, session: Session, show: str, number: int) -> None:
    tuva, frode = (tasks_of(session, cast.person_id(name))[0] for name in ("tuva", "frode"))
    session.rollback()
    cast.visit("tuva").post(f"evaluations/{tuva}/start")
    give(cast.visit("frode"), frode)
    approved = row(session, frode)
    approved.approved_at, approved.approved_by = approved.submitted_at, cast.person_id("kari")
    session.commit()
    page = cast.visit("kari").get(f"moderation?show={show}").text
    assert counted(page) == [1, 0, 1, 1, 7, 10]
    assert len(listed(page)) == number


def test_the_newest_comes_first(given: Given, cast: Cast, session: Session) -> None:
    later = tasks_of(session, cast.person_id("tuva"))[1]
    session.rollback()
    give(cast.visit("tuva"), later)
    names = [evaluator for evaluator, _author in listed(cast.visit("kari").get("moderation?sort=newest").text)]
    assert names[:2] == ["Tuva Testperson", "Lina Testperson"]


def test_those_who_wait_are_listed_with_since_when_and_for_how_many(cast: Cast, session: Session) -> None:
    kari = cast.visit("kari")
    assert "There is no evaluation yet" in kari.get("moderation").text
    work.submit_essay(session, cast.person_id("lina"))
    session.commit()
    page = kari.get("moderation").text
    assert re.search(r"<strong>Lina Testperson</strong>: waiting since <time [^>]*>[^<]+</time>", page)
    assert "until 2 more essays come in." in page
    assert problems_of(page) == []
    work.submit_essay(session, cast.person_id("frode"))
    session.commit()
    assert kari.get("moderation").text.count("until one more essay comes in.") == 2
    work.submit_essay(session, cast.person_id("amir"))
    session.commit()
    assert "Waiting for others" not in kari.get("moderation").text


def test_a_person_without_a_name_is_called_as_in_the_gradebook(given: Given, cast: Cast, session: Session) -> None:
    amir = cast.person_id("amir")
    session.execute(update(Person).where(Person.id == amir).values(name=None))
    session.commit()
    name = f"Learning assistant {pseudonym(SECRET, amir)}"
    assert sum(name in line for line in listed(cast.visit("kari").get("moderation?show=all").text)) == 4
    assert name in cast.visit("ingrid").get("gradebook").text


def test_modules_can_be_told_apart(given: Given, cast: Cast, session: Session) -> None:
    kari = cast.visit("kari")
    assert "All modules" not in kari.get("moderation").text
    add_module(session, small_module("om2"))
    fill_pool(session, cast, "om2", 3)
    session.commit()
    assert counted(kari.get("moderation").text)[-1] == 16
    page = kari.get("moderation?module=om2&show=not-started").text
    assert counted(page) == [0, 0, 6, 6]
    assert len(listed(page)) == 6
    assert "module=om2&amp;show=all" in page
    assert problems_of(page) == []


def test_an_empty_list_says_so_and_leads_back(given: Given, cast: Cast) -> None:
    page = cast.visit("kari").get("moderation?show=approved").text
    assert "Nothing is in this list right now." in page
    assert listed(page) == []


def test_long_lists_come_in_pages_that_cost_the_same(
    cast: Cast, session: Session, count_statements: CountStatements
) -> None:
    kari, taken = cast.visit("kari"), []
    kari.get("moderation")
    for key, size in (("om1", 4), ("om2", 60)):
        if key != "om1":
            add_module(session, small_module(key))
        fill_pool(session, cast, key, size)
        session.commit()
        with count_statements() as statements:
            page = kari.get(f"moderation?show=all&module={key}").text
        taken.append(len(statements))
        assert len(listed(page)) == min(PAGE_SIZE, 2 * size)
    # One statement tells the new module's title.
    assert taken[1] <= taken[0] + 1
    assert "page 1 of 3" in page
    assert 'rel="next"' in page
    last = kari.get("moderation?show=all&module=om2&page=3").text
    assert len(listed(last)) == 120 - 2 * PAGE_SIZE
    assert 'rel="next"' not in last
    assert "page 3 of 3" in kari.get("moderation?show=all&module=om2&page=9").text
    assert problems_of(last) == []


@pytest.mark.parametrize("query", ["page=0", "page=x", "page=-1", "page=9999999999", "show=everything"])
def test_a_list_that_does_not_exist_is_refused(given: Given, cast: Cast, query: str) -> None:
    assert cast.visit("kari").get(f"moderation?{query}").status_code == 400


@pytest.mark.parametrize("key", ["om9", "%00", "x" * 500])
def test_a_module_that_does_not_exist_has_no_evaluations(given: Given, cast: Cast, key: str) -> None:
    answer = cast.visit("kari").get(f"moderation?module={key}")
    assert answer.status_code == (404 if key == "%00" else 200)
    assert listed(answer.text) == []


@pytest.mark.parametrize("name", ["ingrid", "lina", "stig", "astrid"])
def test_only_coordinators_see_it(given: Given, cast: Cast, name: str) -> None:
    course = {"astrid": "LAOS", "lina": "TDT4100"}.get(name)
    expected = 200 if name == "astrid" else 403
    assert cast.visit(name, course=course).get("moderation").status_code == expected


def test_another_cohort_is_not_shown(given: Given, cast: Cast, session: Session) -> None:
    """Stig coordinates an earlier term and teaches a subject course."""
    programme_id = session.scalars(select(Programme.id)).one()
    earlier = Cohort(programme_id=programme_id, term="2020-spring", is_open=False)
    session.add(earlier)
    session.flush()
    session.add(
        StaffGrant(
            kind=GrantKind.COORDINATOR, cohort_id=earlier.id, person_id=cast.person_id("stig"), granted_by="test"
        )
    )
    session.execute(update(Author).where(Author.id == 1).values(placed_at=None))
    session.commit()
    page = cast.visit("stig").get("moderation").text
    assert "There is no evaluation yet" in page
    assert "Testperson</strong>" not in page


def test_looking_writes_nothing(given: Given, cast: Cast, count_statements: CountStatements) -> None:
    kari = cast.visit("kari")
    with count_statements() as statements:
        kari.get("moderation")
        kari.get(f"moderation/{given.submitted}")
    assert [sql for sql in statements if sql.startswith(("INSERT", "UPDATE", "DELETE"))] == []


@pytest.fixture
def doubted(given: Given, cast: Cast, session: Session) -> dict[str, str]:
    """Three submitted evaluations by name of their evaluator, the oldest first: Lina's is undoubtful, Tuva's differs by
    three levels, Frode's is flagged and says what another does."""
    ids = {"lina": given.submitted}
    for name in ("tuva", "frode"):
        ids[name] = tasks_of(session, cast.person_id(name))[1]
        give(cast.visit(name), ids[name])
    weighed: dict[str, Any] = {
        "words": 50,
        "distinct_words": 40,
        "words_min": 9,
        "seconds": 1200,
        "seconds_needed": 120,
    }
    reasons: dict[str, dict[str, Any]] = {
        "lina": {},
        "tuva": {"gap": 3, "gap_on": "c2"},
        "frode": {"flagged": True, "copied_share": 0.82, "copied_id": row(session, given.submitted).id},
    }
    for name, public_id in ids.items():
        figures = {key: value for key, value in reasons[name].items() if key != "copied_id"}
        points = doubt_points(Figures(**weighed, **figures))
        evaluation = row(session, public_id)
        evaluation.weigh_at = None
        session.add(Doubt(evaluation_id=evaluation.id, points=points, **weighed, **reasons[name]))
        if "flagged" in reasons[name]:
            session.add(Feedback(evaluation_id=evaluation.id, flagged_at=now(), flag="It is rude"))
        session.commit()
    return ids


def evaluators(page: str) -> list[str]:
    return [evaluator.split()[0].lower() for evaluator, _author in listed(page)]


def test_the_most_doubtful_comes_first_with_its_reasons_in_words(doubted: dict[str, str], cast: Cast) -> None:
    page = cast.visit("kari").get("moderation").text
    assert evaluators(page) == ["frode", "tuva", "lina"]
    found = re.findall(r'<ul class="reasons">(.*?)</ul>', page)
    assert [re.findall("<li>(.*?)</li>", reasons) for reasons in found] == [
        ["Flagged by the author", "82% as in another evaluation"],
        ["Differs by 3 levels on “Criterion 2”"],
    ]
    assert "Nothing stands out" in page
    assert problems_of(page) == []
    assert evaluators(cast.visit("kari").get("moderation?sort=newest").text) == ["frode", "tuva", "lina"]


def test_what_was_submitted_last_can_come_first(doubted: dict[str, str], cast: Cast, session: Session) -> None:
    row(session, doubted["lina"]).submitted_at = now()
    session.commit()
    assert evaluators(cast.visit("kari").get("moderation?sort=newest").text) == ["lina", "frode", "tuva"]
    assert evaluators(cast.visit("kari").get("moderation").text) == ["frode", "tuva", "lina"]


@pytest.mark.parametrize(
    ("change", "lists"),
    [
        ({}, {"to-review", "doubtful", "flagged", "all"}),
        ({"returned_at": True}, {"returned", "all"}),
        ({"voided_at": True, "given_slot": None, "received_slot": None}, {"voided", "all"}),
        ({"approved_at": True}, {"approved", "all"}),
    ],
    ids=["as it is", "returned", "voided", "approved"],
)
def test_each_state_has_its_list(
    doubted: dict[str, str], cast: Cast, session: Session, change: dict[str, Any], lists: set[str]
) -> None:
    evaluation = row(session, doubted["frode"])
    for name, value in change.items():
        setattr(evaluation, name, now() if value else None)
    session.commit()
    kari = cast.visit("kari")
    assert {show for show in Show if doubted["frode"] in kari.get(f"moderation?show={show}").text} == lists


def test_what_is_flagged_after_the_approval_is_news(doubted: dict[str, str], cast: Cast, session: Session) -> None:
    evaluation = row(session, doubted["frode"])
    evaluation.approved_at = now()
    session.get_one(Feedback, evaluation.id).flagged_at = now() + timedelta(seconds=1)
    session.commit()
    assert evaluators(cast.visit("kari").get("moderation?show=flagged").text) == ["frode"]


@pytest.mark.parametrize(("q", "found"), [("LINA test", {"lina"}), ("nobody", set()), ("%", set()), ("_", set())])
def test_people_are_found_by_part_of_their_name(
    doubted: dict[str, str], cast: Cast, session: Session, q: str, found: set[str]
) -> None:
    authors = {name: row(session, public_id).author.participation.person.name for name, public_id in doubted.items()}
    about = {name for name, author in authors.items() if author == "Lina Testperson"}
    page = cast.visit("kari").get("moderation", query_string={"q": q}).text
    assert set(evaluators(page)) == (found | about if found else set())
    assert found or "Nobody of that name" in page
    assert problems_of(page) == []


def test_one_walks_by_doubt(doubted: dict[str, str], cast: Cast) -> None:
    kari = cast.visit("kari")
    pages = {name: kari.get(f"moderation/{public_id}").text for name, public_id in doubted.items()}
    assert {name: (neighbour(page, "prev"), neighbour(page, "next")) for name, page in pages.items()} == {
        "frode": (None, doubted["tuva"]),
        "tuva": (doubted["frode"], doubted["lina"]),
        "lina": (doubted["tuva"], None),
    }


def test_only_the_undoubtful_can_be_chosen_and_the_preview_lists_just_them(doubted: dict[str, str], cast: Cast) -> None:
    kari = cast.visit("kari")
    assert re.findall(r'name="chosen" value="([^"]+)"', kari.get("moderation").text) == [doubted["lina"]]
    assert "Tuva" not in kari.get(f"moderation/bulk?chosen={doubted['tuva']}").text
    assert "Lina" in kari.get(f"moderation/bulk?chosen={doubted['lina']}&chosen={doubted['tuva']}").text
    assert "There is nothing to approve" in kari.get("moderation/bulk?chosen=unknown").text


def test_an_empty_inbox_says_that_all_is_reviewed(doubted: dict[str, str], cast: Cast, session: Session) -> None:
    for public_id in doubted.values():
        row(session, public_id).approved_at = now()
        session.commit()
    assert "Everything that was submitted is reviewed." in cast.visit("kari").get("moderation").text
