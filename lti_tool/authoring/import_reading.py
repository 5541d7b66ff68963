"""Reads the files of questions that people have sent.

A file is taken with a lease and read without a transaction; how far it is is written now and then, which renews the
lease. Two workers at once, or one that dies, do no harm: whoever has lost the lease writes nothing any more.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask_babel import force_locale
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from lti_tool.authoring.actions import draft_of
from lti_tool.authoring.import_forgetting import forget_old_imports
from lti_tool.authoring.import_found import Failure, Found, found_in, is_among, pictures_in, same_texts
from lti_tool.authoring.models import ImportState, QuestionImport
from lti_tool.database import db, now, update_rows
from lti_tool.exchange.found import Imported, UnreadableFile
from lti_tool.exchange.images import media_type_of
from lti_tool.exchange.reading import read
from lti_tool.programme.pictures import Picture, store_pictures
from lti_tool.texts import gettext as _
from lti_tool.web import supported_locale

LEASE = timedelta(minutes=5)
# A file that kills whoever reads it is not given to a fourth.
MOST_TRIES = 3
# How often, at most, the progress of one file is written.
STAGES = 10

log = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Somebody else reads the file by now."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A file that is ours to read until its lease ends."""

    id: int
    module_id: int
    filename: str
    begun: Found
    lease: datetime
    data: bytes = field(repr=False)


def read_imports() -> None:
    """Takes on every file that waits, one after the other."""
    forget_old_imports(db.session)
    db.session.commit()
    while (claimed := claim(db.session)) is not None:
        db.session.commit()
        read_claimed(db.session, claimed)
    db.session.rollback()


def claim(session: Session) -> Claim | None:
    """Lease the file that waits longest and nobody reads. Commit before reading."""
    row = session.scalars(_waiting()).one_or_none()
    if row is None or row.data is None:
        return None
    begun = Found.model_validate(row.found)
    begun, lease = begun.with_(tries=begun.tries + 1), now() + LEASE
    row.state, row.leased_until, row.found = ImportState.READING, lease, begun.stored()
    session.flush()
    return Claim(row.id, row.module_id, row.filename, begun, lease, row.data)


def _waiting() -> Select[QuestionImport]:
    left_behind = and_(QuestionImport.state == ImportState.READING, QuestionImport.leased_until <= now())
    waits = or_(QuestionImport.state == ImportState.WAITING, left_behind)
    first = select(QuestionImport).where(waits).order_by(QuestionImport.id).limit(1)
    return first.with_for_update(skip_locked=True).execution_options(populate_existing=True)


def read_claimed(session: Session, claimed: Claim) -> None:
    """Read the file, keep what is found or why it cannot be read, and drop the file itself. Commits."""
    turn = _Turn(session, claimed)
    try:
        _keep(turn, _read(turn))
    except LeaseLost:
        session.rollback()
        log.warning("another worker reads the file", extra={"import": claimed.id})


def _keep(turn: _Turn, imported: Imported | Found) -> None:
    if isinstance(imported, Found):
        turn.finish(ImportState.FAILED, imported)
        return
    claimed = turn.claimed
    found = found_in(imported, claimed.begun, _picture_word(claimed.begun.language))
    store_pictures(turn.session, _pictures(imported))
    draft = draft_of(turn.session, claimed.module_id).draft
    there = same_texts(draft.languages[found.language].questions if found.language in draft.languages else ())
    left = frozenset(entry.number for entry in found.entries if is_among(entry.question, there))
    turn.finish(ImportState.READ, found.with_(left=left))
    log.info("questions read", extra={"questions": len(found.entries), "left_out": len(found.left_out)})


def _read(turn: _Turn) -> Imported | Found:
    """What the file holds; where it cannot be read, the reason."""
    claimed = turn.claimed
    if claimed.begun.tries > MOST_TRIES:
        return claimed.begun.with_(code=Failure.CRASHED)
    try:
        return read(claimed.data, claimed.filename, turn.tell, _true_false(claimed.begun.language))
    except UnreadableFile as error:
        return claimed.begun.with_(code=error.code, line=error.line)
    except LeaseLost:
        raise
    except Exception:
        turn.session.rollback()
        log.exception("a file of questions could not be read", extra={"import": claimed.id})
        return claimed.begun.with_(code=Failure.CRASHED)


@dataclass(slots=True)
class _Turn:
    """What the reader of one file writes about it, as long as it is theirs."""

    session: Session
    claimed: Claim
    lease: datetime = field(init=False)
    stage: int = 0

    def __post_init__(self) -> None:
        self.lease = self.claimed.lease

    def tell(self, done: int, total: int) -> None:
        stage = done * STAGES // max(total, 1)
        if stage <= self.stage:
            return
        lease = now() + LEASE
        self._write(done=min(done, total), total=total, leased_until=lease)
        self.session.commit()
        self.stage, self.lease = stage, lease

    def finish(self, state: ImportState, found: Found) -> None:
        self._write(state=state, found=found.stored(), data=None, leased_until=None)
        self.session.commit()

    def _write(self, **values: Any) -> None:
        ours = (QuestionImport.id == self.claimed.id, QuestionImport.leased_until == self.lease)
        if not update_rows(self.session, QuestionImport, *ours, changed_at=now(), **values):
            raise LeaseLost


def _pictures(imported: Imported) -> dict[str, Picture]:
    """Those that are what they say they are."""
    found = pictures_in(imported).items()
    return {
        digest: Picture(image.media_type, image.data)
        for digest, image in found
        if media_type_of(image.data) == image.media_type
    }


def _true_false(language: str) -> tuple[str, str]:
    with force_locale(supported_locale(language)):
        return _("True"), _("False")


def _picture_word(language: str) -> str:
    with force_locale(supported_locale(language)):
        return _("Picture")
