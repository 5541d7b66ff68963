"""How the questions of a test fare, for coordinators."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy.orm import Session

from lti_tool.item_analysis.thresholds import FEWEST
from lti_tool.programme.content import ModuleContent
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
    assert problems_of(answer.text) == []
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
