"""What is being written: the draft of a module, and files of questions on their way into it."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.database import Base, now
from lti_tool.people.models import enum_column


class ModuleDraft(Base):
    """The next version of a module, as far as it is written; one for all who write it.

    `body` has the shape of `content.ModuleContent` as JSON, but may be incomplete. `version` counts its changes, so
    that nobody overwrites what they have not seen; it goes on counting in the next draft. Between two drafts `body` has
    no "languages".
    """

    __tablename__ = "module_draft"
    __table_args__ = (CheckConstraint("version >= 1", name="version_from_one"),)

    module_id: Mapped[int] = mapped_column(ForeignKey("online_module.id"), primary_key=True)
    body: Mapped[dict[str, Any]] = mapped_column()
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime] = mapped_column(default=now)
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)


class ImportState(enum.StrEnum):
    WAITING = "waiting"
    READING = "reading"
    # To be looked at; nothing has been added to a draft yet.
    READ = "read"
    FAILED = "failed"
    ADDED = "added"


class QuestionImport(Base):
    """A file of questions that somebody has sent, and what was found in it.

    `done` of `total` steps of reading are over. `found` is the questions and notes as JSON once it is read, or the
    reason why it cannot be; `data` is None then.
    """

    __tablename__ = "question_import"
    __table_args__ = (CheckConstraint("done >= 0 AND total >= 0", name="progress"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("online_module.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    filename: Mapped[str] = mapped_column(String(255))
    data: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[ImportState] = mapped_column(enum_column(ImportState, "import_state"), default=ImportState.WAITING)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    found: Mapped[dict[str, Any] | None] = mapped_column()
    leased_until: Mapped[datetime | None] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now)
