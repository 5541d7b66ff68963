"""Every route by every role, from the right course and from another one.

The table knows each route by name: a new route fails here until somebody has decided who may use it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from lti_tool.authoring.models import ImportState, QuestionImport
from lti_tool.database import now
from lti_tool.http import OutgoingError
from lti_tool.lti.models import Deployment, DeploymentStatus, LineItem
from lti_tool.modules.models import Participation
from lti_tool.passback.models import Score
from lti_tool.peer_review.actions import start_evaluation, submit_evaluation
from lti_tool.peer_review.answers import Answers, CriterionAnswer
from lti_tool.peer_review.models import Author, Evaluation
from lti_tool.peer_review.queries import evaluation_state
from lti_tool.peer_review.reviews import approve, version_seen
from lti_tool.people.access import Audience, audiences_of
from lti_tool.people.models import GrantKind, StaffGrant
from lti_tool.people.sessions import PREFIX
from lti_tool.programme.models import Cohort
from lti_tool.reflection.models import Essay, EssayMatch
from tests.cast import Browser, Cast
from tests.certificates.completed import her_certificate
from tests.course_module.holding import agree, hold_in_courses, plan
from tests.employment.lists import a_line, a_sent_list
from tests.equivalence.applying import an_approved_application
from tests.marking.held import hold
from tests.who_may import COURSES, MAY, PEOPLE, PUBLIC, SCRIPTS
from tests.work import done_before, submit_essay, take_part_in, try_test


@dataclass(frozen=True)
class World:
    app: Flask
    cast: Cast
    values: dict[str, Any]

    def address(self, rule: Rule) -> str:
        """The path below the visit's prefix."""
        values = {name: self.values[name] for name in rule.arguments - {"visit"}}
        path = self.app.url_map.bind("tool.test").build(rule.endpoint, {"visit": "x", **values})
        return path.removeprefix(f"{PREFIX}x/")

    def ask(self, browser: Browser, method: str, rule: Rule) -> int:
        path, endpoint = self.address(rule), rule.endpoint
        if method == "GET":
            return browser.get(path).status_code
        if method == "POST":
            return browser.post(path, {"action": "save", "locale": "en"}).status_code
        return browser.send_json(method, path, SCRIPTS[endpoint]).status_code

    def browser(self, name: str) -> Browser:
        if name == "operator":
            return self.cast.operate()
        if name == "placer":
            return self.cast.place("ingrid", course="TDT4100")
        if name != "nobody":
            return self.cast.visit(name, course=COURSES.get(name, "LAOS"))
        browser = self.cast.visit("lina")
        # The form token is read first, so that it is the missing cookie that stops a POST.
        assert browser.form_token
        return browser.without_cookie()


def _silence(*_args: Any, **_options: Any) -> Any:
    raise OutgoingError("no answer", retry=True)


@pytest.fixture
def world(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setitem(cast.app.extensions, "probing", _silence)
    lina = cast.people["lina"]
    with done_before(cast) as session:
        for name in ("frode", "amir", "siri", "tuva", "lina"):
            submit_essay(session, cast.people[name])
        try_test(session, lina, 1, passed=False)
        try_test(session, lina, 0, passed=False)
        score = Score(
            line_item_id=_line_item(session, cast), person_id=lina, given=100, maximum=100, comment="", timestamp=now()
        )
        pending = Deployment(platform_id=cast.platform_id, deployment_id="new", status=DeploymentStatus.PENDING)
        session.add_all([score, pending])
        session.flush()
        _let_stig_coordinate_another_cohort(session, cast)
        held = hold(session, cast, "lina").id
        values = {
            "key": "om1",
            # Nobody else has a second attempt, even after beginning a first one here.
            "number": 2,
            "person_id": lina,
            "first": lina,
            "second": cast.people["frode"],
            "score_id": score.id,
            "cohort_id": cast.cohort_id,
            "deployment_pk": pending.id,
            "platform_id": cast.platform_id,
            "product": "moodle",
            "invitation_id": 1,
            "marker": "nothing",
            "public_id": _her_first_evaluation(session, lina),
            "essay": _essay_of(session, lina).public_id,
            "other": _copied_by(session, lina, cast.people["frode"]),
            "kind": "html",
            "suffix": "csv",
            "question": "q1",
            "table": "questions",
            "programme_id": session.scalars(select(Cohort.programme_id).limit(1)).one(),
            "address": "reading",
            "language": "nb",
            "group": "questions",
            "version": 1,
            "topic": "listening",
            "name": "gift",
            "digest": "a" * 64,
            "sent_id": _sent_file(session, cast),
            "list_id": a_sent_list(session, cast),
            "line_id": a_line(session, cast),
            "application": an_approved_application(session, cast),
            "code": her_certificate(session, cast),
            "extension": "csv",
            "session_id": held,
            "report_id": 1,
            "date": held,
            "meeting": "core-1",
            "course_id": cast.courses["TDT4100"],
            "course_meeting": "follow-up",
            "date_id": _date_of_her_course(session, cast),
        }
        _have_her_essay_evaluated(session, lina)
        values["entry_id"] = _decision_about_hers(session, cast.people["kari"])
    return World(cast.app, cast, values)


def _date_of_her_course(session: Session, cast: Cast) -> int:
    hold_in_courses(session)
    agree(session, cast)
    return plan(session, cast, "follow-up", 4).id


def _sent_file(session: Session, cast: Cast) -> str:
    person_id, found = cast.people["kari"], {"language": "en"}
    session.add(
        QuestionImport(
            public_id="sent",
            module_id=cast.module_id,
            person_id=person_id,
            filename="questions.xml",
            state=ImportState.READ,
            found=found,
        )
    )
    return "sent"


def _essay_of(session: Session, person_id: int) -> Essay:
    return session.scalars(select(Essay).join(Participation).where(Participation.person_id == person_id)).one()


def _copied_by(session: Session, person_id: int, other_id: int) -> str:
    mine, other = _essay_of(session, person_id), _essay_of(session, other_id)
    session.add(EssayMatch(essay_id=mine.id, other_id=other.id, share=1))
    return other.public_id


def _line_item(session: Session, cast: Cast) -> int:
    return session.scalars(select(LineItem.id).where(LineItem.link_id == cast.links["TDT4100", "om1"])).one()


def _let_stig_coordinate_another_cohort(session: Session, cast: Cast) -> None:
    programme_id = session.scalars(select(Cohort.programme_id)).one()
    cohort = Cohort(programme_id=programme_id, term="2025-spring", is_open=False)
    session.add(cohort)
    session.flush()
    stig = cast.people["stig"]
    session.add(StaffGrant(kind=GrantKind.COORDINATOR, cohort_id=cohort.id, person_id=stig, granted_by="test"))


def _her_first_evaluation(session: Session, person_id: int) -> str:
    state = evaluation_state(session, take_part_in(session, person_id).id)
    start_evaluation(session, person_id, state.tasks[0].public_id)
    return state.tasks[0].public_id


def _have_her_essay_evaluated(session: Session, person_id: int) -> None:
    author_id = session.scalars(select(Author.id).join(Participation).where(Participation.person_id == person_id)).one()
    given = session.scalars(
        select(Evaluation).where(Evaluation.author_id == author_id, Evaluation.received_slot == 2)
    ).one()
    evaluator = given.evaluator.participation.person_id
    public_id, version = given.public_id, start_evaluation(session, evaluator, given.public_id).version
    comment = "Clear and kind throughout"
    answers = Answers(
        criteria={key: CriterionAnswer(level="l2", comment=comment) for key in ("c1", "c2")}, overall=comment
    )
    submit_evaluation(session, evaluator, public_id, answers, version)


def _decision_about_hers(session: Session, person_id: int) -> int:
    given = session.scalars(select(Evaluation).where(Evaluation.submitted_at.is_not(None))).one()
    done = approve(session, given, seen=version_seen(session, given), reason="", person_id=person_id)
    assert done.entry is not None
    return done.entry.id


def _rules(app: Flask) -> list[tuple[Rule, str]]:
    asked = {"GET", "POST", "PUT", "PATCH", "DELETE"}
    return [(rule, method) for rule in app.url_map.iter_rules() for method in sorted((rule.methods or set()) & asked)]


def test_every_route_is_in_the_table(shared_app: Flask) -> None:
    assert {rule.endpoint for rule in shared_app.url_map.iter_rules()} == MAY.keys() | PUBLIC


def test_only_the_public_routes_are_public(shared_app: Flask) -> None:
    open_to_all = {
        name for name, view in shared_app.view_functions.items() if Audience.PUBLIC in audiences_of(name, view)
    }
    assert open_to_all == PUBLIC


# Who may use a route does not depend on the database, and this is one of the longest walks.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", PEOPLE)
def test_each_route_lets_in_whom_it_should_and_nobody_else(world: World, name: str) -> None:
    wrong, browser = [], world.browser(name)
    for rule, method in _rules(world.app):
        if rule.endpoint in PUBLIC:
            continue
        expected = MAY[rule.endpoint].split()[PEOPLE.index(name)]
        status = world.ask(browser, method, rule)
        if rule.endpoint == "administration.leave":
            browser = world.browser(name)
        came = str(status) if status in (401, 403, 404) else "yes" if status < 500 else "crash"
        if name == "nobody" and method != "GET" and status == 400:
            # Without the visit's cookie no form token is valid, which is found out first.
            came = "401"
        if came != expected:
            wrong.append(f"{name} {method} {rule.endpoint}: {status}, expected {expected}")
    assert not wrong, "\n".join(wrong)
