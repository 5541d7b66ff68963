"""What the tool has told a person by e-mail."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.database import Base, now


def new_key() -> str:
    return secrets.token_urlsafe(16)


def address_hash(email: str) -> str:
    return hashlib.sha256(email.lower().encode()).hexdigest()


class Digest(Base):
    """A person's digests: `due_at` is when to see whether there is something to tell, and `said` what the latest told
    of that still holds (`Item.signs`), so that nobody is told the same twice.

    `key` names the row in the address that ends the digests: whoever has the message may end them, and learns nothing.
    """

    __tablename__ = "digest"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(32), unique=True, default=new_key)
    declined_at: Mapped[datetime | None] = mapped_column()
    sent_at: Mapped[datetime | None] = mapped_column()
    said: Mapped[list[str]] = mapped_column(default=list)
    due_at: Mapped[datetime] = mapped_column(index=True)
    # A worker is sending until then; what it leaves behind is taken up again.
    lease_until: Mapped[datetime | None] = mapped_column()
    failures: Mapped[int] = mapped_column(default=0)
    # A hash of the address that no message can be sent to; another one may do.
    refused: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)
