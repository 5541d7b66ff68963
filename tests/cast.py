"""The people of the tests.

Course "LAOS": Kari coordinates; Lina, Frode, Amir, Siri and Tuva are learning assistants there.
Course "TDT4100": Ingrid instructs; Lina, Frode and Amir work there. Course "TMA4100": Stig instructs, Una is an LA.
Astrid administers (granted to her, whatever her role). Una and Stig are the strangers in everything about TDT4100.
"""

from __future__ import annotations

import hashlib
from contextvars import Context
from copy import copy
from datetime import datetime
from functools import cached_property
from typing import Any

from flask import Flask, has_app_context
from flask_wtf.csrf import generate_csrf
from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool.database import db, now
from lti_tool.lti.models import DeepLinkingRequest, Deployment, DeploymentStatus, LineItem, Platform
from lti_tool.people.models import (
    Course,
    GrantKind,
    LaunchSession,
    LinkVisit,
    Membership,
    Person,
    Purpose,
    ResourceLink,
    Role,
    StaffGrant,
)
from lti_tool.people.sessions import NewVisit, cookie_name, open_visit
from lti_tool.programme.content import (
    Criterion,
    EvaluationForm,
    Level,
    ModuleContent,
    ModuleText,
    Option,
    ProgrammeContent,
    Question,
    Term,
    Topic,
)
from lti_tool.programme.models import Cohort, OnlineModule, Programme
from lti_tool.programme.models import ModuleContent as StoredContent
from tests.databases import rows_of
from tests.keeping import Kept

LEARNERS = {
    "LAOS": ("lina", "frode", "amir", "siri", "tuva"),
    "TDT4100": ("lina", "frode", "amir"),
    "TMA4100": ("una",),
}
INSTRUCTORS = {"LAOS": ("kari", "astrid"), "TDT4100": ("ingrid",), "TMA4100": ("stig",)}
HOME_COURSE = {"ingrid": "TDT4100", "stig": "TMA4100", "una": "TMA4100"}
SCOPES = " ".join(
    f"https://purl.imsglobal.org/spec/lti-ags/scope/{name}" for name in ("lineitem", "score", "result.readonly")
)

# When the first cast was put in an empty database, its rows, and the numbers it has given them.
_MADE: list[tuple[datetime, Kept, dict[str, Any]]] = []


class Browser:
    """One person's open visit: `get("modules/om1")` and `post(...)` below the visit's prefix, with a form token."""

    def __init__(self, app: Flask, public_id: str, secret: str) -> None:
        self.client, self._secret = app.test_client(), secret
        self.prefix = f"/l/{public_id}/"
        settings = app.config["SETTINGS"]
        self._base = settings.base_url
        host = settings.base_url.split("//")[1].split(":")[0]
        self._cookie = cookie_name(public_id, settings.secure)
        self.client.set_cookie(self._cookie, secret, domain=host, path=self.prefix)

    def get(self, path: str = "", **options: Any) -> TestResponse:
        return self._open(path, method="GET", **options)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        return self._open(path, method="POST", data={"csrf_token": self.form_token, **(data or {})}, **options)

    def send_json(self, method: str, path: str, body: Any) -> TestResponse:
        """What a page's script does: JSON with the form token in a header."""
        headers = {"X-CSRFToken": self.form_token, "Accept": "application/json"}
        return self._open(path, method=method, json=body, headers=headers)

    def send(self, method: str, path: str, **options: Any) -> TestResponse:
        """A request that no page makes."""
        return self._open(path, method=method, **options)

    def without_cookie(self) -> Browser:
        """The same browser when the visit's cookie is gone."""
        host = self._base.split("//")[1].split(":")[0]
        self.client.delete_cookie(self._cookie, domain=host, path=self.prefix)
        return self

    def _open(self, path: str, **options: Any) -> TestResponse:
        """A request as a browser makes it: it shares nothing with the test, be it a transaction or Flask's `g`."""
        let_go()
        return Context().run(self.client.open, self.prefix + path, base_url=self._base, **options)

    @cached_property
    def form_token(self) -> str:
        """As every page of the visit names it, without asking for one: thousands of tests need it."""
        let_go()
        return Context().run(self._generate_token)

    def _generate_token(self) -> str:
        cookie = {"Cookie": f"{self._cookie}={self._secret}"}
        with self.client.application.test_request_context(self.prefix, base_url=self._base, headers=cookie):
            return str(generate_csrf())


def _is_empty(session: Session) -> bool:
    """Whether all that the cast consists of gets the numbers that it got in the first database."""
    return not session.scalar(select(or_(*(select(model).exists() for model in (Platform, Programme, StoredContent)))))


def let_go() -> None:
    """End the test's own transaction: on SQLite it would keep the request's waiting for the lock."""
    if has_app_context():
        db.session.rollback()


class Cast:
    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            if _MADE and _is_empty(db.session):
                self._put(db.session, *_MADE[0])
            else:
                self._make(db.session)

    def _make(self, session: Session) -> None:
        alone = not any(rows_of(session).values())
        self._build(session)
        session.flush()
        if alone:
            # Copied, because tests add people to theirs.
            names = {name: copy(value) for name, value in vars(self).items() if name != "app"}
            _MADE[:] = [(now(), Kept(rows_of(session)), names)]
        session.commit()

    def _put(self, session: Session, done: datetime, made: Kept, names: dict[str, Any]) -> None:
        """Store what was made before anew, as of this moment: that takes a tenth of the time."""
        made.put(session, now() - done)
        vars(self).update({name: copy(value) for name, value in names.items()})

    def person_id(self, name: str) -> int:
        return self.people[name]

    def visit(self, name: str, *, course: str | None = None, module: str | None = "om1", locale: str = "en") -> Browser:
        """Open a visit through the link of that course which opens `module` (None: the link without a module)."""
        let_go()
        course = course or HOME_COURSE.get(name, "LAOS")
        role = Role.LEARNER if name in LEARNERS[course] else Role.INSTRUCTOR
        assert role is Role.LEARNER or name in INSTRUCTORS[course], f"{name} is not in {course}"
        with self.app.app_context():
            link_id = self.links[course, module]
            opened = open_visit(
                db.session, NewVisit(self.people[name], self.courses[course], link_id, role, locale, None)
            )
            if role is Role.LEARNER:
                db.session.merge(LinkVisit(link_id=link_id, person_id=self.people[name]))
            db.session.commit()
        return Browser(self.app, opened.public_id, opened.secret)

    def operate(self, locale: str = "en") -> Browser:
        """The visit of whoever runs the server, as a one-time link opens it."""
        return self._open(NewVisit.operator(locale))

    def place(self, name: str, *, course: str, locale: str = "en") -> Browser:
        """A visit in which that instructor chooses what to place in the course; any number of resource links."""
        person, course_id = self.people[name], self.courses[course]
        visit = NewVisit(person, course_id, None, Role.INSTRUCTOR, locale, None, Purpose.PLACING)
        return self._open(
            visit,
            DeepLinkingRequest(
                deployment_id=self.deployment_pk,
                return_url="https://lms.test/deep-linking",
                data="opaque",
                accept_types=["ltiResourceLink"],
                accept_targets=["iframe", "window"],
                accept_multiple=True,
                accept_lineitem=True,
            ),
        )

    def _open(self, visit: NewVisit, asked: DeepLinkingRequest | None = None) -> Browser:
        let_go()
        with self.app.app_context():
            opened = open_visit(db.session, visit)
            if asked is not None:
                of_visit = select(LaunchSession.id).where(LaunchSession.public_id == opened.public_id)
                asked.visit_id = db.session.scalars(of_visit).one()
                db.session.add(asked)
            db.session.commit()
        return Browser(self.app, opened.public_id, opened.secret)

    def _build(self, session: Session) -> None:
        platform = Platform(
            name="Test LMS",
            issuer="https://lms.test",
            client_id="client-1",
            auth_url="https://lms.test/auth",
            token_url="https://lms.test/token",
            jwks_url="https://lms.test/jwks",
            token_audience=None,
        )
        session.add(platform)
        session.flush()
        deployment = Deployment(platform_id=platform.id, deployment_id="1", status=DeploymentStatus.APPROVED)
        session.add(deployment)
        session.flush()
        self.platform_id, self.deployment_pk = platform.id, deployment.id
        self._add_courses(session)
        self._add_people(session)
        self.cohort_id, self.module_id = add_module(session, small_module())
        session.add(
            StaffGrant(
                kind=GrantKind.COORDINATOR, cohort_id=self.cohort_id, course_id=self.courses["LAOS"], granted_by="test"
            )
        )
        session.add(StaffGrant(kind=GrantKind.ADMINISTRATOR, person_id=self.people["astrid"], granted_by="test"))

    def _add_courses(self, session: Session) -> None:
        courses = [
            Course(deployment_id=self.deployment_pk, context_id=f"ctx-{label}", label=label, title=f"Course {label}")
            for label in LEARNERS
        ]
        session.add_all(courses)
        session.flush()
        self.courses = {course.label: course.id for course in courses if course.label}
        places = [(label, module) for label in self.courses for module in ("om1", None)]
        links = [
            ResourceLink(
                course_id=self.courses[label], resource_link_id=f"link-{module}", title="Link", module_key=module
            )
            for label, module in places
        ]
        session.add_all(links)
        session.flush()
        self.links = {place: link.id for place, link in zip(places, links, strict=True)}
        session.add_all(
            LineItem(
                platform_id=self.platform_id,
                deployment_id=self.deployment_pk,
                link_id=self.links[label, "om1"],
                url=f"https://lms.test/items/{label}",
                container_url=f"https://lms.test/items?c={label}",
                scopes=SCOPES,
            )
            for label in self.courses
        )

    def _add_people(self, session: Session) -> None:
        members = [
            (name, label, role)
            for role, courses in ((Role.LEARNER, LEARNERS), (Role.INSTRUCTOR, INSTRUCTORS))
            for label, names in courses.items()
            for name in names
        ]
        people = {
            name: Person(platform_id=self.platform_id, subject=f"sub-{name}", name=f"{name.title()} Testperson")
            for name, _label, _role in members
        }
        session.add_all(people.values())
        session.flush()
        self.people = {name: person.id for name, person in people.items()}
        session.add_all(
            Membership(person_id=self.people[name], course_id=self.courses[label], role=role)
            for name, label, role in members
        )


def add_module(session: Session, content: ModuleContent) -> tuple[int, int]:
    """Store a programme with one module and its open cohort; returns (cohort id, module id)."""
    programme = session.scalars(select(Programme)).one_or_none()
    if programme is None:
        programme = Programme(key="laos", body=small_programme().model_dump(mode="json"))
        session.add(programme)
        session.flush()
        session.add(Cohort(programme_id=programme.id, term="2026-autumn", is_open=True))
    module = OnlineModule(programme_id=programme.id, key=content.key, position=content.position)
    session.add(module)
    session.flush()
    body = content.model_dump(mode="json")
    stored = StoredContent(
        module_key=body["key"], number=1, digest=hashlib.sha256(repr(body).encode()).hexdigest(), body=body
    )
    session.add(stored)
    session.flush()
    module.content_id = stored.id
    cohort_id = session.scalars(select(Cohort.id).where(Cohort.programme_id == programme.id)).one()
    return cohort_id, module.id


def small_programme() -> ProgrammeContent:
    return ProgrammeContent(
        key="laos",
        default_language="en",
        titles={"en": "LAOS", "nb": "LAOS"},
        modules=("om1",),
        terms=(Term(key="autumn", titles={"en": "Autumn", "nb": "Høst"}, starts="08-01"),),
    )


def small_module(key: str = "om1") -> ModuleContent:
    """Three questions (q3 has two right answers), two to pass, essays of 20-60 words, comments of 3 words or more."""
    levels = tuple(
        Level(key=f"l{n}", label=f"Level {n}", description=f"What level {n} looks like") for n in range(1, 5)
    )
    criteria = tuple(
        Criterion(key=f"c{n}", title=f"Criterion {n}", question=f"How well {n}?", levels=levels, comment_prompt="Why?")
        for n in (1, 2)
    )
    text = ModuleText(
        title="Giving feedback",
        summary="How to give feedback.",
        reading="# Reading\n\nFeedback is **for** learning.",
        questions=tuple(_question(n) for n in range(1, 4)),
        topics=(Topic(key="listening", title="Listening", text="Listen *first*."),),
        essay_prompt="Write about *your* feedback.",
        evaluation=EvaluationForm(introduction="Be kind.", criteria=criteria, overall_prompt="Overall?"),
    )
    return ModuleContent(
        key=key,
        position=1,
        default_language="en",
        languages={"en": text, "nb": text},
        pass_share=0.6,
        essay_words_min=20,
        essay_words_max=60,
        comment_words_min=3,
        reading_minutes=5,
        hours=3,
    )


def _question(number: int) -> Question:
    right = {"a", "b"} if number == 3 else {"a"}
    options = tuple(
        Option(key=key, text=f"Option {key} of {number}", correct=key in right, feedback=f"About {key}")
        for key in "abcd"
    )
    return Question(
        key=f"q{number}", text=f"Question {number}?", kind="multiple" if number == 3 else "single", options=options
    )
