"""The language of an essay: chosen on its page, kept with the draft, fixed once somebody evaluates it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool.reflection.forms import language_name
from tests.cast import Browser, Cast, add_module, small_module
from tests.reflection.writing import ANOTHER, ESSAY, LONG_ENOUGH, autosave, start_evaluation, stored


def send_in(browser: Browser, language: str, text: str = LONG_ENOUGH, version: int = 0, **more: str) -> TestResponse:
    return browser.post(ESSAY, {"text": text, "version": version, "language": language, "action": "submit", **more})


def chosen(page: str) -> list[str]:
    options = page.split('name="language"')[1].split("</select>", maxsplit=1)[0].split("<option")[1:]
    return [option.split('value="')[1].split('"')[0] for option in options if option.startswith(" selected")]


@pytest.mark.parametrize("locale", ["en", "nb"])
def test_the_language_of_the_visit_is_chosen_at_first(cast: Cast, locale: str) -> None:
    assert chosen(cast.visit("lina", locale=locale).get(ESSAY).text) == [locale]


def test_the_field_says_what_it_asks_and_each_language_by_its_own_name(cast: Cast) -> None:
    page = cast.visit("lina").get(ESSAY).text
    assert '<label class="form-label" for="language">I write in</label>' in page
    assert ">English</option>" in page
    assert ">Norsk bokmål</option>" in page


def test_a_module_in_one_language_asks_for_none(cast: Cast, session: Session, app: Flask) -> None:
    module = small_module("om2")
    add_module(session, module.model_copy(update={"languages": {"en": module.languages["en"]}}))
    session.commit()
    lina, address = cast.visit("lina", locale="nb"), "modules/om2/essay"
    assert "I write in" not in lina.get(address).text
    assert lina.post(address, {"text": LONG_ENOUGH, "version": "0", "action": "submit"}).status_code == 303
    essay = stored(app)
    assert essay is not None
    assert (essay.language, essay.submitted_language) == ("en", "en")


def test_the_choice_is_kept_with_the_draft_in_every_visit(cast: Cast, app: Flask) -> None:
    answer = cast.visit("lina").send_json("PUT", f"{ESSAY}/draft", {"text": "Mitt", "language": "nb", "version": 0})
    assert answer.status_code == 200
    assert chosen(cast.visit("lina").get(ESSAY).text) == ["nb"]
    essay = stored(app)
    assert essay is not None
    assert (essay.language, essay.submitted_language) == ("nb", None)


def test_a_script_that_does_not_name_the_language_leaves_it(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    send_in(lina, "nb", action="save")
    assert autosave(lina, ANOTHER, 1).status_code == 200
    essay = stored(app)
    assert essay is not None
    assert (essay.text, essay.language) == (ANOTHER, "nb")


def test_another_language_alone_is_a_new_version_that_others_do_not_see_yet(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    send_in(lina, "en")
    send_in(lina, "nb", version=1, action="save")
    essay = stored(app)
    assert essay is not None
    assert (essay.version, essay.language, essay.submitted_language) == (2, "nb", "en")
    assert essay.has_unsent_changes
    assert "Your draft differs from what you submitted." in lina.get(ESSAY).text


def test_two_tabs_with_different_languages_are_shown_both(cast: Cast) -> None:
    lina = cast.visit("lina")
    send_in(lina, "nb", action="save")
    answer = send_in(lina, "en", ANOTHER, action="save")
    assert answer.status_code == 409
    assert chosen(answer.text) == ["en"]
    assert 'data-language="nb">Norsk bokmål</span>' in answer.text
    body = {"text": ANOTHER, "language": "en", "version": 0}
    assert lina.send_json("PUT", f"{ESSAY}/draft", body).get_json()["language"] == "nb"


def test_a_text_that_cannot_be_submitted_keeps_its_language(cast: Cast) -> None:
    answer = send_in(cast.visit("lina"), "nb", "Too short")
    assert answer.status_code == 422
    assert chosen(answer.text) == ["nb"]
    assert "Too short</textarea>" in answer.text


@pytest.mark.parametrize("language", ["", "sv", "x" * 300])
def test_a_language_that_the_module_does_not_have_is_refused(cast: Cast, app: Flask, language: str) -> None:
    lina = cast.visit("lina")
    assert send_in(lina, language).status_code == 400
    body = {"text": "x", "language": language, "version": 0}
    assert lina.send_json("PUT", f"{ESSAY}/draft", body).status_code == 400
    assert stored(app) is None


def test_once_somebody_evaluates_it_the_language_stays(cast: Cast, app: Flask) -> None:
    lina = cast.visit("lina")
    send_in(lina, "nb")
    start_evaluation(app)
    assert send_in(lina, "en", version=1).status_code == 409
    essay = stored(app)
    assert essay is not None
    assert (essay.language, essay.submitted_language) == ("nb", "nb")


def test_a_language_nobody_knows_is_called_by_its_code() -> None:
    assert [language_name(code) for code in ("nb", "en-GB", "qqx")] == [
        "Norsk bokmål",
        "English (United Kingdom)",
        "qqx",
    ]
