"""The test's page with script: every choice is saved as it is made."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.quiz.taking import begin, saved_answers
from tests.static.conftest import Desk, later


def open_test(lina: Desk) -> Page:
    lina.stored(lambda _app: begin(lina.cast.visit("lina")))
    return lina.tab(lina.open_visit() + "modules/om1/test")


def test_choices_are_saved_at_once_and_there_after_a_reload(lina: Desk) -> None:
    page = open_test(lina)
    page.get_by_label("Option b of 1").check()
    expect(page.locator(".autosave")).to_have_text(re.compile(r"^Saved \d\d:\d\d$"))
    page.get_by_label("Option a of 3").check()
    with page.expect_response(lambda answer: '"d"' in (answer.request.post_data or "")):
        page.get_by_label("Option d of 3").check()
    page.reload()
    expect(page.get_by_label("Option b of 1")).to_be_checked()
    expect(page.get_by_label("Option a of 3")).to_be_checked()
    expect(page.get_by_label("Option d of 3")).to_be_checked()


def test_without_a_connection_the_choice_is_sent_when_it_is_back(lina: Desk) -> None:
    page = open_test(lina)
    lina.context.set_offline(True)
    page.get_by_label("Option b of 1").check()
    expect(page.locator(".autosave")).to_have_text(re.compile("^Not saved: no connection"))
    page.get_by_label("Option c of 1").check()
    assert lina.stored(saved_answers) == {}
    lina.context.set_offline(False)
    later(page, 10)
    expect(page.locator(".autosave")).to_have_text(re.compile("^Saved"))
    assert lina.stored(saved_answers) == {"q1": ["c"]}


def test_a_server_that_is_down_is_tried_again(lina: Desk) -> None:
    page = open_test(lina)
    page.route("**/answers", lambda route: route.fulfill(status=503))
    page.get_by_label("Option b of 1").check()
    expect(page.locator(".autosave")).to_have_text(re.compile("^Not saved: no connection"))
    page.unroute("**/answers")
    later(page, 4)
    expect(page.locator(".autosave")).to_have_text(re.compile("^Saved"))
    assert lina.stored(saved_answers) == {"q1": ["b"]}


def test_the_time_that_a_question_was_thought_about_goes_with_its_answer(lina: Desk) -> None:
    page = open_test(lina)
    sent: list[Any] = []
    page.on("request", lambda request: sent.append(request.post_data_json) if request.method == "PUT" else None)
    page.set_viewport_size({"width": 600, "height": 2000})
    expect(page.get_by_label("Option a of 3")).to_be_in_viewport()
    for seconds, label in ((20, "Option b of 1"), (30, "Option a of 3"), (7000, "Option c of 1")):
        later(page, seconds)
        with page.expect_response("**/answers"):
            page.get_by_label(label).check()
    assert [(answer["question"], answer["seconds"]) for answer in sent] == [("q1", 20), ("q3", 30), ("q1", 600)]
