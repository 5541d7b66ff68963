"""What a department and its learning assistants agree on when they begin, and say to each other when they end."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.database import Base, now
from lti_tool.people.models import enum_column


class Agreement(Base):
    """What a course's instructor expects of its learning assistants and they of the instructor, in one cohort.

    `revision` counts its changes; a confirmation is of one of them.
    """

    __tablename__ = "agreement"
    __table_args__ = (UniqueConstraint("course_id", "cohort_id"), CheckConstraint("revision >= 1", name="from_one"))

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    # The three that a first meeting is about.
    tasks: Mapped[str] = mapped_column(Text)
    communication: Mapped[str] = mapped_column(Text)
    follow_up: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(default=1)
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(default=now)


class AgreementShare(Base):
    """One learning assistant's share in an agreement: what holds for them alone, and what they have confirmed.

    `addition` counts its own changes in `addition_revision`; both revisions that somebody has confirmed are kept.
    """

    __tablename__ = "agreement_share"

    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    addition: Mapped[str] = mapped_column(Text, default="")
    addition_revision: Mapped[int] = mapped_column(default=0)
    remark: Mapped[str] = mapped_column(Text, default="")
    confirmed_revision: Mapped[int | None] = mapped_column()
    confirmed_addition: Mapped[int | None] = mapped_column()
    confirmed_at: Mapped[datetime | None] = mapped_column()


class Side(enum.StrEnum):
    ASSISTANT = "assistant"
    DEPARTMENT = "department"


class FinalEvaluation(Base):
    """One side of the final evaluation of a learning assistant in a course; both see both once both are submitted.

    `answers` is a level and a comment for each learning outcome, and the feedback on how learning assistants are used.
    `version` counts its changes, so that nobody overwrites what they have not seen.
    """

    __tablename__ = "final_evaluation"
    __table_args__ = (UniqueConstraint("course_id", "cohort_id", "person_id", "side"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    # The learning assistant it is about, on either side.
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    side: Mapped[Side] = mapped_column(enum_column(Side, "side"))
    answers: Mapped[dict[str, Any]] = mapped_column()
    version: Mapped[int] = mapped_column(default=1)
    written_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    saved_at: Mapped[datetime] = mapped_column(default=now)
    submitted_at: Mapped[datetime | None] = mapped_column()
