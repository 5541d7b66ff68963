"""From the task list to a saved essay with the keyboard alone."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter

FOCUSED = "document.activeElement.innerText || document.activeElement.name || document.activeElement.value"
OUTLINE = (
    """getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).boxShadow"""
)


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the focus is there; every stop on the way must be visible."""
    passed = []
    for _stop in range(60):
        page.keyboard.press("Tab")
        passed.append(page.evaluate(FOCUSED))
        assert page.evaluate(OUTLINE) != "nonenone", f"no visible focus on {passed[-1]!r}"
        if passed[-1] == wanted:
            return
    raise AssertionError(f"Tab never reaches {wanted!r}: {passed}")


def test_the_keyboard_alone_leads_from_the_task_list_to_a_saved_essay(enter: Enter) -> None:
    jonas = enter("stranger-jonas")
    page = jonas.page
    # Opened anew, because choosing the language ends on a notice that takes the focus.
    page.goto(jonas.open("tma4100-om1") + "/")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "Skip to the content"
    page.keyboard.press("Enter")
    tab_to(page, "Reflection essay")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your essay")).to_be_visible()
    # Where the focus shows is a matter of the stylesheet, which may come later.
    page.wait_for_load_state()
    tab_to(page, "text")
    page.keyboard.type("Nothing but keys.")
    tab_to(page, "Save draft")
    page.keyboard.press("Space")
    expect(page.get_by_role("status").first).to_have_text("Saved.")
    expect(page.get_by_role("status").first).to_be_focused()
    expect(page.get_by_label("Your essay")).to_have_value("Nothing but keys.")
    tab_to(page, "Giving feedback")
    page.keyboard.press("Enter")
    expect(page.locator(".tasks")).to_contain_text("3 words so far")
