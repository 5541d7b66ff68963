"""Pools of authors, and the evaluations that link them."""

from __future__ import annotations

import enum
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Float, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.database import Base, now
from lti_tool.modules.models import Participation
from lti_tool.people.models import enum_column
from lti_tool.reflection.models import Essay


class EvaluationStatus(enum.StrEnum):
    """`OPEN` evaluations may still be given another essay; the others stay where they are."""

    OPEN = "open"
    STARTED = "started"
    SUBMITTED = "submitted"


def new_public_id() -> str:
    return secrets.token_urlsafe(16)


class Pool(Base):
    """The authors who evaluate each other: one module of one cohort. Its row is the lock of every change in it."""

    __tablename__ = "pool"
    __table_args__ = (UniqueConstraint("cohort_id", "module_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    module_id: Mapped[int] = mapped_column(ForeignKey("online_module.id"))
    # With the authors' order of arrival it makes the allocation repeatable.
    seed: Mapped[int] = mapped_column(default=lambda: secrets.randbelow(2**31))


class Author(Base):
    """Somebody whose essay is in a pool; `placed_at` is None while they wait for two others."""

    __tablename__ = "pool_author"
    __table_args__ = (
        Index(
            "ix_pool_author_waiting",
            "pool_id",
            "joined_at",
            sqlite_where=text("placed_at IS NULL"),
            postgresql_where=text("placed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pool_id: Mapped[int] = mapped_column(ForeignKey("pool.id"), index=True)
    participation_id: Mapped[int] = mapped_column(ForeignKey("participation.id"), unique=True)
    essay_id: Mapped[int] = mapped_column(ForeignKey("essay.id"), unique=True)
    joined_at: Mapped[datetime] = mapped_column(default=now)
    placed_at: Mapped[datetime | None] = mapped_column()

    participation: Mapped[Participation] = relationship()
    essay: Mapped[Essay] = relationship()


class Evaluation(Base):
    """One author's evaluation of another's essay.

    `given_slot` is which of the evaluator's two it is, `received_slot` which of the essay's two: with their unique
    constraints nobody can ever have a third. `draft` and `answers` hold {"criteria": {key: {"level": key, "comment":
    text}}, "overall": text}; `answers` is what was last submitted, and only that is ever shown to the author.
    """

    __tablename__ = "evaluation"
    __table_args__ = (
        UniqueConstraint("evaluator_id", "author_id"),
        UniqueConstraint("evaluator_id", "given_slot"),
        UniqueConstraint("author_id", "received_slot"),
        CheckConstraint("evaluator_id <> author_id", name="not_oneself"),
        CheckConstraint("given_slot IN (1, 2) AND received_slot IN (1, 2)", name="two_each"),
        CheckConstraint("(status = 'open') = (started_at IS NULL)", name="started"),
        CheckConstraint("(status = 'submitted') = (submitted_at IS NOT NULL)", name="submitted"),
        CheckConstraint("submitted_at IS NOT NULL OR (read_at IS NULL AND approved_at IS NULL)", name="closed"),
        # Draws open evaluations at random, and finds those whose pair could be undone.
        Index("ix_evaluation_draw", "pool_id", "status", "shuffle_key"),
        Index("ix_evaluation_reciprocal", "pool_id", "status", "reciprocal"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    pool_id: Mapped[int] = mapped_column(ForeignKey("pool.id"))
    evaluator_id: Mapped[int] = mapped_column(ForeignKey("pool_author.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("pool_author.id"))
    given_slot: Mapped[int] = mapped_column()
    received_slot: Mapped[int] = mapped_column()
    status: Mapped[EvaluationStatus] = mapped_column(
        enum_column(EvaluationStatus, "status"), default=EvaluationStatus.OPEN
    )
    reciprocal: Mapped[bool] = mapped_column(default=False)
    shuffle_key: Mapped[float] = mapped_column(Float)
    # The version of the form it is written on, known once it is started.
    content_id: Mapped[int | None] = mapped_column(ForeignKey("module_content.id"))
    draft: Mapped[dict[str, Any]] = mapped_column(default=dict)
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime | None] = mapped_column()
    # None is SQL's NULL here, not JSON's.
    answers: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    started_at: Mapped[datetime | None] = mapped_column()
    submitted_at: Mapped[datetime | None] = mapped_column()
    read_at: Mapped[datetime | None] = mapped_column()
    approved_at: Mapped[datetime | None] = mapped_column()
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)

    evaluator: Mapped[Author] = relationship(foreign_keys=evaluator_id)
    author: Mapped[Author] = relationship(foreign_keys=author_id)

    @property
    def editable(self) -> bool:
        """Once begun, until the author has read it or the coordinator has approved it."""
        return self.started_at is not None and self.read_at is None and self.approved_at is None
