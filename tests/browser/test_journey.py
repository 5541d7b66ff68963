"""From the first click in the LMS to 100 in its gradebook, with third-party cookies allowed and blocked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.browser.conftest import Behave
from tests.browser.cookies import cookies_kept
from tests.browser.stage import SAVED, Learner, Person, Stage, open_profile, speak

# What Chromium's settings page writes: 0 allows third-party cookies, 1 blocks them.
ALLOWED = {"profile": {"cookie_controls_mode": 0, "block_third_party_cookies": False}}
BLOCKED = {"profile": {"cookie_controls_mode": 1, "block_third_party_cookies": True}}


@contextmanager
def browser(playwright: Playwright, folder: Path, preferences: dict[str, Any]) -> Iterator[BrowserContext]:
    context = open_profile(playwright, folder, preferences)
    try:
        yield context
    finally:
        context.close()


@dataclass(frozen=True)
class Cookies:
    """How a browser is set, who uses it, and which cookies a frame of another site gets back in it."""

    sub: str
    preferences: dict[str, Any]
    kept: set[str]


@pytest.mark.parametrize(
    "cookies",
    [
        pytest.param(Cookies("la-ingrid", ALLOWED, {"plain", "apart"}), id="allowed"),
        pytest.param(Cookies("la-mateusz", BLOCKED, {"apart"}), id="blocked"),
    ],
)
def test_a_newcomer_goes_from_the_first_click_to_the_grade(
    stage: Stage, playwright: Playwright, present: list[Person], tmp_path: Path, *, cookies: Cookies, behave: Behave
) -> None:
    # A platform that answers no messages, as most: the mouse aims too fast for a frame that is just growing.
    behave(storage="none", storage_mood="silent")
    with browser(playwright, tmp_path / "profile", cookies.preferences) as context:
        assert cookies_kept(context) == cookies.kept
        person = Person(stage, context, cookies.sub)
        present.append(person)
        take_the_module(person)
        grade_is_there(person)
        person.page.close()


def take_the_module(person: Person) -> None:
    person.sign_in()
    person.page.get_by_role("link", name="LAOS,").click()
    person.page.get_by_role("link", name="Giving feedback").click()
    learner = Learner(person.frame)
    speak(learner.place)
    read(learner)
    pass_the_test(learner)
    hand_in_the_essay(learner, person.page)
    give_two_evaluations(learner)


def read(learner: Learner) -> None:
    learner.next_step("Open the reading")
    expect(learner.place.get_by_role("heading", name="What feedback is for")).to_be_visible()
    learner.back()


def pass_the_test(learner: Learner) -> None:
    learner.go("Test")
    learner.press("Start the test")
    learner.answer_rightly()
    learner.press("Submit answers")
    expect(learner.place.locator(".notice")).to_have_text("You passed the test.")
    learner.go("Go on with the module")


def hand_in_the_essay(learner: Learner, page: Page) -> None:
    learner.next_step("Begin the essay")
    text = learner.write_essay()
    expect(learner.place.locator(".autosave")).to_have_text(SAVED)
    page.reload()
    learner.next_step("Go on with the essay")
    expect(learner.place.get_by_label("Your essay")).to_have_value(text)
    learner.press("Submit essay")
    expect(learner.place.locator(".notice")).to_have_text("Your work is submitted.")


def give_two_evaluations(learner: Learner) -> None:
    for number in (0, 1):
        learner.next_step("Open the essay")
        learner.press("Begin and read the essay")
        learner.evaluate("la-thuy", number)
        learner.press("Submit evaluation")
        expect(learner.place.locator(".notice")).to_have_text("Your work is submitted.")


def grade_is_there(person: Person) -> None:
    """In the LMS, as the person and the teacher of the course see it."""
    for sub in (person.sub, "coordinator-henrik"):
        person.context.request.post(f"{person.stage.lms}/sign-in", form={"person": sub})
        grade = wait_for_grade(person, sub)
        expect(grade.locator(".score").first).to_have_text("100")
        expect(grade.locator(".comment").first).to_contain_text("two peer evaluations given")


def wait_for_grade(person: Person, sub: str) -> Any:
    page, name = person.page, {"la-ingrid": "Ingrid Solberg", "la-mateusz": "Mateusz Kowalczyk"}[person.sub]
    for _look in range(50):
        page.goto(f"{person.stage.lms}/courses/{person.stage.course}/gradebook")
        place = page.get_by_role("row", name=name) if sub != person.sub else page.locator("dl.grades")
        if place.locator(".score").count():
            break
        page.wait_for_timeout(200)
    return place
