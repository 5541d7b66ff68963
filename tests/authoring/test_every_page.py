"""Every page for writing a module is sound HTML and asks little of the database."""

from __future__ import annotations

import pytest

from tests.cast import Cast
from tests.pages import problems_of
from tests.statements import statements

PAGES = {
    "authoring": 8,
    "authoring/om1": 10,
    "authoring/om1/figures": 8,
    "authoring/om1/edit/name/en": 8,
    "authoring/om1/edit/reading/nb": 8,
    "authoring/om1/edit/questions.q3/en": 8,
    "authoring/om1/edit/criteria.c1/nb": 8,
    "authoring/om1/items/questions": 8,
    "authoring/om1/items/topics": 8,
    "authoring/om1/preview/nb": 8,
    "authoring/om1/preview/en?version=1&solved=1": 8,
    "authoring/om1/publish": 10,
    "authoring/om1/versions": 10,
    "authoring/om1/versions/1": 10,
    "authoring/om1/imports": 8,
    "authoring/om1/export": 9,
}


@pytest.mark.parametrize("draft", [False, True], ids=["nothing written", "a draft"])
def test_every_page_is_sound_and_asks_little_of_the_database(cast: Cast, draft: bool) -> None:
    kari = cast.visit("kari")
    if draft:
        kari.post("authoring/om1/items/questions", {"action": "remove:q2"})
        kari.post("authoring/om1/items/topics", {"action": "add", "name": "What now?", "language": "nb"})
    wrong: dict[str, list[str]] = {}
    for path, most in PAGES.items():
        with statements(cast.app) as seen:
            answer = kari.get(path)
        found = problems_of(answer.text) if answer.status_code == 200 else [f"status {answer.status_code}"]
        if len(seen) > most:
            found.append(f"{len(seen)} statements")
        wrong |= {path: found} if found else {}
    assert not wrong
