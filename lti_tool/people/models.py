"""People, courses and what a launch leaves behind."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.database import Base, now

# The longest identifier LTI allows (sub, context id, resource link id, deployment id).
# https://www.imsglobal.org/spec/lti/v1p3#user-identity-claims
ID_LENGTH = 255


class Role(enum.StrEnum):
    """What a person is in one course, from the context roles of a launch."""

    LEARNER = "learner"
    INSTRUCTOR = "instructor"


class Purpose(enum.StrEnum):
    """What a visit is for: work behind a resource link, choosing what to place in a course (Deep Linking), or setting
    the installation up through a one-time link, which is the only kind without a person."""

    TRAINING = "training"
    PLACING = "placing"
    OPERATING = "operating"


class GrantKind(enum.StrEnum):
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"


def enum_column(kind: type[enum.StrEnum], name: str) -> Enum:
    """A readable text column that the database checks against the values of `kind`."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )


class Person(Base):
    """One user of one learning platform (issuer + client + subject), the same in all of that platform's courses."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("platform_id", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platform.id"))
    subject: Mapped[str] = mapped_column(String(ID_LENGTH))
    # None where the platform's privacy settings keep names back.
    name: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    # The language the person chose here; None follows the launch.
    locale: Mapped[str | None] = mapped_column(String(10))
    # An IANA name, as the platform or the browser told it last; None is the installation's.
    timezone: Mapped[str | None] = mapped_column(String(64))
    # Only kept where the installation sends mail.
    email: Mapped[str | None] = mapped_column(String(254))
    created_at: Mapped[datetime] = mapped_column(default=now)


class Course(Base):
    """An LTI context; its id is only unique within a deployment. A link without context is a course of its own."""

    __tablename__ = "course"
    __table_args__ = (UniqueConstraint("deployment_id", "context_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"))
    context_id: Mapped[str] = mapped_column(String(ID_LENGTH + 10))
    label: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    title: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    # Where the platform lists the course's members, if it lets us ask.
    roster_url: Mapped[str | None] = mapped_column(Text)
    # When the roster was last read, and when it is to be read next; None before any of its staff has come.
    roster_synced_at: Mapped[datetime | None] = mapped_column()
    roster_due_at: Mapped[datetime | None] = mapped_column(index=True)
    # How many attempts in a row have failed, and why the latest did (`lti.rosters.rules.Reason`).
    roster_failures: Mapped[int] = mapped_column(default=0)
    roster_failure: Mapped[str | None] = mapped_column(String(20))
    # Where the platform lists the course's groups and sets of groups, if it offers that.
    # https://www.imsglobal.org/spec/lti-gs/v1p0
    groups_url: Mapped[str | None] = mapped_column(Text)
    group_sets_url: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Membership(Base):
    """A person's role in a course as the latest launch told it, or the roster where they have not come yet."""

    __tablename__ = "membership"
    __table_args__ = (Index(None, "course_id", "role"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(enum_column(Role, "role"))
    # False while only the roster has told of them: what a launch says of a person weighs more.
    launched: Mapped[bool] = mapped_column(default=True)
    # Since when the roster no longer has them. Their work stays.
    left_at: Mapped[datetime | None] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(default=now)


class ResourceLink(Base):
    """A placement of the tool in a course. Its custom parameters `module` ("om1") and `programme`, one or neither of
    which it has, say what its line item is for: that module, or completing that programme.
    """

    __tablename__ = "resource_link"
    __table_args__ = (
        UniqueConstraint("course_id", "resource_link_id"),
        CheckConstraint("module_key IS NULL OR programme_key IS NULL", name="one_subject"),
        Index(None, "module_key"),
        Index(None, "programme_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    resource_link_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    title: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    module_key: Mapped[str | None] = mapped_column(String(64))
    programme_key: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)


class LinkVisit(Base):
    """A learner has launched a link: a result of theirs belongs in that link's line item."""

    __tablename__ = "link_visit"

    link_id: Mapped[int] = mapped_column(ForeignKey("resource_link.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class LaunchSession(Base):
    """A visit, opened by one launch or one-time link. Only a hash of the browser's secret is kept."""

    __tablename__ = "launch_session"
    __table_args__ = (
        CheckConstraint("(purpose = 'operating') = (person_id IS NULL)", name="operator_is_nobody"),
        CheckConstraint("(purpose = 'operating') = (role IS NULL)", name="operator_has_no_role"),
        CheckConstraint("(purpose = 'training') = (link_id IS NOT NULL)", name="training_has_link"),
        CheckConstraint("purpose <> 'training' OR course_id IS NOT NULL", name="training_has_course"),
        CheckConstraint("purpose <> 'operating' OR course_id IS NULL", name="operator_has_no_course"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[Purpose] = mapped_column(enum_column(Purpose, "purpose"), default=Purpose.TRAINING)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"))
    link_id: Mapped[int | None] = mapped_column(ForeignKey("resource_link.id"))
    role: Mapped[Role | None] = mapped_column(enum_column(Role, "role"))
    # The launch named a system or institution administrator, and the platform's settings trust it with that.
    administrator: Mapped[bool] = mapped_column(default=False)
    locale: Mapped[str] = mapped_column(String(10))
    return_url: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class OneTimeLink(Base):
    """A way in for whoever runs the server, good for one visit. Only a hash of its code is kept."""

    __tablename__ = "one_time_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None] = mapped_column()


class StaffGrant(Base):
    """Standing given to one person, or to every instructor of one course (a programme course's coordinators).

    Coordinators are granted for a cohort, administrators for the whole installation.
    """

    __tablename__ = "staff_grant"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (course_id IS NULL)", name="one_receiver"),
        CheckConstraint("(kind = 'coordinator') = (cohort_id IS NOT NULL)", name="coordinator_has_cohort"),
        CheckConstraint("kind = 'coordinator' OR person_id IS NOT NULL", name="administrator_is_person"),
        UniqueConstraint("cohort_id", "person_id"),
        UniqueConstraint("cohort_id", "course_id"),
        Index(
            "uq_staff_grant_administrator",
            "person_id",
            unique=True,
            sqlite_where=text("kind = 'administrator'"),
            postgresql_where=text("kind = 'administrator'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[GrantKind] = mapped_column(enum_column(GrantKind, "kind"))
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"), index=True)
    # Who gave it, in words: an administrator's person id or "command line".
    granted_by: Mapped[str] = mapped_column(String(ID_LENGTH))
    created_at: Mapped[datetime] = mapped_column(default=now)
