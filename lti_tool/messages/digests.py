"""The job that sends digests: claim whose turn it is, commit, see what is new, send, record, commit.

Nothing is sent within a transaction. Whoever claims a digest holds it until its lease ends. A worker that dies after
the server has taken a message and before that is recorded has it sent once more, with the same Message-ID.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from lti_tool.database import db, now, update_rows
from lti_tool.equivalence.models import EquivalenceApplication
from lti_tool.jobs import current_jobs
from lti_tool.messages import timing
from lti_tool.messages.actions import begin_digests, forget_addresses
from lti_tool.messages.everything import (
    News,
    default_language_of,
    everything_for,
    module_of,
    title_of,
    written_in,
)
from lti_tool.messages.letter import Told, compose
from lti_tool.messages.models import Digest, address_hash
from lti_tool.messages.news import is_new, signs_of
from lti_tool.messages.post import Line, MailError, Problem
from lti_tool.messages.queries import Door, doors_of
from lti_tool.people.models import Membership, Person, Role
from lti_tool.programme.models import Enrolment
from lti_tool.settings import Settings

AT_ONCE = 50
LEASE = timedelta(minutes=10)
# Three times what the slowest message may take is left when the last one is begun.
_PATIENCE = LEASE / 2
_NEW_AT_ONCE = 500

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Office:
    """How this process sends; one thread at a time, the others are there for scores."""

    line: Callable[[Settings], Line | None] = lambda settings: Line(settings.mail) if settings.mail else None
    turn: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True, slots=True, repr=False)
class Turn:
    """A claimed digest with all that writing it takes."""

    person_id: int
    key: str
    email: str
    locale: str | None
    zone: ZoneInfo
    said: list[str]
    sent_at: datetime | None
    failures: int
    refused: str | None
    lease_until: datetime

    def next_day(self, moment: datetime) -> datetime:
        return timing.next_morning(moment, self.zone, timing.share_of(self.key))


def send_digests() -> None:
    """Send those whose turn it is, a few at a time, then see to it that the others are sent."""
    office: Office = current_app.extensions["digests"]
    settings: Settings = current_app.config["SETTINGS"]
    line = office.line(settings)
    if line is None or not office.turn.acquire(blocking=False):
        return
    try:
        more = send_some(db.session, line)
    finally:
        line.close()
        office.turn.release()
    if more:
        current_jobs().enqueue("send_digests")


def forget_unused_addresses() -> None:
    forgotten = forget_addresses(db.session, all_of_them=current_app.config["SETTINGS"].mail is None)
    db.session.commit()
    if forgotten:
        log.info("e-mail addresses forgotten", extra={"addresses": forgotten})


def send_some(session: Session, line: Line) -> bool:
    """Whether more may be due that the server would take."""
    default_zone = current_app.config["SETTINGS"].timezone
    begin_digests(session, _newcomers(session), default_zone)
    turns = claim(session, default_zone)
    session.commit()
    if not turns:
        return False
    news = everything_for(session, [turn.person_id for turn in turns], now())
    writing = [turn for turn in turns if _is_told(turn, news.get(turn.person_id, []), now())]
    doors = doors_of(session, [turn.person_id for turn in writing])
    letters = [(turn, _told(session, turn, news[turn.person_id], doors)) for turn in writing]
    for turn in turns:
        if turn not in writing:
            _pass_over(session, turn, news.get(turn.person_id, []))
    session.commit()
    counts, trouble = _send_all(session, line, letters)
    log.info("digests", extra={"looked_at": len(turns), **counts})
    return len(turns) == AT_ONCE and not trouble


def claim(session: Session, default_zone: str) -> list[Turn]:
    """Take those that are due longest and that nobody holds. Commit before sending."""
    moment = now()
    free = Digest.lease_until.is_(None) | (Digest.lease_until <= moment)
    # Somebody who has left every course could not get to what they are told of.
    here = exists().where(
        Membership.person_id == Digest.person_id, Membership.role == Role.LEARNER, Membership.left_at.is_(None)
    )
    rows = session.execute(
        select(Digest, Person)
        .join(Person, Person.id == Digest.person_id)
        .where(Digest.due_at <= moment, Digest.declined_at.is_(None), free, Person.email.is_not(None), here)
        .order_by(Digest.due_at, Digest.person_id)
        .limit(AT_ONCE)
        .with_for_update(of=Digest, skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    for digest, _person in rows:
        digest.lease_until = moment + LEASE
    session.flush()
    return [_turn(digest, person, default_zone) for digest, person in rows]


def _turn(digest: Digest, person: Person, default_zone: str) -> Turn:
    return Turn(
        person_id=digest.person_id,
        key=digest.key,
        email=person.email or "",
        locale=person.locale,
        zone=timing.zone_of(person.timezone, default_zone),
        said=digest.said,
        sent_at=digest.sent_at,
        failures=digest.failures,
        refused=digest.refused,
        lease_until=digest.lease_until or now(),
    )


def _newcomers(session: Session) -> dict[int, str | None]:
    """Learning assistants who have begun or applied, with an address and without digests, and their time zones."""
    query = select(Person.id, Person.timezone).where(
        Person.email.is_not(None),
        ~exists().where(Digest.person_id == Person.id),
        or_(
            exists().where(Enrolment.person_id == Person.id),
            exists().where(EquivalenceApplication.person_id == Person.id),
        ),
    )
    return {row.id: row.timezone for row in session.execute(query.limit(_NEW_AT_ONCE))}


def _is_told(turn: Turn, items: list[News], moment: datetime) -> bool:
    return (
        is_new(items, turn.said)
        and turn.refused != address_hash(turn.email)
        and timing.may_write(moment, turn.zone, turn.sent_at)
    )


def _told(session: Session, turn: Turn, items: list[News], doors: dict[tuple[int, str | None], Door]) -> list[Told]:
    language = _language(session, turn, items)
    told = []
    for item in items:
        door = doors.get((turn.person_id, module_of(item))) or doors.get((turn.person_id, None))
        told.append(Told(item, title_of(session, item, language), door, language))
    return told


def _language(session: Session, turn: Turn, items: list[News]) -> str:
    """The one they have chosen, else the one they write in, else that of the first module or programme."""
    written = next(filter(None, map(written_in, items)), None)
    return turn.locale or written or default_language_of(session, items[0])


def _send_all(
    session: Session, line: Line, letters: Sequence[tuple[Turn, list[Told]]]
) -> tuple[Counter[str], MailError | None]:
    """Each is recorded before the next is sent. Once the server itself fails, the rest waits as long as that one."""
    counts: Counter[str] = Counter()
    trouble: MailError | None = None
    until = now() + _PATIENCE
    for turn, told in letters:
        if trouble is None and now() > until:
            _record(session, turn, due_at=now())
            continue
        failure = trouble or _send(line, turn, told)
        if failure is not None and failure.of_server and trouble is None:
            log.error("mail server", extra={"problem": failure.problem, "code": failure.code})
            trouble = failure
        counts[_note(session, turn, told, failure)] += 1
        session.commit()
    session.commit()
    return counts, trouble


def _send(line: Line, turn: Turn, told: list[Told]) -> MailError | None:
    try:
        line.send(compose(told, turn.email, turn.zone, turn.key))
    except MailError as error:
        return error
    except Exception as error:
        # Without its message, which may quote an address; nobody else has to wait for what is wrong with this one.
        log.error("digest crashed", extra={"error": type(error).__name__})
        return MailError(Problem.MESSAGE)
    return None


def _note(session: Session, turn: Turn, told: list[Told], failure: MailError | None) -> str:
    """Record what became of a digest; returns a word for it."""
    moment = now()
    tomorrow = turn.next_day(moment)
    if failure is None:
        said = sorted(signs_of([one.item for one in told]))
        _record(session, turn, due_at=tomorrow, said=said, sent_at=moment, failures=0, refused=None)
        return "sent"
    if failure.lasting and failure.problem is Problem.RECIPIENT:
        _record(session, turn, due_at=tomorrow, failures=0, refused=address_hash(turn.email))
        return "refused"
    if failure.lasting and failure.problem is Problem.MESSAGE:
        # It may be about what it says, which is something else tomorrow.
        _record(session, turn, due_at=tomorrow, failures=0)
        return "rejected"
    _record(session, turn, due_at=moment + timing.delay_after(turn.failures), failures=turn.failures + 1)
    return "later"


def _pass_over(session: Session, turn: Turn, items: list[News]) -> None:
    """There is nothing (new) to tell, or it is not the time for it. What no longer holds would be new again."""
    still = sorted(signs_of(items) & set(turn.said))
    _record(session, turn, due_at=turn.next_day(now()), said=still)


def _record(session: Session, turn: Turn, **values: Any) -> None:
    """End the lease, unless it has ended by itself: then somebody else records what they do."""
    ours = (Digest.person_id == turn.person_id, Digest.lease_until == turn.lease_until)
    update_rows(session, Digest, *ours, lease_until=None, **values)
