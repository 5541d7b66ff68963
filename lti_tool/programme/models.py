"""Programmes, their cohorts and online modules, and who is enrolled."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.database import Base, now


class Programme(Base):
    """A training scheme. `body` is `content.ProgrammeContent` as JSON."""

    __tablename__ = "programme"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    body: Mapped[dict[str, Any]] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(default=now)


class Cohort(Base):
    """One programme in one term ("2026-autumn"). At most one cohort of a programme takes new participants."""

    __tablename__ = "cohort"
    __table_args__ = (
        UniqueConstraint("programme_id", "term"),
        CheckConstraint("days_to_evaluate >= 1", name="time_to_evaluate"),
        Index(
            "uq_cohort_open",
            "programme_id",
            unique=True,
            sqlite_where=text("is_open = 1"),
            postgresql_where=text("is_open"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    term: Mapped[str] = mapped_column(String(80))
    is_open: Mapped[bool] = mapped_column(default=True)
    # At the least, for each evaluation, from the day it is handed out, whatever the date of the step.
    days_to_evaluate: Mapped[int] = mapped_column(default=7)
    created_at: Mapped[datetime] = mapped_column(default=now)

    programme: Mapped[Programme] = relationship()


class OnlineModule(Base):
    """An online module ("om1"); its key is unique across programmes because links name it alone."""

    __tablename__ = "online_module"
    __table_args__ = (CheckConstraint("retired_at IS NULL OR content_id IS NULL", name="retired_is_not_offered"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    position: Mapped[int] = mapped_column()
    # None in a module that is not offered: finished work stays, nobody starts it anew.
    content_id: Mapped[int | None] = mapped_column(ForeignKey("module_content.id"))
    # Taken off the offer by a coordinator, so that loading its content pack anew does not bring it back.
    retired_at: Mapped[datetime | None] = mapped_column()

    programme: Mapped[Programme] = relationship()


class ModuleContent(Base):
    """One immutable version of a module's content; participations keep the version they began with.

    `body` is `content.ModuleContent` as JSON, which names its module; `digest` is the SHA-256 of it in hex. `number`
    counts the versions of a module from 1. `published_by` is None for what was loaded from a content pack; `note` says
    in the publisher's words what is new.
    """

    __tablename__ = "module_content"
    __table_args__ = (UniqueConstraint("module_key", "number"), CheckConstraint("number >= 1", name="number_from_one"))

    id: Mapped[int] = mapped_column(primary_key=True)
    module_key: Mapped[str] = mapped_column(String(64))
    number: Mapped[int] = mapped_column()
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    body: Mapped[dict[str, Any]] = mapped_column()
    published_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)


class ContentImage(Base):
    """A picture that questions show. Content names it by its digest, so it never changes."""

    __tablename__ = "content_image"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(20))
    data: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Enrolment(Base):
    """A person takes part in a cohort; made by their first piece of work."""

    __tablename__ = "enrolment"
    __table_args__ = (UniqueConstraint("cohort_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class CompletionCheck(Base):
    """Something has changed that may complete a person's training in a cohort, or undo that: a worker looks at it anew
    and tells the platform's gradebook. Deleted once it was looked at.
    """

    __tablename__ = "completion_check"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), primary_key=True, index=True)
    changed_at: Mapped[datetime] = mapped_column(default=now)
