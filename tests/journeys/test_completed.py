"""Whoever has completed everything: the score of the whole programme arrives, and the certificate is a click away."""

from __future__ import annotations

from flask import Flask

from lti_tool.demo_lms.cast import programme_course
from lti_tool.demo_lms.state import now
from lti_tool.jobs import Jobs
from tests.journeys.conftest import Enter
from tests.working import work_off

FULL = '<span class="score">100</span>'
COURSE = programme_course(now().date()).key


def test_the_overall_score_arrives_in_its_own_column(app: Flask, enter: Enter) -> None:
    jobs: Jobs = app.extensions["jobs"]
    for task in ("settle_completion", "sweep_scores"):
        jobs.enqueue(task)
    work_off(app)
    columns = enter("la-nils").gradebook(COURSE).split("LAOS: completed")
    assert [FULL in column for column in columns] == [True, True]
    assert FULL not in enter("la-oda").gradebook(COURSE)


def test_the_certificate_is_one_click_away(enter: Enter) -> None:
    nils = enter("la-nils")
    nils.open(f"{COURSE}-completed")
    offered = nils.look("certificates")
    # Not those of the other programme in the same tool.
    assert offered.text.count('<section class="sheet"') == 1
    issued = nils.send(offered)
    (address,) = nils.links(issued, r"certificates/[^\"/]+\.nb\.pdf")
    assert nils.look(address).data.startswith(b"%PDF-")


def test_the_coordinators_matrix_is_that_of_their_own_programme(enter: Enter) -> None:
    henrik = enter("coordinator-henrik")
    henrik.open(f"{COURSE}-om1")
    matrix = henrik.look("matrix").text
    assert "LAOS" in matrix.partition("<h1")[0].partition("eyebrow")[2]
    assert "Håkon Berg" in matrix
