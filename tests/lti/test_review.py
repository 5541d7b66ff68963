"""Launches from a platform's gradebook to the work behind a grade (LtiSubmissionReviewRequest)."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool.people.models import LaunchSession, Membership, Person, Role
from tests.cast import Cast
from tests.lti.checks import Refusals, row_counts
from tests.lti.platform import AGS, CLAIM, LearningPlatform
from tests.lti.test_fuzz import ODD
from tests.work import ESSAY, complete, done_before

FOR_USER = f"{CLAIM}for_user"
NO_LINE_ITEM = "a-ltisubmissionreviewrequest-must-specify-the-lineitem-it-was-launched-for"
Review = Callable[..., TestResponse]


def asking(sub: str, of: str, **changes: Any) -> dict[str, Any]:
    """The claims of a review in TDT4100, where `sub` opens the work of `of` behind the course's line item."""
    return {
        "message_type": "LtiSubmissionReviewRequest",
        "sub": f"sub-{sub}",
        "name": f"{sub.title()} Testperson",
        "context": {"id": "ctx-TDT4100"},
        AGS: {"scope": [], "lineitem": "https://lms.test/items/TDT4100"},
        FOR_USER: {"user_id": f"sub-{of}", "name": "Somebody"},
        **changes,
    }


@pytest.fixture
def review(cast: Cast, lms: LearningPlatform, client: FlaskClient) -> Review:
    def launch(sub: str, of: str, role: str, **changes: Any) -> TestResponse:
        return lms.launch(client, role, changes=asking(sub, of, **changes), without=["custom"])

    return launch


def landed(client: FlaskClient, answer: TestResponse) -> TestResponse:
    assert answer.status_code == 303, answer.text
    return client.get(answer.headers["Location"], base_url="https://tool.test")


def test_an_instructor_sees_the_learners_work(cast: Cast, review: Review, client: FlaskClient) -> None:
    with done_before(cast) as session:
        complete(session, cast.people["lina"])
    page = landed(client, review("ingrid", of="lina", role="Instructor"))
    assert page.status_code == 200
    assert "Lina Testperson" in page.text
    assert ESSAY.split("*")[0] in page.text


def test_the_visit_belongs_to_the_link_of_the_line_item(cast: Cast, review: Review, session: Session) -> None:
    presentation = {"locale": "nb-NO", "return_url": "https://lms.test/grades"}
    review("ingrid", of="lina", role="Instructor", launch_presentation=presentation)
    visit = session.scalars(select(LaunchSession)).one()
    assert (visit.person_id, visit.role) == (cast.people["ingrid"], Role.INSTRUCTOR)
    assert (visit.course_id, visit.link_id) == (cast.courses["TDT4100"], cast.links["TDT4100", "om1"])
    assert (visit.locale, visit.return_url) == ("nb", "https://lms.test/grades")


def test_an_instructor_need_not_have_been_here_before(review: Review, client: FlaskClient, session: Session) -> None:
    assert landed(client, review("nora", of="lina", role="Instructor")).status_code == 200
    nora = session.scalars(select(Person).where(Person.subject == "sub-nora")).one()
    assert nora.name == "Nora Testperson"
    role = session.scalars(select(Membership.role).where(Membership.person_id == nora.id)).one()
    assert role is Role.INSTRUCTOR


def test_a_learner_sees_their_own_work(review: Review, client: FlaskClient) -> None:
    page = landed(client, review("lina", of="lina", role="Learner"))
    assert page.status_code == 200
    assert "Giving feedback" in page.text


def test_the_launch_need_not_name_the_link(review: Review, client: FlaskClient) -> None:
    assert landed(client, review("ingrid", of="lina", role="Instructor", resource_link=None)).status_code == 200


@pytest.mark.parametrize("of", ["lina", "nobody"])
def test_a_learner_sees_nobody_elses(review: Review, refusals: Refusals, of: str) -> None:
    refusals.check(review("frode", of, "Learner"), "review-of-somebody-else", status=403)


@pytest.mark.parametrize(
    ("who", "of"),
    [(("nobody", "Learner"), "nobody"), *((("ingrid", "Instructor"), of) for of in ("nobody", "una", "ingrid"))],
)
def test_there_must_be_such_a_learner_in_the_course(
    review: Review, refusals: Refusals, who: tuple[str, str], of: str
) -> None:
    refusals.check(review(who[0], of, who[1]), "review-of-unknown-learner", status=404)


@pytest.mark.parametrize(
    "changes",
    [
        {AGS: {"lineitem": "https://lms.test/items/9"}},
        {AGS: {"lineitem": ""}},
        {AGS: {"lineitem": None}},
        {"context": {"id": "ctx-TMA4100"}},
        {"context": None, "resource_link": None},
    ],
)
def test_the_line_item_must_be_one_of_the_course(review: Review, refusals: Refusals, changes: dict[str, Any]) -> None:
    refusals.check(review("stig", "lina", "Instructor", **changes), "review-of-unknown-line-item", status=404)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({AGS: {"scope": []}}, NO_LINE_ITEM),
        ({AGS: {"lineitem": 7}}, "claims-invalid: endpoint"),
        ({FOR_USER: None}, "for-user-missing"),
        ({FOR_USER: {}}, "claims-invalid: for_user"),
        ({FOR_USER: {"user_id": ""}}, "claims-invalid: for_user"),
        ({FOR_USER: {"user_id": ["sub-lina"]}}, "claims-invalid: for_user"),
    ],
)
def test_the_launch_must_say_whose_work_and_which(
    review: Review, refusals: Refusals, changes: dict[str, Any], reason: str
) -> None:
    refusals.check(review("ingrid", "lina", "Instructor", **changes), reason)


def test_no_odd_value_is_more_than_a_client_error(cast: Cast, lms: LearningPlatform, client: FlaskClient) -> None:
    rows, rng, handshake = row_counts(cast.app), random.Random(1), lms.begin(client)
    for odd in ODD:
        value = odd(rng)
        for wrong in ({FOR_USER: value}, {FOR_USER: {"user_id": value}}, {AGS: {"lineitem": value}}):
            token = lms.token(handshake.nonce, "Instructor", changes=asking("ingrid", "lina", **wrong))
            answer = lms.post(client, id_token=token, state=handshake.state)
            assert answer.status_code in (400, 404), (wrong, answer.status_code)
    assert row_counts(cast.app) == rows


def test_a_review_counts_once(cast: Cast, lms: LearningPlatform, client: FlaskClient, refusals: Refusals) -> None:
    handshake = lms.begin(client)
    cookie = handshake.response.headers["Set-Cookie"].split(";")[0].split("=", 1)
    token = lms.token(handshake.nonce, "Instructor", changes=asking("ingrid", of="lina"))
    assert lms.post(client, id_token=token, state=handshake.state).status_code == 303
    refusals.expect_rows()
    client.set_cookie(cookie[0], cookie[1], domain="tool.test")
    refusals.check(lms.post(client, id_token=token, state=handshake.state), "nonce-replayed")
