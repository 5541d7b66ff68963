"""What the demo LMS remembers: people, courses, grades, keys, and every score request it was sent."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, DateTime, Dialect, ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[datetime]):
    """An aware time; SQLite forgets the zone, so it is kept as UTC and read back as UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value else None


class Base(DeclarativeBase):
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Moment, list[str]: JSON, dict[str, str]: JSON}


class Person(Base):
    """`sub` is what the tool knows the person by; `position` is the place on the page where a person is picked."""

    __tablename__ = "person"
    sub: Mapped[str] = mapped_column(primary_key=True)
    given_name: Mapped[str]
    family_name: Mapped[str]
    email: Mapped[str]
    locale: Mapped[str]
    group: Mapped[str]
    story: Mapped[str]
    institution_roles: Mapped[list[str]]
    position: Mapped[int]

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"


class Course(Base):
    __tablename__ = "course"
    key: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    title: Mapped[str]
    about: Mapped[str]
    links: Mapped[list["Link"]] = relationship(order_by="Link.position", back_populates="course")
    members: Mapped[list["Membership"]] = relationship(back_populates="course")


class Membership(Base):
    """`roles` holds short context roles: Learner, Instructor or Administrator."""

    __tablename__ = "membership"
    course_key: Mapped[str] = mapped_column(ForeignKey("course.key"), primary_key=True)
    sub: Mapped[str] = mapped_column(ForeignKey("person.sub"), primary_key=True)
    roles: Mapped[list[str]]
    course: Mapped[Course] = relationship(back_populates="members")
    person: Mapped[Person] = relationship()

    @property
    def teaches(self) -> bool:
        return "Learner" not in self.roles


class Link(Base):
    """A place in a course that opens the tool (an LTI resource link)."""

    __tablename__ = "link"
    id: Mapped[str] = mapped_column(primary_key=True)
    course_key: Mapped[str] = mapped_column(ForeignKey("course.key"), index=True)
    title: Mapped[str]
    about: Mapped[str]
    custom: Mapped[dict[str, str]]
    position: Mapped[int]
    course: Mapped[Course] = relationship(back_populates="links")
    line_items: Mapped[list["LineItem"]] = relationship(order_by="LineItem.id", back_populates="link")


class LineItem(Base):
    """A column of the gradebook; ids are never used again, so a deleted column's address stays dead."""

    __tablename__ = "line_item"
    __table_args__ = (CheckConstraint("score_maximum > 0"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(primary_key=True)
    course_key: Mapped[str] = mapped_column(ForeignKey("course.key"), index=True)
    link_id: Mapped[str | None] = mapped_column(ForeignKey("link.id"), index=True)
    label: Mapped[str]
    score_maximum: Mapped[float]
    resource_id: Mapped[str | None]
    tag: Mapped[str | None]
    start_at: Mapped[datetime | None]
    end_at: Mapped[datetime | None]
    link: Mapped[Link | None] = relationship(back_populates="line_items")
    grades: Mapped[list["Grade"]] = relationship(cascade="all, delete-orphan", back_populates="line_item")


class Grade(Base):
    """`score` is on the scale of the line item; `sent_at` is the time stamp the tool put on it."""

    __tablename__ = "grade"
    line_item_id: Mapped[int] = mapped_column(ForeignKey("line_item.id"), primary_key=True)
    sub: Mapped[str] = mapped_column(ForeignKey("person.sub"), primary_key=True)
    score: Mapped[float | None]
    comment: Mapped[str | None]
    activity_progress: Mapped[str]
    grading_progress: Mapped[str]
    sent_at: Mapped[datetime]
    line_item: Mapped[LineItem] = relationship(back_populates="grades")


class ScoreRequest(Base):
    """A score as it arrived, whatever became of it; `body` is JSON, text that is no JSON, or None when too large."""

    __tablename__ = "score_request"
    id: Mapped[int] = mapped_column(primary_key=True)
    received_at: Mapped[datetime]
    line_item_id: Mapped[int]
    user_id: Mapped[str | None]
    body: Mapped[Any] = mapped_column(JSON)
    status: Mapped[int]
    answer: Mapped[str]


class SigningKey(Base):
    __tablename__ = "signing_key"
    id: Mapped[int] = mapped_column(primary_key=True)
    kid: Mapped[str] = mapped_column(unique=True)
    private_pem: Mapped[str]


class AccessToken(Base):
    __tablename__ = "access_token"
    digest: Mapped[str] = mapped_column(primary_key=True)
    scopes: Mapped[list[str]]
    expires_at: Mapped[datetime]


class UsedAssertion(Base):
    """The jti of a client assertion, kept until the assertion would be too old anyway."""

    __tablename__ = "used_assertion"
    jti: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]


class Secret(Base):
    """What the LMS signs its launch hints with; one row."""

    __tablename__ = "secret"
    id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[str]
