"""The names in a report are kept no longer than they are of use."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from lti_tool.database import db, now, update_rows
from lti_tool.marking.models import AttendanceReport

# Nobody comes back to a report that was left for so long.
KEPT = timedelta(days=30)


def forget_reports() -> None:
    """For the nightly work."""
    forget_old_reports(db.session)
    db.session.commit()


def forget_old_reports(session: Session) -> None:
    """Throw away those that nobody has applied."""
    old = AttendanceReport.closed_at.is_(None), AttendanceReport.created_at < now() - KEPT
    update_rows(session, AttendanceReport, *old, entries={}, filename="", closed_at=now())
