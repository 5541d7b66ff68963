"""My training as the plan of a whole programme, and the page of a module that is not chosen."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from lti_tool.choosing.actions import choose, give_up
from lti_tool.database import now
from lti_tool.modules.models import StepDate
from lti_tool.programme.content import Step
from lti_tool.programme.models import OnlineModule
from tests import work
from tests.cast import Cast
from tests.choosing.offering import chosen_by, offer_modules
from tests.conftest import CountStatements


def text_of(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def plan(cast: Cast, name: str = "lina", course: str = "LAOS") -> str:
    return cast.visit(name, course=course, module=None).get().text


def test_before_anything_is_chosen_choosing_is_the_one_next_step(cast: Cast) -> None:
    page = plan(cast)
    assert "0 of 10 hours done" in page
    assert "Choose 2 modules" in page
    assert page.count("btn-primary") == 1
    assert "Start with the reading" not in page


def test_with_one_chosen_choosing_another_is_the_next_step(cast: Cast) -> None:
    cast.visit("lina").post("choose/modules/om3")
    page = plan(cast)
    assert page.index("Choose one more module") < page.index("Seminar tutoring")
    assert page.count("btn-primary") == 1
    assert "1 of 2 chosen" in page
    assert "Laboratory tutoring" not in page


def test_hours_are_done_with_a_complete_module_and_those_of_meetings_are_still_to_come(cast: Cast) -> None:
    with work.done_before(cast) as session:
        work.complete(session, cast.person_id("lina"))
        choose(session, cast.person_id("lina"), "om3")
    page = text_of(plan(cast))
    assert "3 of 10 hours done" in page
    assert "3 of 6 hours" in page
    # What is still to be done comes first.
    assert page.index("Seminar tutoring") < page.index("Giving feedback")
    assert "On the way 0 of 4 hours Held by the department you work for. First meeting 4 hours" in page
    assert "Dates will be announced" in page


def test_the_choice_is_the_same_in_every_course(cast: Cast) -> None:
    cast.visit("lina", course="TDT4100").post("choose/modules/om2")
    cast.visit("lina", course="LAOS").post("choose/modules/om3")
    assert cast.visit("lina", course="TDT4100").post("choose/modules/om4").status_code == 409
    for course in ("LAOS", "TDT4100"):
        page = plan(cast, course=course)
        assert [page.count(f'/modules/{key}">') for key in ("om1", "om2", "om3", "om4")] == [0, 1, 1, 0]


def test_a_module_through_its_own_link_says_before_anything_is_written_that_it_is_not_chosen(cast: Cast) -> None:
    lina = cast.visit("lina")
    assert "beginning the test or the essay chooses it" in lina.get().text
    assert lina.post("choose/modules/om1", {"back": "module"}).location.endswith("/modules/om1?notice=chosen")
    assert "You have not chosen this module" not in lina.get().text


def test_without_room_one_can_work_all_the_same_and_nothing_is_lost(cast: Cast) -> None:
    lina = cast.visit("lina")
    for key in ("om2", "om3"):
        lina.post(f"choose/modules/{key}")
    page = text_of(lina.get().text)
    assert "Your choice so far: Exercise tutoring, Seminar tutoring." in page
    assert "Nothing you write is lost" in page
    assert lina.send_json("PUT", "modules/om1/essay/draft", {"text": "Mine", "version": 0}).status_code == 200
    page = text_of(plan(cast))
    assert "You have also begun these; what you did there is kept: Giving feedback" in page
    assert "Mine" in lina.get("modules/om1/essay").text
    with work.done_before(cast) as session:
        assert chosen_by(session, cast, "lina") == {"om2", "om3"}


def test_who_gave_a_module_up_is_told_what_that_means_and_is_not_reminded_of_its_dates(cast: Cast) -> None:
    tomorrow = now() + timedelta(days=1)
    with work.done_before(cast) as session:
        work.submit_essay(session, cast.person_id("lina"))
        session.add(StepDate(cohort_id=cast.cohort_id, module_id=cast.module_id, step=Step.TEST, due_at=tomorrow))
    lina, reminder = cast.visit("lina", module=None), "The test in “Giving feedback” is due"
    assert reminder in text_of(lina.get().text)
    with work.done_before(cast) as session:
        give_up(session, cast.person_id("lina"), "om1")
    assert reminder not in text_of(lina.get().text)
    page = text_of(lina.get("modules/om1").text)
    assert "You gave it up. Your essay is kept" in page
    assert "You take no part" in page


def test_a_retired_module_is_neither_offered_nor_in_the_way(cast: Cast) -> None:
    cast.visit("lina").post("choose/modules/om2")
    with work.done_before(cast) as session:
        session.execute(update(OnlineModule).where(OnlineModule.key == "om2").values(content_id=None))
    page = plan(cast)
    assert "Choose 2 modules" in page
    assert "each of the 3 modules" in page


@pytest.mark.parametrize("place", ["training", "choose", "modules/om3"])
def test_a_page_costs_the_same_with_eight_modules(cast: Cast, count_statements: CountStatements, place: str) -> None:
    lina = cast.visit("lina")
    lina.post("choose/modules/om2")
    with work.done_before(cast) as session:
        work.take_part_in(session, cast.person_id("lina"), "om2")

    def cost() -> int:
        lina.get(place)
        with count_statements() as statements:
            assert lina.get(place).status_code == 200
        return len(statements)

    before = cost()
    with work.done_before(cast) as session:
        offer_modules(session, ("om1", "om5", "om6", "om7", "om8"))
    assert cost() == before <= 25
