"""Guarantee 10: nothing that a learning assistant can get tells who wrote an essay or an evaluation.

The routes are those of the application that are open to learning assistants, so that a new one is walked as well: a
route that the walk cannot reach, or an argument that it does not know, fails the test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lti_tool.modules.models import Participation
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus, Pool
from lti_tool.people.access import Audience, audiences_of
from lti_tool.people.models import Membership, Person, Role
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
# What a page's script sends.
BODIES: dict[str, Any] = {
    "quiz.save": {"question": "q1", "chosen": ["a"]},
    "reflection.save_draft": {"text": TEXT, "version": 1},
    "peer_review.save_draft": {"criteria": {}, "overall": TEXT, "version": 1},
}
# Essay in; evaluations begun; a draft, and the form that meets it; submitted; opened; seen.
ROUNDS = 6


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
            inside = {self.inside(link) for link in found if link.startswith(self.browser.prefix)}
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
        person = Person(platform_id=cast.platform_id, subject=subject, name=full_name)
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
        for value in (first_name, last_name, person.subject, person.subject.split("@")[0], str(person.id)):
            kept[value] = f"person {person.name}"
    for part in session.scalars(select(Participation).where(Participation.person_id != viewer_id)):
        kept[str(part.id)] = "somebody's participation"
    for essay in session.scalars(select(Essay).join(Participation).where(Participation.person_id != viewer_id)):
        kept |= {str(essay.id): "somebody's essay", essay.public_id: "somebody's essay"}
    for author in session.scalars(select(Author)):
        kept[str(author.id)] = "an author in the pool"
    for evaluation in session.scalars(select(Evaluation)):
        kept[str(evaluation.id)] = "an evaluation"
        if evaluation.evaluator.participation.person_id != viewer_id:
            kept[evaluation.public_id] = "somebody else's evaluation"
    return kept


def assert_kept(kept: dict[str, str], seen: list[Seen]) -> None:
    # A number is told where it stands alone, not within a longer one.
    alone = re.compile("|".join(rf"(?<![0-9]){re.escape(value)}(?![0-9])" for value in kept))
    told = {(at.endpoint, at.method, kept[found]) for at in seen for found in alone.findall(at.text)}
    assert told == set()


@pytest.mark.timeout(180)
def test_guarantee_10_no_answer_to_a_learner_tells_who_the_others_are(
    cast: Cast, session: Session, people: dict[str, int]
) -> None:
    walks = {name: Walk(cast.app, cast.visit(name)) for name in people}
    kept: dict[str, dict[str, str]] = {name: {} for name in people}
    for _round in range(ROUNDS):
        for walk in walks.values():
            walk.through_pages()
        for name, person_id in people.items():
            kept[name] |= secrets_kept_from(session, person_id)
    rules = [rule for rule in cast.app.url_map.iter_rules() if for_learners(cast.app, rule)]
    of_others = tasks_of(session, people["frode"])
    essays = list(session.scalars(select(Essay.public_id).where(Essay.submitted_at.is_not(None)).limit(2)))
    guesses = {
        "key": ["om1", "om9"],
        "number": ["1", "2", "3"],
        "public_id": [*tasks_of(session, people["lina"]), *of_others, *essays],
    }
    walks["lina"].by_guessing(rules, guesses)

    assert_everything_was_seen(session, rules, [seen for walk in walks.values() for seen in walk.seen])
    for name, walk in walks.items():
        assert_kept(kept[name], walk.seen)


def for_learners(app: Flask, rule: Rule) -> bool:
    return Audience.LEARNER in audiences_of(rule.endpoint, app.view_functions[rule.endpoint])


def assert_everything_was_seen(session: Session, rules: list[Rule], seen: list[Seen]) -> None:
    """Every route answered as it should at least once, and everybody went the whole way."""
    wanted = {(rule.endpoint, method) for rule in rules for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    assert wanted - {(at.endpoint, at.method) for at in seen if at.status < 400} == set()
    ours = Evaluation.evaluator_id > FIRST_ID + 30_001
    done = select(func.count()).select_from(Evaluation).where(ours, Evaluation.status == EvaluationStatus.SUBMITTED)
    assert session.scalar(done) == 10
    assert session.scalar(done.where(Evaluation.read_at.is_not(None))) == 10
