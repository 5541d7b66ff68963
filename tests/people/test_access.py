"""Who may open a page."""

from lti_tool.people.sessions import cookie_name
from tests.cast import Cast


def test_a_visit_opens_the_start_page(cast: Cast) -> None:
    assert cast.visit("lina").get().status_code == 200


def test_a_visit_without_its_cookie_is_told_how_to_go_on(cast: Cast) -> None:
    browser = cast.visit("lina")
    browser.client.delete_cookie(
        cookie_name(browser.prefix.split("/")[2], secure=True), domain="tool.test", path=browser.prefix
    )
    answer = browser.get()
    assert answer.status_code == 401
    assert "Open the link in your course again" in answer.text
