"""What people are called whose platform keeps their names back."""

from __future__ import annotations

import re

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from lti_tool.paths import TEMPLATES
from lti_tool.people.models import Person
from lti_tool.people.names import Somebody, pseudonym, shown_name
from tests import work
from tests.cast import Cast
from tests.conftest import SECRET

STAFF_TEMPLATES = {
    "administration",
    "authoring",
    "certificates",
    "employment",
    "essays",
    "gradebook",
    "insight",
    "moderation",
    "planning",
    "schedule",
}
STAFF_PAGES = {
    "choosing/undecided.html",
    *(f"course_module/{page}.html" for page in ("course", "agreement", "addition")),
    *(f"equivalence/{page}.html" for page in ("_log", "inbox", "application")),
    *(f"marking/{page}.html" for page in ("_parts", "register", "rest", "paper", "log", "report")),
}


@given(st.integers(1, 2**31 - 1))
def test_a_pseudonym_is_short_stable_and_free_of_words(person_id: int) -> None:
    assert re.fullmatch(r"[2-9B-DF-HJ-NP-TV-XZ]{3}-[2-9B-DF-HJ-NP-TV-XZ]{3}", pseudonym(SECRET, person_id))
    assert pseudonym(SECRET, person_id) == pseudonym(SECRET, person_id)


def test_a_pseudonym_tells_nothing_without_the_secret() -> None:
    ours, others = ([pseudonym(secret, number) for number in range(1, 200)] for secret in (SECRET, "x" * 40))
    assert not set(ours) & set(others)


def test_people_of_a_large_university_have_pseudonyms_of_their_own() -> None:
    assert len({pseudonym(SECRET, number) for number in range(1, 5001)}) >= 4999


def test_a_name_is_shown_where_there_is_one(app: Flask) -> None:
    with app.app_context():
        code = pseudonym(SECRET, 7)
        assert shown_name(Somebody(7, "Lina Testperson")) == "Lina Testperson"
        assert shown_name(Somebody(7, None)) == shown_name(Somebody(7, "")) == f"Learning assistant {code}"
        assert shown_name(Somebody(7, None), staff=True) == f"Member of staff {code}"


def test_a_person_without_a_name_is_called_the_same_on_every_page(cast: Cast) -> None:
    with work.done_before(cast) as session:
        for name in ("lina", "frode", "amir"):
            work.try_test(session, cast.people[name], 3, passed=True)
            work.submit_essay(session, cast.people[name])
        session.execute(update(Person).values(name=None))
    code = pseudonym(SECRET, cast.people["amir"])
    ingrid = cast.visit("ingrid")
    assert code in ingrid.get("gradebook").text
    assert code in ingrid.get(f"gradebook/learners/{cast.people['amir']}").text
    assert code in cast.visit("kari").get("moderation?show=all").text


def test_only_pages_of_staff_name_people() -> None:
    naming = {file for file in TEMPLATES.rglob("*.html") if "shown_name" in file.read_text()}
    names = {file.relative_to(TEMPLATES).as_posix() for file in naming}
    assert names >= STAFF_PAGES
    assert {name.split("/")[0] for name in names - STAFF_PAGES} <= STAFF_TEMPLATES


def test_learning_assistants_see_nobody_elses_pseudonym(cast: Cast) -> None:
    with work.done_before(cast) as session:
        for name in ("lina", "frode", "amir"):
            work.try_test(session, cast.people[name], 3, passed=True)
            work.submit_essay(session, cast.people[name])
        session.execute(update(Person).values(name=None))
    codes = {pseudonym(SECRET, person_id) for person_id in cast.people.values()}
    lina = cast.visit("lina")
    tasks = set(re.findall(r"/(evaluations/[\w-]+)", lina.get("modules/om1/evaluations").text))
    assert tasks
    paths = ("", "modules/om1", "modules/om1/evaluations", "modules/om1/received", *tasks)
    answers = [lina.get(path) for path in paths]
    assert {answer.status_code for answer in answers} == {200}
    assert not [code for code in codes for answer in answers if code in answer.text]
