"""What people change in a gradebook is told from what we sent, and is not overwritten by ourselves."""

from __future__ import annotations

from lti_tool.lti.services.grades import RESULT_SCOPE
from lti_tool.passback.actions import Grade, resend
from lti_tool.passback.models import Delivery
from lti_tool.passback.outbox import revive
from lti_tool.passback.reasons import Reason
from tests.passback.conftest import Outbox
from tests.passback.reading import ITEM, fetch, held, shown


def test_a_grade_changed_by_hand_is_told_from_ours(outbox: Outbox) -> None:
    outbox.enqueue()
    outbox.deliver()
    fetch(outbox)
    ours = held(outbox)
    assert ours is not None
    assert (ours.share, ours.changed) == (1, False)
    outbox.lms.grades[ITEM, "sub-lina"] = shown(40, "By hand")
    fetch(outbox)
    theirs = held(outbox)
    assert theirs is not None
    assert (theirs.share, theirs.comment, theirs.changed) == (0.4, "By hand", True)


def test_what_was_read_before_our_score_arrived_is_nobodys_change(outbox: Outbox) -> None:
    outbox.lms.grades[ITEM, "sub-lina"] = shown(40)
    fetch(outbox)
    outbox.enqueue()
    outbox.deliver()
    before = held(outbox)
    assert before is not None
    assert (before.share, before.changed) == (0.4, False)


def test_a_score_that_waits_is_compared_with_the_one_that_was_accepted(outbox: Outbox) -> None:
    outbox.enqueue()
    outbox.deliver()
    fetch(outbox)
    outbox.enqueue(grade=Grade(50, 100, "Better"))
    shows = held(outbox)
    assert shows is not None
    assert not shows.changed


def test_a_score_accepted_while_a_newer_one_came_counts_as_accepted(outbox: Outbox) -> None:
    score_id = outbox.enqueue(grade=Grade(50, 100, "First"))
    outbox.lms.fail("scores", lambda: outbox.enqueue(grade=Grade(100, 100, "Second")) and None)
    outbox.deliver()
    score = outbox.score(score_id)
    assert (score.state, score.sent_share) == (Delivery.WAITING, 0.5)
    assert score.sent_at is not None


def test_the_same_score_is_not_sent_by_itself_over_what_somebody_gave(outbox: Outbox) -> None:
    score_id = _failed_after_an_override(outbox)
    assert revive(outbox.session) == 0
    outbox.session.commit()
    outbox.deliver_all()
    assert outbox.lms.grades[ITEM, "sub-lina"]["scoreGiven"] == 40
    assert outbox.score(score_id).state is Delivery.FAILED


def test_people_may_send_it_over_what_somebody_gave(outbox: Outbox) -> None:
    score_id = _failed_after_an_override(outbox)
    resend(outbox.session, score_id)
    outbox.session.commit()
    outbox.deliver_all()
    assert outbox.lms.grades[ITEM, "sub-lina"]["scoreGiven"] == 100


def test_a_new_score_is_sent_whatever_somebody_gave(outbox: Outbox) -> None:
    _failed_after_an_override(outbox)
    outbox.enqueue(grade=Grade(90, 100, "Corrected"))
    outbox.deliver_all()
    assert outbox.lms.grades[ITEM, "sub-lina"]["scoreGiven"] == 90


def test_a_new_score_that_failed_is_revived_whatever_somebody_gave(outbox: Outbox) -> None:
    score_id = _failed_after_an_override(outbox)
    outbox.enqueue(grade=Grade(90, 100, "Corrected"))
    score = outbox.score(score_id)
    score.state, score.failure = Delivery.FAILED, Reason.NO_SCOPE
    outbox.session.commit()
    assert revive(outbox.session) == 1


def _failed_after_an_override(outbox: Outbox) -> int:
    """A score that was accepted, changed by hand there, and then sent again in vain; what it lacked has come since."""
    score_id = outbox.enqueue()
    outbox.deliver()
    outbox.lms.grades[ITEM, "sub-lina"] = {
        **shown(40, "By hand"),
        "timestamp": outbox.score(score_id).timestamp.isoformat(),
    }
    fetch(outbox)
    score = outbox.score(score_id)
    score.state, score.failure = Delivery.FAILED, Reason.NO_SCOPE
    outbox.session.commit()
    assert RESULT_SCOPE in outbox.item().scopes
    return score_id
