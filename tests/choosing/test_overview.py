"""Who chooses which module, and who has not chosen enough yet, for coordinators."""

from __future__ import annotations

import re

from sqlalchemy import update

from lti_tool.programme.models import Programme
from tests.cast import Cast
from tests.choosing.offering import programme
from tests.conftest import CountStatements
from tests.pages import problems_of
from tests.work import complete, done_before, take_part_in


def table(page: str) -> dict[str, list[int]]:
    rows = re.findall(r'<th scope="row">([^<]+)<svg.*?</th>(.*?)</tr>', page, re.S)
    return {title: [int(number) for number in re.findall(r'"figure">(\d+)', cells)] for title, cells in rows}


def test_each_module_says_how_many_have_chosen_begun_and_completed_it(cast: Cast) -> None:
    cast.visit("lina").post("choose/modules/om2")
    with done_before(cast) as session:
        take_part_in(session, cast.person_id("frode"), "om2")
        complete(session, cast.person_id("frode"))
    page = cast.visit("kari").get("choices").text
    assert problems_of(page) == []
    assert table(page) == {
        "Giving feedback": [1, 1, 1],
        "Exercise tutoring": [2, 1, 0],
        "Seminar tutoring": [0, 0, 0],
        "Laboratory tutoring": [0, 0, 0],
    }
    assert "4 have not chosen enough yet" in page


def test_those_who_have_room_are_named_the_emptiest_hands_first(cast: Cast) -> None:
    cast.visit("amir").post("choose/modules/om2")
    for key in ("om2", "om3"):
        cast.visit("lina").post(f"choose/modules/{key}")
    page = cast.visit("kari").get(f"choices/{cast.cohort_id}/undecided").text
    assert problems_of(page) == []
    assert re.findall(r"<li>(\w+) Testperson", page) == ["Frode", "Siri", "Tuva", "Amir"]
    assert "1 of 2 chosen" in page
    assert cast.visit("kari").get(f"choices/{cast.cohort_id}/undecided?page=0").status_code == 400


def test_without_a_choice_the_pages_say_so(cast: Cast) -> None:
    with done_before(cast) as session:
        session.execute(update(Programme).values(body=programme(requirements=()).model_dump(mode="json")))
    kari = cast.visit("kari")
    assert "There is nothing to choose" in kari.get("choices").text
    assert "Nobody is here" in kari.get(f"choices/{cast.cohort_id}/undecided").text
    assert "There is nothing to choose" in cast.visit("lina").get("choose").text


def test_the_pages_cost_the_same_however_many_have_chosen(cast: Cast, count_statements: CountStatements) -> None:
    kari = cast.visit("kari")

    def cost() -> int:
        with count_statements() as statements:
            kari.get("choices")
            kari.get(f"choices/{cast.cohort_id}/undecided")
        return len(statements)

    before = cost()
    for name in ("lina", "frode", "amir"):
        cast.visit(name).post("choose/modules/om2")
    assert cost() == before
