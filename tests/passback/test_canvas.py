"""Canvas counts scores as attempts unless it is told otherwise; nobody else is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from lti_tool.lti.models import Platform
from lti_tool.lti.services.grades import SCORE_SCOPE
from lti_tool.lti.services.payload import CANVAS_SUBMISSION
from lti_tool.passback.actions import Grade, resend
from lti_tool.passback.models import Delivery
from tests.passback.conftest import GRADE, Outbox
from tests.passback.fake_lms import refusal

NO_ATTEMPTS_LEFT = "The maximum number of allowed attempts has been reached for this submission"


@pytest.fixture
def canvas(outbox: Outbox) -> Outbox:
    outbox.session.get_one(Platform, outbox.cast.platform_id).product = "canvas"
    outbox.session.commit()
    return outbox


def told(outbox: Outbox) -> list[Any]:
    return [post.json.get(CANVAS_SUBMISSION) for post in outbox.lms.posts("/scores")]


def test_the_first_score_is_a_submission_of_when_the_work_was_done(canvas: Outbox) -> None:
    canvas.lms.fail("scores", refusal(503))
    score_id = canvas.enqueue()
    canvas.deliver()
    canvas.make_due(score_id)
    canvas.deliver()
    done_at = canvas.score(score_id).created_at.isoformat(timespec="milliseconds")
    assert told(canvas) == [{"submitted_at": done_at}] * 2


def test_corrections_and_resends_are_no_new_submissions(canvas: Outbox) -> None:
    score_id = canvas.enqueue()
    canvas.deliver()
    canvas.enqueue(grade=Grade(90, 100, "Corrected"))
    canvas.deliver()
    resend(canvas.session, score_id)
    canvas.session.commit()
    canvas.deliver()
    first, *others = told(canvas)
    assert others == [{"new_submission": False, **first}] * 2


def test_a_correction_that_came_while_the_first_was_under_way_is_no_new_submission(canvas: Outbox) -> None:
    canvas.enqueue(grade=Grade(50, 100, "First"))
    canvas.lms.fail("scores", lambda: canvas.enqueue(grade=GRADE))
    canvas.deliver_all()
    assert [extension.get("new_submission", True) for extension in told(canvas)] == [True, False]


def test_everybodys_first_score_is_a_submission(canvas: Outbox) -> None:
    for name in ("lina", "frode"):
        canvas.enqueue(name)
    canvas.deliver_all()
    assert [extension.get("new_submission", True) for extension in told(canvas)] == [True, True]


def test_a_score_that_used_up_the_last_attempt_and_whose_answer_was_lost_has_arrived(canvas: Outbox) -> None:
    score_id = canvas.enqueue()
    score = canvas.score(score_id)
    canvas.lms.grades["/items/TDT4100", "sub-lina"] = {
        "timestamp": score.timestamp.isoformat(),
        "scoreGiven": 100,
        "scoreMaximum": 100,
        "comment": GRADE.comment,
    }
    canvas.lms.fail("scores", refusal(422, NO_ATTEMPTS_LEFT))
    canvas.deliver()
    assert canvas.score(score_id).state is Delivery.SENT


@pytest.mark.parametrize("scopes", [SCORE_SCOPE, None])
def test_a_score_for_which_no_attempt_is_left_fails(canvas: Outbox, scopes: str | None) -> None:
    canvas.change_item(scopes=scopes or canvas.item().scopes)
    canvas.lms.fail("scores", refusal(422, NO_ATTEMPTS_LEFT))
    score_id = canvas.enqueue()
    canvas.deliver()
    score = canvas.score(score_id)
    assert (score.state, score.failure_status) == (Delivery.FAILED, 422)


def test_canvas_is_known_by_its_issuer_before_a_launch_tells_the_product(outbox: Outbox) -> None:
    outbox.session.get_one(Platform, outbox.cast.platform_id).issuer = "https://canvas.instructure.com"
    outbox.session.commit()
    outbox.enqueue()
    outbox.deliver()
    ((extension,),) = [told(outbox)]
    assert datetime.fromisoformat(extension["submitted_at"]).tzinfo is not None


@pytest.mark.parametrize("product", [None, "moodle", "BlackboardLearn", "desire2learn", "sakai"])
def test_no_other_platform_is_told(outbox: Outbox, product: str | None) -> None:
    outbox.session.get_one(Platform, outbox.cast.platform_id).product = product
    for grade in (Grade(50, 100, "First"), GRADE):
        outbox.enqueue(grade=grade)
        outbox.deliver()
    assert told(outbox) == [None, None]
    assert [set(post.json) for post in outbox.lms.posts("/scores")] == [
        {"userId", "scoreGiven", "scoreMaximum", "comment", "activityProgress", "gradingProgress", "timestamp"}
    ] * 2
