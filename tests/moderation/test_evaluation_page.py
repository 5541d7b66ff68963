"""One evaluation beside its essay, and what a coordinator decides about it."""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool.database import now
from lti_tool.peer_review.models import Doubt, Evaluation, Feedback, ReviewEntry, Usefulness
from lti_tool.people.models import GrantKind, StaffGrant
from lti_tool.programme.models import Cohort, Programme
from tests.cast import Browser, Cast
from tests.moderation.conftest import Given
from tests.pages import problems_of
from tests.peer_review.deciding import Desk
from tests.peer_review.giving import fill, give, row, tasks_of, writer_of


@pytest.fixture
def kari(cast: Cast) -> Browser:
    return cast.visit("kari")


def seen_on(browser: Browser, public_id: str) -> str:
    found = re.search(r'name="seen"[^>]* value="([^"]+)"', browser.get(f"moderation/{public_id}").text)
    return found.group(1) if found else ""


def decide(browser: Browser, public_id: str, action: str = "approve", query: str = "", **fields: str) -> TestResponse:
    written = {"action": action, "seen": seen_on(browser, public_id), "reason": "", **fields}
    return browser.post(f"moderation/{public_id}{query}", written)


def approve(browser: Browser, public_id: str) -> int:
    return decide(browser, public_id).status_code


def shown_after(browser: Browser, answer: TestResponse) -> str:
    address = urlsplit(answer.location)
    return browser.get(f"{address.path.removeprefix(browser.prefix)}?{address.query}").text


def neighbour(page: str, kind: str) -> str | None:
    found = re.search(rf'rel="{kind}"[^>]* href="([^"]+)"', page)
    return urlsplit(found.group(1)).path.rpartition("/")[2] if found else None


def test_it_shows_the_essay_and_every_answer_with_both_names(given: Given, kari: Browser, session: Session) -> None:
    page = kari.get(f"moderation/{given.submitted}").text
    author = row(session, given.submitted).author.participation.person.name
    assert f"Lina Testperson about the essay by {author}" in page
    for said in (
        "what <em>they</em> had tried",
        "You show it well",
        "Level 3",
        "A good read overall",
        "has not read it",
    ):
        assert said in page
    assert problems_of(page) == []


def test_a_draft_is_its_writers_own(given: Given, cast: Cast, kari: Browser) -> None:
    lina = cast.visit("lina")
    assert "It has not been started" in kari.get(f"moderation/{given.untouched}").text
    lina.post(f"evaluations/{given.untouched}/start")
    lina.post(f"evaluations/{given.untouched}", fill(action="save", overall="Only a draft so far"))
    page = kari.get(f"moderation/{given.untouched}").text
    assert "It is being written" in page
    assert "Only a draft so far" not in page
    assert 'value="approve"' not in page
    assert problems_of(page) == []


def test_the_other_evaluation_of_the_essay_is_a_link_away(given: Given, kari: Browser, session: Session) -> None:
    this = row(session, given.submitted)
    query = select(Evaluation.public_id).where(Evaluation.author_id == this.author_id, Evaluation.id != this.id)
    other = session.scalars(query).one()
    page = kari.get(f"moderation/{given.submitted}").text
    assert re.search(rf'href="[^"]*/moderation/{other}">The other evaluation of this essay', page)


def test_approving_closes_it_for_its_evaluator(given: Given, cast: Cast, kari: Browser, session: Session) -> None:
    assert approve(kari, given.submitted) == 303
    approved = row(session, given.submitted)
    assert approved.approved_at is not None
    assert approved.approved_by == cast.person_id("kari")
    lina = cast.visit("lina")
    refused = lina.post(f"evaluations/{given.submitted}", fill(2, overall="Too late for this one"))
    assert refused.status_code == 409
    assert "The coordinator has approved your evaluation" in refused.text
    assert "Too late for this one" in refused.text
    body = {"criteria": {}, "overall": "Too late", "version": 2}
    assert lina.send_json("PUT", f"evaluations/{given.submitted}/draft", body).status_code == 409
    assert row(session, given.submitted).answers["overall"] == "A good read overall"  # type: ignore[index]
    page = kari.get(f"moderation/{given.submitted}").text
    assert "by Kari Testperson" in page
    assert problems_of(page) == problems_of(refused.text) == []


def test_approving_twice_changes_nothing(given: Given, cast: Cast, kari: Browser, session: Session) -> None:
    seen = seen_on(kari, given.submitted)
    decide(kari, given.submitted, seen=seen)
    first = row(session, given.submitted).approved_at
    assert first is not None
    assert decide(cast.visit("astrid"), given.submitted, seen=seen).status_code == 303
    assert row(session, given.submitted).approved_at == first
    assert row(session, given.submitted).approved_by == cast.person_id("kari")


def test_the_author_still_reads_it(given: Given, cast: Cast, kari: Browser, session: Session) -> None:
    approve(kari, given.submitted)
    author, number = writer_of(cast, session, given.submitted)
    assert author.post(f"modules/om1/received/{number}").status_code == 303
    assert "Read by the author of the essay" in kari.get(f"moderation/{given.submitted}").text


def test_only_what_is_submitted_is_approved(given: Given, kari: Browser, session: Session) -> None:
    answer = decide(kari, given.untouched, seen="")
    assert answer.status_code == 409
    assert "Nothing was decided" in answer.text
    assert row(session, given.untouched).approved_at is None


def test_what_was_submitted_anew_has_to_be_read_first(
    given: Given, cast: Cast, kari: Browser, session: Session
) -> None:
    seen = seen_on(kari, given.submitted)
    cast.visit("lina").post(f"evaluations/{given.submitted}", fill(2, overall="Something else entirely now"))
    answer = decide(kari, given.submitted, seen=seen)
    assert answer.status_code == 409
    assert "Something else entirely now" in answer.text
    assert problems_of(answer.text) == []
    assert row(session, given.submitted).approved_at is None
    assert approve(kari, given.submitted) == 303


def test_a_form_without_its_token_approves_nothing(given: Given, kari: Browser, session: Session) -> None:
    answer = decide(kari, given.submitted, csrf_token="")
    assert answer.status_code == 400
    assert row(session, given.submitted).approved_at is None


def test_one_walks_through_the_filtered_list_and_back(given: Given, cast: Cast, kari: Browser) -> None:
    start = kari.get("moderation?show=not-started").text
    ids = [urlsplit(link).path.rpartition("/")[2] for link in re.findall(r'row"><a href="([^"]+)"', start)]
    assert len(ids) == 9
    for before, here, after in zip([None, *ids], ids, [*ids[1:], None], strict=False):
        page = kari.get(f"moderation/{here}?show=not-started").text
        assert (neighbour(page, "prev"), neighbour(page, "next")) == (before, after)
        assert page.count("show=not-started") >= 2


def test_the_next_of_the_list_opens_with_an_offer_to_undo(
    given: Given, cast: Cast, kari: Browser, session: Session
) -> None:
    for name in ("tuva", "frode"):
        give(cast.visit(name), tasks_of(session, cast.person_id(name))[0])
    query = "?sort=newest"
    before = kari.get(f"moderation/{tasks_of(session, cast.person_id('tuva'))[0]}{query}").text
    upcoming = neighbour(before, "next")
    assert upcoming == given.submitted
    answer = decide(kari, tasks_of(session, cast.person_id("tuva"))[0], query=query)
    assert urlsplit(answer.location).path.endswith(upcoming)
    assert "sort=newest" in answer.location
    page = shown_after(kari, answer)
    assert "Here is the next one." in page
    assert problems_of(page) == []
    undone = kari.post(undo_address(kari, page))
    assert "Undone. This is how it stands now." in shown_after(kari, undone)
    assert row(session, tasks_of(session, cast.person_id("tuva"))[0]).approved_at is None


def test_the_last_of_the_list_stays_open_with_an_offer_to_undo(given: Given, kari: Browser) -> None:
    page = shown_after(kari, decide(kari, given.submitted))
    assert "That was the last one in the list." in page
    assert problems_of(page) == []


def undo_address(browser: Browser, page: str) -> str:
    found = re.search(r'action="([^"]+/decisions/\d+/undo[^"]*)"', page)
    assert found
    return html.unescape(found.group(1)).removeprefix(browser.prefix)


def test_its_evaluator_is_told_why_it_comes_back(given: Given, cast: Cast, kari: Browser, session: Session) -> None:
    answer = decide(kari, given.submitted, "return", reason="Say what they could do next time")
    assert answer.status_code == 303
    page = kari.get(f"moderation/{given.submitted}").text
    assert "Returned to its evaluator" in page
    assert "Say what they could do next time" in page
    assert 'value="approve"' not in page
    assert problems_of(page) == []
    assert "Say what they could do next time" in cast.visit("lina").get(f"evaluations/{given.submitted}").text


def test_whoever_takes_it_over_is_led_to_writing_it(given: Given, cast: Cast, kari: Browser) -> None:
    page = shown_after(kari, decide(kari, given.submitted, "take", reason="It is about another essay"))
    assert "Voided, and taken over" in page
    (address, *_again) = re.findall(r'href="([^"]+)">Write your evaluation', page)
    assert kari.get(address.removeprefix(kari.prefix)).status_code == 200
    assert "Write your evaluation" not in cast.visit("astrid").get(f"moderation/{given.submitted}").text


@pytest.mark.parametrize("action", ["return", "void", "take"])
def test_a_reason_is_asked_for(given: Given, kari: Browser, session: Session, action: str) -> None:
    answer = decide(kari, given.submitted, action, reason="   ")
    assert answer.status_code == 422
    assert '<a href="#reason">Write why.' in answer.text
    assert problems_of(answer.text) == []
    assert session.scalars(select(ReviewEntry)).all() == []


def test_what_was_written_is_kept_when_it_is_refused(given: Given, cast: Cast, kari: Browser) -> None:
    seen = seen_on(kari, given.submitted)
    decide(cast.visit("astrid"), given.submitted, "return", reason="Astrid was first")
    answer = decide(kari, given.submitted, "void", seen=seen, reason="It is about another essay")
    assert answer.status_code == 409
    assert "It is about another essay</textarea>" in answer.text
    assert "Astrid was first" in answer.text
    long = decide(kari, given.submitted, "void", reason="far too much " * 200)
    assert long.status_code == 422
    assert "far too much" in long.text


def test_it_says_beforehand_what_becomes_of_the_points(cast: Cast, kari: Browser, session: Session) -> None:
    desk = Desk.laid(cast, session)
    page = kari.get(f"moderation/{desk.public_id}").text
    said = re.sub(r"\s+", " ", page)
    told = "Lina Testperson has completed this module. Their 100 points are taken back in 2 courses"
    assert f"{told} until they have submitted it anew." in said
    assert f"{told} until they have given another evaluation." in said
    assert "The essay gets another evaluator." in said
    assert "Lina Testperson gets another essay to evaluate." in said


def test_nothing_is_said_of_points_that_stay(given: Given, kari: Browser) -> None:
    page = kari.get(f"moderation/{given.submitted}").text
    assert "points" not in page
    assert "step is open again" not in page


def test_both_evaluations_of_the_essay_stand_side_by_side(
    given: Given, cast: Cast, kari: Browser, session: Session
) -> None:
    this = row(session, given.submitted)
    query = select(Evaluation).where(Evaluation.author_id == this.author_id, Evaluation.id != this.id)
    other = session.scalars(query).one()
    name = {cast.person_id(known): known for known in cast.people}[other.evaluator.participation.person_id]
    public_id = other.public_id
    assert "Both evaluations of this essay" not in kari.get(f"moderation/{given.submitted}").text
    give(cast.visit(name), public_id, **{"level-c1": "l1", "overall": "Quite another view of it"})
    page = kari.get(f"moderation/{given.submitted}").text
    assert "Both evaluations of this essay" in page
    assert "1 level apart" in page
    assert "Same level" in page
    assert "Quite another view of it" in page
    assert problems_of(page) == []


def test_why_it_is_doubtful_and_what_its_author_says_stands_above_it(
    given: Given, kari: Browser, session: Session
) -> None:
    evaluation = row(session, given.submitted)
    session.add(
        Doubt(
            evaluation_id=evaluation.id,
            points=5,
            words=9,
            distinct_words=8,
            words_min=20,
            seconds=70,
            seconds_needed=400,
            flagged=True,
        )
    )
    flagged = {"flagged_at": now(), "flag": "This is about another text"}
    session.add(Feedback(evaluation_id=evaluation.id, useful=Usefulness.NO, why="It says nothing", **flagged))
    session.commit()
    page = kari.get(f"moderation/{given.submitted}").text
    for said in ("Flagged by the author", "Written in 1 min 10 s", "This is about another text", "It says nothing"):
        assert said in page
    assert problems_of(page) == []


@pytest.mark.parametrize("action", ["", "nothing", "undo"])
def test_what_no_button_says_is_refused(given: Given, kari: Browser, session: Session, action: str) -> None:
    assert decide(kari, given.submitted, action).status_code == 400
    assert row(session, given.submitted).approved_at is None


@pytest.mark.parametrize("decided", ["99999999999999", "x", "-1", "1" * 400, "²"])
def test_an_address_that_was_typed_offers_nothing(given: Given, kari: Browser, decided: str) -> None:
    page = kari.get(f"moderation/{given.submitted}?decided={decided}")
    assert page.status_code == 200
    assert "/undo" not in page.text


@pytest.mark.parametrize("name", ["ingrid", "stig", "lina"])
def test_no_one_else_gets_at_it(given: Given, cast: Cast, session: Session, name: str) -> None:
    browser = cast.visit(name)
    assert browser.get(f"moderation/{given.submitted}").status_code == 403
    assert browser.post(f"moderation/{given.submitted}", {"action": "approve"}).status_code == 403
    assert row(session, given.submitted).approved_at is None


def test_a_coordinator_of_another_cohort_finds_nothing(given: Given, cast: Cast, session: Session) -> None:
    earlier = Cohort(programme_id=session.scalars(select(Programme.id)).one(), term="2020-spring", is_open=False)
    session.add(earlier)
    session.flush()
    session.add(
        StaffGrant(
            kind=GrantKind.COORDINATOR, cohort_id=earlier.id, person_id=cast.person_id("stig"), granted_by="test"
        )
    )
    session.commit()
    stig, submitted_at = cast.visit("stig"), row(session, given.submitted).submitted_at
    assert submitted_at is not None
    assert stig.get(f"moderation/{given.submitted}").status_code == 404
    assert (
        stig.post(
            f"moderation/{given.submitted}", {"action": "approve", "seen": f"{submitted_at.isoformat()}/0"}
        ).status_code
        == 404
    )
    assert row(session, given.submitted).approved_at is None


@pytest.mark.parametrize("public_id", ["nothing", "%00", "x" * 500])
def test_an_evaluation_that_does_not_exist_is_not_found(cast: Cast, kari: Browser, public_id: str) -> None:
    assert kari.get(f"moderation/{public_id}").status_code == 404
    assert cast.visit("lina").get(f"evaluations/{public_id}").status_code == 404
