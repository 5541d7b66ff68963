"""Files that a video meeting has left, until they are turned into marks."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.database import Base, now
from lti_tool.people.models import enum_column


class ReportKind(enum.StrEnum):
    ZOOM = "zoom"
    TEAMS = "teams"


class AttendanceReport(Base):
    """Who was in a video meeting, and for how long, as Zoom or Teams has written it down.

    `entries` are names as the meeting knew them, with minutes and whom they were matched with; they are emptied once
    the report is applied or thrown away, because the marks say all that is needed. `share` of the session's length, in
    percent, is enough to count as present.
    """

    __tablename__ = "attendance_report"
    __table_args__ = (CheckConstraint("share BETWEEN 1 AND 100", name="percent"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"), index=True)
    kind: Mapped[ReportKind] = mapped_column(enum_column(ReportKind, "report_kind"))
    filename: Mapped[str] = mapped_column(String(255))
    share: Mapped[int] = mapped_column(default=80)
    entries: Mapped[dict[str, Any]] = mapped_column()
    created_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    closed_at: Mapped[datetime | None] = mapped_column()
