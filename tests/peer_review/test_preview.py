"""The preview: what the author will read, before it is submitted; by plain forms."""

from __future__ import annotations

import re

import pytest
from sqlalchemy.orm import Session

from tests.cast import Browser, Cast
from tests.pages import problems_of
from tests.peer_review.conftest import Arrive
from tests.peer_review.giving import fill, give, row, tasks_of, writer_of


@pytest.fixture
def task(arrive: Arrive, cast: Cast, session: Session) -> str:
    """Lina's first, begun, among three authors."""
    arrive.named("lina", "frode", "amir")
    public_id = tasks_of(session, cast.person_id("lina"))[0]
    cast.visit("lina").post(f"evaluations/{public_id}/start")
    return public_id


@pytest.fixture
def lina(cast: Cast) -> Browser:
    return cast.visit("lina")


def shown(page: str) -> str:
    found = re.search(r'<dl class="evaluation">.*?</dl>', page, re.DOTALL)
    assert found
    return found.group()


def test_the_preview_is_what_the_author_will_read(task: str, lina: Browser, cast: Cast, session: Session) -> None:
    answer = lina.post(f"evaluations/{task}", fill(action="preview"))
    assert answer.location.endswith(f"evaluations/{task}/preview")
    page = lina.get(f"evaluations/{task}/preview").text
    assert problems_of(page) == []
    assert row(session, task).answers is None
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    assert lina.post(f"evaluations/{task}", {**hidden, "action": "submit"}).location.endswith("notice=submitted")
    author, number = writer_of(cast, session, task)
    author.post(f"modules/om1/received/{number}")
    assert shown(author.get("modules/om1/received").text) == shown(page)


def test_a_preview_of_half_an_evaluation_says_what_is_missing_and_cannot_be_submitted(task: str, lina: Browser) -> None:
    lina.post(f"evaluations/{task}", fill(action="preview", overall="", **{"level-c1": ""}))
    page = lina.get(f"evaluations/{task}/preview").text
    assert "Criterion 1: choose the level that fits best." in page
    assert f'evaluations/{task}#level-c1-0"' in page
    assert "Overall: write at least 3 words; there are 0 now." in page
    assert 'value="submit"' not in page
    assert problems_of(page) == []


def test_a_preview_overwrites_no_other_tab(task: str, lina: Browser, session: Session) -> None:
    lina.post(f"evaluations/{task}", fill(action="save", overall="From the first tab"))
    assert lina.post(f"evaluations/{task}", fill(action="preview", overall="From the second")).status_code == 409
    assert row(session, task).draft["overall"] == "From the first tab"


def test_there_is_nothing_to_preview_of_what_is_closed_or_not_begun(
    task: str, lina: Browser, cast: Cast, session: Session
) -> None:
    other = tasks_of(session, cast.person_id("lina"))[1]
    assert lina.get(f"evaluations/{other}/preview").location.endswith(f"evaluations/{other}")
    give(lina, other)
    row(session, other).read_at = row(session, other).submitted_at
    session.commit()
    assert lina.get(f"evaluations/{other}/preview").location.endswith(f"evaluations/{other}")
    assert cast.visit("frode").get(f"evaluations/{task}/preview").status_code == 404
