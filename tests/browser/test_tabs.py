"""Two people in two tabs of one browser never mix."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Enter
from tests.browser.stage import Stage


def test_two_people_in_two_tabs_never_mix(stage: Stage, enter: Enter) -> None:
    amina = enter("la-amina")
    first = amina.open()
    tab = amina.page
    amina.page, amina.sub = amina.context.new_page(), "instructor-solveig"
    second = amina.open("tdt4100-om1")
    assert first != second
    tab.reload()
    expect(tab.locator("footer.foot")).to_contain_text("Amina Yusuf")
    amina.page.goto(f"{second}/gradebook")
    expect(amina.page.locator("footer.foot")).to_contain_text("Solveig Brekke")
    tab.goto(f"{first}/modules/om1/essay")
    expect(tab.locator("footer.foot")).to_contain_text("Amina Yusuf")


def test_a_visit_does_not_open_in_another_browser(enter: Enter) -> None:
    address = enter("la-amina").open()
    elsewhere = enter("la-nils")
    elsewhere.watch.expect("status of 401")
    answer = elsewhere.page.goto(f"{address}/")
    assert answer is not None
    assert answer.status == 401
    expect(elsewhere.page.locator("body")).not_to_contain_text("Amina")
