"""Choosing by the work one has, comparing, and changing one's mind, with the keyboard."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter
from tests.browser.eye import problems
from tests.browser.test_keyboard import tab_to


def press(page: Page, wanted: str, heading: str) -> None:
    """Go there by Tab, press Enter, and wait for the page with this heading."""
    tab_to(page, wanted)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(heading)
    # Where the focus shows is a matter of the stylesheet, which may come later.
    page.wait_for_load_state()


def tick(page: Page, label: str) -> None:
    page.get_by_label(label).focus()
    page.keyboard.press("Space")


def test_a_learner_chooses_by_their_work_compares_and_changes_their_mind(enter: Enter) -> None:
    sindre = enter("la-sindre")
    page, titles = sindre.page, sindre.page.locator(".offers h3")
    page.goto(sindre.open(f"{sindre.stage.course}-training") + "/")
    expect(page.locator("main")).to_contain_text("1 of 2 chosen")
    press(page, "Compare and choose", "Compare and choose modules")
    expect(titles).to_have_count(8)
    tick(page, "Project groups")
    press(page, "Show what fits first", "Compare and choose modules")
    expect(page.locator(".offers li").first).to_contain_text("Fits your work")
    assert problems(page) == []
    for title in ("Laboratory tutoring", "Seminar tutoring"):
        tick(page, f"Compare {title}")
    press(page, "Compare the ticked modules", "Modules side by side")
    expect(page.get_by_role("columnheader")).to_contain_text(["", "Seminar tutoring", "Laboratory tutoring"])
    assert problems(page) == []
    press(page, "Choose\nLaboratory tutoring", "My training")
    expect(page.locator(".choices h4")).to_have_text(["Giving feedback", "Laboratory tutoring"])
    assert problems(page) == []
    press(page, "Compare all 8 modules, or change your choice", "Compare and choose modules")
    press(page, "Choose instead …\nSeminar tutoring", "Seminar tutoring")
    tick(page, "Laboratory tutoring")
    assert problems(page) == []
    press(page, "Choose Seminar tutoring instead", "My training")
    expect(page.get_by_role("status").first).to_contain_text("Chosen.")
    expect(page.locator(".choices h4")).to_have_text(["Giving feedback", "Seminar tutoring"])
