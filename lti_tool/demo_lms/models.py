"""What the demo LMS remembers: people, courses, tools, grades, keys, and every score request it was sent."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, DateTime, Dialect, ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from lti_tool.demo_lms.config import origin_of


class Moment(TypeDecorator[datetime]):
    """An aware time; SQLite forgets the zone, so it is kept as UTC and read back as UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value else None


class Base(DeclarativeBase):
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Moment,
        list[str]: JSON,
        dict[str, str]: JSON,
        dict[str, Any]: JSON,
        list[dict[str, Any]]: JSON,
    }


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
    """`roles` holds short context roles: Learner, Instructor or Administrator.

    Somebody who left stays as Deleted, for tools that ask what changed since a moment; None is before all moments.
    """

    __tablename__ = "membership"
    course_key: Mapped[str] = mapped_column(ForeignKey("course.key"), primary_key=True)
    sub: Mapped[str] = mapped_column(ForeignKey("person.sub"), primary_key=True)
    roles: Mapped[list[str]]
    status: Mapped[str] = mapped_column(server_default="Active")
    changed_at: Mapped[datetime | None]
    course: Mapped[Course] = relationship(back_populates="members")
    person: Mapped[Person] = relationship()

    @property
    def teaches(self) -> bool:
        return "Learner" not in self.roles


class Tool(Base):
    """Somebody's product that links open; it stays shut until an administrator has activated it.

    `launch_url` is the target of whatever names none. `messages` are those it understands, as it registered them:
    each has a `type`, and may have a `target_link_uri` and `custom_parameters`.
    """

    __tablename__ = "tool"
    client_id: Mapped[str] = mapped_column(primary_key=True)
    deployment_id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    about: Mapped[str]
    login_url: Mapped[str]
    launch_url: Mapped[str]
    jwks_url: Mapped[str]
    redirect_uris: Mapped[list[str]]
    scopes: Mapped[list[str]]
    messages: Mapped[list[dict[str, Any]]]
    custom: Mapped[dict[str, str]]
    active: Mapped[bool]
    added_at: Mapped[datetime]

    def message(self, message_type: str) -> dict[str, Any] | None:
        return next((message for message in self.messages if message.get("type") == message_type), None)

    def target_of(self, message_type: str) -> str:
        return str((self.message(message_type) or {}).get("target_link_uri") or self.launch_url)

    @property
    def origins(self) -> set[str]:
        return {origin_of(url) for url in (self.login_url, self.launch_url, *self.redirect_uris)}


class RegistrationToken(Base):
    """Lets whoever holds it register one tool, or register `client_id` anew; good once."""

    __tablename__ = "registration_token"
    digest: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]
    client_id: Mapped[str | None] = mapped_column(ForeignKey("tool.client_id"))


class Link(Base):
    """A place in a course that opens a tool (an LTI resource link).

    `url` is the target of its launches, None that of the tool. `presentation` is iframe or window; the size of the
    frame is in pixels, and None leaves it to the page.
    """

    __tablename__ = "link"
    id: Mapped[str] = mapped_column(primary_key=True)
    course_key: Mapped[str] = mapped_column(ForeignKey("course.key"), index=True)
    title: Mapped[str]
    about: Mapped[str]
    custom: Mapped[dict[str, str]]
    position: Mapped[int]
    client_id: Mapped[str] = mapped_column(ForeignKey("tool.client_id"), server_default="")
    url: Mapped[str | None]
    presentation: Mapped[str] = mapped_column(server_default="iframe")
    frame_width: Mapped[int | None]
    frame_height: Mapped[int | None]
    thumbnail: Mapped[str | None]
    available_from: Mapped[datetime | None]
    available_until: Mapped[datetime | None]
    tool: Mapped[Tool] = relationship()
    course: Mapped[Course] = relationship(back_populates="links")
    line_items: Mapped[list["LineItem"]] = relationship(order_by="LineItem.id", back_populates="link")


class LineItem(Base):
    """A column of the gradebook; ids are never used again, so a deleted column's address stays dead.

    `submission_review` says how its tool shows what somebody handed in, as the tool said it.
    """

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
    client_id: Mapped[str] = mapped_column(ForeignKey("tool.client_id"), server_default="")
    submission_review: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    tool: Mapped[Tool] = relationship()
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
    client_id: Mapped[str] = mapped_column(ForeignKey("tool.client_id"), server_default="")


class UsedAssertion(Base):
    """The jti of a client assertion or the nonce of a response, kept until these would be too old anyway."""

    __tablename__ = "used_assertion"
    jti: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]


class Secret(Base):
    """What the LMS signs its launch hints with; one row."""

    __tablename__ = "secret"
    id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[str]
