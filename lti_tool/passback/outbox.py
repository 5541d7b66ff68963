"""Take scores out of the outbox under a lease, and record what became of them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, not_, or_, select
from sqlalchemy.orm import Session

from lti_tool.database import now, update_rows
from lti_tool.lti.models import LineItem, Platform
from lti_tool.lti.products import is_canvas
from lti_tool.lti.services.grades import SCORE_SCOPE
from lti_tool.lti.services.registration import Client, client_of
from lti_tool.passback import results
from lti_tool.passback.actions import next_timestamp
from lti_tool.passback.models import Delivery, Score
from lti_tool.passback.reasons import Reason
from lti_tool.passback.rules import Failed, Later, Outcome, Sent, Stale
from lti_tool.people.models import Person


@dataclass(frozen=True, slots=True, repr=False)
class Parcel:
    """A claimed score with all that sending it takes, so that no transaction stays open meanwhile."""

    score_id: int
    lease_token: str
    given: float
    maximum: float
    comment: str
    timestamp: datetime
    queued_at: datetime
    attempts: int
    conflicts: int
    # The platform's id of the person.
    user_id: str
    line_item_id: int
    url: str | None
    container_url: str | None
    scopes: frozenset[str]
    platform_id: int
    for_canvas: bool
    # Whether the platform has accepted no score for this person in this column yet, and when there first was one.
    is_first: bool
    done_at: datetime
    client: Client | None


def claim(session: Session, lease: timedelta) -> Parcel | None:
    """Take the score that is due longest and that nobody holds; None when there is none. Commit before sending."""
    score_id = session.scalars(
        select(Score.id).where(_free()).order_by(Score.due_at, Score.id).limit(1).with_for_update(skip_locked=True)
    ).one_or_none()
    if score_id is None:
        return None
    token = secrets.token_hex(16)
    update_rows(session, Score, Score.id == score_id, lease_token=token, lease_until=now() + lease)
    return _parcel(session, score_id, token)


def record(session: Session, parcel: Parcel, outcome: Outcome) -> bool:
    """Note the outcome and end the lease. False if it was not ours any more, or a newer score has come meanwhile: that
    one goes on waiting."""
    ours = and_(Score.id == parcel.score_id, Score.lease_token == parcel.lease_token)
    free = {"lease_token": None, "lease_until": None}
    accepted = _accepted(parcel) if isinstance(outcome, Sent) else {}
    values = {**_values(parcel, outcome), **accepted, **free}
    current = update_rows(session, Score, and_(ours, Score.timestamp == parcel.timestamp), **values)
    if not current:
        update_rows(session, Score, ours, **accepted, **free)
    if accepted:
        results.expect(session, parcel.line_item_id)
    if isinstance(outcome, Later) and outcome.pause:
        _pause(session, parcel.platform_id, outcome.pause)
    return current > 0


def due_scores(session: Session, limit: int) -> int:
    """How many scores could be claimed now, counted up to `limit`."""
    due = select(Score.id).where(_free()).limit(limit).subquery()
    return session.scalars(select(func.count()).select_from(due)).one()


def due_within(session: Session, horizon: timedelta) -> list[datetime]:
    """When scores will become due that are not yet: a delay ends, or the lease of a worker that may have died."""
    ready = case((Score.lease_until > Score.due_at, Score.lease_until), else_=Score.due_at)
    statement = select(ready).where(Score.state == Delivery.WAITING, ready > now(), ready <= now() + horizon).distinct()
    return list(session.scalars(statement.limit(1000)))


def revive(session: Session) -> int:
    """Let scores wait again that failed for want of something a later launch has brought; returns how many.

    A score that the gradebook has held before and that somebody has changed there stays as it is: only people send it
    over what people gave. A new score of ours is sent whatever the gradebook holds.
    """
    column_known = exists().where(LineItem.id == Score.line_item_id, LineItem.url.is_not(None))
    may_send = exists().where(LineItem.id == Score.line_item_id, LineItem.scopes.contains(SCORE_SCOPE))
    cured = or_(
        and_(Score.failure.in_([Reason.NO_COLUMN, Reason.COLUMN_REFUSED]), column_known),
        and_(Score.failure == Reason.NO_SCOPE, may_send),
    )
    waiting = {"state": Delivery.WAITING, "failure": None, "failure_status": None, "attempts": 0}
    which = _unlocked(Score.state == Delivery.FAILED, cured, not_(results.overridden()))
    return update_rows(session, Score, which, **waiting, due_at=now(), queued_at=now())


def _free() -> ColumnElement[bool]:
    moment = now()
    unleased = or_(Score.lease_until.is_(None), Score.lease_until <= moment)
    return and_(Score.state == Delivery.WAITING, Score.due_at <= moment, unleased)


def _parcel(session: Session, score_id: int, token: str) -> Parcel:
    score, subject, item, platform = session.execute(
        select(Score, Person.subject, LineItem, Platform)
        .join(Person, Person.id == Score.person_id)
        .join(LineItem, LineItem.id == Score.line_item_id)
        .join(Platform, Platform.id == LineItem.platform_id)
        .where(Score.id == score_id)
        .execution_options(populate_existing=True)
    ).one()
    return Parcel(
        score_id=score_id,
        lease_token=token,
        given=score.given,
        maximum=score.maximum,
        comment=score.comment,
        timestamp=score.timestamp,
        queued_at=score.queued_at,
        attempts=score.attempts,
        conflicts=score.conflicts,
        user_id=subject,
        line_item_id=item.id,
        url=item.url,
        container_url=item.container_url,
        scopes=frozenset(item.scopes.split()),
        platform_id=platform.id,
        for_canvas=is_canvas(platform.issuer, platform.product),
        is_first=score.sent_share is None,
        done_at=score.created_at,
        client=client_of(session, item.deployment_id),
    )


def _values(parcel: Parcel, outcome: Outcome) -> dict[str, Any]:
    tried = {"attempts": parcel.attempts + 1}
    match outcome:
        case Sent():
            return {"state": Delivery.SENT, "failure": None, "failure_status": None, **tried}
        case Later(delay=delay, status=status, counts=counts):
            due_at = now() + timedelta(seconds=delay)
            return {"due_at": due_at, "failure_status": status, **(tried if counts else {})}
        case Stale(delay=delay):
            due_at = now() + timedelta(seconds=delay)
            # The time at which it will be sent, so that a platform whose clock is ahead is caught up with.
            timestamp = max(due_at, next_timestamp(parcel.timestamp))
            return {"due_at": due_at, "timestamp": timestamp, "conflicts": parcel.conflicts + 1}
        case Failed(reason=reason, status=status):
            return {"state": Delivery.FAILED, "failure": reason, "failure_status": status, **tried}


def _accepted(parcel: Parcel) -> dict[str, Any]:
    """What the gradebook has taken, even if a newer score waits by now."""
    return {"sent_at": now(), "sent_share": parcel.given / parcel.maximum}


def _pause(session: Session, platform_id: int, seconds: float) -> None:
    until = now() + timedelta(seconds=seconds)
    theirs = Score.line_item_id.in_(select(LineItem.id).where(LineItem.platform_id == platform_id))
    update_rows(session, Score, _unlocked(Score.state == Delivery.WAITING, Score.due_at < until, theirs), due_at=until)


def _unlocked(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    # Rows that another transaction holds are left out: two that waited for each other's rows would be a deadlock.
    return Score.id.in_(select(Score.id).where(*which).with_for_update(skip_locked=True))
