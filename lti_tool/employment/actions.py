"""Sending a list, deciding about it, saying who is who, and ending it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_tool.database import db, now, rows_changed, update_rows
from lti_tool.employment.found import Found, Missing
from lti_tool.employment.models import Employment, EmploymentList, ListState
from lti_tool.employment.resolving import resolve
from lti_tool.employment.taking import lock_list, match_list
from lti_tool.errors import Conflict
from lti_tool.programme.actions import completions_may_change

LONGEST_NAME = 255


def send_list(session: Session, cohort_id: int, actor_id: int, filename: str, data: bytes) -> str:
    """Have a file read; returns the public id of the list. Wake `read_employment_lists` after the commit."""
    row = EmploymentList(
        public_id=secrets.token_urlsafe(16),
        cohort_id=cohort_id,
        person_id=actor_id,
        filename=filename[-LONGEST_NAME:],
        data=data,
        found=Found().stored(),
    )
    session.add(row)
    session.flush()
    return row.public_id


def choose(session: Session, list_id: int, positions: Mapping[str, str], missing: Missing) -> Found:
    """Note which position each name of one stands for, and what becomes of those who are missing; returns it all."""
    row = _locked(session, list_id)
    found = Found.model_validate(row.found)
    if row.state is not ListState.READ:
        return found
    asked = {line.position for line in found.lines}
    known = {said: key for said, key in (found.positions | dict(positions)).items() if said in asked}
    chosen = found.with_(positions=known, missing=missing)
    row.found, row.changed_at = chosen.stored(), now()
    return chosen


def start_taking(session: Session, list_id: int) -> bool:
    """Have the list taken over; False while something stands in the way. Wake `read_employment_lists` after."""
    row = _locked(session, list_id)
    if row.state in (ListState.TAKING, ListState.TAKEN):
        return True
    if row.state is not ListState.READ:
        raise Conflict("a list that is not read")
    found = Found.model_validate(row.found)
    if not resolve(found).ready:
        return False
    row.state, row.leased_until, row.changed_at = ListState.TAKING, None, now()
    row.found = found.with_(tries=0).stored()
    return True


def delete_list(session: Session, list_id: int) -> None:
    """Forget a file with all that was found in it. What was taken over stays."""
    session.execute(delete(EmploymentList).where(EmploymentList.id == list_id))


def say_who(session: Session, cohort_id: int, actor_id: int, reference: str, person_id: int | None) -> None:
    """All lines with the reference are that person's; None stands for nobody who has come so far."""
    lock_list(session, cohort_id)
    lines = (Employment.cohort_id == cohort_id, Employment.reference == reference)
    before = set(session.scalars(select(Employment.person_id).where(*lines)))
    moment = now() if person_id is not None else None
    update_rows(session, Employment, *lines, person_id=person_id, matched_at=moment, matched_by=actor_id)
    touched = {one for one in (*before, person_id) if one is not None}
    completions_may_change(session, touched, cohort_id)


def forget_unmatched(session: Session, cohort_id: int) -> int:
    """Delete all that is known of those on the list who have not come; returns how many lines that were."""
    lock_list(session, cohort_id)
    gone = delete(Employment).where(Employment.cohort_id == cohort_id, Employment.person_id.is_(None))
    return rows_changed(session.execute(gone))


def delete_everything(session: Session, cohort_id: int) -> None:
    """As if no list had ever been taken over, nor sent."""
    lock_list(session, cohort_id)
    known = Employment.person_id.is_not(None)
    people = session.scalars(select(Employment.person_id).where(Employment.cohort_id == cohort_id, known))
    completions_may_change(session, {one for one in people if one is not None}, cohort_id)
    session.execute(delete(Employment).where(Employment.cohort_id == cohort_id))
    session.execute(delete(EmploymentList).where(EmploymentList.cohort_id == cohort_id))


def match_newcomers() -> None:
    """Finds those who have come since their list was taken over."""
    waiting = select(Employment.cohort_id).where(
        Employment.person_id.is_(None), Employment.matched_by.is_(None), Employment.ended_at.is_(None)
    )
    for cohort_id in db.session.scalars(waiting.distinct().order_by(Employment.cohort_id)).all():
        match_list(db.session, cohort_id)
        db.session.commit()
    db.session.rollback()


def _locked(session: Session, list_id: int) -> EmploymentList:
    found = select(EmploymentList).where(EmploymentList.id == list_id).with_for_update()
    return session.scalars(found.execution_options(populate_existing=True)).one()
