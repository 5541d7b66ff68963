"""Reflection essays."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Float, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.database import Base, now
from lti_tool.modules.models import Participation


def new_public_id() -> str:
    return secrets.token_urlsafe(16)


class Essay(Base):
    """One per participation. `text` is the draft (Markdown); others only ever see `submitted_text`.

    `version` grows with every saved change and tells a writer that somebody else (another tab) has saved in between.
    `locked_at` is set when an evaluation has started; from then on nothing changes unless a coordinator returns it.
    """

    __tablename__ = "essay"
    __table_args__ = (
        CheckConstraint("(submitted_at IS NULL) = (submitted_text IS NULL)", name="submitted_with_text"),
        CheckConstraint("(submitted_at IS NULL) = (submitted_language IS NULL)", name="submitted_with_language"),
        CheckConstraint("locked_at IS NULL OR submitted_at IS NOT NULL", name="locked_after_submitted"),
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint("returned_at IS NULL OR submitted_at IS NOT NULL", name="returned_after_submitted"),
        CheckConstraint("(returned_at IS NULL) = (returned_comment IS NULL)", name="returned_with_comment"),
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
    # Since when a coordinator has wanted another version, and what they say to its writer; None again once it is
    # submitted.
    returned_at: Mapped[datetime | None] = mapped_column()
    returned_comment: Mapped[str | None] = mapped_column(Text)
    # From when on its submitted text is to be compared with others; None when that is done.
    compare_at: Mapped[datetime | None] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)

    participation: Mapped[Participation] = relationship()

    @property
    def has_unsent_changes(self) -> bool:
        """True when the draft says something else, or in another language, than what evaluators see."""
        return self.submitted_at is not None and (self.text, self.language) != (
            self.submitted_text,
            self.submitted_language,
        )


class EssayRevision(Base):
    """A text that was submitted, returned by a coordinator, and replaced by a newer one; 1 is the oldest."""

    __tablename__ = "essay_revision"
    __table_args__ = (UniqueConstraint("essay_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    essay_id: Mapped[int] = mapped_column(ForeignKey("essay.id"))
    number: Mapped[int] = mapped_column()
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(10))
    submitted_at: Mapped[datetime] = mapped_column()
    replaced_at: Mapped[datetime] = mapped_column(default=now)


class EssayFingerprint(Base):
    """One of the hashes that stand for the runs of words in a submitted text; others that share many are compared."""

    __tablename__ = "essay_fingerprint"

    hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    essay_id: Mapped[int] = mapped_column(ForeignKey("essay.id"), primary_key=True, index=True)


class EssayMatch(Base):
    """An essay says at length what another one said before; `share` of its words, in (0, 1], are in common passages."""

    __tablename__ = "essay_match"
    __table_args__ = (
        CheckConstraint("essay_id <> other_id", name="not_itself"),
        CheckConstraint("share > 0 AND share <= 1", name="share"),
    )

    essay_id: Mapped[int] = mapped_column(ForeignKey("essay.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("essay.id"), primary_key=True, index=True)
    share: Mapped[float] = mapped_column(Float)
    found_at: Mapped[datetime] = mapped_column(default=now)
    # A coordinator has looked and finds it in order.
    cleared_at: Mapped[datetime | None] = mapped_column()
    cleared_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class EssayReading(Base):
    """A coordinator has read what was submitted at `submitted_at`."""

    __tablename__ = "essay_reading"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    essay_id: Mapped[int] = mapped_column(ForeignKey("essay.id"), primary_key=True, index=True)
    submitted_at: Mapped[datetime] = mapped_column()
    read_at: Mapped[datetime] = mapped_column(default=now)
