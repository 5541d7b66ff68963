"""A person's way through one online module."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.database import Base, now
from lti_tool.people.models import Person, enum_column
from lti_tool.programme.content import Step
from lti_tool.programme.models import ModuleContent, OnlineModule


class Participation(Base):
    """One person in one module of one cohort; keeps the content version it began with."""

    __tablename__ = "participation"
    __table_args__ = (UniqueConstraint("person_id", "module_id", "cohort_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    module_id: Mapped[int] = mapped_column(ForeignKey("online_module.id"), index=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    content_id: Mapped[int] = mapped_column(ForeignKey("module_content.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    completed_at: Mapped[datetime | None] = mapped_column()

    person: Mapped[Person] = relationship()
    module: Mapped[OnlineModule] = relationship()
    content: Mapped[ModuleContent] = relationship()


class StepResult(Base):
    """A step is done. `detail` is a short figure for people ("12/14"), never free text about a person."""

    __tablename__ = "step_result"

    participation_id: Mapped[int] = mapped_column(ForeignKey("participation.id"), primary_key=True)
    step: Mapped[Step] = mapped_column(enum_column(Step, "step"), primary_key=True)
    detail: Mapped[str] = mapped_column(String(50), default="")
    done_at: Mapped[datetime] = mapped_column(default=now)


class StepDate(Base):
    """When a step of a module is due in a cohort. Work that comes in within the grace afterwards is not late."""

    __tablename__ = "step_date"
    __table_args__ = (CheckConstraint("grace_hours >= 0", name="grace"),)

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("online_module.id"), primary_key=True)
    step: Mapped[Step] = mapped_column(enum_column(Step, "step"), primary_key=True)
    due_at: Mapped[datetime] = mapped_column()
    grace_hours: Mapped[int] = mapped_column(default=0)
    set_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)


class Extension(Base):
    """More time for one person: the step is due at `until` instead, if that is later than its date."""

    __tablename__ = "extension"

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("online_module.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    step: Mapped[Step] = mapped_column(enum_column(Step, "step"), primary_key=True)
    until: Mapped[datetime] = mapped_column()
    reason: Mapped[str] = mapped_column(String(500), default="")
    set_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)


class ModuleChoice(Base):
    """A module that a person has chosen where a programme lets them choose; it holds in all courses of their platform.

    Beginning to work on a module chooses it. Who is to choose between which modules is said by the programme's
    requirements.
    """

    __tablename__ = "module_choice"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("online_module.id"), primary_key=True, index=True)
    chosen_at: Mapped[datetime] = mapped_column(default=now)
