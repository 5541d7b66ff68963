"""Guarantee 10: nothing that a learning assistant can get tells who wrote an essay or an evaluation, on paper either.

The routes are those of the application that are open to learning assistants, so that a new one is walked as well: a
route that the walk cannot reach, or an argument that it does not know, fails the test.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lti_tool.database import now
from lti_tool.mail_settings import mail_server
from lti_tool.messages.actions import choose_digests
from lti_tool.messages.letter import Told, compose
from lti_tool.messages.news import Kind
from lti_tool.messages.queries import doors_of, news_for
from lti_tool.modules.models import Participation, StepDate
from lti_tool.peer_review import reviews
from lti_tool.peer_review.actions import start_evaluation
from lti_tool.peer_review.expiry import expire
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus, Feedback, Pool
from lti_tool.people.access import Audience, audiences_of
from lti_tool.people.models import Membership, Person, Role
from lti_tool.programme.content import Step
from lti_tool.programme.models import Cohort
from lti_tool.programme.queries import current_module
from lti_tool.quiz.models import Attempt
from lti_tool.reflection.models import Essay
from tests.cast import Browser, Cast
from tests.peer_review.forms_on import TEXT, Page
from tests.peer_review.giving import tasks_of

NAMES = {"lina": "Lina Aasen", "frode": "Frode Bjerke", "amir": "Amir Cakir", "siri": "Siri Dale", "tuva": "Tuva Engen"}
# Far beyond every other figure on a page, so that finding one there means that it was told.
FIRST_ID = 7_310_000
NUMBERED = (Person, Participation, Essay, Author, Evaluation, Attempt)
OURS = Evaluation.evaluator_id > FIRST_ID + 30_001
# What a page's script sends.
BODIES: dict[str, Any] = {
    "quiz.save": {"question": "q1", "chosen": ["a"]},
    "reflection.save_draft": {"text": TEXT, "version": 1},
    "peer_review.save_draft": {"criteria": {}, "overall": TEXT, "version": 1},
    "home.timezone": {"timezone": "Europe/Oslo"},
}
# Essay in; evaluations begun; a draft, and the form that meets it; submitted; opened; answered and seen.
ROUNDS = 6
# What coordinators and the clock have done is met; what was handed out because of it is begun and written.
ROUNDS_AFTERWARDS = 2


@dataclass(frozen=True)
class Seen:
    """An answer to somebody, with all that they see of it."""

    endpoint: str
    method: str
    status: int
    text: str


class Walk:
    """Everything that one person can get, by links, by forms, by the pages' scripts and by made-up addresses."""

    def __init__(self, app: Flask, browser: Browser) -> None:
        self.adapter = app.url_map.bind("tool.test")
        self.browser = browser
        self.seen: list[Seen] = []

    def through_pages(self) -> None:
        """Every page that links lead to, and every button that one of them has."""
        waiting, done, used = [""], set[str](), set[str]()
        while waiting:
            path = waiting.pop()
            done.add(path)
            page = Page(self.ask("GET", path).text)
            answers = list(self.use(page, used))
            found = {*page.links, *(answer.location or "" for answer in answers)}
            # A page that only has a notice more is the same page.
            inside = {self.inside(link).split("?notice=")[0] for link in found if link.startswith(self.browser.prefix)}
            waiting += sorted(inside - done - set(waiting))

    def use(self, page: Page, used: set[str]) -> Iterator[TestResponse]:
        for address in page.drafts:
            endpoint, _arguments = self.adapter.match(address, "PUT")
            yield self.ask("PUT", self.inside(address), json=BODIES[endpoint])
        for form in page.forms:
            for button, fields in form.filled():
                if f"{form.action} {button}" not in used:
                    used.add(f"{form.action} {button}")
                    yield self.ask("POST", self.inside(form.action), data=fields)

    def by_guessing(self, rules: list[Rule], guesses: dict[str, list[str]]) -> None:
        """Every route with every argument one could try; a route with an argument of a new kind is a KeyError."""
        for rule in rules:
            for path in paths(rule, guesses):
                self.ask("GET", path)
                self.ask("POST", path)
                self.ask("PUT", path, json=BODIES.get(rule.endpoint, {"version": 77}))

    def inside(self, address: str) -> str:
        return address.removeprefix(self.browser.prefix).split("#")[0]

    def ask(self, method: str, path: str, data: dict[str, str] | None = None, json: Any = None) -> TestResponse:
        if method == "GET":
            answer = self.browser.get(path)
        elif json is None:
            answer = self.browser.post(path, data)
        else:
            answer = self.browser.send_json(method, path, json)
        assert answer.status_code < 500
        # An address that somebody made up themselves tells them nothing when it is repeated.
        shown = f"{answer.headers}{answer.text}".replace(path or "/", "")
        self.seen.append(Seen(self.endpoint(path, method), method, answer.status_code, shown))
        return answer

    def endpoint(self, path: str, method: str) -> str:
        try:
            endpoint, _arguments = self.adapter.match(self.browser.prefix + path.partition("?")[0], method)
        except HTTPException as error:
            return str(error.code)
        return str(endpoint)


def paths(rule: Rule, guesses: dict[str, list[str]]) -> Iterator[str]:
    names = sorted(rule.arguments - {"visit"})
    for values in product(*(guesses[name] for name in names)):
        path = rule.rule.removeprefix("/l/<visit>/")
        for name, value in zip(names, values, strict=True):
            path = re.sub(rf"<([^<>]+:)?{name}>", value, path)
        yield path


@pytest.fixture
def people(cast: Cast, session: Session) -> dict[str, int]:
    """Five whose platform tells names and uses addresses as subjects. Every id is recognisable."""
    number_from(session, cast, FIRST_ID)
    for name, full_name in NAMES.items():
        subject = f"{full_name.lower().replace(' ', '.')}@student.example.edu"
        address = f"mailbox-of-{name}@mail.example.edu"
        person = Person(platform_id=cast.platform_id, subject=subject, name=full_name, email=address)
        session.add(person)
        session.flush()
        session.add(Membership(person_id=person.id, course_id=cast.courses["LAOS"], role=Role.LEARNER))
        cast.people[name] = person.id
    session.commit()
    return {name: cast.people[name] for name in NAMES}


def number_from(session: Session, cast: Cast, first: int) -> None:
    """Have the next rows take high ids, by rows of an old term that hold the ids before them."""
    module = current_module(session, "om1")
    cohort = Cohort(programme_id=module.programme_id, term="2020-spring", is_open=False)
    session.add(cohort)
    session.flush()
    pool = Pool(cohort_id=cohort.id, module_id=module.id, language="en")
    session.add(pool)
    session.flush()
    for n in (first, first + 1):
        session.add(Person(id=n, platform_id=cast.platform_id, subject=f"before-{n}"))
        session.flush()
        takes = {"module_id": module.id, "cohort_id": cohort.id, "content_id": module.content_id}
        session.add(Participation(id=n + 10_000, person_id=n, **takes))
        session.flush()
        session.add(Essay(id=n + 20_000, participation_id=n + 10_000, text="Before", language="en"))
        session.add(Attempt(id=n + 50_000, participation_id=n + 10_000, number=1, seed=1))
        session.flush()
        session.add(Author(id=n + 30_000, pool_id=pool.id, participation_id=n + 10_000, essay_id=n + 20_000))
        session.flush()
    pair = {"evaluator_id": first + 30_000, "author_id": first + 30_001, "given_slot": 1, "received_slot": 1}
    session.add(Evaluation(id=first + 40_000, pool_id=pool.id, shuffle_key=0.5, **pair))
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        for kind in NUMBERED:
            table = kind.__tablename__
            session.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
            )


def secrets_kept_from(session: Session, viewer_id: int) -> dict[str, str]:
    """What nobody may learn about the others: each value with what it is."""
    session.rollback()
    kept: dict[str, str] = {}
    for person in session.scalars(select(Person).where(Person.id > FIRST_ID + 1, Person.id != viewer_id)):
        first_name, last_name = (person.name or "").split()
        known_as = (first_name, last_name, person.subject, person.subject.split("@")[0], str(person.id))
        for value in (*known_as, person.email or "", f"mailbox-of-{first_name.lower()}"):
            kept[value] = f"person {person.name}"
    for part in session.scalars(select(Participation).where(Participation.person_id != viewer_id)):
        kept[str(part.id)] = "somebody's participation"
    for essay in session.scalars(select(Essay).join(Participation).where(Participation.person_id != viewer_id)):
        kept |= {str(essay.id): "somebody's essay", essay.public_id: "somebody's essay"}
    for author in session.scalars(select(Author)):
        kept[str(author.id)] = "an author in the pool"
    for evaluation in session.scalars(select(Evaluation)):
        kept[str(evaluation.id)] = "an evaluation"
        if evaluation.evaluator and evaluation.evaluator.participation.person_id != viewer_id:
            kept[evaluation.public_id] = "somebody else's evaluation"
    return kept


def assert_kept(kept: dict[str, str], seen: list[Seen]) -> None:
    told = {(at.endpoint, at.method, kept[found]) for at in seen for found in told_in(at.text, kept)}
    assert told == set()


def told_in(said: str, kept: Iterable[str]) -> list[str]:
    """A number is told where it stands alone, not within a longer one."""
    numbers = set(re.findall("[0-9]+", said))
    return [value for value in kept if (value in numbers if value.isdigit() else value in said)]


@dataclass
class Everybody:
    """The five, what each of them has seen so far, and what each may not learn of the others."""

    session: Session
    people: dict[str, int]
    walks: dict[str, Walk]
    kept: dict[str, dict[str, str]]

    def walk(self, rounds: int) -> None:
        for _round in range(rounds):
            for name, person_id in self.people.items():
                self.walks[name].seen += letters_to(self.session, person_id)
            for walk in self.walks.values():
                walk.through_pages()
            for name, person_id in self.people.items():
                self.kept[name] |= secrets_kept_from(self.session, person_id)
        self.session.rollback()

    @property
    def seen(self) -> list[Seen]:
        return [seen for walk in self.walks.values() for seen in walk.seen]


@pytest.fixture
def everybody(cast: Cast, session: Session, people: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> Everybody:
    mail = mail_server("smtp+plain://localhost:25", "training@example.edu")
    monkeypatch.setitem(cast.app.config, "SETTINGS", cast.app.config["SETTINGS"].with_changes(mail=mail))
    for person_id in people.values():
        choose_digests(session, person_id, wanted=True, default_zone="Europe/Oslo")
    session.commit()
    walks = {name: Walk(cast.app, cast.visit(name)) for name in people}
    return Everybody(session, people, walks, {name: {} for name in people})


def letters_to(session: Session, person_id: int) -> list[Seen]:
    """What would be sent to them this morning, if anything."""
    person, moment = session.get_one(Person, person_id), now()
    items = news_for(session, [person_id], moment).get(person_id, [])
    doors = doors_of(session, [person_id])
    told = [Told(item, "Giving feedback", doors.get((person_id, "om1")), "en") for item in items]
    if not told:
        return []
    letter = compose(told, person.email or "", ZoneInfo("Europe/Oslo"), "key-of-this-digest")
    bodies = [part.get_content() for part in letter.walk() if part.get_content_maintype() == "text"]
    return [Seen("e-mail", item.kind, 200, f"{letter.items()}{bodies}") for item in items]


# What pages tell does not depend on the database, and this is the longest walk of all.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.timeout(240)
def test_guarantee_10_no_answer_and_no_letter_to_a_learner_tells_who_the_others_are(
    cast: Cast, session: Session, everybody: Everybody
) -> None:
    everybody.walk(ROUNDS)
    assert_everybody_went_the_whole_way(session)
    coordinators_and_the_clock_go_on(cast, session)
    everybody.walk(ROUNDS_AFTERWARDS)
    rules = [rule for rule in cast.app.url_map.iter_rules() if for_learners(cast.app, rule)]
    everybody.walks["lina"].by_guessing(rules, guesses(session, everybody.people))

    assert_everything_was_seen(rules, everybody.seen)
    for name, walk in everybody.walks.items():
        assert_kept(everybody.kept[name], walk.seen)


def test_what_is_told_anywhere_is_found() -> None:
    """In a header, in a word, and as a number that stands alone; not within another number."""
    kept = {"Aasen": "a person", "7310007": "an evaluation", "abc-public": "an essay"}
    told = (("Location: /x/7310007/y", True), ("by Lina Aasen.", True), ("abc-public.pdf", True), ("173100079", False))
    for text_of_it, is_told in told:
        with pytest.raises(AssertionError) if is_told else nullcontext():
            assert_kept(kept, [Seen("somewhere", "GET", 200, text_of_it)])


def coordinators_and_the_clock_go_on(cast: Cast, session: Session) -> None:
    """One evaluation is returned, two are taken out, and the time for the essays given instead runs out."""
    first, second = two_to_exchange(session)
    begins = first.evaluator.participation.person_id
    back = next(one.id for one in given_by_the_five(session) if one not in (first, second))
    for evaluation_id, decide in (
        (first.id, reviews.void),
        (second.id, reviews.void),
        (back, reviews.return_to_evaluator),
    ):
        evaluation = session.get_one(Evaluation, evaluation_id)
        seen, kari = reviews.version_seen(session, evaluation), cast.person_id("kari")
        decide(session, evaluation, seen=seen, reason="Say what could be better", person_id=kari)
    handed_out = session.scalars(select(Evaluation).where(OURS, Evaluation.status == EvaluationStatus.OPEN)).all()
    assert len(handed_out) == 2
    for one in handed_out:
        one.created_at = now() - timedelta(days=30)
        if one.evaluator.participation.person_id == begins:
            start_evaluation(session, begins, one.public_id)
    step = {"cohort_id": cast.cohort_id, "module_id": cast.module_id, "step": Step.EVALUATIONS}
    session.add(StepDate(**step, due_at=now() - timedelta(days=1), grace_hours=0))
    session.flush()
    assert expire(session, now()) == 2
    session.commit()


def two_to_exchange(session: Session) -> tuple[Evaluation, Evaluation]:
    """Two evaluations of which each evaluator could have the essay of the other."""
    given = given_by_the_five(session)
    known = {(one.evaluator_id, one.author_id) for one in given}
    known |= {(author_id, author_id) for _evaluator_id, author_id in known}
    return next(
        (one, other)
        for one, other in product(given, given)
        if not {(one.evaluator_id, other.author_id), (other.evaluator_id, one.author_id)} & known
    )


def given_by_the_five(session: Session) -> list[Evaluation]:
    done = Evaluation.status == EvaluationStatus.SUBMITTED
    return list(session.scalars(select(Evaluation).where(OURS, done).order_by(Evaluation.id)))


def guesses(session: Session, people: dict[str, int]) -> dict[str, list[str]]:
    of_others = tasks_of(session, people["frode"])
    essays = session.scalars(select(Essay.public_id).where(Essay.submitted_at.is_not(None)).limit(2))
    return {
        "key": ["om1", "om9"],
        "number": ["1", "2", "3"],
        "digest": ["0" * 64],
        "topic": ["listening"],
        "cohort_id": ["1", "9"],
        "meeting": ["core-1"],
        "date": ["1"],
        "course_id": ["1", "9"],
        "application": ["nothing"],
        "code": ["23456789BCDF"],
        "language": ["en"],
        "public_id": [*tasks_of(session, people["lina"]), *of_others, *essays],
    }


def for_learners(app: Flask, rule: Rule) -> bool:
    return Audience.LEARNER in audiences_of(rule.endpoint, app.view_functions[rule.endpoint])


# Five who take all modules of their programme have none to choose, its only test shows no pictures, and it holds no
# meetings, so there is nothing to check in to, and asks courses to hold none (tests/course_module/test_blindness.py is
# about what they do). It asks for nothing by which it would be completed or that other training could stand for.
NOTHING_TO_SEE = (
    "choosing.",
    "quiz.picture",
    "course_module.",
    "attendance.",
    "marking.",
    "equivalence.",
    "certificates.issue",
    "certificates.document",
)


def assert_everything_was_seen(rules: list[Rule], seen: list[Seen]) -> None:
    """Every route answered as it should at least once, and letters were written about evaluations."""
    wanted = {(rule.endpoint, method) for rule in rules for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    wanted = {(endpoint, method) for endpoint, method in wanted if not endpoint.startswith(NOTHING_TO_SEE)}
    assert wanted - {(at.endpoint, at.method) for at in seen if at.status < 400} == set()
    about = {Kind.EVALUATION_RETURNED, Kind.LAPSED, Kind.EVALUATED}
    assert about - {at.method for at in seen if at.endpoint == "e-mail"} == set()


def assert_everybody_went_the_whole_way(session: Session) -> None:
    given = given_by_the_five(session)
    assert len(given) == 10
    assert all(one.read_at is not None for one in given)
    told = session.scalars(select(Feedback).where(Feedback.evaluation_id.in_([one.id for one in given]))).all()
    assert {bool(one.why) for one in told} == {True}
    assert len(told) == 10
