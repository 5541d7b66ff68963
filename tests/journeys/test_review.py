"""From a grade in the demo LMS to the work behind it."""

from __future__ import annotations

from flask import Flask

from lti_tool.demo_lms.seed_work import essay_text
from tests.journeys.conftest import Enter
from tests.journeys.test_module import backfill


def test_an_instructor_opens_the_work_behind_a_grade(app: Flask, enter: Enter) -> None:
    backfill(app)
    page = enter("instructor-solveig").review("tdt4100", "Amina Yusuf")
    assert page.status_code == 200
    assert "<h1>Amina Yusuf</h1>" in page.text
    assert essay_text("la-amina")[:40] in page.text
    # The way back is the gradebook's course.
    assert "/courses/tdt4100" in page.text
