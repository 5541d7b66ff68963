"""Bringing questions in with script and keyboard: a file, its progress, the preview, the draft."""

from __future__ import annotations

import os

from playwright.sync_api import FilePayload, Page, expect

from lti_tool.exchange.limits import FILE_BYTES
from tests.browser.conftest import Enter
from tests.browser.eye import problems

PNG = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
PNG += "rkJggg=="
GIFT = f"""
::first::What do you do first? {{=Ask what they have tried.#Then they think. ~Show the answer.}}

::curve::[html]What does this show? <img src\\="{PNG}" alt\\="A dot"> {{=A dot#Right. ~A line#No.}}

Tell me more. {{}}
"""


def payload(name: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": data}


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.focus()
    page.keyboard.press("Enter")


def look(page: Page, name: str) -> None:
    if os.environ.get("LOOK"):
        for width in (1000, 360):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=f"{os.environ['LOOK']}/{name}-{width}.png", full_page=True)
    assert problems(page) == []


def test_a_coordinator_brings_questions_in_with_the_keyboard_and_takes_them_out_again(enter: Enter) -> None:
    henrik = enter("coordinator-henrik")
    page, address = henrik.page, henrik.open()
    page.goto(f"{address}/authoring/om1/items/questions")
    before = page.locator("ol.choices > li").count()
    page.get_by_role("link", name="Bring in questions").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Bring in questions")
    page.locator("#file").set_input_files(payload("large.txt", bytes(FILE_BYTES + 1)))
    press(page, "Read the file")
    expect(page.locator("#file-error")).to_contain_text("larger than 16 MB")
    expect(page.locator("#file")).to_be_focused()
    look(page, "upload")
    page.locator("#file").set_input_files(payload("week-1.gift.txt", GIFT.encode()))
    press(page, "Read the file")
    expect(page.locator("h1")).to_have_text("week-1.gift.txt")
    expect(page.locator(".notice [role=status], .notice[role=status]").first).to_contain_text("has been read")
    expect(page.locator(".found-question")).to_have_count(2)
    assert page.locator(".question-picture img").evaluate("image => image.naturalWidth") == 1
    page.get_by_label("Take question 1").focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-number]")).to_have_text("1")
    page.keyboard.press("Space")
    look(page, "preview")
    page.get_by_role("link", name="Left out (1)").click()
    expect(page.locator(".left-out")).to_contain_text("It asks for a text")
    page.go_back()
    press(page, "Add the chosen questions to the draft")
    expect(page.locator(".notice h2")).to_have_text("2 questions added")
    look(page, "added")
    page.get_by_role("link", name="To the questions of the test").click()
    expect(page.locator("ol.choices > li")).to_have_count(before + 2)
    expect(page.locator("ol.choices > li").last).to_contain_text("What does this show?")
    page.get_by_role("link", name="Save the questions as a file").click()
    look(page, "export")
    with page.expect_download() as download:
        page.get_by_role("link", name="Save as GIFT").click()
    assert download.value.suggested_filename == "om1-draft-en.gift.txt"
    page.goto(f"{address}/authoring/om1/imports")
    page.get_by_role("link", name="week-1.gift.txt").click()
    press(page, "Take them out again")
    expect(page.locator(".found-question")).to_have_count(2)
    page.goto(f"{address}/authoring/om1/items/questions")
    expect(page.locator("ol.choices > li")).to_have_count(before)
