"""One delivery: what is sent, and what becomes of the row after each kind of answer."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta
from itertools import pairwise
from urllib.parse import urlsplit

import pytest

from lti_tool.database import now
from lti_tool.lti.models import Platform, ToolKey
from lti_tool.lti.services.grades import RESULT_SCOPE, SCORE_SCOPE
from lti_tool.passback.actions import Grade, resend
from lti_tool.passback.models import Delivery, Score
from lti_tool.passback.reasons import Reason
from lti_tool.passback.rules import FIRST_DELAY, GIVE_UP_AFTER, MOST_CONFLICTS, TOKEN_REFUSALS, Later
from lti_tool.people.models import Person
from tests.passback.conftest import GRADE, Outbox
from tests.passback.fake_lms import no_answer, refusal

SECOND = timedelta(seconds=1)


def test_c94_a_score_is_posted_and_the_row_is_sent(outbox: Outbox) -> None:
    score_id = outbox.enqueue()
    outbox.deliver()
    (post,) = outbox.lms.posts("/scores")
    assert post.json == {
        "userId": "sub-lina",
        "scoreGiven": 100,
        "scoreMaximum": 100,
        "comment": "Well done",
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": post.json["timestamp"],
    }
    score = outbox.score(score_id)
    assert (score.state, score.failure, score.lease_token) == (Delivery.SENT, None, None)
    assert score.sent_at is not None


def test_nothing_due_sends_nothing(outbox: Outbox) -> None:
    assert outbox.deliver() is None
    assert outbox.lms.requests == []


def test_c96_scores_go_before_the_query_of_the_line_item(outbox: Outbox) -> None:
    outbox.change_item(url="https://lms.test/items/7/lineitem?type_id=2")
    outbox.enqueue()
    outbox.deliver()
    (post,) = outbox.lms.posts("/scores")
    assert post.url == "https://lms.test/items/7/lineitem/scores?type_id=2"


def test_c97_timestamps_have_zone_and_milliseconds_and_are_a_second_apart(outbox: Outbox) -> None:
    for given in (100.0, 90.0, 80.0):
        outbox.enqueue(grade=Grade(given, 100, "Well done"))
        outbox.deliver()
    sent = [post.json["timestamp"] for post in outbox.lms.posts("/scores")]
    moments = [datetime.fromisoformat(text) for text in sent]
    assert all(text[-10] == "." and text.endswith("+00:00") for text in sent)
    assert all(later - earlier >= SECOND for earlier, later in pairwise(moments))
    assert len(sent) == 3


def test_enqueueing_the_same_grade_twice_sends_once(outbox: Outbox) -> None:
    for _time in range(2):
        outbox.enqueue()
        outbox.deliver_all()
    assert len(outbox.lms.posts("/scores")) == 1


@pytest.mark.parametrize("error", [no_answer(), *(refusal(status) for status in (408, 429, 500, 502, 503, 504, 599))])
def test_what_may_pass_is_tried_again_later(outbox: Outbox, error: Exception) -> None:
    outbox.lms.fail("scores", error)  # type: ignore[arg-type]
    score_id = outbox.enqueue()
    before = now()
    outbox.deliver()
    score = outbox.score(score_id)
    assert (score.state, score.attempts, score.lease_token) == (Delivery.WAITING, 1, None)
    assert score.due_at >= before + timedelta(seconds=FIRST_DELAY)
    assert outbox.deliver() is None, "not before it is due"
    outbox.make_due(score_id)
    outbox.deliver()
    assert outbox.score(score_id).state is Delivery.SENT


def test_delays_double_with_each_attempt(outbox: Outbox) -> None:
    score_id = outbox.enqueue()
    delays = []
    for _attempt in range(4):
        outbox.lms.fail("scores", refusal(500))
        outcome = outbox.deliver()
        assert isinstance(outcome, Later)
        delays.append(outcome.delay)
        outbox.make_due(score_id)
    assert delays == [FIRST_DELAY * 2**n for n in range(4)]


def test_retry_after_is_waited_for_by_every_score_of_the_platform(outbox: Outbox) -> None:
    outbox.lms.fail("scores", refusal(429, retry_after=300))
    first, second = outbox.enqueue("lina"), outbox.enqueue("frode")
    before = now()
    outbox.deliver_all()
    assert len(outbox.lms.posts("/scores")) == 1
    assert all(outbox.score(score_id).due_at >= before + timedelta(seconds=300) for score_id in (first, second))


def test_an_error_of_one_score_does_not_hold_up_the_others(outbox: Outbox) -> None:
    outbox.lms.fail("scores", refusal(500))
    first, second = outbox.enqueue("lina"), outbox.enqueue("frode")
    outbox.deliver_all()
    assert [outbox.score(s).state for s in (first, second)] == [Delivery.WAITING, Delivery.SENT]


def test_after_days_of_retries_it_fails_and_can_be_resent(outbox: Outbox) -> None:
    score_id = outbox.enqueue()
    outbox.score(score_id).queued_at = now() - GIVE_UP_AFTER - SECOND
    outbox.session.commit()
    outbox.lms.fail("scores", refusal(503))
    outbox.deliver()
    score = outbox.score(score_id)
    assert (score.state, score.failure, score.failure_status) == (Delivery.FAILED, Reason.GAVE_UP, 503)
    assert resend(outbox.session, score_id) == [score_id]
    outbox.session.commit()
    outbox.lms.fail("scores", refusal(503))
    outbox.deliver()
    assert outbox.score(score_id).state is Delivery.WAITING, "the days count anew"


def test_c107_a_401_costs_one_fresh_token(outbox: Outbox) -> None:
    outbox.enqueue("frode")
    outbox.deliver()
    outbox.lms.refused_tokens.add("token-0")
    score_id = outbox.enqueue("lina")
    outbox.deliver()
    assert outbox.score(score_id).state is Delivery.SENT
    assert outbox.lms.tokens == ["token-0", "token-1"]


def test_c107_a_second_401_is_an_error(outbox: Outbox) -> None:
    outbox.lms.refused_tokens.update({"token-0", "token-1"})
    score_id = outbox.enqueue()
    outbox.deliver()
    score = outbox.score(score_id)
    assert (score.state, score.failure, score.failure_status) == (Delivery.FAILED, Reason.NOT_ADMITTED, 401)
    assert len(outbox.lms.tokens) == 2


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, Reason.REFUSED),
        (403, Reason.FORBIDDEN),
        (404, Reason.NOT_FOUND),
        (410, Reason.NOT_FOUND),
        (422, Reason.REFUSED),
        (302, Reason.REFUSED),
    ],
)
def test_other_answers_are_final(outbox: Outbox, status: int, reason: Reason) -> None:
    outbox.lms.fail("scores", refusal(status, "this person is a teacher"))
    score_id = outbox.enqueue()
    outbox.deliver_all()
    score = outbox.score(score_id)
    assert (score.state, score.failure, score.failure_status) == (Delivery.FAILED, reason, status)
    assert len(outbox.lms.posts("/scores")) == 1


def test_a_token_refused_for_a_moment_costs_no_score(outbox: Outbox) -> None:
    outbox.lms.fail("token", refusal(400, '{"error": "invalid_client"}'))
    score_id = outbox.enqueue()
    assert isinstance(outbox.deliver(), Later)
    outbox.make_due(score_id)
    outbox.deliver()
    assert outbox.score(score_id).state is Delivery.SENT


def test_a_token_that_stays_refused_is_final_and_says_so(outbox: Outbox) -> None:
    score_id = outbox.enqueue()
    for attempt in range(TOKEN_REFUSALS + 1):
        assert outbox.score(score_id).state is Delivery.WAITING, attempt
        outbox.lms.fail("token", refusal(400, '{"error": "invalid_client"}'))
        outbox.make_due(score_id)
        outbox.deliver()
    assert outbox.score(score_id).failure == Reason.TOKEN_REFUSED
    assert outbox.lms.posts("/scores") == []


def test_a_token_endpoint_that_is_down_is_asked_again_later(outbox: Outbox) -> None:
    outbox.lms.fail("token", refusal(503))
    score_id = outbox.enqueue()
    outbox.deliver()
    assert outbox.score(score_id).state is Delivery.WAITING


STALE = [(409, ""), (400, '{"timestamp": ["Score already exists for the provided timestamp"]}')]


@pytest.mark.parametrize("stale", STALE)
def test_an_old_timestamp_with_our_score_in_the_gradebook_is_done(outbox: Outbox, stale: tuple[int, str]) -> None:
    # As after a worker died between the platform's answer and its own record.
    score_id = outbox.enqueue()
    outbox.deliver()
    outbox.score(score_id).state = Delivery.WAITING
    outbox.session.commit()
    outbox.lms.stale = stale
    outbox.deliver()
    assert outbox.score(score_id).state is Delivery.SENT
    assert len(outbox.lms.posts("/scores")) == 2


@pytest.mark.parametrize("stale", STALE)
def test_an_old_timestamp_with_another_score_is_made_newer_and_sent(outbox: Outbox, stale: tuple[int, str]) -> None:
    score_id = outbox.enqueue()
    newer = outbox.score(score_id).timestamp + timedelta(milliseconds=10)
    _someone_graded(outbox, newer)
    outbox.lms.stale = stale
    outbox.deliver_all()
    assert outbox.score(score_id).state is Delivery.SENT
    first, second = (datetime.fromisoformat(post.json["timestamp"]) for post in outbox.lms.posts("/scores"))
    assert second - first >= SECOND
    assert _grade(outbox)["scoreGiven"] == 100


def test_a_comment_of_somebody_else_is_not_our_score(outbox: Outbox) -> None:
    score_id = outbox.enqueue()
    _someone_graded(outbox, outbox.score(score_id).timestamp, given=100, comment="Somebody else's words")
    outbox.deliver_all()
    assert _grade(outbox)["comment"] == "Well done"


def test_without_the_scope_for_results_an_old_timestamp_is_made_newer(outbox: Outbox) -> None:
    outbox.change_item(scopes=SCORE_SCOPE)
    score_id = outbox.enqueue()
    _someone_graded(outbox, outbox.score(score_id).timestamp)
    outbox.deliver_all()
    assert outbox.score(score_id).state is Delivery.SENT
    assert not [request for request in outbox.lms.requests if request.path.endswith("/results")]


def test_results_that_cannot_be_read_now_are_read_later(outbox: Outbox) -> None:
    score_id = outbox.enqueue()
    _someone_graded(outbox, outbox.score(score_id).timestamp)
    outbox.lms.fail("results", refusal(503))
    outbox.deliver()
    score = outbox.score(score_id)
    assert (score.state, score.conflicts) == (Delivery.WAITING, 0)


def test_a_gradebook_that_stays_ahead_of_us_is_left_alone_in_the_end(outbox: Outbox) -> None:
    score_id = outbox.enqueue()
    _someone_graded(outbox, now() + timedelta(days=30))
    while outbox.score(score_id).state is Delivery.WAITING:
        outbox.make_due(score_id)
        outbox.deliver()
    score = outbox.score(score_id)
    assert (score.state, score.failure, score.failure_status) == (Delivery.FAILED, Reason.CONFLICT, 409)
    assert len(outbox.lms.posts("/scores")) == MOST_CONFLICTS + 1


def test_no_score_scope_fails_without_a_request(outbox: Outbox) -> None:
    outbox.change_item(scopes=RESULT_SCOPE)
    score_id = outbox.enqueue()
    outbox.deliver()
    assert outbox.score(score_id).failure == Reason.NO_SCOPE
    assert outbox.lms.requests == []


def test_c106_the_token_is_asked_for_the_granted_scopes_only(outbox: Outbox) -> None:
    outbox.change_item(scopes=SCORE_SCOPE)
    outbox.enqueue()
    outbox.deliver()
    assert outbox.lms.posts("/token")[0].data["scope"] == SCORE_SCOPE


def test_a_whole_class_costs_one_token(outbox: Outbox) -> None:
    for number in range(30):
        _add_learner(outbox, f"learner-{number}")
    outbox.session.commit()
    outbox.deliver_all()
    assert len(outbox.lms.posts("/scores")) == 30
    assert len(outbox.lms.tokens) == 1


def test_without_a_signing_key_the_score_waits(outbox: Outbox) -> None:
    outbox.session.query(ToolKey).delete()
    outbox.session.commit()
    score_id = outbox.enqueue()
    outbox.deliver()
    score = outbox.score(score_id)
    assert (score.state, score.attempts) == (Delivery.WAITING, 0)


def test_a_crash_while_sending_is_a_retry_not_a_loss(outbox: Outbox) -> None:
    def crash() -> None:
        raise RuntimeError("sub-lina is a name")

    outbox.lms.fail("scores", crash)
    score_id = outbox.enqueue()
    outbox.deliver()
    score = outbox.score(score_id)
    assert (score.state, score.attempts, score.lease_token) == (Delivery.WAITING, 1, None)


def test_no_log_names_a_person(outbox: Outbox, caplog: pytest.LogCaptureFixture) -> None:
    def crash() -> None:
        raise RuntimeError("sub-lina is a name")

    caplog.set_level(logging.DEBUG)
    outbox.lms.fail("scores", refusal(500, "sub-lina"), crash, refusal(403, "sub-lina"))
    score_id = outbox.enqueue()
    for _attempt in range(3):
        outbox.make_due(score_id)
        outbox.deliver()
    ours = [record for record in caplog.records if record.name.startswith("lti_tool")]
    written = json.dumps([{**vars(record), "text": record.getMessage()} for record in ours], default=str).lower()
    assert len(ours) == 4
    assert "lina" not in written
    assert f'"score": {score_id}' in written


def _someone_graded(outbox: Outbox, moment: datetime, given: float = 40, comment: str = "By hand") -> None:
    outbox.lms.grades[_key(outbox)] = {
        "timestamp": moment.isoformat(),
        "scoreGiven": given,
        "scoreMaximum": 100,
        "comment": comment,
    }


def _grade(outbox: Outbox) -> dict[str, object]:
    return outbox.lms.grades[_key(outbox)]


def _key(outbox: Outbox) -> tuple[str, str]:
    return urlsplit(outbox.item().url or "").path, "sub-lina"


def _add_learner(outbox: Outbox, subject: str) -> None:
    person = Person(platform_id=outbox.cast.platform_id, subject=subject)
    outbox.session.add(person)
    outbox.session.flush()
    outbox.session.add(
        Score(
            line_item_id=outbox.item().id,
            person_id=person.id,
            given=GRADE.given,
            maximum=GRADE.maximum,
            comment=GRADE.comment,
            timestamp=now(),
        )
    )


def test_a_platform_that_does_not_answer_does_not_hold_up_another(outbox: Outbox) -> None:
    there, also_there, elsewhere = (
        outbox.enqueue("lina"),
        outbox.enqueue("frode"),
        outbox.enqueue("amir", course="LAOS"),
    )
    _move_to_another_platform(outbox, "LAOS")
    outbox.lms.fail("scores", no_answer())
    outbox.deliver_all()
    states = [outbox.score(score_id).state for score_id in (there, also_there, elsewhere)]
    assert states == [Delivery.WAITING, Delivery.WAITING, Delivery.SENT]


def _move_to_another_platform(outbox: Outbox, course: str) -> None:
    platform = Platform(
        name="Other LMS",
        issuer="https://other.test",
        client_id="client-2",
        auth_url="https://other.test/auth",
        token_url="https://other.test/token",
        jwks_url="https://other.test/jwks",
    )
    outbox.session.add(platform)
    outbox.session.flush()
    outbox.item(course).platform_id = platform.id
    outbox.session.commit()
