"""Dates on which people meet, who has a place or waits for one, who has prepared, and who was there."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.database import Base, now
from lti_tool.people.models import enum_column


class TrainingSession(Base):
    """One date of a meeting that a programme asks for (`content.Meeting`), in one cohort.

    Held for everyone in the cohort, who sign up, or for the learning assistants of one course, who are all expected.
    `minutes` count towards the hours of its meeting, however long it takes. `taken` counts the sign-ups with a place:
    it is changed together with them, so that the database itself refuses more than there is room for.
    """

    __tablename__ = "training_session"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("minutes > 0", name="counts_for_something"),
        CheckConstraint("place <> '' OR online_url <> ''", name="somewhere"),
        CheckConstraint("capacity IS NULL OR capacity >= 1", name="room_for_one"),
        CheckConstraint("taken >= 0 AND (capacity IS NULL OR taken <= capacity)", name="not_overbooked"),
        CheckConstraint("sign_up_until <= starts_at", name="signed_up_before"),
        Index(None, "cohort_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # In calendars, and what a file of dates names it by when it is brought in again.
    uid: Mapped[str] = mapped_column(String(64), unique=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    meeting_key: Mapped[str] = mapped_column(String(64))
    # None for a session of the whole programme.
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column()
    ends_at: Mapped[datetime] = mapped_column()
    minutes: Mapped[int] = mapped_column()
    sign_up_until: Mapped[datetime] = mapped_column()
    place: Mapped[str] = mapped_column(String(200), default="")
    town: Mapped[str] = mapped_column(String(80), default="")
    online_url: Mapped[str] = mapped_column(String(500), default="")
    language: Mapped[str] = mapped_column(String(10))
    leader: Mapped[str] = mapped_column(String(200), default="")
    # Markdown, for those who come; beside what the meeting asks to prepare on any date.
    note: Mapped[str] = mapped_column(Text, default="")
    # None is room for any number.
    capacity: Mapped[int | None] = mapped_column()
    taken: Mapped[int] = mapped_column(default=0)
    # Counts the changes that those who come should know of.
    # https://www.rfc-editor.org/rfc/rfc5545#section-3.8.7.4
    sequence: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column(default=now)
    cancelled_at: Mapped[datetime | None] = mapped_column()
    # Until when people can say themselves, with the code that the leader shows, that they are there.
    check_in_until: Mapped[datetime | None] = mapped_column()
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)


class SignUpState(enum.StrEnum):
    PLACE = "place"
    WAITING = "waiting"


class SignUp(Base):
    """A person has a place on a date or waits for one, in the order of `id`.

    One place for each meeting; besides it they may wait for other dates, and whoever gets such a place gives up the one
    before. `cohort_id` and `meeting_key` are those of the session.
    """

    __tablename__ = "sign_up"
    __table_args__ = (
        UniqueConstraint("session_id", "person_id"),
        Index(
            "uq_sign_up_place",
            "person_id",
            "cohort_id",
            "meeting_key",
            unique=True,
            sqlite_where=text("state = 'place'"),
            postgresql_where=text("state = 'place'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    meeting_key: Mapped[str] = mapped_column(String(64))
    state: Mapped[SignUpState] = mapped_column(enum_column(SignUpState, "sign_up_state"))
    created_at: Mapped[datetime] = mapped_column(default=now)


class SignUpChange(enum.StrEnum):
    SIGNED_UP = "signed-up"
    WAITING = "waiting"
    # From the waiting list, without the person's doing.
    PROMOTED = "promoted"
    CANCELLED = "cancelled"
    # The session was called off.
    CALLED_OFF = "called-off"


class SignUpEvent(Base):
    """What happened to somebody's place, never changed. `by` is None where nobody did it (a promotion)."""

    __tablename__ = "sign_up_event"
    __table_args__ = (Index(None, "person_id", "change"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    change: Mapped[SignUpChange] = mapped_column(enum_column(SignUpChange, "sign_up_change"))
    by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)


class Preparation(Base):
    """What somebody has done before a meeting; it holds for whichever date they come to.

    `answers` is a text for each question of `content.Preparation`, by its place from "0". `version` counts the changes,
    so that two tabs do not overwrite each other.
    """

    __tablename__ = "preparation"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), primary_key=True, index=True)
    meeting_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    answers: Mapped[dict[str, Any]] = mapped_column()
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime] = mapped_column(default=now)
    done_at: Mapped[datetime | None] = mapped_column()


class Presence(enum.StrEnum):
    PRESENT = "present"
    # Came late but was there for what counts; that is the leader's to say.
    LATE = "late"
    ABSENT = "absent"


class Source(enum.StrEnum):
    """How a mark came about."""

    LIST = "list"
    CHECK_IN = "check-in"
    REPORT = "report"


class Mark(Base):
    """Whether a person was at a session. Without a row nothing is known; nothing but being there counts as attendance.
    `walk_in` had no place on it.
    """

    __tablename__ = "attendance_mark"

    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    presence: Mapped[Presence] = mapped_column(enum_column(Presence, "presence"))
    walk_in: Mapped[bool] = mapped_column(default=False)
    source: Mapped[Source] = mapped_column(enum_column(Source, "source"), default=Source.LIST)
    marked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    marked_at: Mapped[datetime] = mapped_column(default=now)


class MarkEvent(Base):
    """One change of a mark, never changed itself. `before` and `after` are None where there was or is no mark.

    `device_key` is what a device has named its change by, so that one that is sent twice is done once.
    """

    __tablename__ = "mark_event"
    __table_args__ = (Index(None, "session_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    before: Mapped[Presence | None] = mapped_column(enum_column(Presence, "presence_before"))
    after: Mapped[Presence | None] = mapped_column(enum_column(Presence, "presence_after"))
    source: Mapped[Source] = mapped_column(enum_column(Source, "event_source"), default=Source.LIST)
    reason: Mapped[str] = mapped_column(String(500), default="")
    device_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    # When it was tapped, which may be before it could be sent.
    happened_at: Mapped[datetime] = mapped_column(default=now)
    created_at: Mapped[datetime] = mapped_column(default=now)


class CheckIn(Base):
    """A person says, with the code that was shown, that they are at a session; a leader confirms it with a mark."""

    __tablename__ = "check_in"

    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    # Turned down by a leader who did not see them.
    refused_at: Mapped[datetime | None] = mapped_column()


class CalendarFeed(Base):
    """The private address of a person's calendar. Only a hash of its secret is kept, so a lost one is made anew."""

    __tablename__ = "calendar_feed"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
