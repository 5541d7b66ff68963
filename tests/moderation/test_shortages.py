"""Guarantee 5: shortages have names, and a coordinator can do something about each."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.modules.models import Participation, StepResult
from lti_tool.paging import PAGE_SIZE
from lti_tool.peer_review import shortages as rules
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus, LogEntry, LogKind
from lti_tool.peer_review.shortages import NothingOpen
from lti_tool.programme.content import Step
from lti_tool.reflection.models import Essay
from tests.cast import Browser, Cast
from tests.conftest import CountStatements
from tests.peer_review.conftest import (
    Arrive,
    arrive,  # noqa: F401 - a fixture
)
from tests.peer_review.giving import fill, give, row, tasks_of
from tests.peer_review.leaving import check_healed, leave
from tests.stages import stage

NAMES = ("lina", "frode", "amir", "siri", "tuva")
WHY = "Nobody else comes this term"


def essay_of(session: Session, cast: Cast, name: str) -> str:
    session.rollback()
    query = select(Essay.public_id).join(Participation).where(Participation.person_id == cast.person_id(name))
    return session.scalars(query).one()


def author_of(session: Session, cast: Cast, name: str) -> Author:
    session.expire_all()
    query = select(Author).join(Participation).where(Participation.person_id == cast.person_id(name))
    return session.scalars(query).one()


@pytest.fixture
def kari(cast: Cast) -> Browser:
    return cast.visit("kari")


@pytest.fixture
def short(cast: Cast, session: Session) -> str:
    """Five have handed in; Lina has given both of hers, and somebody whom she evaluated leaves: an essay is short."""
    return stage(cast, session, _leave_short)


def _leave_short(cast: Cast, session: Session) -> str:
    come = Arrive(cast, session)
    parts = {cast.person_id(name): come(name) for name in NAMES}
    lina, tasks = cast.visit("lina"), tasks_of(session, cast.person_id("lina"))
    for public_id in tasks:
        give(lina, public_id)
    author_id = row(session, tasks[0]).author.participation.person_id
    leave(session, parts[author_id])
    (found,) = (item for item in rules.shortages(session, [cast.cohort_id]) if item.to_receive)
    session.rollback()
    return found.essay


def decide(kari: Browser, essay: str, action: str, **fields: str) -> int:
    return kari.post(f"shortages/{essay}", {"action": action, "reason": WHY, **fields}).status_code


def open_of(session: Session, essay: str) -> tuple[int, int, int, int]:
    session.rollback()
    author = session.scalars(
        select(Author).join(Essay, Essay.id == Author.essay_id).where(Essay.public_id == essay)
    ).one()
    return author.to_give, author.to_receive, author.waived_given, author.waived_received


def logged(session: Session, kind: LogKind) -> list[str]:
    return list(session.scalars(select(LogEntry.reason).where(LogEntry.kind == kind)))


def test_nobody_is_short_of_anything(cast: Cast, kari: Browser, arrive: Arrive) -> None:  # noqa: F811
    arrive.named("lina", "frode", "amir")
    assert "Nobody is short of anything." in kari.get("shortages").text
    assert "shortages" in kari.get("moderation").text


def test_those_who_wait_are_named(cast: Cast, kari: Browser, arrive: Arrive) -> None:  # noqa: F811
    arrive("lina"), arrive("frode")
    page = kari.get("shortages").text
    assert "Lina Testperson" in page
    assert "Frode Testperson" in page
    assert page.count("too few essays are in") == 2


def test_those_whose_time_ran_out_are_named_and_can_go_without(
    cast: Cast,
    kari: Browser,
    session: Session,
    arrive: Arrive,  # noqa: F811
) -> None:
    arrive.named("lina", "frode", "amir")
    author = author_of(session, cast, "lina")
    for evaluation in session.scalars(select(Evaluation).where(Evaluation.evaluator_id == author.id)):
        session.delete(evaluation)
        evaluation.author.waived_received += 1
    author.lapsed = 2
    session.commit()
    essay = essay_of(session, cast, "lina")
    assert "2 evaluations to give were taken back when their date was over." in kari.get("shortages").text
    assert "Let it count without" in kari.get(f"shortages/{essay}").text
    assert decide(kari, essay, "waive-given") == 303
    assert open_of(session, essay) == (0, 0, 2, 0)
    assert "taken back" not in kari.get("shortages").text


def test_whoever_has_left_is_short_of_nothing(
    cast: Cast,
    kari: Browser,
    session: Session,
    arrive: Arrive,  # noqa: F811
) -> None:
    arrive("lina")
    author = author_of(session, cast, "lina")
    author.placed_at, author.withdrawn_at, author.lapsed = author.joined_at, author.joined_at, 1
    session.commit()
    assert "Nobody is short of anything." in kari.get("shortages").text


def test_long_lists_come_in_pages_that_cost_the_same(
    cast: Cast,
    kari: Browser,
    session: Session,
    arrive: Arrive,  # noqa: F811
    count_statements: CountStatements,
) -> None:
    arrive.several(3)
    session.execute(update(Author).values(lapsed=1))
    session.commit()
    kari.get("shortages")
    with count_statements() as few:
        kari.get("shortages")
    for _ in range(PAGE_SIZE):
        arrive()
    session.execute(update(Author).values(lapsed=1))
    session.commit()
    with count_statements() as many:
        assert kari.get("shortages").text.count("One evaluation to give was taken back") == PAGE_SIZE
    assert len(many) == len(few)
    assert kari.get("shortages?page=2").text.count("One evaluation to give was taken back") == 3
    assert kari.get("shortages?page=0").status_code == 400


def test_an_essay_that_lacks_an_evaluator_is_named(kari: Browser, short: str) -> None:
    page = kari.get("shortages").text
    assert "The essay lacks one evaluator." in page
    assert f"shortages/{short}" in page


def test_the_page_of_one_tells_what_has_happened(kari: Browser, short: str) -> None:
    page = kari.get(f"shortages/{short}").text
    assert "Handed in, and in the pool." in page
    assert "Testperson got the essay to evaluate." in page
    assert "I evaluate it myself" in page


@pytest.mark.parametrize("action", ["take", "ask", "waive-received"])
def test_a_reason_is_needed(kari: Browser, session: Session, short: str, action: str) -> None:
    answer = kari.post(f"shortages/{short}", {"action": action, "reason": "  "})
    assert answer.status_code == 422
    assert "Write why." in answer.text
    chosen = kari.post(f"shortages/{short}", {"action": "ask", "reason": WHY})
    assert chosen.status_code == 422
    assert WHY in chosen.text
    assert open_of(session, short) == (0, 1, 0, 0)


def test_waiving_and_looking_again(kari: Browser, session: Session, short: str) -> None:
    assert decide(kari, short, "waive-received") == 303
    assert open_of(session, short) == (0, 0, 0, 1)
    assert logged(session, LogKind.WAIVED) == [f"received: {WHY}"]
    assert "One evaluation of the essay." in kari.get("shortages").text
    assert decide(kari, short, "waive-received") == 409
    assert decide(kari, short, "again-received") == 303
    assert open_of(session, short) == (0, 1, 0, 0)
    check_healed(session)


def test_what_is_waived_to_give_finishes_the_step(
    cast: Cast,
    kari: Browser,
    session: Session,
    arrive: Arrive,  # noqa: F811
) -> None:
    arrive("lina")
    essay = essay_of(session, cast, "lina")
    assert decide(kari, essay, "waive-given") == 303
    assert open_of(session, essay) == (0, 2, 2, 0)
    assert session.scalars(select(StepResult.step).where(StepResult.step == Step.EVALUATIONS)).all() == [
        Step.EVALUATIONS
    ]
    assert decide(kari, essay, "again-given") == 409
    arrive("frode")
    assert open_of(session, essay) == (0, 1, 2, 0)
    check_healed(session)


def test_staff_take_an_essay_write_its_evaluation_and_the_author_reads_it(
    cast: Cast, kari: Browser, session: Session, short: str
) -> None:
    assert decide(kari, short, "take") == 303
    assert open_of(session, short) == (0, 0, 0, 0)
    page = kari.get("shortages").text
    public_id = re.search(r"evaluations/([^\"]+)", page).group(1)  # type: ignore[union-attr]
    assert "An essay" in kari.get(f"evaluations/{public_id}").text
    answer = kari.post(f"evaluations/{public_id}", fill())
    assert answer.status_code == 303
    assert answer.location.endswith("shortages?notice=submitted")
    given = row(session, public_id)
    assert (given.status, given.staff_id) == (EvaluationStatus.SUBMITTED, cast.person_id("kari"))
    person_id, number = given.author.participation.person_id, given.received_slot
    writer = cast.visit(next(name for name in NAMES if cast.person_id(name) == person_id))
    assert writer.post(f"modules/om1/received/{number}").status_code == 303
    assert "A good read overall" in writer.get("modules/om1/received").text
    assert kari.post(f"shortages/arrangements/{public_id}").status_code == 409
    assert "Kari Testperson" in kari.get("moderation").text
    assert kari.get(f"moderation/{public_id}").status_code == 200
    check_healed(session)


def test_the_author_of_an_essay_that_staff_have_taken_can_leave(
    cast: Cast, kari: Browser, session: Session, short: str
) -> None:
    decide(kari, short, "take")
    author = session.scalars(
        select(Author).join(Essay, Essay.id == Author.essay_id).where(Essay.public_id == short)
    ).one()
    assert leave(session, author.participation_id)
    check_healed(session)


def test_nobody_else_writes_what_one_has_taken(cast: Cast, kari: Browser, session: Session, short: str) -> None:
    decide(kari, short, "take")
    public_id = session.scalars(select(Evaluation.public_id).where(Evaluation.staff_id.is_not(None))).one()
    for name in ("astrid", "lina"):
        assert cast.visit(name).get(f"evaluations/{public_id}").status_code == 404


def test_what_one_has_taken_can_be_put_back(kari: Browser, session: Session, short: str) -> None:
    decide(kari, short, "take")
    public_id = session.scalars(select(Evaluation.public_id).where(Evaluation.staff_id.is_not(None))).one()
    assert kari.post(f"shortages/arrangements/{public_id}").status_code == 303
    assert open_of(session, short) == (0, 1, 0, 0)
    assert logged(session, LogKind.UNDONE) == ["arrangement"]


def test_a_volunteer_is_asked_for_a_third(cast: Cast, kari: Browser, session: Session, short: str) -> None:
    volunteer = essay_of(session, cast, "lina")
    if rules.volunteers(session, author_of(session, cast, "lina")):
        pytest.fail("nobody but Lina has given two")
    knows = [
        e.author.essay.public_id
        for e in session.scalars(select(Evaluation))
        if e.evaluator_id == author_of(session, cast, "lina").id
    ]
    asked = decide(kari, short, "ask", volunteer=volunteer)
    if short in knows:
        assert asked == 409
        return
    assert asked == 303
    assert logged(session, LogKind.VOLUNTEERED) == [WHY]
    tasks = tasks_of(session, cast.person_id("lina"))
    assert len(tasks) == 3
    lina = cast.visit("lina")
    assert "A third essay" in lina.get(f"evaluations/{tasks[2]}").text
    give(lina, tasks[2])
    assert kari.post(f"shortages/arrangements/{tasks[2]}").status_code == 409
    check_healed(session)


def test_a_third_that_nobody_has_begun_is_taken_back(
    cast: Cast,
    kari: Browser,
    session: Session,
    arrive: Arrive,  # noqa: F811
) -> None:
    arrive.named(*NAMES)
    tuva, lina = author_of(session, cast, "tuva"), author_of(session, cast, "lina")
    with pytest.raises(NothingOpen):
        rules.ask_volunteer(session, tuva, lina, reason=WHY, person_id=cast.person_id("kari"))


@pytest.mark.parametrize("name", ["lina", "ingrid"])
def test_only_coordinators_see_it(cast: Cast, short: str, name: str) -> None:
    assert cast.visit(name).get("shortages").status_code == 403
    assert cast.visit(name).post(f"shortages/{short}", {"action": "take", "reason": WHY}).status_code == 403


@pytest.mark.parametrize("fields", [{"action": "nothing"}, {}, {"action": "ask", "volunteer": "unknown"}])
def test_what_no_button_says_is_refused(kari: Browser, session: Session, short: str, fields: dict[str, str]) -> None:
    assert kari.post(f"shortages/{short}", {"reason": WHY, **fields}).status_code in (400, 404)
    assert open_of(session, short) == (0, 1, 0, 0)
