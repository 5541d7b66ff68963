"""What the gradebooks of the platforms hold: which column is to be read next, and what was found there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, or_, select
from sqlalchemy.orm import Session

from lti_tool.database import now, update_rows
from lti_tool.lti.models import Deployment, DeploymentStatus, LineItem
from lti_tool.lti.services.grades import RESULT_SCOPE, Result
from lti_tool.lti.services.registration import Client, client_of
from lti_tool.passback import rules
from lti_tool.passback.models import PlatformResult, Score
from lti_tool.people.models import Person, ResourceLink
from lti_tool.programme.models import Cohort, OnlineModule, Programme

# SQLite takes some thousands of values in one statement, older ones a thousand.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, repr=False)
class Reading:
    """The right to read one column, held by having moved its time to `lease_until`."""

    line_item_id: int
    platform_id: int
    url: str
    scopes: frozenset[str]
    failures: int
    lease_until: datetime
    began_at: datetime
    client: Client | None


def ask_for(session: Session, course_id: int) -> int:
    """Have all columns of a course read now; returns how many there are that we may read. Wake a reader after it."""
    links = select(ResourceLink.id).where(ResourceLink.course_id == course_id)
    return update_rows(session, LineItem, _readable(), LineItem.link_id.in_(links), results_due_at=now())


def can_ask_for(session: Session, course_id: int) -> bool:
    """Whether the course has a column that we may read."""
    links = select(ResourceLink.id).where(ResourceLink.course_id == course_id)
    return (
        session.execute(select(LineItem.id).where(_readable(), LineItem.link_id.in_(links)).limit(1)).first()
        is not None
    )


def expect(session: Session, line_item_id: int) -> None:
    """Have a column read soon into which a score of ours has gone, unless reading it fails anyway."""
    soon = now() + rules.READ_AFTER_SENDING
    later = or_(LineItem.results_due_at.is_(None), LineItem.results_due_at > soon)
    ours = and_(LineItem.id == line_item_id, LineItem.results_failures == 0)
    update_rows(session, LineItem, _readable(), ours, later, results_due_at=soon)


def claim(session: Session, lease: timedelta) -> Reading | None:
    """Take the column that is due longest; None when there is none. Commit before asking the platform."""
    item = session.scalars(
        select(LineItem)
        .where(_readable(), LineItem.results_due_at <= now())
        .order_by(LineItem.results_due_at, LineItem.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if item is None:
        return None
    began_at = now()
    item.results_due_at = began_at + lease
    session.flush()
    return Reading(
        line_item_id=item.id,
        platform_id=item.platform_id,
        url=item.url or "",
        scopes=frozenset(item.scopes.split()),
        failures=item.results_failures,
        lease_until=item.results_due_at,
        began_at=began_at,
        client=client_of(session, item.deployment_id),
    )


def record(session: Session, reading: Reading, found: Sequence[tuple[str, Result]]) -> int:
    """Keep what was found of the people we know, forget what is not there any more; returns of how many it is.

    The column is due again tomorrow while somebody may still take part in its module or programme.
    """
    due_at = now() + rules.READ_EVERY if _runs(session, reading.line_item_id) else None
    # This comes first, because it makes two readings of one column wait for each other.
    update_rows(session, LineItem, LineItem.id == reading.line_item_id, results_failures=0)
    update_rows(session, LineItem, _ours(reading), results_due_at=due_at)
    if _is_outdated(session, reading):
        return 0
    rows = _rows(session, reading, dict(found))
    session.execute(delete(PlatformResult).where(PlatformResult.line_item_id == reading.line_item_id))
    if rows:
        session.execute(insert(PlatformResult), rows)
    return len(rows)


def record_failure(session: Session, reading: Reading, delay: float, *, whole_platform: bool) -> None:
    """Try again `delay` seconds from now; with `whole_platform`, none of its columns is read before."""
    due_at = now() + timedelta(seconds=delay)
    update_rows(session, LineItem, LineItem.id == reading.line_item_id, results_failures=reading.failures + 1)
    update_rows(session, LineItem, _ours(reading), results_due_at=due_at)
    if whole_platform:
        theirs = select(LineItem.id).where(
            LineItem.platform_id == reading.platform_id, LineItem.results_due_at < due_at
        )
        update_rows(session, LineItem, LineItem.id.in_(theirs.with_for_update(skip_locked=True)), results_due_at=due_at)


def overridden() -> ColumnElement[bool]:
    """Of a score: this very score was accepted, and the gradebook has shown another since."""
    share = Score.given / Score.maximum
    same = func.abs(share - Score.sent_share) < rules.SAME_SHARE
    return and_(Score.sent_share.is_not(None), same, exists().where(_about(), changed()))


def changed() -> ColumnElement[bool]:
    """Of a score and the result about it: read after we sent, and different from what was accepted."""
    other = func.abs(PlatformResult.share - Score.sent_share) >= rules.SAME_SHARE
    return and_(PlatformResult.read_at > Score.sent_at, or_(PlatformResult.share.is_(None), other))


def _about() -> ColumnElement[bool]:
    return and_(
        PlatformResult.line_item_id == Score.line_item_id,
        PlatformResult.person_id == Score.person_id,
    )


def _readable() -> ColumnElement[bool]:
    open_ = exists().where(Deployment.id == LineItem.deployment_id, Deployment.status == DeploymentStatus.APPROVED)
    return and_(LineItem.url.is_not(None), LineItem.scopes.contains(RESULT_SCOPE), open_)


def _ours(reading: Reading) -> ColumnElement[bool]:
    """Nobody has asked for another reading meanwhile, whose time would be lost."""
    return and_(LineItem.id == reading.line_item_id, LineItem.results_due_at == reading.lease_until)


def _runs(session: Session, line_item_id: int) -> bool:
    subjects = or_(ResourceLink.module_key == OnlineModule.key, ResourceLink.programme_key == Programme.key)
    running = (
        select(Cohort.id)
        .join(Programme, Programme.id == Cohort.programme_id)
        .join(OnlineModule, OnlineModule.programme_id == Programme.id)
        .join(ResourceLink, subjects)
        .join(LineItem, LineItem.link_id == ResourceLink.id)
        .where(LineItem.id == line_item_id, Cohort.is_open)
    )
    return session.scalars(running.limit(1)).one_or_none() is not None


def _is_outdated(session: Session, reading: Reading) -> bool:
    newest = select(func.max(PlatformResult.read_at)).where(PlatformResult.line_item_id == reading.line_item_id)
    read_at = session.scalars(newest).one()
    return read_at is not None and read_at > reading.began_at


def _rows(session: Session, reading: Reading, found: dict[str, Result]) -> list[dict[str, Any]]:
    common = {"line_item_id": reading.line_item_id, "read_at": reading.began_at}
    return [
        {**common, "person_id": person_id, "share": found[subject].share, "comment": found[subject].comment}
        for subject, person_id in _known(session, reading.platform_id, list(found)).items()
    ]


def _known(session: Session, platform_id: int, subjects: list[str]) -> dict[str, int]:
    known: dict[str, int] = {}
    for start in range(0, len(subjects), _AT_ONCE):
        some = subjects[start : start + _AT_ONCE]
        query = select(Person.subject, Person.id).where(Person.platform_id == platform_id, Person.subject.in_(some))
        known.update((row.subject, row.id) for row in session.execute(query))
    return known
