"""Who is kept apart: pairs and course teams, as a coordinator sets and lifts them."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.modules.models import Participation
from lti_tool.peer_review.models import (
    CourseConflict,
    Evaluation,
    EvaluationStatus,
    LogEntry,
    LogKind,
    PoolConflict,
)
from lti_tool.peer_review.pools import locked_pool
from lti_tool.people.models import Membership, Person, Role
from lti_tool.people.names import pseudonym
from lti_tool.reflection.models import Essay
from tests.cast import Browser, Cast
from tests.conftest import SECRET, CountStatements
from tests.pages import problems_of
from tests.peer_review.conftest import hand_in, somebody
from tests.peer_review.leaving import check_healed

WHY = "They share a flat"
NAMES = ("lina", "frode", "amir", "siri", "tuva")


@pytest.fixture
def kari(cast: Cast) -> Browser:
    return cast.visit("kari")


@pytest.fixture
def pool(cast: Cast, session: Session) -> list[int]:
    """The five of the cast and four more have handed in; their ids. Who evaluates whom is the same every time."""
    locked_pool(session, cast.cohort_id, cast.module_id, "en").seed = 8
    people = [cast.person_id(name) for name in NAMES] + [somebody(session, cast) for _ in range(4)]
    for person_id in people:
        hand_in(session, person_id)
    return people


def arcs(session: Session) -> dict[tuple[int, int], Evaluation]:
    """Evaluator and author of every evaluation, as people."""
    session.rollback()
    session.expire_all()
    return {
        (e.evaluator.participation.person_id, e.author.participation.person_id): e
        for e in session.scalars(select(Evaluation))
    }


def keep_apart(kari: Browser, one: int, other: int, **fields: str) -> int:
    data = {"one": str(one), "other": str(other), "reason": WHY, **fields}
    return kari.post("conflicts/new", data).status_code


def test_a_page_without_conflicts_and_how_to_set_one(kari: Browser) -> None:
    page = kari.get("conflicts").text
    assert "No pair is kept apart." in page
    assert "conflicts/new" in page
    assert "conflicts" in kari.get("pools").text
    assert problems_of(page) == []


def test_two_people_are_found_by_name_and_kept_apart_until_it_is_lifted(
    cast: Cast, kari: Browser, session: Session
) -> None:
    page = kari.get("conflicts/new?first=lin&second=AMIR").text
    lina, amir = cast.person_id("lina"), cast.person_id("amir")
    assert re.findall(r'<input checked [^>]*name="(one|other)" type="radio" value="(\d+)"', page) == [
        ("one", str(lina)),
        ("other", str(amir)),
    ]
    assert "Lina Testperson (LAOS, TDT4100)" in page
    assert problems_of(page) == []
    assert keep_apart(kari, amir, lina) == 303
    assert keep_apart(kari, lina, amir, reason="Said again") == 303
    (kept,) = session.scalars(select(PoolConflict)).all()
    assert (kept.first_id, kept.second_id, kept.reason) == (*sorted((lina, amir)), WHY)
    assert kept.set_by == cast.person_id("kari")
    page = kari.get("conflicts?notice=kept-apart").text
    for words in ("Lina Testperson and Amir Testperson", WHY, "Set by Kari Testperson", "One pair is kept apart."):
        assert words in page
    assert problems_of(page) == []
    for _ in range(2):
        assert kari.post(f"conflicts/{amir}/{lina}/lift").status_code == 303
    session.rollback()
    assert session.scalars(select(PoolConflict)).all() == []


def test_what_has_not_begun_between_them_goes_to_somebody_else_at_once(
    kari: Browser, session: Session, pool: list[int]
) -> None:
    for _ in range(3):
        one, other = next(iter(arcs(session)))
        before = arcs(session)
        assert keep_apart(kari, one, other) == 303
        after = arcs(session)
        assert (one, other) not in after
        assert (other, one) not in after
        assert len(after.keys() - before.keys()) <= 4
        check_healed(session)
    reasons = session.scalars(select(LogEntry.reason).where(LogEntry.kind == LogKind.TAKEN_BACK)).all()
    assert "kept apart" in reasons
    page = kari.get("conflicts").text
    assert "stays" not in page.split("<h2>")[1]


def test_the_log_of_both_says_who_lifted_it(cast: Cast, kari: Browser, session: Session, pool: list[int]) -> None:
    lina, amir = cast.person_id("lina"), cast.person_id("amir")
    keep_apart(kari, lina, amir)
    for _ in range(2):
        kari.post(f"conflicts/{lina}/{amir}/lift")
    for name, other in (("lina", "Amir"), ("amir", "Lina")):
        page = story_of(kari, session, cast.person_id(name))
        assert page.count(f"Is no longer kept apart from {other} Testperson.") == 1
        assert "Kari Testperson" in page


def story_of(kari: Browser, session: Session, person_id: int) -> str:
    session.rollback()
    essay = select(Essay.public_id).join(Participation, Participation.id == Essay.participation_id)
    return kari.get(f"pools/{session.scalars(essay.where(Participation.person_id == person_id)).one()}").text


def test_what_has_begun_stays_and_the_page_says_so(kari: Browser, session: Session, pool: list[int]) -> None:
    (one, other), evaluation = next(
        (arc, e) for arc, e in arcs(session).items() if (arc[1], arc[0]) not in arcs(session)
    )
    public_id = evaluation.public_id
    evaluation = session.scalars(select(Evaluation).where(Evaluation.public_id == public_id)).one()
    evaluation.status, evaluation.started_at = EvaluationStatus.STARTED, evaluation.created_at
    session.commit()
    assert keep_apart(kari, one, other) == 303
    assert arcs(session)[one, other].public_id == public_id
    assert "One evaluation between them had begun and stays." in kari.get("conflicts").text


def test_where_there_is_nobody_else_it_stays_and_the_page_says_so(cast: Cast, kari: Browser, session: Session) -> None:
    for name in NAMES[:3]:
        hand_in(session, cast.person_id(name))
    assert keep_apart(kari, cast.person_id("lina"), cast.person_id("frode")) == 303
    assert len(arcs(session)) == 6
    check_healed(session)
    assert LogKind.NOT_AVOIDED in session.scalars(select(LogEntry.kind)).all()
    assert "2 that have not begun stay: so far there is nobody else to give them to." in kari.get("conflicts").text


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"reason": " "}, "Write why."),
        ({"reason": "x" * 501}, "Write at most 500 characters."),
        ({"one": ""}, "Choose one of them."),
        ({"other": "same"}, "Choose two different people."),
    ],
)
def test_what_is_missing_is_said_and_the_rest_kept(
    cast: Cast, kari: Browser, session: Session, fields: dict[str, str], message: str
) -> None:
    lina, amir = str(cast.person_id("lina")), str(cast.person_id("amir"))
    fields = {name: lina if value == "same" else value for name, value in fields.items()}
    data = {"first": "i", "second": "i", "one": lina, "other": amir, "reason": WHY, **fields}
    answer = kari.post("conflicts/new", data)
    assert answer.status_code == 422
    assert message in answer.text
    chosen = re.findall(r'<input checked [^>]*name="(one|other)"', answer.text)
    assert chosen == [name for name in ("one", "other") if data[name]]
    assert data["reason"].strip() in html.unescape(answer.text)
    assert problems_of(answer.text) == []
    assert session.scalars(select(PoolConflict)).all() == []


def test_who_has_no_name_is_found_by_their_pseudonym(cast: Cast, kari: Browser, session: Session) -> None:
    lina = session.get_one(Person, cast.person_id("lina"))
    lina.name, code = None, pseudonym(SECRET, lina.id)
    session.commit()
    assert f"Learning assistant {code} (LAOS, TDT4100)" in kari.get(f"conflicts/new?first={code}&second=amir").text


@pytest.mark.parametrize("other", ["0", "x", "99999999999", "-1", "٣"])
def test_only_people_of_the_own_cohorts_can_be_named(cast: Cast, kari: Browser, session: Session, other: str) -> None:
    data = {"one": str(cast.person_id("lina")), "other": other, "reason": WHY}
    assert kari.post("conflicts/new", data).status_code in (400, 404)
    una = cast.person_id("una")
    assert keep_apart(kari, cast.person_id("lina"), una) == 404
    assert kari.post(f"conflicts/{una}/{cast.person_id('lina')}/lift").status_code == 404
    assert "No learning assistant is called “una” here." in kari.get("conflicts/new?first=una").text
    assert session.scalars(select(PoolConflict)).all() == []


def test_course_teams_are_ticked_and_unticked(cast: Cast, kari: Browser, session: Session, pool: list[int]) -> None:
    page = kari.get("conflicts").text
    team = f"{cast.cohort_id}-{cast.courses['TDT4100']}"
    assert re.findall(r'type="checkbox" id="[^"]+" name="courses" value="([^"]+)"', page) == [team]
    assert "3 learning assistants" in page
    assert kari.post("conflicts/courses", {"courses": team}).status_code == 303
    assert kari.post("conflicts/courses", {"courses": team}).status_code == 303
    (kept,) = session.scalars(select(CourseConflict)).all()
    assert (kept.course_id, kept.set_by) == (cast.courses["TDT4100"], cast.person_id("kari"))
    page = kari.get("conflicts?notice=teams").text
    assert f'value="{team}" checked' in page
    assert "Set by Kari Testperson" in page
    assert problems_of(page) == []
    kari.post("conflicts/courses")
    assert session.scalars(select(CourseConflict)).all() == [kept], "nobody has unticked it"
    assert kari.post("conflicts/courses", {"was": team}).status_code == 303
    session.rollback()
    assert session.scalars(select(CourseConflict)).all() == []
    page = story_of(kari, session, cast.person_id("lina"))
    assert page.count("Is no longer kept apart from the others of their course.") == 1
    assert "Kari Testperson" in page


def test_a_team_that_is_kept_apart_gets_other_essays_where_there_are_any(
    cast: Cast, kari: Browser, session: Session, pool: list[int]
) -> None:
    team = {cast.person_id(name) for name in ("lina", "frode", "amir")}
    before = {arc for arc in arcs(session) if team.issuperset(arc)}
    assert before, "the pool would show nothing"
    kari.post("conflicts/courses", {"courses": f"{cast.cohort_id}-{cast.courses['TDT4100']}"})
    assert [arc for arc in arcs(session) if team.issuperset(arc)] == []
    check_healed(session)


@pytest.mark.parametrize("value", ["1", "x-y", "999-999", ""])
def test_a_team_that_is_not_offered_is_refused(cast: Cast, kari: Browser, session: Session, value: str) -> None:
    for name in ("courses", "was"):
        assert kari.post("conflicts/courses", {name: value}).status_code == 400
    programme_course = f"{cast.cohort_id}-{cast.courses['LAOS']}"
    assert kari.post("conflicts/courses", {"courses": programme_course}).status_code == 400
    assert session.scalars(select(CourseConflict)).all() == []


def test_the_pages_cost_the_same_however_many_pairs_there_are(
    cast: Cast, kari: Browser, session: Session, count_statements: CountStatements
) -> None:
    people = [somebody(session, cast) for _ in range(60)]
    session.add_all([Membership(person_id=p, course_id=cast.courses["LAOS"], role=Role.LEARNER) for p in people])
    session.commit()
    keep_apart(kari, *people[:2])
    kari.get("conflicts")
    with count_statements() as few:
        kari.get("conflicts")
    for person_id in people[2:]:
        session.add(PoolConflict(first_id=people[0], second_id=person_id, reason=WHY))
    session.commit()
    with count_statements() as many:
        page = kari.get("conflicts").text
    assert len(many) == len(few)
    assert page.count("/lift") == 50
    assert kari.get("conflicts?page=2").text.count("/lift") == 9
    assert kari.get("conflicts?page=x").status_code == 400
