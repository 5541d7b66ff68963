"""One learning assistant, as the instructors of their course see them."""

from __future__ import annotations

from lti_tool.reflection.models import Essay
from tests import work
from tests.cast import Cast


def test_it_shows_attempts_and_the_submitted_essay(cast: Cast) -> None:
    with work.done_before(cast) as session:
        work.try_test(session, cast.person_id("lina"), 1, passed=False)
        work.try_test(session, cast.person_id("lina"), 3, passed=True)
        work.submit_essay(session, cast.person_id("lina"))
    page = cast.visit("ingrid").get(f"gradebook/learners/{cast.person_id('lina')}").text
    assert page.index("<td>3</td>") < page.index("<td>1</td>")
    assert "what <em>they</em> had tried" in page


def test_a_draft_stays_its_authors_own(cast: Cast) -> None:
    with work.done_before(cast) as session:
        work.draft_essay(session, cast.person_id("lina"))
    page = cast.visit("ingrid").get(f"gradebook/learners/{cast.person_id('lina')}").text
    assert "had tried" not in page
    assert "Only its author can read a draft" in page


def test_changes_after_the_submission_stay_the_authors_own(cast: Cast) -> None:
    with work.done_before(cast) as session:
        work.submit_essay(session, cast.person_id("lina"))
    with work.done_before(cast) as session:
        essay = session.get_one(Essay, 1)
        essay.text = "A new thought"
    page = cast.visit("ingrid").get(f"gradebook/learners/{cast.person_id('lina')}").text
    assert "A new thought" not in page
    assert "had tried" in page


def test_somebody_who_has_not_begun_has_a_page_too(cast: Cast) -> None:
    answer = cast.visit("ingrid").get(f"gradebook/learners/{cast.person_id('lina')}")
    assert answer.status_code == 200
    assert "None has been submitted yet" in answer.text


def test_a_learner_of_another_course_is_not_found(cast: Cast) -> None:
    for stranger in ("una", "siri"):
        assert cast.visit("ingrid").get(f"gradebook/learners/{cast.person_id(stranger)}").status_code == 404


def test_staff_are_not_learners(cast: Cast) -> None:
    assert cast.visit("ingrid").get(f"gradebook/learners/{cast.person_id('ingrid')}").status_code == 404


def test_nobody_is_found_under_a_number_too_large_for_the_database(cast: Cast) -> None:
    assert cast.visit("ingrid").get(f"gradebook/learners/{10**30}").status_code == 404
