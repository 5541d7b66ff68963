"""How the questions of a test fare, for coordinators."""

from __future__ import annotations

import csv
import html
import io
import re

import pytest
from sqlalchemy import select

from lti_tool.item_analysis.thresholds import FEWEST
from lti_tool.people.models import GrantKind, StaffGrant
from lti_tool.programme.content import ModuleContent, Step
from lti_tool.programme.models import Cohort, Programme
from tests import work
from tests.cast import Cast, small_module
from tests.conftest import CountStatements
from tests.item_analysis.sitting import RIGHT, Sheet, publish, sit
from tests.pages import problems_of

PAGE = "question-analysis"


def words_of(page: str) -> str:
    """The text of a page as it is read."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def line(page: str, start: str) -> str:
    rows = (words_of(row) for row in re.findall(r"<tr>(.*?)</tr>", page, re.S))
    return next(row for row in rows if row.startswith(start))


def read(cast: Cast, path: str = PAGE, locale: str = "en") -> str:
    answer = cast.visit("kari", locale=locale).get(path)
    assert answer.status_code == 200
    assert path.endswith(".csv") or problems_of(answer.text) == []
    return answer.text


def let_sit(cast: Cast, *sheets: tuple[int, Sheet], version: int = 1) -> None:
    with work.done_before(cast) as session:
        for times, sheet in sheets:
            for _person in range(times):
                sit(session, cast, [sheet], version=version)


def test_shares_choices_and_those_who_left_it_out_come_from_first_attempts(cast: Cast) -> None:
    with work.done_before(cast) as session:
        for _person in range(6):
            sit(session, cast, [RIGHT])
        for _person in range(2):
            sit(session, cast, [{"q2": "b", "q3": "ab"}, RIGHT, RIGHT])
    page = read(cast)
    assert "From the first attempts of 8 learning assistants." in words_of(page)
    assert line(page, "1. Question 1?").startswith("1. Question 1? 75% 6 of 8 22 more people are needed Too few to say")
    detail = read(cast, f"{PAGE}/q2")
    assert line(detail, "A. Option a of 2") == "A. Option a of 2 Right answer 75% 6 100%"
    assert line(detail, "B. Option b of 2") == "B. Option b of 2 25% 2 Too few to say."
    assert line(read(cast, f"{PAGE}/q1"), "Left unanswered") == "Left unanswered 25% 2"
    assert "Right at later attempts 100% of 4 attempts" in words_of(detail)


def module_asking(text: str) -> ModuleContent:
    """The small module with another first question."""
    content = small_module()
    first, *rest = content.languages["en"].questions
    new = content.languages["en"].model_copy(update={"questions": (first.model_copy(update={"text": text}), *rest)})
    return content.model_copy(update={"languages": {"en": new, "nb": new}})


def test_enough_people_give_discrimination_reliability_and_advice(cast: Cast) -> None:
    let_sit(cast, (20, RIGHT), (10, {"q1": "b", "q2": "b", "q3": "c"}), (10, {"q1": "b", "q2": "a", "q3": "ab"}))
    page = read(cast)
    assert line(page, "2. Question 2?").startswith("2. Question 2? 75% 30 of 40 Very good 0.87")
    assert "Nearly as many pick B “Option b of 1” (20 of 40) as a right answer (20), or more" in line(page, "1.")
    assert "High: other questions of the kind would hardly give other results." in words_of(page)
    assert line(page, "At the first") == "At the first 75% 30"
    assert line(page, "Not yet") == "Not yet 25% 10"
    assert [line(page, f"{right} ") for right in (0, 3)] == ["0 25% 10", "3 50% 20"]
    detail = words_of(read(cast, f"{PAGE}/q2"))
    assert "Best against weakest 0.93" in detail


def test_time_is_told_where_it_was_measured(cast: Cast) -> None:
    with work.done_before(cast) as session:
        for number in range(20):
            sit(session, cast, [RIGHT], seconds={"q1": 90 + number, "q2": 10, "q3": 20})
    assert "Time 1 min 40 s median of 20 people" in words_of(read(cast, f"{PAGE}/q1"))
    assert "It takes 6.6 times as long as the others (median 1 min 40 s)" in line(read(cast), "1.")


def test_a_question_that_changed_is_told_apart_and_the_others_are_put_together(cast: Cast) -> None:
    with work.done_before(cast) as session:
        assert publish(session, cast, module_asking("Asked anew?")) == 2
    let_sit(cast, (FEWEST, RIGHT))
    let_sit(cast, (FEWEST + 1, {"q1": "b", "q2": "a", "q3": "ab"}), version=2)
    page = read(cast)
    assert line(page, "1. Asked anew?").startswith("1. Asked anew? Version 2 0% 0 of 6")
    assert line(page, "1. Question 1?").startswith("1. Question 1? Version 1 100% 5 of 5")
    assert line(page, "2. Question 2?").startswith("2. Question 2? 100% 11 of 11")
    assert "These versions ask different questions" in words_of(page)
    assert "Version 2 (6) Version 1 (5)" in words_of(page)
    only = read(cast, f"{PAGE}?version=1")
    assert "Asked anew?" not in only
    assert line(only, "2. Question 2?").startswith("2. Question 2? 100% 5 of 5")
    detail = read(cast, f"{PAGE}/q1?wording=1")
    assert "Question 1?" in detail
    assert "Asked anew?" in read(cast, f"{PAGE}/q1")


def test_a_cohort_can_be_shown_alone_and_who_comes_again_does_not_count_twice(cast: Cast) -> None:
    with work.done_before(cast) as session:
        programme_id = session.scalars(select(Programme.id)).one()
        later = Cohort(programme_id=programme_id, term="2027-autumn", is_open=False)
        session.add(later)
        session.flush()
        grant = {"kind": GrantKind.COORDINATOR, "person_id": cast.person_id("kari"), "granted_by": "test"}
        session.add(StaffGrant(cohort_id=later.id, **grant))
        people = [sit(session, cast, [{"q1": "b"}]) for _person in range(FEWEST)]
        for person_id in people:
            sit(session, cast, [RIGHT], cohort_id=later.id, person_id=person_id)
        for _person in range(FEWEST + 1):
            sit(session, cast, [RIGHT], cohort_id=later.id)
        cohort_id = later.id
    assert line(read(cast), "1.").startswith("1. Question 1? 55% 6 of 11")
    page = read(cast, f"{PAGE}?cohort={cohort_id}")
    assert "Autumn 2027 (6) Autumn 2026 (5)" in words_of(page)
    assert line(page, "1.").startswith("1. Question 1? 100% 6 of 6")
    for name in ("ingrid", "stig"):
        assert cast.visit(name).get(PAGE).status_code == 403
    assert cast.visit("astrid").get(f"{PAGE}?cohort={cohort_id}").status_code == 404


def test_groups_that_are_too_small_are_not_split_out(cast: Cast) -> None:
    with work.done_before(cast) as session:
        publish(session, cast, module_asking("Asked anew?"))
    let_sit(cast, (FEWEST, RIGHT))
    let_sit(cast, (FEWEST - 1, RIGHT), version=2)
    page = words_of(read(cast))
    assert "Version 2 (" not in page
    assert "Fewer than 5 people have answered it in these words." in page
    assert "Too few have answered it to say anything" in read(cast, f"{PAGE}/q1")
    assert "Too few have taken the test to say anything" in read(cast, f"{PAGE}?version=2")
    assert "Asked anew?" not in read(cast, f"{PAGE}/questions.csv")


def test_before_anybody_has_taken_the_test_the_page_says_so(cast: Cast) -> None:
    assert "So far 0 learning assistants have handed it in." in words_of(read(cast))


def test_coordinators_of_modules_without_a_test_are_told_so(cast: Cast) -> None:
    only_essay = small_module().model_copy(update={"steps": (Step.ESSAY, Step.EVALUATIONS)})
    text = only_essay.languages["en"].model_copy(update={"questions": ()})
    with work.done_before(cast) as session:
        publish(session, cast, only_essay.model_copy(update={"languages": {"en": text, "nb": text}}))
    assert "None of the modules that you coordinate has a test." in read(cast)
    assert cast.visit("kari").get(f"{PAGE}/q1").status_code == 404


def test_a_question_that_is_asked_today_leads_to_its_editing(cast: Cast) -> None:
    let_sit(cast, (FEWEST, RIGHT))
    with work.done_before(cast) as session:
        publish(session, cast, module_asking("Asked anew?"))
    assert "Edit this question" not in read(cast, f"{PAGE}/q1?wording=1")
    found = re.search(r'href="([^"]+)">Edit this question', read(cast, f"{PAGE}/q2"))
    assert found
    kari = cast.visit("kari")
    assert kari.get(re.sub("^/l/[^/]+/", "", found[1])).status_code == 200


def test_nobody_is_named(cast: Cast) -> None:
    let_sit(cast, (25, RIGHT), (10, {"q1": "b"}))
    for path in (PAGE, f"{PAGE}/q1", f"{PAGE}/questions.csv", f"{PAGE}/options.csv"):
        assert "Testperson" not in read(cast, path).replace("Kari Testperson", "")


def test_files_hold_every_figure_and_no_formula(cast: Cast) -> None:
    with work.done_before(cast) as session:
        publish(session, cast, module_asking("=1+1"))
    let_sit(cast, (6, RIGHT), (2, {"q1": "b", "q2": "a", "q3": "ab"}), version=2)
    answer = cast.visit("kari").get(f"{PAGE}/questions.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="om1-questions.csv"'
    first = next(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert first["text"] == "'=1+1"
    assert (first["people"], first["right"], first["facility"]) == ("8", "6", "0.75")
    assert first["item_rest_correlation"] == ""
    options = list(csv.DictReader(io.StringIO(cast.visit("kari").get(f"{PAGE}/options.csv").data.decode("utf-8-sig"))))
    assert [(row["option"], row["people"]) for row in options[:4]] == [("a", "6"), ("b", "2"), ("c", "0"), ("d", "0")]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("?module=nothing", 404),
        ("?version=9", 404),
        ("?cohort=999", 404),
        ("?version=x", 400),
        ("?cohort=0", 400),
        (f"?version={'9' * 30}", 400),
        ("/nothing", 404),
        ("/q1?wording=7", 404),
        ("/people.csv", 404),
    ],
)
def test_what_no_link_says_is_refused(cast: Cast, path: str, status: int) -> None:
    assert cast.visit("kari").get(PAGE + path).status_code == status


def test_more_people_cost_no_more_statements(cast: Cast, count_statements: CountStatements) -> None:
    let_sit(cast, (6, RIGHT))
    browser = cast.visit("kari")
    with count_statements() as few:
        browser.get(PAGE)
    let_sit(cast, (30, RIGHT), (10, {"q1": "b"}))
    with count_statements() as many:
        browser.get(PAGE)
    assert len(many) == len(few) <= 12
