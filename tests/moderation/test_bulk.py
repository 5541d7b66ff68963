"""Approving together what gives no reason for doubt: first a preview, then just that, and undone as a whole."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.errors import NotFound
from lti_tool.moderation.actions import approve_together
from lti_tool.peer_review.models import Decision, Doubt, Evaluation, ReviewEntry
from lti_tool.peer_review.reviews import versions_seen
from tests.cast import Browser, Cast
from tests.pages import problems_of
from tests.peer_review.deciding import Desk, submit
from tests.peer_review.giving import row, tasks_of


@pytest.fixture
def kari(cast: Cast) -> Browser:
    return cast.visit("kari")


@pytest.fixture
def five(cast: Cast, session: Session) -> list[str]:
    """Five submitted evaluations: three undoubtful, one doubtful, one that nobody has weighed yet."""
    desk = Desk.laid(cast, session)
    ids = [desk.public_id, desk.other_id]
    for name in ("tuva", "frode", "amir"):
        ids.append(tasks_of(session, cast.person_id(name))[0])
        submit(session, cast.person_id(name), ids[-1])
    for public_id, points in zip(ids[:4], (0, 0, 0, 4), strict=True):
        weigh(session, public_id, points)
    return ids


def weigh(session: Session, public_id: str, points: int) -> None:
    evaluation = row(session, public_id)
    figures = {"words": 9, "distinct_words": 9, "words_min": 3, "seconds": 900, "seconds_needed": 400}
    session.add(Doubt(evaluation_id=evaluation.id, points=points, **figures))
    evaluation.weigh_at = None
    session.commit()


def offered(page: str) -> list[str]:
    return [html.unescape(pair) for pair in re.findall(r'name="evaluation" value="([^"]+)"', page)]


def approve(kari: Browser, offer: list[str]) -> str:
    return kari.post("moderation/bulk", {"evaluation": offer}).text


def approved(session: Session) -> set[str]:
    session.rollback()
    return set(session.scalars(select(Evaluation.public_id).where(Evaluation.approved_at.is_not(None))))


def undo(kari: Browser, page: str) -> str:
    (address,) = re.findall(r'action="([^"]+/bulk/[^"]+/undo[^"]*)"', page)
    return kari.post(html.unescape(address).removeprefix(kari.prefix)).text


def test_the_preview_lists_the_undoubtful_and_says_what_is_left_out(five: list[str], kari: Browser) -> None:
    page = kari.get("moderation/bulk").text
    assert {pair.split()[0] for pair in offered(page)} == set(five[:3])
    assert "3 evaluations would be approved" in page
    assert "1 doubtful evaluation" in page
    assert "1 evaluation that has just come in" in page
    assert problems_of(page) == []


def test_the_inbox_leads_there(five: list[str], kari: Browser) -> None:
    assert re.search(r'href="[^"]*/moderation/bulk"', kari.get("moderation").text)


def test_just_the_previewed_are_approved(five: list[str], kari: Browser, session: Session) -> None:
    offer = offered(kari.get("moderation/bulk").text)
    weigh(session, five[4], 0)
    page = approve(kari, offer)
    assert "3 evaluations approved" in page
    assert approved(session) == set(five[:3])
    assert problems_of(page) == []
    markers = {entry.before["together"] for entry in session.scalars(select(ReviewEntry))}
    assert len(markers) == 1
    assert len(session.scalars(select(ReviewEntry)).all()) == 3


def test_what_has_changed_since_is_left_and_named(five: list[str], cast: Cast, kari: Browser, session: Session) -> None:
    offer = offered(kari.get("moderation/bulk").text)
    submit(session, cast.person_id("lina"), five[0], "Something else entirely now")
    flagged = row(session, five[1])
    flagged.weigh_at = now()
    session.commit()
    page = approve(kari, offer)
    assert approved(session) == {five[2]}
    assert "1 evaluation approved" in page
    assert page.count("It has changed since the list was made.") == 2
    assert "Lina Testperson about the essay by" in page


def test_sent_again_it_changes_nothing(five: list[str], kari: Browser, session: Session) -> None:
    offer = offered(kari.get("moderation/bulk").text)
    approve(kari, offer)
    page = approve(kari, offer)
    assert "0 evaluations approved" in page
    assert page.count("It is approved already.") == 3
    assert len(session.scalars(select(ReviewEntry)).all()) == 3


def test_it_is_undone_as_a_whole_with_a_line_for_each(five: list[str], kari: Browser, session: Session) -> None:
    done = approve(kari, offered(kari.get("moderation/bulk").text))
    page = undo(kari, done)
    assert "3 approvals undone" in page
    assert approved(session) == set()
    assert [entry.decision for entry in session.scalars(select(ReviewEntry).order_by(ReviewEntry.id))] == [
        *[Decision.APPROVED] * 3,
        *[Decision.UNDONE] * 3,
    ]
    assert problems_of(page) == []
    undo(kari, done)
    assert len(session.scalars(select(ReviewEntry)).all()) == 6
    assert len(offered(kari.get("moderation/bulk").text)) == 3


def test_what_was_decided_about_since_stays(five: list[str], cast: Cast, kari: Browser, session: Session) -> None:
    done = approve(kari, offered(kari.get("moderation/bulk").text))
    astrid = cast.visit("astrid")
    seen = versions_seen(session, five[:1])[five[0]]
    session.rollback()
    astrid.post(f"moderation/{five[0]}", {"action": "reopen", "seen": seen, "reason": "I would like to read it"})
    page = undo(kari, done)
    assert "2 approvals undone" in page
    assert "Something else has been decided about this evaluation since." in page


@pytest.mark.parametrize("fields", [{}, {"evaluation": [f"{n} x" for n in range(201)]}])
def test_what_no_preview_lists_is_refused(kari: Browser, fields: dict[str, list[str]]) -> None:
    assert kari.post("moderation/bulk", fields).status_code == 400


def test_others_find_nothing(five: list[str], cast: Cast, kari: Browser, session: Session) -> None:
    done = approve(kari, offered(kari.get("moderation/bulk").text))
    (address,) = re.findall(r"moderation/(bulk/[^\"/]+/undo)", done)
    for name in ("ingrid", "lina"):
        assert cast.visit(name).get("moderation/bulk").status_code == 403
        assert cast.visit(name).post(f"moderation/{address}").status_code == 403
    seen = versions_seen(session, five[3:4])
    with pytest.raises(NotFound):
        approve_together(session, [], cast.person_id("kari"), seen)
    assert kari.post("moderation/bulk/nothing/undo").status_code == 404


def test_with_nothing_to_approve_it_says_so(kari: Browser) -> None:
    page = kari.get("moderation/bulk").text
    assert "There is nothing to approve together right now." in page
    assert problems_of(page) == []
