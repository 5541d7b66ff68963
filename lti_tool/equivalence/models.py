"""Other training that may stand for a whole programme: who asks for it, and what was decided."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.database import Base, now
from lti_tool.people.models import enum_column


class Decision(enum.StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class EquivalenceApplication(Base):
    """A person asks that other training be recognised. `category` is a key of `content.ProgrammeContent.equivalents`.

    What is approved exempts from the programme in every term. Only one application of a person waits at a time.
    """

    __tablename__ = "equivalence_application"
    __table_args__ = (
        CheckConstraint("(document IS NULL) = (filename IS NULL)", name="document_has_name"),
        CheckConstraint("(document IS NULL) = (media_type IS NULL)", name="document_has_type"),
        Index(
            "uq_equivalence_application_pending",
            "person_id",
            "programme_id",
            unique=True,
            sqlite_where=text("decision = 'pending'"),
            postgresql_where=text("decision = 'pending'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    # Where it was handed in: its coordinators decide.
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    category: Mapped[str] = mapped_column(String(64))
    statement: Mapped[str] = mapped_column(Text)
    filename: Mapped[str | None] = mapped_column(String(255))
    media_type: Mapped[str | None] = mapped_column(String(100))
    document: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    decision: Mapped[Decision] = mapped_column(enum_column(Decision, "decision"), default=Decision.PENDING)
    created_at: Mapped[datetime] = mapped_column(default=now)
    decided_at: Mapped[datetime | None] = mapped_column()


class EquivalenceEvent(Base):
    """What was decided about an application, by whom, when and why; never changed."""

    __tablename__ = "equivalence_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("equivalence_application.id"), index=True)
    decision: Mapped[Decision] = mapped_column(enum_column(Decision, "event_decision"))
    reason: Mapped[str] = mapped_column(String(2000), default="")
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
