"""A module from its first launch to the grade in the LMS, with the real protocol and the real worker's tasks."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from lti_tool.database import db
from lti_tool.demo_lms.cast import programme_course
from lti_tool.demo_lms.seed_work import MODULE, essay_text, evaluation_texts
from lti_tool.demo_lms.state import now
from lti_tool.jobs import Jobs
from lti_tool.passback.models import Delivery, Score
from lti_tool.people.models import Person
from lti_tool.programme.pack import read_pack
from lti_tool.quiz.queries import solutions_of
from tests.journeys.conftest import Enter, Player
from tests.working import work_off

COURSE = programme_course(now().date()).key
WORDS = "two peer evaluations given"


def test_a_newcomer_finishes_and_the_grade_arrives_in_both_courses(app: Flask, enter: Enter) -> None:
    newcomer = enter("la-mateusz")
    newcomer.open(f"{COURSE}-om1")
    pass_the_test(newcomer)
    hand_in_the_essay(newcomer)
    assert "No grade has arrived yet" in newcomer.gradebook(COURSE)
    give_two_evaluations(newcomer)
    work_off(app)
    assert_graded(newcomer, COURSE)
    assert WORDS in newcomer.gradebook(COURSE)
    assert "No grade has arrived yet" in newcomer.gradebook("tdt4100")
    newcomer.open("tdt4100-om1")
    backfill(app)
    assert_graded(newcomer, "tdt4100")
    assert WORDS in newcomer.gradebook("tdt4100")


def test_those_who_were_done_before_anybody_looked_get_their_grades_from_the_worker(app: Flask, enter: Enter) -> None:
    backfill(app)
    for sub in ("la-amina", "la-nils"):
        assert_graded(enter(sub), COURSE)
        assert_graded(enter(sub), "tdt4100")
    teacher = enter("instructor-solveig").gradebook("tdt4100")
    assert teacher.count('<span class="score">100</span>') == 2
    with app.app_context():
        states = db.session.execute(select(Person.subject, Score.state).join(Score, Score.person_id == Person.id))
        done = ("la-amina", "la-nils", "la-jakob")
        assert {tuple(row) for row in states} == {(sub, Delivery.SENT) for sub in done}


def backfill(app: Flask) -> None:
    """What the worker does each minute, and what follows from it."""
    jobs: Jobs = app.extensions["jobs"]
    for task in ("backfill_scores", "sweep_scores"):
        jobs.enqueue(task)
    work_off(app)


def assert_graded(player: Player, course_key: str) -> None:
    assert '<span class="score">100</span>' in player.gradebook(course_key)


def pass_the_test(player: Player) -> None:
    path = f"modules/{MODULE}/test"
    module = next(module for module in read_pack("laos").modules if module.key == MODULE)
    answers = {f"q-{key}": sorted(options) for key, options in solutions_of(module.text_in("en")).items()}
    paper = player.send(player.look(path))
    result = player.send(paper, {**answers, "action": "submit"})
    assert "attempts/1" in result.request.path


def hand_in_the_essay(player: Player) -> None:
    page = player.look(f"modules/{MODULE}/essay")
    module = player.send(page, {"text": essay_text("la-oda"), "action": "submit"})
    assert module.request.path.endswith(f"modules/{MODULE}")


def give_two_evaluations(player: Player) -> None:
    tasks = player.links(player.look(f"modules/{MODULE}/evaluations"), 'evaluations/[^"/]+')
    assert len(tasks) == 2
    for number, task in enumerate(tasks):
        form = player.send(player.look(task))
        written = evaluation_texts("la-oda")[number]
        fields = {f"level-{key}": answer["level"] for key, answer in written["criteria"].items()}
        fields |= {f"comment-{key}": answer["comment"] for key, answer in written["criteria"].items()}
        player.send(form, {**fields, "overall": written["overall"], "action": "submit"})
