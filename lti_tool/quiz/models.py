"""Attempts at a module's test, and what was answered in each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.database import Base, now
from lti_tool.modules.models import Participation

# Seeds fit a signed 32-bit integer, the smallest that both databases use for this column.
LARGEST_SEED = 2**31 - 1


class Attempt(Base):
    """One try at the test; open until it is submitted, never changed after that.

    `number` counts from 1 within a participation. `seed` decides the order in which options are shown, so that a
    reload shows the same page. `right` and `passed` are None while the attempt is open.
    """

    __tablename__ = "test_attempt"
    __table_args__ = (
        UniqueConstraint("participation_id", "number"),
        Index(
            "uq_test_attempt_open",
            "participation_id",
            unique=True,
            sqlite_where=text("submitted_at IS NULL"),
            postgresql_where=text("submitted_at IS NULL"),
        ),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint(
            "(submitted_at IS NULL) = (right_answers IS NULL) AND (submitted_at IS NULL) = (passed IS NULL)",
            name="marked_when_submitted",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    participation_id: Mapped[int] = mapped_column(ForeignKey("participation.id"))
    number: Mapped[int] = mapped_column()
    seed: Mapped[int] = mapped_column()
    started_at: Mapped[datetime] = mapped_column(default=now)
    submitted_at: Mapped[datetime | None] = mapped_column()
    right: Mapped[int | None] = mapped_column("right_answers")
    passed: Mapped[bool | None] = mapped_column()

    participation: Mapped[Participation] = relationship()


class Answer(Base):
    """The options chosen for one question; a question without a row, or with none chosen, is unanswered."""

    __tablename__ = "test_answer"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("test_attempt.id"), primary_key=True)
    question_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    chosen: Mapped[list[str]] = mapped_column()
    saved_at: Mapped[datetime] = mapped_column(default=now)
    # How long the question had its reader's attention, as far as its page could tell; None where it could not.
    seconds: Mapped[int | None] = mapped_column()
