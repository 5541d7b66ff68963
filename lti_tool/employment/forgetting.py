"""Nothing about people is kept longer than it is of use."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.employment.models import Employment, EmploymentList

# A list that was sent; what was taken over of it stays.
KEPT = timedelta(days=30)
# Somebody on a list who has never come, where nobody has ended it.
KEPT_UNMATCHED = timedelta(days=365)


def forget_old_lists(session: Session) -> None:
    session.execute(delete(EmploymentList).where(EmploymentList.created_at < now() - KEPT))
    old = Employment.created_at < now() - KEPT_UNMATCHED
    session.execute(delete(Employment).where(Employment.person_id.is_(None), old))
