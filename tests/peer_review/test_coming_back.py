"""The evaluator's pages when an evaluation comes back to them: returned, taken out, out of time, or taken over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.modules.models import StepDate
from lti_tool.peer_review import reviews
from lti_tool.peer_review.expiry import expire
from lti_tool.peer_review.models import Evaluation, EvaluationStatus
from lti_tool.programme.content import Step
from tests.cast import Browser, Cast
from tests.pages import problems_of
from tests.peer_review.conftest import hand_in
from tests.peer_review.deciding import NAMES, WHY, Desk
from tests.peer_review.giving import fill, give, row, tasks_of, writer_of
from tests.stages import stage

OVERVIEW = "modules/om1/evaluations"


@pytest.fixture
def desk(cast: Cast, session: Session) -> Desk:
    return Desk.laid(cast, session)


@pytest.fixture
def lina(cast: Cast) -> Browser:
    return cast.visit("lina")


@pytest.fixture
def overdue(cast: Cast, session: Session) -> str:
    """Lina's first of five authors' evaluations, begun, with a draft; its time is over. Her second is given."""
    return stage(cast, session, _let_time_pass)


def _let_time_pass(cast: Cast, session: Session) -> str:
    for name in NAMES:
        hand_in(session, cast.person_id(name))
    first, second = tasks_of(session, cast.person_id("lina"))
    browser = cast.visit("lina")
    browser.post(f"evaluations/{first}/start")
    browser.post(f"evaluations/{first}", fill(action="save", overall="As far as I got"))
    give(browser, second)
    step = {"cohort_id": cast.cohort_id, "module_id": cast.module_id, "step": Step.EVALUATIONS}
    session.add(StepDate(**step, due_at=now() - timedelta(days=1), grace_hours=0))
    row(session, first).created_at = now() - timedelta(days=30)
    session.commit()
    assert expire(session, now()) == 1
    session.commit()
    return first


def let_nobody_have_it(session: Session, public_id: str, *, wanted: bool) -> None:
    """Whoever was given the essay instead has it no more; `wanted` says whether its author still waits for one."""
    author = row(session, public_id).author
    for given in session.scalars(select(Evaluation).where(Evaluation.author_id == author.id)):
        if given.status is EvaluationStatus.OPEN:
            given.evaluator.to_give += 1
            session.delete(given)
    author.to_receive = int(wanted)
    session.commit()


def test_a_returned_evaluation_shows_what_to_change_and_comes_first(desk: Desk, lina: Browser) -> None:
    desk.decide(reviews.return_to_evaluator)
    assert f"evaluations/{desk.public_id}" in lina.get("modules/om1").text
    assert "Returned to you" in lina.get(OVERVIEW).text
    page = lina.get(f"evaluations/{desk.public_id}").text
    assert f'<blockquote class="comment">{WHY}</blockquote>' in page
    assert "points that were taken back for it come back" in page
    assert problems_of(page) == []
    assert lina.post(f"evaluations/{desk.public_id}", fill(2, overall="With a next step")).status_code == 303
    assert "Returned to you" not in lina.get(OVERVIEW).text


def test_a_returned_evaluation_submitted_as_it_was_says_that_nothing_changed(desk: Desk, lina: Browser) -> None:
    desk.decide(reviews.return_to_evaluator)
    same = fill(desk.evaluation.version, **{"comment-c2": "You show it well", "level-c2": "l2"})
    answer = lina.post(f"evaluations/{desk.public_id}", same)
    assert answer.status_code == 422
    assert "You have changed nothing since the coordinator returned it." in answer.text
    assert problems_of(answer.text) == []


def test_a_voided_evaluation_says_why_keeps_its_text_and_leads_on(desk: Desk, lina: Browser) -> None:
    desk.decide(reviews.void)
    page = lina.get(f"evaluations/{desk.public_id}").text
    assert "The coordinator has taken this evaluation out." in page
    assert WHY in page
    assert "A good read overall" in page
    assert "<textarea" not in page
    assert problems_of(page) == []
    upcoming = next(
        one for one in tasks_of(desk.session, desk.part().person_id) if one not in (desk.public_id, desk.other_id)
    )
    assert f'evaluations/{upcoming}">Go to the next essay' in page
    assert "Taken out" in lina.get(OVERVIEW).text


def test_what_is_sent_to_a_voided_evaluation_is_shown_for_copying(desk: Desk, lina: Browser) -> None:
    desk.decide(reviews.void)
    answer = lina.post(f"evaluations/{desk.public_id}", fill(2, overall="Sent a moment too late"))
    assert answer.status_code == 409
    assert "Sent a moment too late" in answer.text
    body = {"criteria": {}, "overall": "By script", "version": 2}
    refused = lina.send_json("PUT", f"evaluations/{desk.public_id}/draft", body)
    assert (refused.status_code, refused.get_json()["reason"]) == (409, "locked")
    assert "taken this evaluation out" in refused.get_json()["status"]


def test_the_author_is_told_that_one_was_taken_out_and_another_comes(desk: Desk) -> None:
    author, number = writer_of(desk.cast, desk.session, desk.public_id)
    author.post(f"modules/om1/received/{number}")
    assert "A good read overall" in author.get("modules/om1/received").text
    desk.decide(reviews.void)
    page = author.get("modules/om1/received").text
    assert "A coordinator has taken one evaluation of your essay out." in page
    assert "Another one comes instead." in page
    assert "A good read overall" not in page
    assert problems_of(page) == []


def test_what_ran_out_of_time_is_kept_and_can_be_finished_while_nobody_has_taken_it_over(
    overdue: str, lina: Browser, session: Session
) -> None:
    overview = lina.get(OVERVIEW).text
    assert "Your time for one essay is over" in overview
    assert "Get a new essay" in overview
    assert problems_of(overview) == []
    let_nobody_have_it(session, overdue, wanted=True)
    page = lina.get(f"evaluations/{overdue}").text
    assert "You can still finish it" in page
    assert "As far as I got" in page
    assert problems_of(page) == []
    assert lina.post(f"evaluations/{overdue}", fill(2)).location.endswith("notice=submitted")
    assert "Your time for one essay is over" not in lina.get(OVERVIEW).text


def test_what_was_taken_over_stays_readable_and_another_essay_is_offered(
    overdue: str, lina: Browser, session: Session
) -> None:
    let_nobody_have_it(session, overdue, wanted=False)
    page = lina.get(f"evaluations/{overdue}").text
    assert "Somebody else evaluates this essay now." in page
    assert "As far as I got" in page
    assert "<textarea" not in page
    assert "Get a new essay" in page
    assert problems_of(page) == []
    sent = lina.post(f"evaluations/{overdue}", fill(2, overall="Kept although it was late"))
    assert sent.status_code == 409
    assert "Kept although it was late" in sent.text
    assert row(session, overdue).draft["overall"] == "Kept although it was late"


def test_a_new_essay_is_there_for_the_asking_and_asking_twice_gives_one(
    overdue: str, lina: Browser, session: Session
) -> None:
    answers = [lina.post(f"{OVERVIEW}/resume") for _ in range(2)]
    assert [answer.location.partition("notice=")[2] for answer in answers] == ["resumed", ""]
    assert "Your time for one essay is over" not in lina.get(OVERVIEW).text
    assert row(session, overdue).evaluator.lapsed == 0


def test_an_essay_that_was_revised_since_says_so(overdue: str, lina: Browser, cast: Cast, session: Session) -> None:
    second = next(one for one in tasks_of(session, cast.person_id("lina")) if one != overdue)
    assert "has revised the essay" not in lina.get(f"evaluations/{second}").text
    row(session, second).author.essay.submitted_at = now() + timedelta(minutes=1)
    session.commit()
    assert "has revised the essay" in lina.get(f"evaluations/{second}").text
