"""What becomes of a Deep Linking request: C68, C79, C81, and what it leaves behind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.jobs import Jobs
from lti_tool.lti.jobs import forget_expired
from lti_tool.lti.models import DeepLinkingRequest, Platform
from lti_tool.people.models import Course, LaunchSession, Membership, Person, Purpose, ResourceLink, Role
from lti_tool.people.sessions import forget_expired_visits
from tests.lti.checks import Refusals, row_counts
from tests.lti.deep_linking.asking import RETURN_URL, SETTINGS, Placing, settings
from tests.lti.platform import LearningPlatform

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"


def test_c68_a_request_opens_the_picker(placing: Placing, session: Session) -> None:
    page = placing.open()
    assert page.status_code == 200
    assert "What do you want to add to the course?" in page.text
    visit = session.scalars(select(LaunchSession)).one()
    assert (visit.purpose, visit.link_id, visit.locale) == (Purpose.PLACING, None, "en")
    assert session.get_one(Course, visit.course_id).title == "Training of learning assistants"
    asked = session.get_one(DeepLinkingRequest, visit.id)
    assert (asked.return_url, asked.data) == (RETURN_URL, "csrf-and-more <&>")
    assert asked.accept_types == ["link", "file", "html", "ltiResourceLink", "image"]
    assert asked.accept_targets == ["iframe", "window", "embed"]
    assert (asked.accept_multiple, asked.accept_lineitem) == (True, True)


@pytest.mark.parametrize("said", ["nothing", "null"])
def test_c68_a_request_that_says_no_more_than_it_must(placing: Placing, session: Session, said: str) -> None:
    optional = ("accept_presentation_document_targets", "accept_multiple", "accept_lineitem", "data")
    asked_for = {name: value for name, value in settings().items() if name not in optional}
    nothing = {} if said == "nothing" else dict.fromkeys(optional)
    assert placing.open(changes={SETTINGS: {**asked_for, **nothing}}).status_code == 200
    asked = session.scalars(select(DeepLinkingRequest)).one()
    assert (asked.accept_targets, asked.accept_multiple, asked.accept_lineitem, asked.data) == ([], False, None, None)


def test_c68_what_nobody_has_heard_of_is_ignored(placing: Placing) -> None:
    page = placing.open(accept_types=["ltiResourceLink", "hologram"], accept_copy_advice=True, auto_create={"a": 1})
    assert page.status_code == 200


def test_c68_an_invented_resource_link_makes_no_course_and_no_link(placing: Placing, session: Session) -> None:
    """Blackboard sends one with requests from its editor."""
    before = session.scalars(select(func.count(ResourceLink.id))).one()
    claims = {"message_type": "LtiDeepLinkingRequest", SETTINGS: settings()}
    assert placing.lms.launch(placing.client, "Instructor", changes=claims).status_code == 303
    assert session.scalars(select(func.count(ResourceLink.id))).one() == before


@pytest.mark.parametrize(
    "roles",
    [
        [MEMBERSHIP + "Learner"],
        [],
        [""],
        ["http://example.edu/vocab#Unheard"],
        [MEMBERSHIP + "Mentor"],
        [MEMBERSHIP + "Instructor", "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant"],
        [MEMBERSHIP + "Learner", INSTITUTION + "Instructor"],
        [MEMBERSHIP + "ContentDeveloper", "TeachingAssistant"],
    ],
    ids=str,
)
def test_c81_nobody_but_staff_may_place(placing: Placing, refusals: Refusals, roles: list[str]) -> None:
    refusals.expect_rows()
    refusals.check(placing.ask(changes={"roles": roles}), "placing-not-by-staff", status=403)


@pytest.mark.parametrize(
    ("roles", "member"),
    [
        (["Instructor"], True),
        ([MEMBERSHIP + "Administrator"], True),
        ([MEMBERSHIP + "ContentDeveloper"], False),
        ([SYSTEM + "Administrator"], False),
        ([INSTITUTION + "Administrator"], False),
    ],
    ids=str,
)
def test_staff_builders_and_administrators_may_place_and_only_staff_become_members(
    placing: Placing, session: Session, roles: list[str], member: bool
) -> None:
    placing.open(changes={"roles": roles})
    person_id = session.scalars(select(Person.id).where(Person.subject == "lina")).one()
    memberships = session.scalars(select(Membership).where(Membership.person_id == person_id)).all()
    assert [(found.role, found.launched) for found in memberships] == ([(Role.INSTRUCTOR, True)] if member else [])


def test_an_administrator_may_place_outside_of_any_course(placing: Placing, session: Session) -> None:
    courses = session.scalars(select(func.count(Course.id))).one()
    answer = placing.ask(changes={"roles": [SYSTEM + "Administrator"]}, without=["context"])
    assert answer.status_code == 303
    assert session.scalars(select(LaunchSession.course_id)).one() is None
    assert session.scalars(select(func.count(Course.id))).one() == courses


@pytest.mark.parametrize("url", [None, "", "javascript:alert(1)", "/relative", "https://", "ftp://lms.test/x", 5])
def test_c79_without_an_address_to_return_to_the_request_is_refused(
    placing: Placing, refusals: Refusals, url: Any
) -> None:
    refusals.expect_rows()
    refusals.check(placing.ask(deep_link_return_url=url), "claims-invalid: deep_linking_settings")


def test_a_request_without_settings_is_refused(placing: Placing, refusals: Refusals) -> None:
    refusals.expect_rows()
    refusals.check(placing.ask(without=[SETTINGS]), "deep-linking-missing")


@pytest.mark.parametrize("version", ["1.1", None])
def test_a_request_of_another_version_is_refused(placing: Placing, refusals: Refusals, version: str | None) -> None:
    refusals.expect_rows()
    refusals.check(placing.ask(changes={"version": version}), "version")


def test_a_request_is_good_once(placing: Placing, refusals: Refusals, lms: LearningPlatform) -> None:
    handshake = lms.begin(placing.client)
    changes = {"message_type": "LtiDeepLinkingRequest", SETTINGS: settings()}
    token = lms.token(handshake.nonce, "Instructor", changes)
    # The cookie of the login's browser goes with the first answer.
    cookie = placing.client.get_cookie(f"__Host-lti-state-{handshake.state[-16:]}", domain="tool.test")
    assert cookie
    assert lms.post(placing.client, id_token=token, state=handshake.state).status_code == 303
    placing.client.set_cookie(cookie.key, cookie.value, domain="tool.test")
    refusals.expect_rows()
    refusals.check(lms.post(placing.client, id_token=token, state=handshake.state), "nonce-replayed")


def test_the_visit_speaks_the_language_of_the_request(placing: Placing, session: Session) -> None:
    placing.open(changes={"launch_presentation": {"locale": "nb-NO"}})
    assert session.scalars(select(LaunchSession.locale)).one() == "nb"


def test_the_product_behind_a_request_is_kept(placing: Placing, session: Session) -> None:
    claim = "https://purl.imsglobal.org/spec/lti/claim/tool_platform"
    placing.open(changes={claim: {"guid": "x", "product_family_code": "Canvas"}})
    assert session.scalars(select(Platform.product)).one() == "canvas"


def test_the_first_request_that_brings_a_roster_has_it_read(
    placing: Placing, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(Jobs, "enqueue", lambda _jobs, name, **_options: woken.append(name))
    roster = {"context_memberships_url": "https://lms.test/members", "service_versions": ["2.0"]}
    for _ in range(2):
        placing.open(changes={"https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice": roster})
    assert woken == ["sync_rosters"]
    due = session.scalars(select(Course.roster_due_at).where(Course.context_id == "course-1")).one()
    assert due is not None


def test_what_was_asked_is_forgotten_with_the_visit(placing: Placing, session: Session) -> None:
    placing.open()
    placing.open()
    session.rollback()
    assert row_counts(placing.app)["deep_linking_request"] == 2
    with time_machine.travel(now() + timedelta(hours=9)):
        assert forget_expired_visits(session) == 2
        session.commit()
    assert row_counts(placing.app)["deep_linking_request"] == 0


def test_every_night_forgets_what_was_asked(placing: Placing) -> None:
    placing.open()
    with time_machine.travel(now() + timedelta(hours=9)), placing.app.app_context():
        forget_expired()
    assert row_counts(placing.app)["deep_linking_request"] == 0
