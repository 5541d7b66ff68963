"""Who is employed as what, as the departments' lists say."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.database import Base, now
from lti_tool.people.models import enum_column


class Employment(Base):
    """One line of a list of employed people: one position in one course of a cohort.

    `position` is a key of `content.ProgrammeContent.positions`, `reference` what the line is known by when the list
    comes again: the e-mail address in small letters, or the name where there is none. `hours` are those of the
    employment, not of the training.
    """

    __tablename__ = "employment"
    __table_args__ = (
        UniqueConstraint("cohort_id", "reference", "course_code", "position"),
        CheckConstraint("hours IS NULL OR hours > 0", name="some_hours"),
        CheckConstraint("(person_id IS NULL) = (matched_at IS NULL)", name="matched_at_some_time"),
        Index(None, "cohort_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    reference: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(255))
    email: Mapped[str | None] = mapped_column(String(254))
    position: Mapped[str] = mapped_column(String(64))
    course_code: Mapped[str] = mapped_column(String(80), default="")
    department: Mapped[str] = mapped_column(String(200), default="")
    town: Mapped[str] = mapped_column(String(80), default="")
    hours: Mapped[float | None] = mapped_column(Float)
    # Who it is among those who have come, and who said so; None of `matched_by` means that the address or name did.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    matched_at: Mapped[datetime | None] = mapped_column()
    matched_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # No longer on the list; what was done stays.
    ended_at: Mapped[datetime | None] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(default=now)


class ListState(enum.StrEnum):
    WAITING = "waiting"
    READING = "reading"
    # To be looked at; nothing has been taken over yet.
    READ = "read"
    FAILED = "failed"
    TAKING = "taking"
    TAKEN = "taken"


class EmploymentList(Base):
    """A file of employed people that somebody has sent, and how far it is. `done` of `total` lines are over.

    `found` is what stands in it, as JSON, until it is taken over, or the reason why it cannot be read; `data` is None
    then.
    """

    __tablename__ = "employment_list"
    __table_args__ = (CheckConstraint("done >= 0 AND total >= 0", name="progress"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    filename: Mapped[str] = mapped_column(String(255))
    data: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[ListState] = mapped_column(enum_column(ListState, "list_state"), default=ListState.WAITING)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    found: Mapped[dict[str, Any] | None] = mapped_column()
    leased_until: Mapped[datetime | None] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now)
