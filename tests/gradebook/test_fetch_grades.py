"""Grades that somebody changed in the course's own gradebook."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from lti_tool.database import now
from lti_tool.lti.models import LineItem
from lti_tool.passback.models import Delivery, PlatformResult
from tests import work
from tests.cast import Browser, Cast
from tests.gradebook.test_table import row_of
from tests.pages import problems_of


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    calls: list[str] = []
    monkeypatch.setattr("lti_tool.gradebook.routes.wake_reader", lambda: calls.append("reader"))
    return calls


@pytest.fixture
def ingrid(cast: Cast) -> Browser:
    return cast.visit("ingrid")


def hold(cast: Cast, share: float | None) -> None:
    """Amir's full score was sent yesterday; the gradebook was read today and holds this."""
    cast.visit("amir", course="TDT4100")
    with work.done_before(cast) as session:
        work.complete(session, cast.person_id("amir"))
        score = work.score_of(session, cast.person_id("amir"))
        score.state, score.sent_at, score.sent_share = Delivery.SENT, now() - timedelta(days=1), 1.0
        session.add(
            PlatformResult(line_item_id=score.line_item_id, person_id=score.person_id, share=share, comment=None)
        )


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.85, "In the course: 85% (changed there)"), (None, "In the course: no grade (changed there)")],
)
def test_a_changed_grade_is_shown_beside_what_was_sent(
    cast: Cast, ingrid: Browser, share: float | None, words: str
) -> None:
    hold(cast, share)
    page = ingrid.get("gradebook").text
    assert words in row_of(page, "Amir Testperson")
    assert words not in row_of(page, "Lina Testperson")
    assert problems_of(page) == []
    assert words in ingrid.get(f"gradebook/learners/{cast.person_id('amir')}").text


def test_a_grade_that_is_as_it_was_sent_needs_no_words(cast: Cast, ingrid: Browser) -> None:
    hold(cast, 1.0)
    assert "changed there" not in ingrid.get("gradebook").text


def test_fetching_makes_the_courses_columns_due_and_no_others(cast: Cast, ingrid: Browser, woken: list[str]) -> None:
    assert "gradebook/grades" in ingrid.get("gradebook").text
    answer = ingrid.post("gradebook/grades", {"back": f"{ingrid.prefix}gradebook?sort=-name"})
    assert (answer.status_code, answer.location) == (
        303,
        f"{ingrid.prefix}gradebook?sort=-name&notice=grades-running",
    )
    assert woken == ["reader"]
    with work.done_before(cast) as session:
        due = session.scalars(select(LineItem.link_id).where(LineItem.results_due_at <= now())).all()
    assert due == [cast.links["TDT4100", "om1"]]


def test_a_platform_that_lets_nobody_read_gets_no_button_and_says_so(
    cast: Cast, ingrid: Browser, woken: list[str]
) -> None:
    with work.done_before(cast) as session:
        session.execute(update(LineItem).values(scopes="https://purl.imsglobal.org/spec/lti-ags/scope/score"))
    assert "gradebook/grades" not in ingrid.get("gradebook").text
    answer = ingrid.post("gradebook/grades")
    assert answer.status_code == 409
    assert "does not let the training read the gradebook" in answer.text
    assert woken == []
