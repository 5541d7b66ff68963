"""Thousands of generated malformed form posts and script requests: a client error each time, no row, never a crash.

A seed stands for each test, which makes a failure repeatable. What is asked is not the same on both databases.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextvars import Context
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import Base, db, now
from lti_tool.modules.models import Participation
from lti_tool.peer_review.actions import start_evaluation
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus
from lti_tool.peer_review.queries import evaluation_state
from lti_tool.people.models import Person
from lti_tool.programme.models import OnlineModule
from lti_tool.programme.queries import current_module
from lti_tool.quiz.actions import start_attempt
from lti_tool.reflection.models import Essay
from tests.attendance.dates import ask_for_meetings, planned
from tests.cast import Browser, Cast
from tests.certificates.completed import her_certificate
from tests.choosing.offering import offer_modules
from tests.conftest import BASE_URL
from tests.course_module.holding import agree, hold_in_courses, plan
from tests.employment.lists import a_line, a_sent_list, with_positions
from tests.equivalence.applying import an_approved_application, hand_in
from tests.malformed import (
    Asked,
    bad_choice,
    bad_form,
    bad_script,
    no_form,
    odd,
    too_much,
    unknown_place,
    without_token,
)
from tests.work import complete, done_before, submit_essay, submit_evaluation, take_part_in

MALFORMED = (without_token, unknown_place, bad_script, bad_form, no_form)
FORMS_ONLY = (without_token, bad_form, no_form)


@dataclass(frozen=True)
class Work:
    """A browser, and the addresses below its visit that take something."""

    browser: Browser
    paths: list[tuple[str, str]]


@pytest.fixture
def lina(cast: Cast) -> Work:
    """In the middle of everything: an open attempt, a submitted essay, a started evaluation."""
    with done_before(cast) as session:
        lina = session.get_one(Person, cast.people["lina"])
        start_attempt(session, lina.id, current_module(session, "om1"))
        for name in ("frode", "amir", "siri", "lina"):
            submit_essay(session, cast.people[name])
        public_id = evaluation_state(session, take_part_in(session, lina.id).id).tasks[0].public_id
        start_evaluation(session, lina.id, public_id)
        number = have_one_read(session, lina.id)
    paths = [
        ("POST", "language"),
        ("POST", "digest"),
        ("POST", f"certificates/own/{cast.cohort_id}"),
        ("POST", "modules/om1/essay"),
        ("PUT", "timezone"),
        ("PUT", "modules/om1/essay/draft"),
        ("POST", "modules/om1/test/attempts"),
        ("POST", "modules/om1/test/attempts/1"),
        ("PUT", "modules/om1/test/attempts/1/answers"),
        ("POST", f"evaluations/{public_id}"),
        ("PUT", f"evaluations/{public_id}/draft"),
        ("POST", f"modules/om1/received/{number}/feedback"),
        ("POST", f"modules/om1/received/{number}/flag"),
    ]
    return Work(cast.visit("lina"), paths)


@pytest.fixture
def reviewer(cast: Cast) -> Work:
    """Before an evaluation that can be decided about, and before approving many together."""
    with done_before(cast) as session:
        for name in ("frode", "amir", "siri", "lina"):
            submit_essay(session, cast.people[name])
        submit_evaluation(session, cast.people["lina"])
        public_id = session.scalars(select(Evaluation.public_id).where(Evaluation.submitted_at.is_not(None))).one()
    paths = [
        f"moderation/{public_id}",
        "moderation/bulk",
        "moderation/bulk/nothing/undo",
        "moderation/decisions/9/undo",
    ]
    return Work(cast.visit("kari"), [("POST", path) for path in paths])


def have_one_read(session: Session, person_id: int) -> int:
    """They have received and read an evaluation; returns which of the two."""
    of_their_essay = select(Evaluation).join(Author, Author.id == Evaluation.author_id).join(Participation)
    received = session.scalars(of_their_essay.where(Participation.person_id == person_id)).first()
    assert received is not None
    assert received.received_slot is not None
    received.status, received.answers = EvaluationStatus.SUBMITTED, {"criteria": {}, "overall": "Fine"}
    received.started_at = received.submitted_at = received.read_at = now()
    return received.received_slot


@pytest.fixture
def chooser(cast: Cast) -> Work:
    """Before more modules than she may choose, with the last one settled and no room for another."""
    with done_before(cast) as session:
        offer_modules(session)
        complete(session, cast.people["lina"])
        take_part_in(session, cast.people["lina"], "om2")
    return Work(cast.visit("lina"), [("POST", "choose/modules/om3"), ("POST", "choose/modules/om1/give-up")])


@pytest.fixture
def applicant(cast: Cast) -> Work:
    """Before the form of an application, with one that is approved."""
    with done_before(cast) as session:
        with_positions(session)
        public_id = an_approved_application(session, cast)
    return Work(cast.visit("lina"), [("POST", "equivalence"), ("POST", f"equivalence/{public_id}/withdraw")])


@pytest.fixture
def operator(cast: Cast) -> Work:
    """Before every form of administration that wants to know something, and some that are about nothing."""
    platform = f"platforms/{cast.platform_id}"
    paths = [f"{platform}/edit", f"{platform}/trust", "platforms/new/moodle", "platforms/new/moodle/invitation"]
    paths += ["platforms/new/nothing", "platforms/999/edit", "platforms/deployments/999/approve", "administrators/999"]
    return Work(cast.operate(), [("POST", path) for path in paths])


@pytest.fixture
def placer(cast: Cast) -> Work:
    """Choosing what to place in a course, which is a visit without script requests."""
    return Work(cast.place("ingrid", course="TDT4100"), [("POST", "placement")])


@pytest.fixture
def coordinator(cast: Cast) -> Work:
    """Before somebody who waits, and could leave, a course team, and dates to meet on."""
    with done_before(cast) as session:
        submit_essay(session, cast.people["lina"])
        ask_for_meetings(session)
        date_id = planned(session, cast).id
        essay = session.scalars(select(Essay.public_id)).one()
        sent_list, line_id, lina = a_sent_list(session, cast), a_line(session, cast), cast.people["lina"]
        her_certificate(session, cast)
        application = hand_in(session, cast)
    paths = [
        f"shortages/{essay}",
        f"pools/{essay}/leave",
        f"dates/{cast.cohort_id}",
        f"dates/{cast.cohort_id}/extensions/{cast.people['lina']}",
        f"dates/{cast.cohort_id}/extensions/{cast.people['lina']}/withdraw",
        f"dates/{cast.cohort_id}/next-term",
        f"dates/{cast.cohort_id}/open",
        "conflicts/new",
        "conflicts/courses",
        "shortages/arrangements/x",
        f"essays/{essay}/read",
        f"essays/{essay}/return",
        f"essays/{essay}/copied/{essay}",
        "authoring/om1/imports",
        "authoring/om1/imports/x",
        *(f"employment/{cast.cohort_id}/{form}" for form in ("lists", f"lists/{sent_list}", "unmatched", "end")),
        f"employment/{cast.cohort_id}/people/{line_id}",
        f"equivalence/inbox/{application}",
        *(f"certificates/cohorts/{cast.cohort_id}/people/{lina}/{form}" for form in ("issue", "revoke")),
        f"sessions/{date_id}",
        "sessions/call-off",
        *(f"sessions/cohorts/{cast.cohort_id}/{form}" for form in ("new", "series", "file", "file/take")),
    ]
    return Work(cast.visit("kari"), [("POST", path) for path in paths])


@pytest.fixture
def teacher(cast: Cast) -> Work:
    """Before every form about the module that her course holds."""
    with done_before(cast) as session:
        hold_in_courses(session)
        agree(session, cast)
        date_id = plan(session, cast, "follow-up", 4).id
    lina = cast.people["lina"]
    forms = ["meetings/follow-up/dates", "meetings/nothing/dates", f"dates/{date_id}", "dates/999", "agreement"]
    forms += [f"agreement/{lina}", f"evaluations/{lina}", "evaluations/999"]
    paths = [("POST", f"course-module/{cast.cohort_id}/{path}") for path in forms]
    draft = f"course-module/{cast.cohort_id}/evaluations/{lina}/draft"
    return Work(cast.visit("ingrid"), [*paths, ("PUT", draft)])


@pytest.fixture
def author(cast: Cast) -> Work:
    """Before every form for writing a module, with a draft that is at its second version."""
    kari = cast.visit("kari")
    for name in ("One", "Two"):
        kari.post("authoring/om1/items/topics", {"action": "add", "name": name, "language": "en"})
    with done_before(cast) as session:
        programme_id = session.scalars(select(OnlineModule.programme_id)).one()
    edited = ["name/en", "reading/nb", "questions.q1/en", "questions.q1/nb", "criteria.c1/en", "topics.one/nb", "no/en"]
    forms = ["figures", "languages/nb", "items/questions", "items/nothing", "publish", "versions/1", "versions/9"]
    paths = [f"authoring/om1/{path}" for path in (*forms, "retire", "swap", *(f"edit/{place}" for place in edited))]
    paths += [f"authoring/programmes/{programme_id}/new", "authoring/programmes/999/new", "authoring/markdown"]
    scripts = [f"authoring/om1/edit/{place}/draft" for place in edited]
    return Work(kari, [*(("POST", path) for path in paths), *(("PUT", path) for path in scripts)])


def ask(browser: Browser, asked: Asked) -> int:
    headers = {"X-CSRFToken": browser.form_token} if asked.token else {}
    options: dict[str, Any] = {"content_type": asked.kind} if asked.kind else {}
    return browser.send(asked.method, asked.path, data=asked.data, headers=headers, **options).status_code


def all_are_refused(
    work: Work, cast: Cast, seed: str, times: int, kinds: Sequence[Callable[..., Asked]] = FORMS_ONLY
) -> None:
    """And change nothing."""
    rng = seeded(cast, seed)
    before = contents(cast)
    for number in range(times):
        asked = kinds[number % len(kinds)](rng, work.paths)
        status = ask(work.browser, asked)
        assert 400 <= status < 500, f"{status} for {asked}"
    assert contents(cast) == before


def seeded(cast: Cast, seed: str) -> random.Random:
    """Another one for each database."""
    return random.Random(f"{seed} {cast.app.config['SETTINGS'].database_url.split(':')[0]}")


@pytest.mark.parametrize("part", range(3))
def test_malformed_posts_are_refused_and_change_nothing(lina: Work, cast: Cast, part: int) -> None:
    all_are_refused(lina, cast, f"forms {part}", 420, MALFORMED)


def test_malformed_posts_to_administration_are_refused_and_change_nothing(operator: Work, cast: Cast) -> None:
    all_are_refused(operator, cast, "administration", 500)


def test_malformed_decisions_are_refused_and_change_nothing(reviewer: Work, cast: Cast) -> None:
    all_are_refused(reviewer, cast, "decisions", 250)


def test_malformed_decisions_of_coordinators_are_refused_and_change_nothing(coordinator: Work, cast: Cast) -> None:
    all_are_refused(coordinator, cast, "coordinator", 250, (without_token, bad_choice, no_form))


def test_malformed_choices_of_modules_are_refused_and_change_nothing(chooser: Work, cast: Cast) -> None:
    all_are_refused(chooser, cast, "modules", 100, (without_token, bad_choice, no_form))


def test_malformed_applications_are_refused_and_change_nothing(applicant: Work, cast: Cast) -> None:
    all_are_refused(applicant, cast, "applications", 100)


def test_malformed_codes_open_no_visit(client: FlaskClient, cast: Cast) -> None:
    rng = seeded(cast, "codes")
    before = contents(cast)
    for _ in range(50):
        data = rng.choice([{"code": odd(rng)}, {odd(rng): odd(rng)}, {}])
        status = Context().run(client.post, "/admin", data=data, base_url=BASE_URL).status_code
        assert 400 <= status < 500, f"{status} for {data}"
    assert contents(cast) == before


def test_malformed_forms_about_a_course_are_refused_and_change_nothing(teacher: Work, cast: Cast) -> None:
    all_are_refused(teacher, cast, "course", 100, (without_token, bad_form, bad_script, no_form))


def test_malformed_writing_is_refused_and_changes_nothing(author: Work, cast: Cast) -> None:
    all_are_refused(author, cast, "authoring", 250, (without_token, bad_form, bad_script, no_form))


def test_malformed_choices_of_what_to_place_are_refused_and_change_nothing(placer: Work, cast: Cast) -> None:
    all_are_refused(placer, cast, "placing", 250)


def test_an_oversized_body_is_refused_as_such(lina: Work, cast: Cast) -> None:
    rng = seeded(cast, "oversized")
    assert {ask(lina.browser, too_much(rng, lina.paths)) for _ in range(2)} == {413}


def contents(cast: Cast) -> list[Any]:
    """Every row of every table."""
    with cast.app.app_context():
        return [db.session.execute(select(table)).all() for table in Base.metadata.sorted_tables]
