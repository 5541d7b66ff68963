"""The gradebook: everything for those who teach, one's own for those who learn."""

import re

import pytest

from lti_tool.demo_lms.cast import LEARNING_ASSISTANTS
from tests.demo_lms.harness import Demo, score

GRADEBOOK = "/courses/tdt4100/gradebook"


def seen(demo: Demo, sub: str) -> str:
    answer = demo.browser(sub).get(GRADEBOOK)
    assert answer.status_code == 200
    main = answer.text.split("<main")[1]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


def test_the_teacher_sees_every_student_and_every_activity(demo: Demo) -> None:
    page = seen(demo, "instructor-solveig")
    assert all(person.family_name in page for person in LEARNING_ASSISTANTS)
    assert "OM1 Giving feedback of 100" in page
    assert "Solveig" not in page


def test_the_teacher_sees_score_comment_and_time(demo: Demo) -> None:
    demo.post_score(demo.line_item(), score(scoreGiven=87.5))
    page = seen(demo, "instructor-solveig")
    assert re.search(r"Ingrid Solberg 87\.5 Well done\. Sat 21 Nov, \d\d:00", page)


def test_a_student_sees_the_own_grade_only(demo: Demo) -> None:
    line_item = demo.line_item()
    demo.post_score(line_item, score("la-ingrid", comment="For Ingrid."))
    demo.post_score(line_item, score("la-amina", comment="For Amina.", scoreGiven=33))
    page = seen(demo, "la-ingrid")
    assert "80 For Ingrid." in page
    assert "Amina" not in page
    assert "33" not in page


def test_grades_of_another_course_stay_there(demo: Demo) -> None:
    demo.post_score(demo.line_item("tma4100"), score("stranger-jonas", comment="For Jonas."))
    assert "Jonas" not in seen(demo, "instructor-solveig")


@pytest.mark.parametrize("sub", ["instructor-solveig", "la-ingrid"])
def test_an_empty_gradebook_says_how_it_fills(demo: Demo, sub: str) -> None:
    assert "No grade has arrived yet." in seen(demo, sub)
    demo.post_score(demo.line_item(), score())
    assert "No grade has arrived yet." not in seen(demo, sub)


def test_an_activity_on_its_way_is_shown_in_words(demo: Demo) -> None:
    body = score(
        scoreGiven=None, scoreMaximum=None, comment=None, activityProgress="Submitted", gradingProgress="Pending"
    )
    demo.post_score(demo.line_item(), body)
    assert "Handed in, not graded yet" in seen(demo, "la-ingrid")


def test_a_comment_is_text_and_never_markup(demo: Demo) -> None:
    demo.post_score(demo.line_item(), score(comment="<b>bold</b>"))
    assert "&lt;b&gt;bold&lt;/b&gt;" in demo.browser("la-ingrid").get(GRADEBOOK).text


def test_a_zero_is_a_grade(demo: Demo) -> None:
    demo.post_score(demo.line_item(), score(scoreGiven=0))
    assert "0 Well done." in seen(demo, "la-ingrid")
