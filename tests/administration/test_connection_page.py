"""The button that tests a connection."""

from __future__ import annotations

from typing import Any

import pytest

from lti_tool.database import db
from lti_tool.http import Answer, OutgoingError
from lti_tool.lti.actions import rotate_keys
from tests import work
from tests.cast import Cast
from tests.lti.test_probe import Platform


@pytest.fixture(autouse=True)
def keys(cast: Cast) -> None:
    with work.done_before(cast) as session:
        rotate_keys(session)


def test_it_says_what_works_and_what_does_not_and_what_to_do(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def send(method: str, url: str, **_more: Any) -> Answer:
        if method == "GET":
            raise OutgoingError("answered 404", retry=False, status=404)
        return Answer(200, {}, b'{"access_token": "t"}')

    monkeypatch.setitem(cast.app.extensions, "probing", send)
    page = cast.operate().post(f"platforms/{cast.platform_id}/test")
    assert page.status_code == 200
    for text in (
        "Something needs another look",
        "Does not work",
        "status 404",
        "Compare the public key set URL",
        "Works",
    ):
        assert text in page.text


def test_all_is_well_where_nothing_is_wrong(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cast.app.extensions, "probing", Platform())
    page = cast.visit("astrid").post(f"platforms/{cast.platform_id}/test").text
    assert "All is well" in page
    assert "Does not work" not in page


def test_the_platform_is_asked_outside_any_transaction(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    within = []

    def send(*_args: Any, **_more: Any) -> Answer:
        within.append(db.session.in_transaction())
        raise OutgoingError("no answer", retry=True)

    monkeypatch.setitem(cast.app.extensions, "probing", send)
    cast.operate().post(f"platforms/{cast.platform_id}/test")
    assert within == [False, False]
