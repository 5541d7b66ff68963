"""Scores for links that a person opened only after finishing the module."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_tool.database import now
from lti_tool.lti.columns import Subject
from lti_tool.modules.jobs import backfill
from lti_tool.modules.models import Participation, StepResult
from lti_tool.passback.actions import Grade, fill_gaps
from lti_tool.passback.models import Delivery, Score
from lti_tool.people.models import LinkVisit, Person
from lti_tool.programme.content import Step
from lti_tool.programme.models import OnlineModule
from tests.passback.conftest import Outbox


def visit(outbox: Outbox, name: str, course: str) -> None:
    link_id = outbox.cast.links[course, "om1"]
    outbox.session.merge(LinkVisit(link_id=link_id, person_id=outbox.cast.person_id(name)))
    outbox.session.commit()


def take_part(outbox: Outbox, name: str, *, finished: bool = True) -> None:
    content_id = outbox.session.get_one(OnlineModule, outbox.cast.module_id).content_id
    participation = Participation(
        person_id=outbox.cast.person_id(name),
        module_id=outbox.cast.module_id,
        cohort_id=outbox.cast.cohort_id,
        content_id=content_id,
        completed_at=now() if finished else None,
    )
    outbox.session.add(participation)
    outbox.session.flush()
    for step in Step:
        outbox.session.add(StepResult(participation_id=participation.id, step=step, detail="12/14"))
    outbox.session.commit()


def scores(outbox: Outbox) -> list[Score]:
    return list(outbox.session.scalars(select(Score).order_by(Score.id)))


def test_a_link_opened_after_finishing_gets_its_score(outbox: Outbox) -> None:
    take_part(outbox, "lina")
    visit(outbox, "lina", "LAOS")
    assert len(backfill(outbox.session)) == 1
    visit(outbox, "lina", "TDT4100")
    assert len(backfill(outbox.session)) == 1
    outbox.session.commit()
    found = scores(outbox)
    assert {score.line_item_id for score in found} == {outbox.item("LAOS").id, outbox.item("TDT4100").id}
    assert {(score.given, score.maximum, score.state) for score in found} == {(100, 100, Delivery.WAITING)}


def test_it_happens_once(outbox: Outbox) -> None:
    take_part(outbox, "lina")
    visit(outbox, "lina", "LAOS")
    assert [len(backfill(outbox.session)) for _time in range(2)] == [1, 0]


def test_nobody_else_gets_a_score(outbox: Outbox) -> None:
    take_part(outbox, "lina", finished=False)
    visit(outbox, "lina", "LAOS")
    visit(outbox, "frode", "LAOS")
    take_part(outbox, "amir")
    assert backfill(outbox.session) == []


def test_scores_that_are_there_stay_as_they_are(outbox: Outbox) -> None:
    take_part(outbox, "lina")
    earlier = outbox.enqueue("lina", Grade(100, 100, "As it was"), course="LAOS")
    visit(outbox, "lina", "TDT4100")
    assert earlier not in backfill(outbox.session)
    assert outbox.score(earlier).comment == "As it was"


@pytest.mark.parametrize(("locale", "word"), [("en", "completed"), (None, "completed")])
def test_the_comment_names_the_parts_in_the_persons_language(outbox: Outbox, locale: str | None, word: str) -> None:
    outbox.session.get_one(Person, outbox.cast.person_id("lina")).locale = locale
    take_part(outbox, "lina")
    visit(outbox, "lina", "LAOS")
    backfill(outbox.session)
    (score,) = scores(outbox)
    assert "12/14" in score.comment
    assert word in score.comment


def test_one_run_takes_on_a_bounded_number(outbox: Outbox) -> None:
    for name in ("lina", "frode", "amir"):
        take_part(outbox, name)
        visit(outbox, name, "LAOS")
    assert [len(backfill(outbox.session, limit=2)) for _run in range(3)] == [2, 1, 0]


def test_two_workers_that_fill_the_same_gap_make_one_row(outbox: Outbox) -> None:
    visit(outbox, "lina", "LAOS")
    person_id = outbox.cast.person_id("lina")
    grade = Grade(100, 100, "Done")
    first = fill_gaps(outbox.session, person_id, Subject("om1"), grade)
    assert fill_gaps(outbox.session, person_id, Subject("om1"), grade) == []
    assert len(first) == len(scores(outbox)) == 1
