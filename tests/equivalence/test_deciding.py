from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import db, now
from lti_tool.equivalence.actions import (
    AlreadyApplied,
    DecidedMeanwhile,
    decide,
    forget_documents,
    latest_entry,
    withdraw,
)
from lti_tool.equivalence.documents import Document
from lti_tool.equivalence.models import Decision
from lti_tool.equivalence.queries import log_of, recognised
from lti_tool.errors import NotAllowed
from lti_tool.programme.models import CompletionCheck
from tests.cast import Cast
from tests.equivalence.applying import PDF, hand_in, stored
from tests.meeting import meeting

PROOF = Document("a.pdf", "application/pdf", PDF)


def settle(session: Session, cast: Cast, decision: Decision, by: str = "kari") -> None:
    row = stored(session)
    seen = latest_entry(session, row.id)
    decide(session, row.id, cast.people[by], decision=decision, reason="Seen the transcript", seen=seen)
    session.commit()


def test_what_is_approved_exempts_and_is_looked_at_by_completion(session: Session, cast: Cast) -> None:
    hand_in(session, cast)
    programme_id, lina = stored(session).programme_id, cast.people["lina"]
    assert recognised(session, programme_id) == {}
    settle(session, cast, Decision.APPROVED)
    found = recognised(session, programme_id, [lina])
    assert (found[lina].category, found[lina].decided_at) == ("teacher-education", stored(session).decided_at)
    assert recognised(session, programme_id, [cast.people["frode"]]) == {}
    assert list(session.scalars(select(CompletionCheck.person_id))) == [lina]


def test_a_decision_can_be_opened_again_and_the_log_keeps_all_of_it(session: Session, cast: Cast) -> None:
    hand_in(session, cast)
    settle(session, cast, Decision.APPROVED)
    settle(session, cast, Decision.PENDING)
    assert recognised(session, stored(session).programme_id) == {}
    assert stored(session).decided_at is None
    settle(session, cast, Decision.DECLINED)
    log = log_of(session, [stored(session).id])[stored(session).id]
    assert [(entry.decision, entry.reason, entry.who.person_id) for entry in log] == [
        (Decision.PENDING, "", cast.people["lina"]),
        (Decision.APPROVED, "Seen the transcript", cast.people["kari"]),
        (Decision.PENDING, "Seen the transcript", cast.people["kari"]),
        (Decision.DECLINED, "Seen the transcript", cast.people["kari"]),
    ]


def test_one_application_at_a_time_and_another_after_a_refusal(session: Session, cast: Cast) -> None:
    hand_in(session, cast)
    with pytest.raises(AlreadyApplied):
        hand_in(session, cast)
    hand_in(session, cast, "frode")
    first = stored(session)
    settle(session, cast, Decision.DECLINED)
    hand_in(session, cast, "frode")
    session.commit()
    with pytest.raises(AlreadyApplied):
        decide(
            session,
            first.id,
            cast.people["kari"],
            decision=Decision.PENDING,
            reason="Again",
            seen=latest_entry(session, first.id),
        )


def test_of_two_applications_at_once_one_is_kept(session: Session, cast: Cast) -> None:
    def second() -> str:
        with cast.app.app_context():
            try:
                return hand_in(db.session, cast)
            except AlreadyApplied:
                return "refused"

    assert meeting(cast.app, lambda first: hand_in(first, cast), second) == "refused"


def test_of_two_coordinators_who_decide_at_once_the_second_is_told(session: Session, cast: Cast) -> None:
    hand_in(session, cast)
    session.commit()
    row = stored(session)
    application_id, seen = row.id, latest_entry(session, row.id)
    session.rollback()

    def first(held: Session) -> None:
        decide(held, application_id, cast.people["kari"], decision=Decision.APPROVED, reason="Yes", seen=seen)

    def second() -> str:
        with cast.app.app_context():
            try:
                decide(
                    db.session,
                    application_id,
                    cast.people["astrid"],
                    decision=Decision.DECLINED,
                    reason="No",
                    seen=seen,
                )
            except DecidedMeanwhile:
                return "told"
            return "decided"

    assert meeting(cast.app, first, second) == "told"


def test_whoever_has_not_seen_what_happened_since_is_told(session: Session, cast: Cast) -> None:
    hand_in(session, cast)
    row = stored(session)
    seen = latest_entry(session, row.id)
    settle(session, cast, Decision.DECLINED)
    settle(session, cast, Decision.PENDING)
    with pytest.raises(DecidedMeanwhile):
        decide(session, row.id, cast.people["astrid"], decision=Decision.APPROVED, reason="Fine", seen=seen)


def test_whoever_withdraws_takes_the_document_back(session: Session, cast: Cast) -> None:
    hand_in(session, cast, document=PROOF)
    for _time in range(2):
        withdraw(session, stored(session).id, cast.people["lina"])
    row = stored(session)
    assert (row.decision, row.document, row.filename) == (Decision.WITHDRAWN, None, None)
    with pytest.raises(DecidedMeanwhile):
        settle(session, cast, Decision.APPROVED)


def test_what_is_decided_is_not_withdrawn(session: Session, cast: Cast) -> None:
    hand_in(session, cast)
    settle(session, cast, Decision.APPROVED)
    with pytest.raises(DecidedMeanwhile):
        withdraw(session, stored(session).id, cast.people["lina"])


def test_nobody_decides_about_their_own(session: Session, cast: Cast) -> None:
    hand_in(session, cast, "kari")
    with pytest.raises(NotAllowed):
        settle(session, cast, Decision.APPROVED)


def test_documents_are_forgotten_long_after_the_decision(session: Session, cast: Cast) -> None:
    hand_in(session, cast, document=PROOF)
    settle(session, cast, Decision.APPROVED)
    hand_in(session, cast, "frode", document=PROOF)
    session.commit()
    with time_machine.travel(now() + timedelta(days=89)):
        forget_documents()
    assert stored(session).document == PDF
    with time_machine.travel(now() + timedelta(days=91)):
        forget_documents()
    assert (stored(session).filename, stored(session).document) == ("a.pdf", PDF)
    assert recognised(session, stored(session).programme_id)[cast.people["lina"]]
