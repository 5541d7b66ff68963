"""What a launch leaves behind, and that an unchanged one leaves next to nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from lti_tool.database import db, now
from lti_tool.lti.actions import forget_expired_nonces
from lti_tool.lti.models import LineItem
from lti_tool.people.models import Course, LaunchSession, Membership, Person, ResourceLink, Role
from tests.lti.checks import row_counts
from tests.lti.platform import AGS, MEMBERSHIP, LearningPlatform

SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
RESULT = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"


def launched(lms: LearningPlatform, client: FlaskClient, **options: Any) -> None:
    answer = lms.launch(client, **options)
    assert answer.status_code == 303, answer.text


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The SQL sent meanwhile, by its first word."""
    sent: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement.split(maxsplit=1)[0])

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def test_a_first_launch_keeps_everything(lms: LearningPlatform, client: FlaskClient, session: Session) -> None:
    launched(lms, client)
    person = session.scalars(select(Person)).one()
    course = session.scalars(select(Course)).one()
    link = session.scalars(select(ResourceLink)).one()
    item = session.scalars(select(LineItem)).one()
    visit = session.scalars(select(LaunchSession)).one()
    assert (person.platform_id, person.subject, person.name) == (lms.platform_id, "lina", "Lina Testperson")
    assert (course.context_id, course.label, course.title) == ("course-1", "LAOS", "Training of learning assistants")
    assert (link.course_id, link.resource_link_id, link.title) == (course.id, "link-1", "Giving feedback")
    assert link.module_key == "om1"
    assert (item.link_id, item.url, item.container_url) == (
        link.id,
        "https://lms.test/items/1",
        "https://lms.test/items",
    )
    assert item.scopes == SCORE
    assert (item.platform_id, item.deployment_id) == (lms.platform_id, course.deployment_id)
    assert (visit.person_id, visit.course_id, visit.link_id) == (person.id, course.id, link.id)
    assert (visit.locale, visit.return_url) == ("en", "https://lms.test/return")


def test_an_unchanged_launch_reads_and_spends_its_nonce_and_opens_a_visit(
    app: Flask, lms: LearningPlatform, client: FlaskClient
) -> None:
    launched(lms, client)
    before = row_counts(app)
    handshake = lms.begin(client)
    with statements(app) as sent:
        answer = lms.post(client, state=handshake.state, id_token=lms.token(handshake.nonce))
    assert answer.status_code == 303
    assert [word for word in sent if word != "BEGIN"] == ["SELECT", "INSERT", "SELECT", "INSERT"]
    changed = {name: count - before[name] for name, count in row_counts(app).items() if count != before[name]}
    assert changed == {"used_nonce": 1, "launch_session": 1}


def test_a_login_is_one_statement(app: Flask, lms: LearningPlatform, client: FlaskClient) -> None:
    with statements(app) as sent:
        lms.begin(client)
    assert [word for word in sent if word != "BEGIN"] == ["SELECT"]


def test_names_and_titles_follow_the_platform(lms: LearningPlatform, client: FlaskClient, session: Session) -> None:
    launched(lms, client)
    launched(
        lms,
        client,
        changes={
            "name": "Lina Nygift",
            "context": {"id": "course-1", "label": "LAOS H26", "title": "New title"},
            "resource_link": {"id": "link-1", "title": "New link"},
            "custom": {"module": " OM2 "},
        },
    )
    assert session.scalars(select(Person.name)).one() == "Lina Nygift"
    assert session.execute(select(Course.label, Course.title)).one() == ("LAOS H26", "New title")
    assert session.execute(select(ResourceLink.title, ResourceLink.module_key)).one() == ("New link", "om2")


def test_silence_about_names_and_titles_forgets_none(
    lms: LearningPlatform, client: FlaskClient, session: Session
) -> None:
    launched(lms, client)
    launched(
        lms,
        client,
        without=["name", "given_name", "family_name"],
        changes={"context": {"id": "course-1"}, "resource_link": {"id": "link-1"}},
    )
    assert session.scalars(select(Person.name)).one() == "Lina Testperson"
    assert session.scalars(select(Course.title)).one() == "Training of learning assistants"
    assert session.scalars(select(ResourceLink.title)).one() == "Giving feedback"


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"name": None}, "Lina Testperson"),
        ({"name": "", "family_name": None}, "Lina"),
        ({"name": "x" * 300}, "x" * 255),
        ({"name": "  "}, None),
    ],
)
def test_names_from_whatever_is_told(
    lms: LearningPlatform, client: FlaskClient, session: Session, changes: dict[str, Any], name: str | None
) -> None:
    launched(lms, client, changes=changes)
    assert session.scalars(select(Person.name)).one() == name


def test_long_titles_are_cut(lms: LearningPlatform, client: FlaskClient, session: Session) -> None:
    long = "æ" * 300
    launched(
        lms,
        client,
        changes={"context": {"id": "c", "label": long, "title": long}, "resource_link": {"id": "l", "title": long}},
    )
    assert session.execute(select(Course.label, Course.title)).one() == ("æ" * 255, "æ" * 255)
    assert session.scalars(select(ResourceLink.title)).one() == "æ" * 255


def test_identifiers_of_255_characters_are_kept_whole(
    lms: LearningPlatform, client: FlaskClient, session: Session
) -> None:
    launched(lms, client, without=["context"], changes={"sub": "s" * 255, "resource_link": {"id": "r" * 255}})
    assert session.scalars(select(Person.subject)).one() == "s" * 255
    assert session.scalars(select(ResourceLink.resource_link_id)).one() == "r" * 255


@pytest.mark.parametrize(
    ("custom", "key"),
    [
        ({"module": "om1"}, "om1"),
        ({"module": "OM1"}, "om1"),
        ({"module": "$Module.key"}, None),
        ({"module": ""}, None),
        ({"module": "  "}, None),
        ({"module": None}, None),
        ({"module": 5}, None),
        ({"module": "o\x00m"}, None),
        ({"module": "x" * 100}, "x" * 64),
        ({"other": "om1"}, None),
        ({}, None),
        (None, None),
    ],
)
def test_the_module_of_a_link(
    lms: LearningPlatform, client: FlaskClient, session: Session, custom: Any, key: str | None
) -> None:
    launched(lms, client, changes={"custom": custom})
    assert session.scalars(select(ResourceLink.module_key)).one() == key


@pytest.mark.parametrize(
    ("custom", "subjects"),
    [
        ({"programme": " LAOS "}, (None, "laos")),
        ({"programme": "$Unknown.variable"}, (None, None)),
        ({"programme": "laos", "module": "om1"}, ("om1", None)),
    ],
)
def test_the_programme_of_a_link(
    lms: LearningPlatform, client: FlaskClient, session: Session, custom: Any, subjects: tuple[str | None, str | None]
) -> None:
    """A link that was a module's becomes the programme's, and one that names both is the module's."""
    launched(lms, client)
    launched(lms, client, changes={"custom": custom})
    assert session.execute(select(ResourceLink.module_key, ResourceLink.programme_key)).one() == subjects


def test_a_page_for_staff_behind_the_same_link_leaves_its_module(
    lms: LearningPlatform, client: FlaskClient, session: Session
) -> None:
    launched(lms, client)
    launched(lms, client, role="Instructor", changes={"sub": "ingrid", "custom": {"page": "results"}})
    assert session.scalars(select(ResourceLink.module_key)).one() == "om1"


def test_without_context_every_link_is_a_course_of_its_own(
    lms: LearningPlatform, client: FlaskClient, session: Session
) -> None:
    for link in ("a", "b", "a"):
        launched(lms, client, without=["context"], changes={"resource_link": {"id": link}})
    launched(lms, client, changes={"context": {"id": "a"}, "resource_link": {"id": "a"}})
    assert len(session.scalars(select(Course.id)).all()) == 3


def test_a_person_is_the_same_in_every_course_and_has_a_role_in_each(
    lms: LearningPlatform, client: FlaskClient, session: Session
) -> None:
    launched(lms, client)
    launched(lms, client, role="Instructor", changes={"context": {"id": "course-2"}})
    assert len(session.scalars(select(Person.id)).all()) == 1
    assert session.scalars(select(Membership.role).order_by(Membership.course_id)).all() == [
        Role.LEARNER,
        Role.INSTRUCTOR,
    ]


def test_a_role_that_changed_is_updated(lms: LearningPlatform, client: FlaskClient, session: Session) -> None:
    for role in ("Instructor", "Learner"):
        launched(lms, client, role=role)
    assert session.scalars(select(Membership.role)).one() is Role.LEARNER
    assert set(session.scalars(select(LaunchSession.role))) == {Role.INSTRUCTOR, Role.LEARNER}


def test_an_institution_instructor_who_learns_here_is_a_learner(
    lms: LearningPlatform, client: FlaskClient, session: Session
) -> None:
    roles = [MEMBERSHIP + "Learner", "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor"]
    launched(lms, client, changes={"roles": roles})
    assert session.scalars(select(Membership.role)).one() is Role.LEARNER


def test_the_same_subject_on_two_platforms_is_two_people(
    app: Flask, lms: LearningPlatform, client: FlaskClient, session: Session
) -> None:
    launched(lms, client)
    launched(LearningPlatform(app, issuer="https://other.test"), client)
    assert len(session.scalars(select(Person.id)).all()) == 2
    assert len(session.scalars(select(Course.id)).all()) == 2


def test_line_items_are_kept_up_to_date(lms: LearningPlatform, client: FlaskClient, session: Session) -> None:
    launched(lms, client)
    scopes = [SCORE, RESULT, SCORE]
    launched(lms, client, changes={AGS: {"scope": scopes, "lineitems": "https://lms.test/items?c=2"}})
    item = session.scalars(select(LineItem)).one()
    assert item.url == "https://lms.test/items/1", "a claim without the column does not forget it"
    assert item.container_url == "https://lms.test/items?c=2"
    assert item.scopes == f"{RESULT} {SCORE}"


@pytest.mark.parametrize(
    "claim", [None, {}, {"scope": []}, {"scope": [SCORE], "lineitem": None}, {"scope": [SCORE], "lineitem": ""}]
)
def test_no_line_item_without_an_address(
    lms: LearningPlatform, client: FlaskClient, session: Session, claim: Any
) -> None:
    launched(lms, client, changes={AGS: claim})
    assert session.scalars(select(LineItem)).all() == []


def test_addresses_of_line_items_are_web_addresses(
    lms: LearningPlatform, client: FlaskClient, session: Session
) -> None:
    launched(lms, client, changes={AGS: {"lineitem": "file:///etc/passwd", "lineitems": "https://lms.test/items"}})
    item = session.scalars(select(LineItem)).one()
    assert (item.url, item.container_url) == (None, "https://lms.test/items")


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://lms.test/back?x=1", True),
        ("http://lms.test/back", True),
        ("javascript:alert(1)", False),
        ("//lms.test/", False),
        ("https://[", False),
        ("", False),
        (None, False),
    ],
)
def test_the_way_back_is_a_web_address(
    lms: LearningPlatform, client: FlaskClient, session: Session, url: str | None, kept: bool
) -> None:
    launched(lms, client, changes={"launch_presentation": {"return_url": url}})
    assert session.scalars(select(LaunchSession.return_url)).one() == (url if kept else None)


@pytest.mark.parametrize(
    ("told", "locale"), [("nb-NO", "nb"), ("no", "nb"), ("nn_NO", "nn"), ("en-GB", "en"), ("x", "en")]
)
def test_the_language_of_the_launch(
    lms: LearningPlatform, client: FlaskClient, session: Session, told: str, locale: str
) -> None:
    launched(lms, client, changes={"launch_presentation": {"locale": told}})
    assert session.scalars(select(LaunchSession.locale)).one() == locale


def test_the_language_a_person_chose_wins(lms: LearningPlatform, client: FlaskClient, session: Session) -> None:
    launched(lms, client)
    session.scalars(select(Person)).one().locale = "nb"
    session.commit()
    launched(lms, client)
    assert session.scalars(select(LaunchSession.locale).order_by(LaunchSession.id)).all() == ["en", "nb"]


def test_without_a_language_the_browsers_counts(lms: LearningPlatform, client: FlaskClient, session: Session) -> None:
    handshake = lms.begin(client)
    token = lms.token(handshake.nonce, without=["launch_presentation"])
    fields = {"state": handshake.state, "id_token": token}
    client.post("/lti/launch", data=fields, base_url=lms.base_url, headers={"Accept-Language": "nb-NO,en;q=0.5"})
    assert session.scalars(select(LaunchSession.locale)).one() == "nb"


def test_spent_nonces_are_forgotten_once_their_state_has_expired(
    lms: LearningPlatform, client: FlaskClient, session: Session
) -> None:
    launched(lms, client)
    assert forget_expired_nonces(session) == 0
    with time_machine.travel(now() + timedelta(minutes=6)):
        assert forget_expired_nonces(session) == 1


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (" Asia/Kolkata ", "Asia/Kolkata"),
        ("$Person.address.timezone", None),
        ("Mars/Olympus", None),
        ("../../etc/passwd", None),
        (7, None),
    ],
)
def test_the_platform_may_tell_a_time_zone(
    lms: LearningPlatform, client: FlaskClient, session: Session, told: Any, kept: str | None
) -> None:
    launched(lms, client, changes={"custom": {"module": "om1", "timezone": told}})
    assert session.scalars(select(Person.timezone)).one() == kept


def test_what_the_browser_has_told_since_is_kept(lms: LearningPlatform, client: FlaskClient, session: Session) -> None:
    launched(lms, client, changes={"custom": {"timezone": "Asia/Kolkata"}})
    session.scalars(select(Person)).one().timezone = "Europe/Rome"
    session.commit()
    launched(lms, client, changes={"custom": {"timezone": "Asia/Kolkata"}})
    session.expire_all()
    assert session.scalars(select(Person.timezone)).one() == "Europe/Rome"
