"""One evaluation beside its essay, and its approval."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.peer_review.models import Evaluation
from lti_tool.people.models import GrantKind, StaffGrant
from lti_tool.programme.models import Cohort, Programme
from tests import work
from tests.cast import Browser, Cast
from tests.moderation.conftest import Given
from tests.pages import problems_of
from tests.peer_review.giving import fill, row, tasks_of, writer_of


@pytest.fixture
def kari(cast: Cast) -> Browser:
    return cast.visit("kari")


def seen_on(browser: Browser, public_id: str) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', browser.get(f"moderation/{public_id}").text)
    return found.group(1) if found else ""


def approve(browser: Browser, public_id: str, query: str = "") -> int:
    return browser.post(f"moderation/{public_id}{query}", {"seen": seen_on(browser, public_id)}).status_code


def neighbour(page: str, kind: str) -> str | None:
    found = re.search(rf'rel="{kind}" href="([^"]+)"', page)
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
    assert "Approve" not in page
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
    page = kari.get(f"moderation/{given.submitted}?notice=approved").text
    assert "by Kari Testperson" in page
    assert problems_of(page) == problems_of(refused.text) == []


def test_approving_twice_changes_nothing(given: Given, cast: Cast, kari: Browser, session: Session) -> None:
    seen = seen_on(kari, given.submitted)
    kari.post(f"moderation/{given.submitted}", {"seen": seen})
    first = row(session, given.submitted).approved_at
    assert first is not None
    assert cast.visit("astrid").post(f"moderation/{given.submitted}", {"seen": seen}).status_code == 303
    assert row(session, given.submitted).approved_at == first
    assert row(session, given.submitted).approved_by == cast.person_id("kari")


def test_the_author_still_reads_it(given: Given, cast: Cast, kari: Browser, session: Session) -> None:
    approve(kari, given.submitted)
    author, number = writer_of(cast, session, given.submitted)
    assert author.post(f"modules/om1/received/{number}").status_code == 303
    assert "Read by the author of the essay" in kari.get(f"moderation/{given.submitted}").text


def test_only_what_is_submitted_is_approved(given: Given, kari: Browser, session: Session) -> None:
    answer = kari.post(f"moderation/{given.untouched}", {"seen": ""})
    assert answer.status_code == 409
    assert "Nothing was approved" in answer.text
    assert row(session, given.untouched).approved_at is None


def test_what_was_submitted_anew_has_to_be_read_first(
    given: Given, cast: Cast, kari: Browser, session: Session
) -> None:
    seen = seen_on(kari, given.submitted)
    cast.visit("lina").post(f"evaluations/{given.submitted}", fill(2, overall="Something else entirely now"))
    answer = kari.post(f"moderation/{given.submitted}", {"seen": seen})
    assert answer.status_code == 409
    assert "Something else entirely now" in answer.text
    assert problems_of(answer.text) == []
    assert row(session, given.submitted).approved_at is None
    assert approve(kari, given.submitted) == 303


def test_a_form_without_its_token_approves_nothing(given: Given, kari: Browser, session: Session) -> None:
    answer = kari.post(f"moderation/{given.submitted}", {"csrf_token": "", "seen": seen_on(kari, given.submitted)})
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


def test_approving_keeps_ones_place_in_the_list(given: Given, cast: Cast, kari: Browser, session: Session) -> None:
    for name in ("tuva", "frode"):
        work.submit_evaluation(session, cast.person_id(name))
    session.commit()
    before = kari.get(f"moderation/{given.submitted}?sort=newest").text
    answer = kari.post(f"moderation/{given.submitted}?sort=newest", {"seen": seen_on(kari, given.submitted)})
    assert "sort=newest" in answer.location
    after = kari.get(urlsplit(answer.location).path.removeprefix(kari.prefix) + "?sort=newest").text
    assert neighbour(before, "prev") == neighbour(after, "prev") != None  # noqa: E711
    assert tasks_of(session, cast.person_id("tuva"))[0] in (neighbour(after, "prev"), neighbour(after, "next"))


@pytest.mark.parametrize("name", ["ingrid", "stig", "lina"])
def test_no_one_else_gets_at_it(given: Given, cast: Cast, session: Session, name: str) -> None:
    browser = cast.visit(name)
    assert browser.get(f"moderation/{given.submitted}").status_code == 403
    assert browser.post(f"moderation/{given.submitted}", {"seen": ""}).status_code == 403
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
    assert stig.post(f"moderation/{given.submitted}", {"seen": submitted_at.isoformat()}).status_code == 404
    assert row(session, given.submitted).approved_at is None


@pytest.mark.parametrize("public_id", ["nothing", "%00", "x" * 500])
def test_an_evaluation_that_does_not_exist_is_not_found(cast: Cast, kari: Browser, public_id: str) -> None:
    assert kari.get(f"moderation/{public_id}").status_code == 404
    assert cast.visit("lina").get(f"evaluations/{public_id}").status_code == 404
