"""What learning assistants are told about dates: in their time zone and language, and what being late means."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.modules.models import Extension, StepDate
from lti_tool.peer_review.models import Evaluation
from lti_tool.people.models import Person
from lti_tool.programme.content import Step
from tests.cast import Cast, let_go
from tests.peer_review.conftest import (
    Arrive,
    arrive,  # noqa: F401 - a fixture
)
from tests.statements import statements
from tests.work import done_before, submit_essay, try_test

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def put_date(cast: Cast, step: Step, due_in: timedelta, grace_hours: int = 0) -> datetime:
    let_go()
    due_at = now() + due_in
    with done_before(cast) as session:
        key = {"cohort_id": cast.cohort_id, "module_id": cast.module_id, "step": step}
        session.merge(StepDate(**key, due_at=due_at, grace_hours=grace_hours))
    return due_at


def seen_by(cast: Cast, name: str, locale: str = "en", module: str | None = "om1") -> str:
    """The page as it reads, without its tags."""
    page = cast.visit(name, locale=locale, module=module).get().text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page.split("<main", 1)[1]))


def test_without_dates_the_page_speaks_of_none(cast: Cast) -> None:
    assert "ue " not in "".join(re.findall(r"\b[Dd]ue ", seen_by(cast, "lina")))


@pytest.mark.parametrize(
    ("due_in", "grace", "said"),
    [
        (5 * DAY + HOUR, 0, r"Due \w{3} \d+ \w{3}.*?, \d\d:\d\d, in 5 days\."),
        (2 * HOUR + timedelta(minutes=5), 0, r"Due .*?, in 2 hours\."),
        (-HOUR, 24, r"It was due .*?, \d\d:\d\d\. Handed in by .*? it is not late\."),
        (-2 * DAY, 24, r"Hand it in all the same: it counts, and is marked as late\."),
    ],
)
def test_each_step_says_when_it_is_due_and_what_it_means_that_it_was(
    cast: Cast, due_in: timedelta, grace: int, said: str
) -> None:
    put_date(cast, Step.ESSAY, due_in, grace)
    assert re.search(said, seen_by(cast, "lina"))


def test_somebody_with_more_time_is_told_so_and_nobody_else(cast: Cast) -> None:
    due_at = put_date(cast, Step.TEST, DAY)
    with done_before(cast) as session:
        key = {"cohort_id": cast.cohort_id, "module_id": cast.module_id, "step": Step.TEST}
        session.add(Extension(**key, person_id=cast.person_id("lina"), until=due_at + 9 * DAY))
    assert re.search(r"You have more time: due .*?, in 9 days\.", seen_by(cast, "lina"))
    assert "more time" not in seen_by(cast, "frode")


def test_late_work_is_said_to_be_late_and_that_it_counts(cast: Cast) -> None:
    with done_before(cast) as session:
        try_test(session, cast.person_id("lina"), 3, passed=True)
        submit_essay(session, cast.person_id("lina"))
    put_date(cast, Step.TEST, -DAY)
    put_date(cast, Step.ESSAY, -DAY, grace_hours=48)
    assert len(re.findall(r"Late: it was due .*? It counts all the same\.", seen_by(cast, "lina"))) == 1


def test_dates_are_in_the_time_zone_and_the_language_of_the_person(cast: Cast) -> None:
    put_date(cast, Step.TEST, 3 * HOUR)
    with done_before(cast) as session:
        session.get_one(Person, cast.person_id("frode")).timezone = "Asia/Kathmandu"
    clocks = [re.search(r"Due .*?(\d\d:\d\d)", seen_by(cast, name)) for name in ("lina", "frode")]
    minutes = [int(found[1][3:]) for found in clocks if found]
    assert (minutes[1] - minutes[0]) % 60 == 45
    assert "om 3 timer" in seen_by(cast, "lina", locale="nb")


def test_an_evaluation_handed_out_late_is_due_later_than_its_step(
    cast: Cast,
    session: Session,
    arrive: Arrive,  # noqa: F811
) -> None:
    for name in ("lina", "frode", "amir"):
        arrive(name)
    put_date(cast, Step.EVALUATIONS, -DAY)
    assert re.search(r"Due .*?, in 6 days\.", seen_by(cast, "lina"))
    lina, public_id = cast.visit("lina"), session.scalars(select(Evaluation.public_id).order_by(Evaluation.id)).first()
    assert lina.get("modules/om1/evaluations").text.count("in 6 days.") == 2
    owner = session.scalars(select(Evaluation).order_by(Evaluation.id)).first()
    assert owner
    name = {person: name for name, person in cast.people.items()}[owner.evaluator.participation.person_id]
    browser = cast.visit(name)
    for _page in ("before it is begun", "while it is written"):
        assert "in 6 days." in browser.get(f"evaluations/{public_id}").text
        browser.post(f"evaluations/{public_id}/start")
    for evaluation in session.scalars(select(Evaluation)):
        evaluation.created_at = now() - 8 * DAY
    session.commit()
    assert "It counts as long as nobody else has the essay" not in seen_by(cast, "lina")
    assert "it counts as long as nobody else has the essay" in seen_by(cast, "lina")


def test_whoever_still_waits_for_an_essay_is_told_of_no_date_that_is_past(
    cast: Cast,
    arrive: Arrive,  # noqa: F811
) -> None:
    arrive("lina")
    put_date(cast, Step.EVALUATIONS, -DAY)
    assert "was due" not in seen_by(cast, "lina")
    put_date(cast, Step.EVALUATIONS, 2 * DAY + HOUR)
    assert "in 2 days" in seen_by(cast, "lina")


def test_my_training_names_the_date_of_what_comes_next(cast: Cast) -> None:
    put_date(cast, Step.TEST, 3 * DAY + HOUR)
    put_date(cast, Step.ESSAY, 20 * DAY)
    assert re.search(r"Test: Due .*?, in 3 days\.", seen_by(cast, "lina", module=None))
    with done_before(cast) as session:
        try_test(session, cast.person_id("lina"), 3, passed=True)
    assert re.search(r"Due .*?, in 19 days\.", seen_by(cast, "lina", module=None))


def test_dates_cost_a_page_nothing_more_however_many_there_are(cast: Cast) -> None:
    browser = cast.visit("lina")
    with statements(cast.app) as without:
        browser.get()
    for step in Step:
        put_date(cast, step, DAY)
    with statements(cast.app) as seen:
        browser.get()
    assert len(seen) == len(without)
