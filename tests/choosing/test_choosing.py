"""Comparing modules, choosing two, and changing one's mind."""

from __future__ import annotations

import re

from tests.cast import Cast
from tests.choosing.offering import TITLES, chosen_by
from tests.pages import problems_of
from tests.work import done_before, take_part_in


def chosen(cast: Cast, name: str = "lina") -> set[str]:
    with done_before(cast) as session:
        return chosen_by(session, cast, name)


def shown(page: str) -> list[str]:
    """The keys of the modules on a list, in its order."""
    return re.findall(r'<h3><a href="[^"]*/choose/modules/(\w+)[^"]*">', page)


PLACES = (
    "",
    "training",
    "choose",
    "choose?work=exercises",
    "choose/compare",
    "choose/compare?compare=om2&compare=om3",
    "choose/modules/om2",
    "choose/modules/om3",
    "choose/modules/om2/give-up",
    "modules/om4",
)


def test_pages_are_sound_before_and_after_the_choice(cast: Cast) -> None:
    lina = cast.visit("lina", module=None)

    def problems() -> list[str]:
        answers = [(place, lina.get(place)) for place in PLACES]
        unsound = [f"{place}: {problem}" for place, answer in answers for problem in problems_of(answer.text)]
        return unsound + [f"{place}: {answer.status}" for place, answer in answers if answer.status_code != 200]

    assert problems() == []
    with done_before(cast) as session:
        take_part_in(session, cast.person_id("lina"), "om2")
        take_part_in(session, cast.person_id("lina"), "om1")
    assert problems() == []


def test_modules_that_fit_the_work_one_has_come_first_and_say_so(cast: Cast) -> None:
    lina = cast.visit("lina")
    assert shown(lina.get("choose").text) == ["om1", "om2", "om3", "om4"]
    page = lina.get("choose?work=laboratory&work=exercises&work=nonsense").text
    assert shown(page) == ["om4", "om2", "om1", "om3"]
    assert page.count("Fits your work") == 2
    assert re.search(r'value="laboratory" [^>]*checked', page)


def test_two_or_three_modules_stand_side_by_side(cast: Cast) -> None:
    lina = cast.visit("lina")
    page = lina.get("choose/compare?compare=om4&compare=om2").text
    assert [page.count(f'role="columnheader"><a href="{lina.prefix}choose/modules/{key}"') for key in TITLES] == [
        0,
        1,
        0,
        1,
    ]
    assert "Listen to students" in page
    assert (
        "Only the first three are shown; 1 more was ticked"
        in lina.get("choose/compare?" + "&".join(f"compare={key}" for key in TITLES)).text
    )
    assert "Tick two or three" in lina.get("choose/compare?compare=om2&compare=nothing").text


def test_choosing_two_leads_from_the_list_to_the_plan(cast: Cast) -> None:
    lina = cast.visit("lina")
    first = lina.post("choose/modules/om2?work=seminars")
    assert first.location.endswith("choose?work=seminars&notice=chosen")
    second = lina.post("choose/modules/om3")
    assert second.location.endswith("training?notice=chosen")
    assert chosen(cast) == {"om2", "om3"}
    assert lina.post("choose/modules/om3").status_code == 303
    assert chosen(cast) == {"om2", "om3"}


def test_a_third_asks_which_to_give_up(cast: Cast) -> None:
    lina = cast.visit("lina")
    for key in ("om2", "om3"):
        lina.post(f"choose/modules/{key}")
    answer = lina.post("choose/modules/om4")
    assert answer.status_code == 409
    assert "Which one do you give up for it?" in answer.text
    assert chosen(cast) == {"om2", "om3"}
    assert lina.post("choose/modules/om4", {"instead_of": "nothing"}).status_code == 400
    assert lina.post("choose/modules/om4", {"instead_of": "om2"}).status_code == 303
    assert chosen(cast) == {"om3", "om4"}
