"""Choosing what to place, within the LMS's page and in a tab, by keyboard, and when its script does not arrive."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, Playwright, expect

from tests.browser.conftest import Behave, Enter
from tests.browser.eye import problems
from tests.browser.stage import Person, Stage, open_profile, speak
from tests.browser.test_keyboard import tab_to
from tests.browser.test_storage import no_cookies_in_frames

TOOL = "demo-client"
COURSE = "tma4100"
TEACHER = "stranger-astrid"


def open_picker(stage: Stage, teacher: Person) -> Page:
    """In a tab of its own, where all of it can be looked at, and in English."""
    teacher.open(f"{COURSE}-om1")
    teacher.page.goto(f"{stage.lms}/launch/{COURSE}/deep-linking/{TOOL}?target=window")
    teacher.page.wait_for_url(f"{stage.tool}/l/*/placement")
    return teacher.page


def expect_added(page: Page) -> None:
    expect(page.get_by_role("heading", name="Added to the course")).to_be_visible()


def test_a_teacher_adds_a_module_within_the_courses_page_and_opens_it(stage: Stage, enter: Enter) -> None:
    teacher = enter(TEACHER)
    teacher.sign_in()
    teacher.page.goto(f"{stage.lms}/courses/{COURSE}")
    teacher.page.get_by_role("link", name="Add from").click()
    teacher.frame.locator("#choice-module-om1").check()
    teacher.frame.locator("details", has=teacher.frame.locator("#title-module-om1")).locator("summary").click()
    teacher.frame.locator("#title-module-om1").fill("Before week 3")
    teacher.frame.locator('button[value="add"]').click()
    expect(teacher.frame.get_by_role("heading", name="Added to the course")).to_be_visible()
    teacher.frame.get_by_role("link", name="Back to").click()
    teacher.page.get_by_role("link", name="Before week 3").click()
    speak(teacher.frame)
    expect(teacher.frame.locator('.where [aria-current="page"]')).to_have_text("Before week 3")


def test_the_keyboard_alone_is_enough_to_choose(stage: Stage, enter: Enter) -> None:
    page = open_picker(stage, enter(TEACHER))
    tab_to(page, "choice")
    page.keyboard.press("Space")
    expect(page.locator("#choice-module-om1")).to_be_checked()
    tab_to(page, "Add to the course")
    page.keyboard.press("Enter")
    expect_added(page)


def test_the_page_before_and_after_a_mistake(stage: Stage, enter: Enter) -> None:
    teacher = enter(TEACHER)
    teacher.watch.expect("status of 422")
    page = open_picker(stage, teacher)
    assert problems(page) == []
    page.locator("#choice-module-om1").check()
    page.locator("details").first.locator("summary").click()
    name = page.locator("#title-module-om1")
    name.evaluate("field => field.removeAttribute('maxlength')")
    name.fill("x" * 256)
    page.locator('button[value="add"]').click()
    expect(page.locator(".problem-summary")).to_be_focused()
    expect(name).to_have_value("x" * 256)
    assert problems(page) == []
    page.locator(".problem-summary a").click()
    expect(name).to_be_focused()


def test_where_the_script_does_not_arrive_a_button_leads_back(stage: Stage, enter: Enter) -> None:
    teacher = enter(TEACHER)
    teacher.watch.expect("returning.js")
    page = open_picker(stage, teacher)
    page.route("**/returning.js", lambda route: route.abort())
    page.locator("#choice-training").check()
    page.locator('button[value="add"]').click()
    back = page.get_by_role("button", name="Back to the course")
    expect(back).to_be_visible()
    assert problems(page) == []
    back.click()
    expect_added(page)


def test_cancelling_leaves_the_course_as_it_was(stage: Stage, enter: Enter) -> None:
    page = open_picker(stage, enter(TEACHER))
    page.locator('button[value="cancel"]').click()
    expect(page.get_by_role("heading", name="Nothing was added")).to_be_visible()


def test_a_platform_that_takes_one_link_or_none_at_all(stage: Stage, enter: Enter, behave: Behave) -> None:
    teacher = enter(TEACHER)
    behave(accept_multiple=False)
    page = open_picker(stage, teacher)
    page.locator("#choice-module-om1").check()
    page.locator("#choice-training").check()
    expect(page.locator("#choice-module-om1")).not_to_be_checked()
    assert problems(page) == []
    behave(accept_types=["html"])
    page = open_picker(stage, teacher)
    expect(page.locator("h1")).to_have_text("Nothing here fits")
    assert problems(page) == []
    page.locator('button[value="cancel"]').click()
    expect(page.get_by_role("heading", name="Nothing was added")).to_be_visible()


def test_where_the_browser_keeps_cookies_back_choosing_goes_on_in_a_new_window(
    stage: Stage, playwright: Playwright, present: list[Person], tmp_path: Path
) -> None:
    context = open_profile(playwright, tmp_path / "profile", no_cookies_in_frames(stage))
    try:
        teacher = Person(stage, context, TEACHER)
        present.append(teacher)
        teacher.watch.expect("status of 403")
        teacher.sign_in()
        teacher.page.goto(f"{stage.lms}/courses/{COURSE}/deep-linking?tool={TOOL}")
        with context.expect_page() as opened:
            teacher.frame.locator('form[action="/lti/login"] button').click()
        opened.value.locator("#choice-training").check()
        opened.value.locator('button[value="add"]').click()
        expect_added(opened.value)
    finally:
        context.close()
