"""Pools of authors, and the evaluations that link them."""

from __future__ import annotations

import enum
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Float, ForeignKey, Index, String, Text, UniqueConstraint, text
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
    """The authors who evaluate each other: one module of one cohort, in one language, whatever their courses.

    Its row is the lock of every change in it.
    """

    __tablename__ = "pool"
    __table_args__ = (UniqueConstraint("cohort_id", "module_id", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    module_id: Mapped[int] = mapped_column(ForeignKey("online_module.id"))
    language: Mapped[str] = mapped_column(String(10))
    # With the authors' order of arrival it makes the allocation repeatable.
    seed: Mapped[int] = mapped_column(default=lambda: secrets.randbelow(2**31))


def _longest_first(name: str, condition: str) -> Index:
    return Index(name, "pool_id", "joined_at", sqlite_where=text(condition), postgresql_where=text(condition))


class Author(Base):
    """Somebody whose essay is in a pool; `placed_at` is None while they wait for two others.

    Of a placed author `to_give` is how many essays are still to be found for them, `to_receive` how many evaluators
    for their essay. What is waived is not looked for. `lapsed` is how many were taken back because their time was over;
    they are looked for again when the author asks. Somebody withdrawn is given nothing and receives nothing new.
    """

    __tablename__ = "pool_author"
    __table_args__ = (
        CheckConstraint(
            "to_give >= 0 AND waived_given >= 0 AND lapsed >= 0 AND to_give + waived_given + lapsed <= 2",
            name="two_to_give",
        ),
        CheckConstraint(
            "to_receive >= 0 AND waived_received >= 0 AND to_receive + waived_received <= 2", name="two_to_receive"
        ),
        CheckConstraint("withdrawn_at IS NULL OR (to_give = 0 AND to_receive = 0)", name="withdrawn_lacks_nothing"),
        _longest_first("ix_pool_author_waiting", "placed_at IS NULL AND withdrawn_at IS NULL"),
        _longest_first("ix_pool_author_to_give", "to_give > 0"),
        _longest_first("ix_pool_author_to_receive", "to_receive > 0"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pool_id: Mapped[int] = mapped_column(ForeignKey("pool.id"), index=True)
    participation_id: Mapped[int] = mapped_column(ForeignKey("participation.id"), unique=True)
    essay_id: Mapped[int] = mapped_column(ForeignKey("essay.id"), unique=True)
    joined_at: Mapped[datetime] = mapped_column(default=now)
    placed_at: Mapped[datetime | None] = mapped_column()
    withdrawn_at: Mapped[datetime | None] = mapped_column()
    to_give: Mapped[int] = mapped_column(default=0)
    to_receive: Mapped[int] = mapped_column(default=0)
    lapsed: Mapped[int] = mapped_column(default=0)
    waived_given: Mapped[int] = mapped_column(default=0)
    waived_received: Mapped[int] = mapped_column(default=0)

    participation: Mapped[Participation] = relationship()
    essay: Mapped[Essay] = relationship()


class Evaluation(Base):
    """One author's evaluation of another's essay, or that of a member of staff who has taken an essay that was short.

    `given_slot` is which of the evaluator's two it is, `received_slot` which of the essay's two: with their unique
    constraints nobody can ever have a third. Both are None once it is released (its evaluator has left or let the time
    run out with it begun) or voided (a coordinator does not let it count): the place is somebody else's then. Staff
    give in no slot, volunteers in a third. One that is `returned` is to be written anew. `draft` and `answers` hold
    {"criteria": {key: {"level": key, "comment": text}}, "overall": text}; `answers` is what was last submitted, and
    only that is ever shown to the author.
    """

    __tablename__ = "evaluation"
    __table_args__ = (
        UniqueConstraint("evaluator_id", "author_id"),
        UniqueConstraint("evaluator_id", "given_slot"),
        UniqueConstraint("author_id", "received_slot"),
        CheckConstraint("evaluator_id <> author_id", name="not_oneself"),
        CheckConstraint("given_slot IN (1, 2, 3) AND received_slot IN (1, 2)", name="two_each"),
        CheckConstraint("volunteered OR given_slot <> 3", name="third_by_volunteers"),
        CheckConstraint("(evaluator_id IS NULL) <> (staff_id IS NULL)", name="one_evaluator"),
        CheckConstraint(
            "(released_at IS NOT NULL OR voided_at IS NOT NULL) = (received_slot IS NULL) AND "
            "(released_at IS NOT NULL OR voided_at IS NOT NULL OR staff_id IS NOT NULL) = (given_slot IS NULL)",
            name="lost_holds_no_place",
        ),
        CheckConstraint(
            "voided_at IS NULL OR (status = 'submitted' AND approved_at IS NULL)", name="voided_was_submitted"
        ),
        CheckConstraint(
            "returned_at IS NULL OR (status = 'submitted' AND approved_at IS NULL AND voided_at IS NULL)",
            name="returned_was_submitted",
        ),
        CheckConstraint("released_at IS NULL OR status = 'started'", name="released_was_begun"),
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
    evaluator_id: Mapped[int | None] = mapped_column(ForeignKey("pool_author.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("pool_author.id"))
    given_slot: Mapped[int | None] = mapped_column()
    received_slot: Mapped[int | None] = mapped_column()
    released_at: Mapped[datetime | None] = mapped_column()
    status: Mapped[EvaluationStatus] = mapped_column(
        enum_column(EvaluationStatus, "status"), default=EvaluationStatus.OPEN
    )
    reciprocal: Mapped[bool] = mapped_column(default=False)
    volunteered: Mapped[bool] = mapped_column(default=False)
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
    returned_at: Mapped[datetime | None] = mapped_column()
    voided_at: Mapped[datetime | None] = mapped_column()
    # From when on there is something new to weigh (`Doubt`); None when that is done.
    weigh_at: Mapped[datetime | None] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)

    # Of an essay that staff have taken there is none.
    evaluator: Mapped[Author] = relationship(foreign_keys=evaluator_id)
    author: Mapped[Author] = relationship(foreign_keys=author_id)

    @property
    def editable(self) -> bool:
        """Once begun, until the author has read it or the coordinator has approved it; always while it is returned."""
        if self.started_at is None or self.approved_at is not None or self.voided_at is not None:
            return False
        return self.read_at is None or self.returned_at is not None


class LogKind(enum.StrEnum):
    """What happened to an author, or to who evaluates whom."""

    JOINED = "joined"
    GIVEN = "given"
    TAKEN_BACK = "taken-back"
    RELEASED = "released"
    RESTORED = "restored"
    NOT_AVOIDED = "not-avoided"
    WITHDRAWN = "withdrawn"
    REJOINED = "rejoined"
    MOVED = "moved"
    WAIVED = "waived"
    TAKEN = "taken"
    VOLUNTEERED = "volunteered"
    UNDONE = "undone"
    LAPSED = "lapsed"
    RESUMED = "resumed"
    VOIDED = "voided"


class LogEntry(Base):
    """One line of what the allocation did and why; lines are only ever added.

    `evaluator_id` and `author_id` are the two ends, or one of them alone. `cause_id` is the author whose coming or
    going set it off. `reason` is a short word of the rule, or what a coordinator wrote; `person_id` is who did it.
    """

    __tablename__ = "allocation_log"

    id: Mapped[int] = mapped_column(primary_key=True)
    pool_id: Mapped[int] = mapped_column(ForeignKey("pool.id"), index=True)
    moment: Mapped[datetime] = mapped_column(default=now)
    kind: Mapped[LogKind] = mapped_column(enum_column(LogKind, "kind"))
    evaluator_id: Mapped[int | None] = mapped_column(ForeignKey("pool_author.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("pool_author.id"), index=True)
    cause_id: Mapped[int | None] = mapped_column(ForeignKey("pool_author.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")


class PoolConflict(Base):
    """Two people of whom neither should evaluate the other, a course team for example; the smaller id first."""

    __tablename__ = "pool_conflict"
    __table_args__ = (CheckConstraint("first_id < second_id", name="in_order"),)

    first_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    second_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    reason: Mapped[str] = mapped_column(String(500))
    set_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)


class CourseConflict(Base):
    """The learning assistants of this course, a course team, should not evaluate each other in this cohort."""

    __tablename__ = "course_conflict"

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), primary_key=True, index=True)
    set_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)


class Usefulness(enum.StrEnum):
    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Feedback(Base):
    """What an author says of an evaluation they have received: whether it was useful, and to coordinators alone what is
    wrong with it (`flagged_at`, `flag`)."""

    __tablename__ = "evaluation_feedback"
    __table_args__ = (CheckConstraint("(flagged_at IS NULL) = (flag IS NULL)", name="flagged_with_words"),)

    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"), primary_key=True)
    useful: Mapped[Usefulness | None] = mapped_column(enum_column(Usefulness, "useful"))
    why: Mapped[str] = mapped_column(Text, default="")
    given_at: Mapped[datetime] = mapped_column(default=now)
    flagged_at: Mapped[datetime | None] = mapped_column()
    flag: Mapped[str | None] = mapped_column(Text)


class Doubt(Base):
    """Why a coordinator might want to read an evaluation, as figures; `points` orders the inbox, 0 is undoubtful.

    `gap` is the largest distance, in levels, to the other evaluation of the essay on one criterion, `gap_on` the key of
    that criterion. `words` are those of all comments, `distinct_words` how many different ones, `words_min` how many
    the form asks for. `copied_share`, in (0, 1], is how much of it stands in evaluation `copied_id`. `seconds` is the
    time from beginning to submission, `seconds_needed` what reading and writing take a quick person.
    """

    __tablename__ = "evaluation_doubt"
    __table_args__ = (
        CheckConstraint("points >= 0", name="points"),
        CheckConstraint("(copied_id IS NULL) = (copied_share IS NULL)", name="copied_share"),
        CheckConstraint("(gap IS NULL) = (gap_on IS NULL)", name="gap_on"),
        Index(None, "points"),
    )

    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"), primary_key=True, autoincrement=False)
    points: Mapped[int] = mapped_column()
    gap: Mapped[int | None] = mapped_column()
    gap_on: Mapped[str | None] = mapped_column(String(64))
    words: Mapped[int] = mapped_column()
    distinct_words: Mapped[int] = mapped_column()
    words_min: Mapped[int] = mapped_column()
    copied_id: Mapped[int | None] = mapped_column(ForeignKey("evaluation.id"), index=True)
    copied_share: Mapped[float | None] = mapped_column(Float)
    seconds: Mapped[int] = mapped_column()
    seconds_needed: Mapped[int] = mapped_column()
    flagged: Mapped[bool] = mapped_column(default=False)
    not_useful: Mapped[bool] = mapped_column(default=False)
    weighed_at: Mapped[datetime] = mapped_column(default=now)


class Decision(enum.StrEnum):
    """What a coordinator can decide about an evaluation, or, where it says so, about an essay."""

    APPROVED = "approved"
    REOPENED = "reopened"
    RETURNED = "returned"
    VOIDED = "voided"
    TAKEN = "taken"
    ESSAY_RETURNED = "essay-returned"
    UNDONE = "undone"


class ReviewEntry(Base):
    """Who decided what about an evaluation or an essay, when and why; lines are only ever added.

    `undoes_id` is the line that an `UNDONE` takes back. `before` holds what undoing has to put back.
    """

    __tablename__ = "review_log"
    __table_args__ = (
        CheckConstraint("(evaluation_id IS NULL) <> (essay_id IS NULL)", name="one_subject"),
        CheckConstraint("(decision = 'undone') = (undoes_id IS NOT NULL)", name="undoes_something"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    moment: Mapped[datetime] = mapped_column(default=now)
    decision: Mapped[Decision] = mapped_column(enum_column(Decision, "decision"))
    evaluation_id: Mapped[int | None] = mapped_column(ForeignKey("evaluation.id"), index=True)
    essay_id: Mapped[int | None] = mapped_column(ForeignKey("essay.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # What the coordinator wrote, to the learning assistant where it is returned, else for the record.
    reason: Mapped[str] = mapped_column(Text, default="")
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("review_log.id"), unique=True)
