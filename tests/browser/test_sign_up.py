"""Choosing a date, waiting for a full one, getting the place that somebody gives up, and preparing for it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Enter
from tests.browser.eye import problems
from tests.browser.stage import SAVED, Person

MEETING = "core-2"


def open_dates(person: Person) -> tuple[Page, str]:
    address = person.open(f"{person.stage.course}-training")
    person.page.goto(f"{address}/meetings/{MEETING}")
    return person.page, address


def date_in(page: Page, place: str) -> Locator:
    return page.locator("li.date-offer", has_text=place)


def press(place: Page | Locator, button: str) -> None:
    place.get_by_role("button", name=re.compile(f"^{button}")).click()


def test_a_place_that_is_given_up_goes_to_whoever_waits_longest(enter: Enter) -> None:
    sindre, oda, thuy = enter("la-sindre"), enter("la-oda"), enter("la-thuy")
    page, address = open_dates(sindre)
    full = date_in(page, "Realfagbygget, R9")
    expect(full).to_contain_text("Full")
    press(full, "Join the waiting list")
    expect(page.locator(".notice")).to_contain_text("waiting list")
    assert problems(page) == []
    give_up_the_place(oda)
    # Thuy has waited longer than Sindre.
    own, home = open_dates(thuy)
    expect(own.locator("#own")).to_have_text("You have a place")
    own.goto(f"{home}/training")
    expect(own.locator("main")).to_contain_text("Realfagbygget, R9")
    page.goto(f"{address}/meetings/{MEETING}")
    press(date_in(page, "Ålesund"), "Sign up")
    expect(page.locator("#own")).to_have_text("You have a place")
    assert problems(page) == []
    prepare(page)


def give_up_the_place(person: Person) -> None:
    page, _address = open_dates(person)
    page.get_by_role("link", name="Give up this place").click()
    assert problems(page) == []
    press(page, "Give it up")
    expect(page.locator("#own")).not_to_have_text("You have a place")


def prepare(page: Page) -> None:
    page.get_by_role("link", name="Prepare for it").click()
    answers = page.locator("textarea")
    answers.first.fill("The exercise on recursion.")
    expect(page.locator(".autosave")).to_have_text(SAVED)
    answers.last.fill("What should the smallest input give back?")
    assert problems(page) == []
    press(page, "I am prepared")
    expect(page.locator("main")).to_contain_text("Prepared")
