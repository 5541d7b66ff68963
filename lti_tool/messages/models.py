"""What the tool has told a person by e-mail."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.database import Base, now


class Digest(Base):
    """A person's digests: `said` names the content of the latest, so that nobody is told the same twice."""

    __tablename__ = "digest"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    declined_at: Mapped[datetime | None] = mapped_column()
    sent_at: Mapped[datetime | None] = mapped_column()
    said: Mapped[str] = mapped_column(String(64), default="")
    # A worker is sending until then; what it leaves behind is taken up again.
    lease_until: Mapped[datetime | None] = mapped_column()
    failures: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)
