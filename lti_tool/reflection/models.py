"""Reflection essays."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.database import Base, now
from lti_tool.modules.models import Participation


def new_public_id() -> str:
    return secrets.token_urlsafe(16)


class Essay(Base):
    """One per participation. `text` is the draft (Markdown); others only ever see `submitted_text`.

    `version` grows with every saved change and tells a writer that somebody else (another tab) has saved in between.
    `locked_at` is set when an evaluation has started; from then on nothing changes.
    """

    __tablename__ = "essay"
    __table_args__ = (
        CheckConstraint("(submitted_at IS NULL) = (submitted_text IS NULL)", name="submitted_with_text"),
        CheckConstraint("(submitted_at IS NULL) = (submitted_language IS NULL)", name="submitted_with_language"),
        CheckConstraint("locked_at IS NULL OR submitted_at IS NOT NULL", name="locked_after_submitted"),
        CheckConstraint("version >= 1", name="version_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    participation_id: Mapped[int] = mapped_column(ForeignKey("participation.id"), unique=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    text: Mapped[str] = mapped_column(Text)
    # One of the languages of the module's content, in which the text is written.
    language: Mapped[str] = mapped_column(String(10))
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime] = mapped_column(default=now)
    submitted_at: Mapped[datetime | None] = mapped_column()
    submitted_text: Mapped[str | None] = mapped_column(Text)
    submitted_language: Mapped[str | None] = mapped_column(String(10))
    locked_at: Mapped[datetime | None] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(default=now)

    participation: Mapped[Participation] = relationship()

    @property
    def has_unsent_changes(self) -> bool:
        """True when the draft says something else, or in another language, than what evaluators see."""
        return self.submitted_at is not None and (self.text, self.language) != (
            self.submitted_text,
            self.submitted_language,
        )
