"""The administration pages in a browser: in by a one-time link, and what scripts add to them."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner
from playwright.sync_api import Page, expect

from lti_tool.cli import main
from tests.browser.conftest import Enter
from tests.browser.eye import problems
from tests.browser.stage import Person, Stage
from tests.chromium import apart


@pytest.fixture
def link(stage: Stage) -> str:
    """What the command prints on the demo's server."""
    settings = {"LTI_TOOL_DATABASE_URL": stage.database_url, "LTI_TOOL_BASE_URL": stage.tool}
    result = apart(CliRunner(env=settings).invoke, main, ["admin", "link"])
    assert result.exit_code == 0, result.output
    return result.stdout.strip()


@pytest.fixture
def operator(enter: Enter) -> Person:
    return enter("nobody")


@pytest.fixture
def page(operator: Person, link: str) -> Page:
    """An operator's, on the list of platforms."""
    page = operator.page
    page.goto(link)
    page.get_by_role("button", name="Open the administration pages").click()
    expect(page.locator("h1")).to_have_text("Learning platforms")
    return page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def test_the_link_opens_one_visit_and_its_code_leaves_the_address(enter: Enter, link: str) -> None:
    person = enter("nobody")
    person.watch.expect("status of 403")
    page = person.page
    page.goto(link)
    code = link.partition("#")[2]
    expect(page.get_by_label("Code")).to_have_value(code)
    assert page.url == link.partition("#")[0]
    assert problems(page) == []
    # The button has the focus, so that one key is enough.
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Learning platforms")
    assert code not in page.url
    page.goto(page_url := link.partition("#")[0])
    # Only what follows the # changes, so the page stays.
    page.goto(link)
    expect(page.get_by_label("Code")).to_have_value(code)
    assert page.url == page_url
    press(page, "Open the administration pages")
    expect(page.locator(".problem-summary")).to_contain_text("This link has been used")
    assert problems(page) == []


def test_without_script_the_code_is_pasted(enter: Enter, link: str) -> None:
    page = enter("nobody", java_script_enabled=False).page
    page.goto(link)
    page.get_by_label("Code").fill(link)
    press(page, "Open the administration pages")
    expect(page.locator("h1")).to_have_text("Learning platforms")


def test_an_operator_ends_the_visit(page: Page) -> None:
    assert problems(page) == []
    press(page, "End this visit")
    expect(page.locator(".notice")).to_have_text("Your visit has ended. Another needs a new link.")
    assert problems(page) == []


def test_the_demo_lms_passes_the_test_of_its_connection(page: Page) -> None:
    page.locator("main h2 a").first.click()
    press(page, "Test the connection")
    expect(page.locator(".notice")).to_have_text("All is well.")
    assert problems(page) == []


def test_a_value_is_copied(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_guide(page, "Moodle")
    press(page, "Copy Initiate login URL")
    expect(page.locator("[data-copy-status]")).to_have_text("Initiate login URL: copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(r"http://localhost:\d+/lti/login", copied)


def test_where_the_clipboard_is_closed_the_value_is_selected(page: Page) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {}); document.execCommand = () => false")
    open_guide(page, "Moodle")
    press(page, "Copy Initiate login URL")
    expect(page.locator("[data-copy-status]")).to_contain_text("selected. Copy it with")
    assert page.evaluate("String(getSelection())").endswith("/lti/login")


def test_an_invitation_is_made_and_taken_back(page: Page) -> None:
    open_guide(page, "Moodle")
    page.get_by_label("Whom it is for").fill("Moodle, Kari in IT")
    press(page, "Make the address")
    expect(page.locator("#address")).to_contain_text("/lti/register/")
    assert problems(page) == []
    page.get_by_role("link", name="Invitations").first.click()
    expect(page.locator("main li", has_text="Kari in IT")).to_contain_text("Open")
    assert problems(page) == []
    press(page, "Take back Moodle, Kari in IT")
    expect(page.locator(".notice")).to_have_text("The invitation is taken back.")


@pytest.mark.parametrize("button", ["Make the address", "Register the platform", "Fill the addresses in"])
def test_a_form_with_mistakes(operator: Person, page: Page, button: str) -> None:
    operator.watch.expect("status of 422")
    open_guide(page, "Moodle")
    press(page, button)
    expect(page.locator(".problem-summary")).to_be_focused()
    assert problems(page) == []
    page.locator(".problem-summary a").first.click()
    expect(page.locator("[aria-invalid]").first).to_be_focused()


def open_guide(page: Page, name: str) -> None:
    page.get_by_role("link", name="Connect a learning platform").first.click()
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.locator("h1")).to_have_text(f"Connect {name}")
