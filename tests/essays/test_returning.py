"""An essay is returned for revision, and comes back."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool.modules.actions import record_result
from lti_tool.modules.models import StepResult
from lti_tool.passback.models import Score
from lti_tool.peer_review.models import Decision, Evaluation, EvaluationStatus, ReviewEntry
from lti_tool.programme.content import Step
from lti_tool.reflection.models import Essay, EssayRevision
from tests import work
from tests.cast import Browser, Cast, let_go
from tests.essays.writing import of, submit, text_of
from tests.pages import problems_of
from tests.peer_review.giving import give, tasks_of

WHY = "Say what the student answered."


@pytest.fixture
def essay(cast: Cast, session: Session) -> str:
    """Lina has completed the module; an evaluation of her essay is submitted, another is begun."""
    cast.visit("lina", course="TDT4100")
    for name in ("lina", "frode", "amir"):
        essay = submit(session, cast, name)
    work.try_test(session, cast.people["lina"], 3, passed=True)
    record_result(session, work.take_part_in(session, cast.people["lina"]), Step.EVALUATIONS)
    session.commit()
    first, second = evaluations_of(session, cast)
    let_go()
    give(cast.visit(first[0]), first[1])
    assert cast.visit(second[0]).post(f"evaluations/{second[1]}/start").status_code == 303
    found = of(session, cast, "lina")
    assert found is not None
    essay = found.public_id
    let_go()
    return essay


def evaluations_of(session: Session, cast: Cast) -> list[tuple[str, str]]:
    """The evaluations of Lina's essay: whose, and their public ids."""
    found = []
    for name in ("frode", "amir"):
        for public_id in tasks_of(session, cast.people[name]):
            row = session.scalars(select(Evaluation).where(Evaluation.public_id == public_id)).one()
            if row.author.participation.person_id == cast.people["lina"]:
                found.append((name, public_id))
    return found


def return_it(browser: Browser, essay: str, comment: str = WHY) -> TestResponse:
    page = browser.get(f"essays/{essay}/return").text
    seen = re.search(r'name="seen"[^>]* value="([^"]+)"', page)
    return browser.post(f"essays/{essay}/return", {"seen": seen[1] if seen else "", "comment": comment})


def stands(session: Session, cast: Cast) -> tuple[Essay, bool, bool, float]:
    """Lina's essay, whether the step is done, whether the module is complete, and her points."""
    essay = of(session, cast, "lina")
    assert essay is not None
    part = essay.participation
    done = session.get(StepResult, (part.id, Step.ESSAY)) is not None
    points = session.scalars(select(Score.given).where(Score.person_id == cast.people["lina"])).one()
    return essay, done, part.completed_at is not None, points


def test_the_page_says_beforehand_what_is_taken_back(cast: Cast, essay: str) -> None:
    page = unescape(cast.visit("kari").get(f"essays/{essay}/return").text)
    assert "the 100 points in the course's gradebook are taken back until then" in page
    assert "2 evaluations of it have begun. They stay and count" in page
    assert problems_of(page) == []


def test_returning_opens_the_step_and_takes_the_points_back(cast: Cast, session: Session, essay: str) -> None:
    answer = return_it(cast.visit("kari"), essay)
    assert answer.status_code == 303
    assert answer.location.endswith(f"essays/{essay}?notice=essay-returned")
    found, done, complete, points = stands(session, cast)
    assert (found.returned_comment, done, complete, points) == (WHY, False, False, 0)
    entry = session.scalars(select(ReviewEntry)).one()
    assert (entry.decision, entry.reason, entry.person_id) == (Decision.ESSAY_RETURNED, WHY, cast.people["kari"])


def test_returning_twice_is_returning_once(cast: Cast, session: Session, essay: str) -> None:
    kari = cast.visit("kari")
    for _time in range(2):
        found = of(session, cast, "lina")
        assert found is not None
        assert found.submitted_at is not None
        seen = found.submitted_at.isoformat()
        assert kari.post(f"essays/{essay}/return", {"seen": seen, "comment": WHY}).status_code == 303
    assert len(session.scalars(select(ReviewEntry)).all()) == 1


@pytest.mark.parametrize("comment", ["", "   ", "x" * 2001])
def test_a_comment_is_needed_and_what_was_typed_stays(cast: Cast, session: Session, essay: str, comment: str) -> None:
    answer = return_it(cast.visit("kari"), essay, comment)
    assert answer.status_code == 422
    assert 'href="#comment"' in answer.text
    assert comment.strip() in answer.text
    assert stands(session, cast)[0].returned_at is None


def test_a_version_that_was_not_read_is_not_returned(cast: Cast, session: Session, essay: str) -> None:
    answer = cast.visit("kari").post(f"essays/{essay}/return", {"seen": "2020-01-01", "comment": WHY})
    assert answer.status_code == 409
    assert WHY in answer.text
    assert stands(session, cast)[0].returned_at is None


def test_its_writer_reads_why_and_may_change_it_although_it_is_being_evaluated(
    cast: Cast, session: Session, essay: str
) -> None:
    return_it(cast.visit("kari"), essay)
    lina = cast.visit("lina", course="TDT4100")
    page = lina.get("modules/om1/essay").text
    assert WHY in page
    assert "Kari" not in page
    assert "<textarea" in page
    assert problems_of(page) == []
    assert "Write your essay anew" in lina.get("modules/om1").text
    body = {"text": text_of("better"), "version": 1}
    assert lina.send_json("PUT", "modules/om1/essay/draft", body).status_code == 200


def test_the_same_text_again_is_no_new_version(cast: Cast, session: Session, essay: str) -> None:
    return_it(cast.visit("kari"), essay)
    fields = {"text": text_of("lina"), "version": "1", "language": "en", "action": "submit"}
    answer = cast.visit("lina", course="TDT4100").post("modules/om1/essay", fields)
    assert answer.status_code == 409
    assert "Your essay says what it said when it was returned." in answer.text
    assert stands(session, cast)[0].returned_at is not None


def test_a_new_version_ends_it_and_brings_everything_back(cast: Cast, session: Session, essay: str) -> None:
    return_it(cast.visit("kari"), essay)
    before = stands(session, cast)[0].submitted_at
    fields = {"text": text_of("better"), "version": "1", "language": "en", "action": "submit"}
    lina = cast.visit("lina", course="TDT4100")
    for _time in range(2):
        assert lina.post("modules/om1/essay", fields).status_code == 303
    found, done, complete, points = stands(session, cast)
    assert (found.returned_at, found.returned_comment, done, complete, points) == (None, None, True, True, 100)
    kept = session.scalars(select(EssayRevision)).one()
    assert (kept.number, kept.text, kept.submitted_at) == (1, text_of("lina"), before)
    assert found.compare_at == found.submitted_at
    statuses = session.scalars(select(Evaluation.status).where(Evaluation.started_at.is_not(None)))
    assert sorted(statuses) == [EvaluationStatus.STARTED, EvaluationStatus.SUBMITTED]
    page = cast.visit("kari").get(f"essays/{essay}").text
    assert "Version 1" in page
    assert "lina0 lina1" in page
    assert "better0 better1" in page
    assert problems_of(page) == []


def test_once_it_is_back_it_is_locked_as_before(cast: Cast, session: Session, essay: str) -> None:
    return_it(cast.visit("kari"), essay)
    lina = cast.visit("lina", course="TDT4100")
    fields = {"text": text_of("better"), "version": "1", "language": "en", "action": "submit"}
    lina.post("modules/om1/essay", fields)
    body = {"text": text_of("again"), "version": 2}
    assert lina.send_json("PUT", "modules/om1/essay/draft", body).status_code == 409


def test_two_tabs_cannot_overwrite_each_other_in_a_returned_essay(cast: Cast, session: Session, essay: str) -> None:
    return_it(cast.visit("kari"), essay)
    lina = cast.visit("lina", course="TDT4100")
    for name, status in (("one", 200), ("other", 409)):
        body = {"text": text_of(name), "version": 1}
        assert lina.send_json("PUT", "modules/om1/essay/draft", body).status_code == status


def test_it_stays_in_the_language_in_which_it_is_being_evaluated(cast: Cast, session: Session, essay: str) -> None:
    return_it(cast.visit("kari"), essay)
    fields = {"text": text_of("bedre"), "version": "1", "language": "nb", "action": "submit"}
    answer = cast.visit("lina", course="TDT4100").post("modules/om1/essay", fields)
    assert answer.status_code == 409
    assert "somebody has begun to evaluate yours" in answer.text
    assert stands(session, cast)[0].returned_at is not None


def test_undoing_puts_everything_back(cast: Cast, session: Session, essay: str) -> None:
    part = stands(session, cast)[0].participation
    before = (session.get_one(StepResult, (part.id, Step.ESSAY)).done_at, part.completed_at)
    kari = cast.visit("kari")
    return_it(kari, essay)
    assert kari.post(f"essays/{essay}/return/undo").status_code == 303
    assert kari.post(f"essays/{essay}/return/undo").status_code == 303
    found, done, complete, points = stands(session, cast)
    assert (found.returned_at, done, complete, points) == (None, True, True, 100)
    part = found.participation
    assert (session.get_one(StepResult, (part.id, Step.ESSAY)).done_at, part.completed_at) == before
    kinds = session.scalars(select(ReviewEntry.decision).order_by(ReviewEntry.id)).all()
    assert kinds == [Decision.ESSAY_RETURNED, Decision.UNDONE]


def test_what_came_back_cannot_be_undone(cast: Cast, session: Session, essay: str) -> None:
    kari = cast.visit("kari")
    return_it(kari, essay)
    fields = {"text": text_of("better"), "version": "1", "language": "en", "action": "submit"}
    cast.visit("lina", course="TDT4100").post("modules/om1/essay", fields)
    answer = kari.post(f"essays/{essay}/return/undo")
    assert answer.status_code == 409
    assert "The essay has been submitted anew since it was returned." in answer.text
    assert stands(session, cast)[0].submitted_text == text_of("better")


def test_it_can_be_returned_again(cast: Cast, session: Session, essay: str) -> None:
    kari, lina = cast.visit("kari"), cast.visit("lina", course="TDT4100")
    for number, name in enumerate(("better", "best"), start=1):
        assert return_it(kari, essay, f"{WHY} {number}").status_code == 303
        fields = {"text": text_of(name), "version": str(number), "language": "en", "action": "submit"}
        assert lina.post("modules/om1/essay", fields).status_code == 303
    numbers = session.scalars(select(EssayRevision.number).order_by(EssayRevision.number)).all()
    assert numbers == [1, 2]
