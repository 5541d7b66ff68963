"""The outbox of scores: one row per line item and person, always the latest score."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.database import Base, now
from lti_tool.people.models import enum_column


class Delivery(enum.StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class Score(Base):
    """What a platform's gradebook should hold for a person, and how far it got there.

    `timestamp` is the AGS timestamp: strictly increasing per row, at least a whole second apart (Moodle compares whole
    seconds). A worker owns the row while `lease_until` lies ahead; `lease_token` tells its lease from a later one.
    """

    __tablename__ = "score"
    __table_args__ = (
        UniqueConstraint("line_item_id", "person_id"),
        CheckConstraint("given >= 0 AND maximum > 0", name="sound"),
        CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name="failure_has_reason"),
        Index("ix_score_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_item_id: Mapped[int] = mapped_column(ForeignKey("line_item.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    given: Mapped[float] = mapped_column(Float)
    maximum: Mapped[float] = mapped_column(Float)
    comment: Mapped[str] = mapped_column(Text)
    timestamp: Mapped[datetime] = mapped_column()
    state: Mapped[Delivery] = mapped_column(enum_column(Delivery, "state"), default=Delivery.WAITING)
    due_at: Mapped[datetime] = mapped_column(default=now)
    # Since when this very score waits; retries end some days later.
    queued_at: Mapped[datetime] = mapped_column(default=now)
    attempts: Mapped[int] = mapped_column(default=0)
    # How often the platform found this score's timestamp too old.
    conflicts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column()
    lease_token: Mapped[str | None] = mapped_column(String(32))
    # When the platform last accepted a score for this row, and which share of the points that was, in [0, 1] or more.
    sent_at: Mapped[datetime | None] = mapped_column()
    sent_share: Mapped[float | None] = mapped_column(Float)
    # A reason code (`passback.reasons`) and the latest HTTP status, for the instructor's page.
    failure: Mapped[str | None] = mapped_column(String(50))
    failure_status: Mapped[int | None] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(default=now)


class PlatformResult(Base):
    """What a platform's gradebook said it holds for a person, whoever put it there; `share` is in [0, 1] or more.

    None of `share` means a line without a grade, of `comment` that the platform tells none.
    """

    __tablename__ = "platform_result"

    line_item_id: Mapped[int] = mapped_column(ForeignKey("line_item.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    share: Mapped[float | None] = mapped_column(Float)
    comment: Mapped[str | None] = mapped_column(Text)
    read_at: Mapped[datetime] = mapped_column(default=now)


class ColumnSearch(Base):
    """A worker is finding or making the column of a link; nobody else may until `lease_until`."""

    __tablename__ = "column_search"

    line_item_id: Mapped[int] = mapped_column(ForeignKey("line_item.id"), primary_key=True, autoincrement=False)
    lease_token: Mapped[str] = mapped_column(String(32))
    lease_until: Mapped[datetime] = mapped_column()
