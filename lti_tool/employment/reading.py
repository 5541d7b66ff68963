"""Reads the lists that coordinators have sent, and takes over those that they have looked at.

A list is taken with a lease and read without a transaction; how far it is is written now and then, which renews the
lease. It is taken over in one transaction together with the note that it is. Two workers at once, or one that dies, do
no harm: whoever has lost the lease writes nothing any more.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from lti_tool.database import db, now, update_rows
from lti_tool.employment.forgetting import forget_old_lists
from lti_tool.employment.found import Failure, Found
from lti_tool.employment.lines import head_of, lines_in
from lti_tool.employment.models import EmploymentList, ListState
from lti_tool.employment.taking import take_over
from lti_tool.programme.queries import programme_in
from lti_tool.sheets.reading import Row, UnreadableSheet, read_sheet

LEASE = timedelta(minutes=5)
# After a mishap, until it is tried again.
PAUSE = timedelta(seconds=20)
# A list that kills whoever reads it is not given to a fourth.
MOST_TRIES = 3
# How often, at most, the progress of one list is written.
STAGES = 10

log = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Somebody else has the list by now, or it is deleted."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A list that is ours until its lease ends; `data` is None for one that is to be taken over."""

    id: int
    cohort_id: int
    filename: str
    begun: Found = field(repr=False)
    lease: datetime
    data: bytes | None = field(repr=False)


def read_employment_lists() -> None:
    """Takes on every list that waits, one after the other."""
    forget_old_lists(db.session)
    db.session.commit()
    while (claimed := claim(db.session)) is not None:
        db.session.commit()
        work_on(db.session, claimed)
    db.session.rollback()


def claim(session: Session) -> Claim | None:
    """Lease the list that waits longest and nobody has. Commit before reading."""
    row = session.scalars(_waiting()).one_or_none()
    if row is None:
        return None
    begun = Found.model_validate(row.found or {})
    begun, lease = begun.with_(tries=begun.tries + 1), now() + LEASE
    if row.state is ListState.WAITING:
        row.state = ListState.READING
    row.leased_until, row.found = lease, begun.stored()
    session.flush()
    data = row.data if row.state is ListState.READING else None
    return Claim(row.id, row.cohort_id, row.filename, begun, lease, data)


def _waiting() -> Select[EmploymentList]:
    free = or_(EmploymentList.leased_until.is_(None), EmploymentList.leased_until <= now())
    begun = and_(EmploymentList.state.in_((ListState.READING, ListState.TAKING)), free)
    waits = or_(EmploymentList.state == ListState.WAITING, begun)
    first = select(EmploymentList).where(waits).order_by(EmploymentList.id).limit(1)
    return first.with_for_update(skip_locked=True).execution_options(populate_existing=True)


def work_on(session: Session, claimed: Claim) -> None:
    """Read the list, keep what is found or why it cannot be read, and drop the file; or take over. Commits."""
    turn = _Turn(session, claimed)
    try:
        if claimed.begun.tries > MOST_TRIES:
            turn.finish(ListState.FAILED, Found(code=Failure.CRASHED))
        elif claimed.data is None:
            _take(turn)
        else:
            _keep(turn, _read(turn, claimed.data))
    except LeaseLost:
        session.rollback()
        log.warning("another worker has the list", extra={"list": claimed.id})
    except Exception as error:
        session.rollback()
        # Neither message nor trace: the database tells in them which row it refused, with the name in it.
        log.error("a list of people failed", extra={"list": claimed.id, "error": type(error).__name__})
        turn.give_up()


def _take(turn: _Turn) -> None:
    claimed = turn.claimed
    outcome = take_over(turn.session, claimed.cohort_id, claimed.begun)
    turn.finish(ListState.TAKEN, Found(outcome=outcome))
    log.info("list of people taken over", extra={"lines": outcome.added + outcome.changed + outcome.same})


def _keep(turn: _Turn, found: Found) -> None:
    turn.finish(ListState.FAILED if found.code else ListState.READ, found)
    log.info("list of people read", extra={"lines": len(found.lines), "mistakes": len(found.mistakes)})


def _read(turn: _Turn, data: bytes) -> Found:
    """What the file holds; where it cannot be read, the reason."""
    claimed = turn.claimed
    try:
        sheet = read_sheet(data, claimed.filename)
    except UnreadableSheet as unreadable:
        return Found(code=unreadable.code, line=unreadable.line)
    head = head_of(sheet.rows)
    if head is None:
        return Found(code=Failure.NO_HEAD)
    programme = programme_in(turn.session, claimed.cohort_id)
    turn.session.rollback()
    rows = turn.watched(sheet.rows[head.place + 1 :])
    found = lines_in(rows, head, programme.content, programme.term, Found(encoding=sheet.encoding))
    return found if found.lines or found.mistakes else found.with_(code=Failure.NOBODY)


@dataclass(slots=True)
class _Turn:
    """What the worker at one list writes about it, as long as it is theirs."""

    session: Session
    claimed: Claim
    lease: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.lease = self.claimed.lease

    def watched(self, rows: Sequence[Row]) -> Iterator[Row]:
        """The rows, while it is told how far they are read."""
        step = max(1, -(-len(rows) // STAGES))
        for number, row in enumerate(rows):
            if number % step == 0:
                self._tell(number, len(rows))
            yield row

    def finish(self, state: ListState, found: Found) -> None:
        lines = len(found.lines)
        self._write(state=state, found=found.stored(), data=None, leased_until=None, done=lines, total=lines)
        self.session.commit()

    def give_up(self) -> None:
        """Until the next try."""
        try:
            self._write(leased_until=now() + PAUSE)
            self.session.commit()
        except LeaseLost:
            self.session.rollback()

    def _tell(self, done: int, total: int) -> None:
        lease = now() + LEASE
        self._write(done=done, total=total, leased_until=lease)
        self.session.commit()
        self.lease = lease

    def _write(self, **values: Any) -> None:
        ours = (EmploymentList.id == self.claimed.id, EmploymentList.leased_until == self.lease)
        if not update_rows(self.session, EmploymentList, *ours, changed_at=now(), **values):
            raise LeaseLost
