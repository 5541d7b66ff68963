"""Every route by every role, from the right course and from another one.

The table knows each route by name: a new route fails here until somebody has decided who may use it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask, url_for
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
from tests.work import done_before, submit_essay, take_part_in, try_test

# Lina's work in TDT4100 is what every address names. Frode works beside her, Una in another course. Ingrid instructs
# TDT4100, Stig TMA4100, and Stig coordinates another cohort. Kari coordinates this one. Astrid does all that staff can
# in the programme course, and administers. The operator came through a one-time link; the placer is Ingrid, choosing
# what to place in TDT4100.
PEOPLE = ("nobody", "lina", "frode", "una", "ingrid", "stig", "kari", "astrid", "operator", "placer")
COURSES = {"lina": "TDT4100", "frode": "TDT4100", "una": "TMA4100", "ingrid": "TDT4100", "stig": "TMA4100"}

_EVERYONE = "401 yes yes yes yes yes yes yes 403 403"
_LEARNERS = "401 yes yes yes 403 403 403 403 403 403"
_LINA_ALONE = "401 yes 404 404 403 403 403 403 403 403"
# Nobody was asked for anything in her place.
_NOTHING_ARRANGED = "401 403 403 403 403 404 404 404 403 403"
# Coordinators write there, too, but only what they have taken on themselves.
_LINA_OR_WHO_TOOK_IT = "401 yes 404 404 403 404 404 404 403 403"
_INSTRUCTORS = "401 403 403 403 yes yes yes yes 403 403"
_HER_INSTRUCTOR = "401 403 403 403 yes 404 404 404 403 403"
# Lina is a learner of the programme course as well, so its instructors see her line there, but not her other scores.
_HER_INSTRUCTORS = "401 403 403 403 yes 404 yes yes 403 403"
_COORDINATORS = "401 403 403 403 403 yes yes yes 403 403"
_HER_COORDINATORS = "401 403 403 403 403 404 yes yes 403 403"
_ADMINISTRATORS = "401 403 403 403 403 403 403 yes yes 403"
_PLACERS = "401 403 403 403 403 403 403 403 403 yes"

# Every module of their programme is to be completed.
_NOTHING_TO_CHOOSE = "401 404 404 404 403 403 403 403 403 403"

# No question of theirs has any.
_NO_PICTURE = "401 404 404 404 403 403 403 403 403 403"

_AUTHORING = (
    "modules new create module figures set_figures set_language edit save autosave markdown "
    "items arrange preview publishing_page publish versions compare use_version retire swap "
    "imports send sent_file progress decide export export_file"
)

MAY = {
    "home.start": _EVERYONE,
    "home.language": _EVERYONE,
    "home.reading": _EVERYONE,
    "home.topic": _EVERYONE,
    "home.timezone": _EVERYONE,
    "home.module": _LEARNERS,
    "home.training": _LEARNERS,
    "choices.overview": _COORDINATORS,
    "choices.undecided": _HER_COORDINATORS,
    "choosing.modules": _LEARNERS,
    "choosing.compare": _LEARNERS,
    "choosing.module": _NOTHING_TO_CHOOSE,
    "choosing.choose": _NOTHING_TO_CHOOSE,
    "choosing.leaving": _NOTHING_TO_CHOOSE,
    "choosing.give_up": _NOTHING_TO_CHOOSE,
    "messages.choose": _LEARNERS,
    "quiz.test": _LEARNERS,
    "quiz.start": _LEARNERS,
    "quiz.save": _LINA_ALONE,
    "quiz.submit": _LINA_ALONE,
    "quiz.result": _LINA_ALONE,
    "quiz.picture": _NO_PICTURE,
    "reflection.essay": _LEARNERS,
    "reflection.save_draft": _LEARNERS,
    "reflection.submit": _LEARNERS,
    "peer_review.evaluations": _LEARNERS,
    "peer_review.received": _LEARNERS,
    "peer_review.evaluation": _LINA_OR_WHO_TOOK_IT,
    "peer_review.start": _LINA_ALONE,
    "peer_review.save_draft": _LINA_OR_WHO_TOOK_IT,
    "peer_review.submit": _LINA_OR_WHO_TOOK_IT,
    "peer_review.preview": _LINA_OR_WHO_TOOK_IT,
    "peer_review.resume": _LEARNERS,
    "peer_review.read": _LINA_ALONE,
    "peer_review.feedback": _LINA_ALONE,
    "peer_review.flag": _LINA_ALONE,
    "gradebook.table": _INSTRUCTORS,
    "gradebook.learner": _HER_INSTRUCTORS,
    "gradebook.resend": _HER_INSTRUCTOR,
    "gradebook.roster": _INSTRUCTORS,
    "gradebook.fetch_grades": _INSTRUCTORS,
    "insight.overview": _COORDINATORS,
    "insight.people": _COORDINATORS,
    "item_analysis.overview": _COORDINATORS,
    "item_analysis.question": _COORDINATORS,
    "item_analysis.download": _COORDINATORS,
    "moderation.inbox": _COORDINATORS,
    "moderation.evaluation": _HER_COORDINATORS,
    "moderation.decide": _HER_COORDINATORS,
    "moderation.undo": _HER_COORDINATORS,
    "moderation.bulk": _COORDINATORS,
    "moderation.approve_bulk": _COORDINATORS,
    "moderation.undo_bulk": _NOTHING_ARRANGED,
    "schedule.overview": _COORDINATORS,
    "schedule.dates": _HER_COORDINATORS,
    "schedule.save": _HER_COORDINATORS,
    "schedule.extensions": _HER_COORDINATORS,
    "schedule.extension": _HER_COORDINATORS,
    "schedule.extend": _HER_COORDINATORS,
    "schedule.withdraw": _HER_COORDINATORS,
    "next_term.preparing": _HER_COORDINATORS,
    "next_term.prepare": _HER_COORDINATORS,
    "next_term.opening": _HER_COORDINATORS,
    "next_term.open_now": _HER_COORDINATORS,
    "essays.stream": _COORDINATORS,
    "essays.reading": _HER_COORDINATORS,
    "essays.read": _HER_COORDINATORS,
    "essays.returning": _HER_COORDINATORS,
    "essays.give_back": _HER_COORDINATORS,
    "essays.undo_return": _HER_COORDINATORS,
    "essays.copied": _HER_COORDINATORS,
    "essays.judge": _HER_COORDINATORS,
    "course_essays.overview": _INSTRUCTORS,
    "course_essays.reading": _HER_INSTRUCTORS,
    "course_essays.download_course": _HER_INSTRUCTORS,
    "course_essays.download_cohort": _HER_COORDINATORS,
    "shortages.overview": _COORDINATORS,
    "shortages.shortage": _HER_COORDINATORS,
    "shortages.decide": _HER_COORDINATORS,
    "shortages.undo": _NOTHING_ARRANGED,
    "pools.overview": _COORDINATORS,
    "pools.person": _HER_COORDINATORS,
    "pools.leave": _HER_COORDINATORS,
    "pools.come_back": _HER_COORDINATORS,
    "conflicts.overview": _COORDINATORS,
    "conflicts.choose": _COORDINATORS,
    "conflicts.add": _COORDINATORS,
    "conflicts.lift": _HER_COORDINATORS,
    "conflicts.courses": _COORDINATORS,
    **{f"authoring.{name}": _COORDINATORS for name in _AUTHORING.split()},
    "authoring.picture": "401 403 403 403 403 404 404 404 403 403",
    "placement.picker": _PLACERS,
    "placement.place": _PLACERS,
    "administration.leave": "401 403 403 403 403 403 403 403 yes 403",
    "administration.platforms": _ADMINISTRATORS,
    "administration.platform": _ADMINISTRATORS,
    "administration.approve": _ADMINISTRATORS,
    "administration.close": _ADMINISTRATORS,
    "administration.edit": _ADMINISTRATORS,
    "administration.change": _ADMINISTRATORS,
    "administration.trust": _ADMINISTRATORS,
    "administration.removal": _ADMINISTRATORS,
    "administration.remove": _ADMINISTRATORS,
    "administration.test": _ADMINISTRATORS,
    "administration.connect": _ADMINISTRATORS,
    "administration.guide": _ADMINISTRATORS,
    "administration.add": _ADMINISTRATORS,
    "administration.invited": _ADMINISTRATORS,
    "administration.invite": _ADMINISTRATORS,
    "administration.revoke_invitation": _ADMINISTRATORS,
    "administration.administrators": _ADMINISTRATORS,
    "administration.name": _ADMINISTRATORS,
    "administration.revoke": _ADMINISTRATORS,
}
# What a page's script sends there.
SCRIPTS: dict[str, Any] = {
    "home.timezone": {"timezone": "Europe/Oslo"},
    "quiz.save": {"question": "q1", "chosen": ["a"]},
    "reflection.save_draft": {"text": "", "version": 0},
    "peer_review.save_draft": {"criteria": {}, "overall": "", "version": 1},
    "authoring.autosave": {"fields": {}, "version": 0},
}
PUBLIC = {
    "static",
    "bootstrap.static",
    "health.front_door",
    "health.healthz",
    "lti.login",
    "lti.launch",
    "lti.jwks",
    "lti.cookie",
    "lti.canvas",
    "administration.entrance",
    "administration.enter",
    "registration.show",
    "registration.register",
    "messages.stop",
    "messages.stop_now",
}


@dataclass(frozen=True)
class World:
    app: Flask
    cast: Cast
    values: dict[str, Any]

    def address(self, rule: Rule) -> str:
        """The path below the visit's prefix."""
        values = {name: self.values[name] for name in rule.arguments - {"visit"}}
        with self.app.test_request_context():
            return url_for(rule.endpoint, visit="x", **values).removeprefix(f"{PREFIX}x/")

    def ask(self, name: str, method: str, rule: Rule) -> int:
        path, endpoint = self.address(rule), rule.endpoint
        browser = self.browser(name)
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
        }
        _have_her_essay_evaluated(session, lina)
        values["entry_id"] = _decision_about_hers(session, cast.people["kari"])
    return World(cast.app, cast, values)


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
    wrong = []
    for rule, method in _rules(world.app):
        if rule.endpoint in PUBLIC:
            continue
        expected = MAY[rule.endpoint].split()[PEOPLE.index(name)]
        status = world.ask(name, method, rule)
        came = str(status) if status in (401, 403, 404) else "yes" if status < 500 else "crash"
        if name == "nobody" and method != "GET" and status == 400:
            # Without the visit's cookie no form token is valid, which is found out first.
            came = "401"
        if came != expected:
            wrong.append(f"{name} {method} {rule.endpoint}: {status}, expected {expected}")
    assert not wrong, "\n".join(wrong)
