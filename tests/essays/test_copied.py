"""What two essays have in common, beside each other."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.reflection.comparing import compare_essays
from lti_tool.reflection.models import EssayMatch
from tests.cast import Cast, let_go
from tests.essays.writing import submit, text_of
from tests.pages import problems_of

RUN = "when a student asks me for the answer I ask them back what they have tried so far"


@pytest.fixture
def page(cast: Cast, session: Session) -> str:
    """The address of what Frode's essay has in common with Lina's, which came first."""
    lina = submit(session, cast, "lina", f"# {text_of('l', 18)}\n\nWell, **{RUN}**.")
    frode = submit(session, cast, "frode", f"{RUN.upper()}! {text_of('f', 18)}")
    compare_essays()
    let_go()
    return f"essays/{frode}/copied/{lina}"


def test_both_stand_beside_each_other_with_the_passage_marked(cast: Cast, page: str) -> None:
    text = cast.visit("kari").get(page).text
    assert re.findall(r"<mark[^>]*>(.*?)</mark>", text) == [RUN.upper(), RUN]
    assert "Well, <mark" in text, "as it is read, not as it is typed"
    assert "1 passage, 18 words: 50% of the later essay." in re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", text))
    assert "The later one, by Frode Testperson" in text
    assert "The earlier one, by Lina Testperson" in text
    assert problems_of(text) == []


def test_the_list_and_the_essay_lead_there(cast: Cast, page: str) -> None:
    kari = cast.visit("kari")
    assert "50% also elsewhere" in kari.get("essays?show=copied").text
    essay = kari.get(page.split("/copied", maxsplit=1)[0]).text
    assert page in essay
    assert "50% of it stands in the essay by Lina Testperson" in essay
    assert problems_of(essay) == []


def test_the_earlier_essay_says_nothing_of_it(cast: Cast, page: str) -> None:
    _essays, frode, _copied, lina = page.split("/")
    kari = cast.visit("kari")
    assert kari.get(f"essays/{lina}/copied/{frode}").status_code == 404
    assert "also in an earlier essay" not in kari.get(f"essays/{lina}").text.lower()


def test_in_order_takes_it_off_the_list_and_can_be_undone(cast: Cast, session: Session, page: str) -> None:
    kari = cast.visit("kari")
    for action, names in (("in-order", []), ("in-order", []), ("undo", ["Frode"])):
        assert kari.post(page, {"action": action}).status_code == 303
        assert re.findall(r"<th scope=\"row\"><a [^>]*>(\w+) ", kari.get("essays?show=copied").text) == names
    kari.post(page, {"action": "in-order"})
    found = session.scalars(select(EssayMatch)).one()
    assert found.cleared_by == cast.people["kari"]
    assert problems_of(kari.get(page).text) == []


def test_an_unknown_button_is_refused(cast: Cast, page: str) -> None:
    assert cast.visit("kari").post(page, {"action": "burn"}).status_code == 400


def test_once_it_is_rewritten_nothing_is_left(cast: Cast, session: Session, page: str) -> None:
    submit(session, cast, "frode", text_of("own"))
    assert "they have nothing in common any more" in cast.visit("kari").get(page).text
    compare_essays()
    let_go()
    assert cast.visit("kari").get(page).status_code == 404
