"""Issuing, issuing anew and revoking, in the database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.attendance.marks import mark
from lti_tool.attendance.models import Presence, Source
from lti_tool.certificates.actions import Holder, NotCompleted, issue, reissue, revoke, valid_one
from lti_tool.certificates.models import Certificate
from lti_tool.certificates.queries import verified
from lti_tool.certificates.statement import Statement
from lti_tool.database import now
from tests.cast import Cast
from tests.certificates.completed import complete


def holder(cast: Cast, name: str = "lina", called: str = "Lina Larsen") -> Holder:
    return Holder(cast.person_id(name), cast.cohort_id, called)


def test_it_says_hours_modules_and_days_in_every_language(session: Session, cast: Cast) -> None:
    complete(session, cast, "lina")
    made = issue(session, cast.person_id("lina"), holder(cast), now())
    said = Statement.model_validate(made.body)
    assert said.hours == 7
    assert [(part.titles["nb"], part.hours) for part in said.parts] == [("Kjernemoduler", 4), ("På nett", 3)]
    assert [line.titles["en"] for part in said.parts for line in part.lines] == ["Core module 1", "Giving feedback"]
    assert all(line.done_on for part in said.parts for line in part.lines)
    assert said.terms["nb"].startswith("Høst")


def test_nothing_is_issued_before_everything_is_done(session: Session, cast: Cast) -> None:
    complete(session, cast, "lina")
    with pytest.raises(NotCompleted):
        issue(session, cast.person_id("frode"), holder(cast, "frode"), now())
    with pytest.raises(NotCompleted):
        reissue(session, cast.person_id("kari"), holder(cast, "frode"), now())
    assert session.scalar(select(func.count(Certificate.id))) == 0


def test_asking_twice_is_as_asking_once(session: Session, cast: Cast) -> None:
    complete(session, cast, "lina")
    first = issue(session, cast.person_id("lina"), holder(cast), now())
    assert issue(session, cast.person_id("lina"), holder(cast), now()) is first


def test_a_new_one_revokes_the_one_before_and_both_codes_have_an_answer(session: Session, cast: Cast) -> None:
    complete(session, cast, "lina")
    first = issue(session, cast.person_id("lina"), holder(cast), now())
    second = reissue(session, cast.person_id("kari"), holder(cast, called="Lina L. Larsen"), now())
    assert first.code != second.code
    assert valid_one(session, cast.person_id("lina"), cast.cohort_id) is second
    answers = [verified(session, one.code) for one in (first, second)]
    assert [(one.name, one.valid) for one in answers if one] == [("Lina Larsen", False), ("Lina L. Larsen", True)]


def test_a_corrected_mark_leaves_it_until_it_is_revoked(session: Session, cast: Cast) -> None:
    held = complete(session, cast, "lina")
    made = issue(session, cast.person_id("lina"), holder(cast), now())
    kari = cast.person_id("kari")
    later = now() + timedelta(seconds=1)
    lina, why = cast.person_id("lina"), "Was not there"
    mark(session, kari, held, lina, Presence.ABSENT, source=Source.LIST, reason=why, happened_at=later)
    session.flush()
    answer = verified(session, made.code)
    assert answer is not None
    assert answer.valid
    with pytest.raises(NotCompleted):
        reissue(session, kari, holder(cast), now())
    assert revoke(session, kari, holder(cast), "Was not there", now())
    assert not revoke(session, kari, holder(cast), "Once more", now())
    answer = verified(session, made.code)
    assert answer is not None
    assert not answer.valid
    assert (made.revoked_by, made.revoked_because) == (kari, "Was not there")
