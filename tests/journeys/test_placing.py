"""A teacher chooses in the tool what to add to a course; the links open what they should, and their columns fill."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask
from sqlalchemy import select

from lti_tool.demo_lms.models import Grade, LineItem, Link
from lti_tool.demo_lms.state import EXTENSION
from lti_tool.lti.columns import TAG
from tests.demo_lms.harness import seen
from tests.journeys.conftest import Enter
from tests.journeys.test_module import backfill

COURSE = "tdt4100"


@dataclass(frozen=True)
class Placed:
    """What the platform made of a link; `columns` are the marks of its line items."""

    id: str
    custom: dict[str, str]
    columns: list[tuple[str | None, str | None]]


def test_placed_links_open_what_was_chosen_and_their_columns_fill(app: Flask, lms: Flask, enter: Enter) -> None:
    teacher = enter("instructor-solveig")
    before = len(links_in(lms))
    answer = teacher.place(COURSE, "module-om1", "training", "results")
    assert answer.status_code == 200, answer.text
    assert "3 " in seen(answer.text).partition("The tool says:")[2]
    module, training, results = links_in(lms)[before:]
    assert (module.custom, module.columns) == ({"module": "om1"}, [("om1", TAG)])
    assert (training.custom, training.columns) == ({}, [])
    assert (results.custom, results.columns) == ({"page": "results"}, [])
    assert '<table class="table' in teacher.open(results.id)
    learner = enter("la-amina")
    assert '<ol class="tasks">' in learner.open(module.id)
    assert '<ul class="choices">' in learner.open(training.id)
    assert '<ul class="choices">' in learner.open(results.id), "results are for staff, she sees her training"
    # She had finished long before the link was placed.
    backfill(app)
    assert grades_in(lms, module.id) == [("la-amina", 100)]
    assert len(links_in(lms)) == before + 3


def test_a_teacher_who_chooses_nothing_leaves_the_course_as_it_was(lms: Flask, enter: Enter) -> None:
    before = links_in(lms)
    answer = enter("instructor-solveig").place(COURSE)
    assert "Nothing was added" in answer.text
    assert links_in(lms) == before


def links_in(lms: Flask) -> list[Placed]:
    with lms.extensions[EXTENSION].store.reading() as session:
        found = session.scalars(select(Link).where(Link.course_key == COURSE).order_by(Link.position)).unique()
        return [
            Placed(link.id, link.custom, [(item.resource_id, item.tag) for item in link.line_items]) for link in found
        ]


def grades_in(lms: Flask, link_id: str) -> list[tuple[str, float | None]]:
    with lms.extensions[EXTENSION].store.reading() as session:
        rows = session.execute(select(Grade.sub, Grade.score).join(LineItem).where(LineItem.link_id == link_id))
        return [(row.sub, row.score) for row in rows]
