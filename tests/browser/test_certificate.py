"""From the last requirement to the certificate in the hand of somebody who wants to verify it."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Enter
from tests.browser.eye import problems


def test_whoever_has_completed_everything_gets_a_certificate_that_anybody_can_verify(enter: Enter) -> None:
    nils = enter("la-nils")
    page, address = nils.page, nils.open(f"{nils.stage.course}-completed")
    page.goto(f"{address}/training")
    expect(page.locator("main")).to_contain_text("20 of 20 hours done")
    assert problems(page) == []
    page.get_by_role("link", name="Your certificate").first.click()
    assert problems(page) == []
    page.get_by_role("button", name="Get the certificate").click()
    expect(page.locator("main")).to_contain_text("Your certificate was issued on")
    assert problems(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Download (PDF, English)").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    verification = page.get_by_role("link", name="verify the certificate").get_attribute("href")
    anybody = enter("stranger-jonas").page
    anybody.goto(f"{nils.stage.tool}{verification}")
    expect(anybody.get_by_role("status")).to_contain_text("The certificate is valid")
    expect(anybody.get_by_role("status")).to_contain_text("Nils Ánte Sara")
    assert problems(anybody) == []
