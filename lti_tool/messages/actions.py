"""Ending the digests and wanting them again; forgetting addresses that are of no use."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lti_tool.database import now, table_of, update_rows
from lti_tool.errors import NotFound
from lti_tool.lti.upsert import insert_into
from lti_tool.messages.models import Digest
from lti_tool.messages.timing import next_morning, share_of, zone_of
from lti_tool.people.models import Membership, Person
from lti_tool.texts import gettext as _


def digest_named(session: Session, key: str) -> Digest:
    """The digest that an address in a message names; raises `NotFound`."""
    found = session.scalars(select(Digest).where(Digest.key == key)).one_or_none()
    if found is None:
        raise NotFound(
            "no such digest",
            explanation=_("This address belongs to no e-mails of ours. Part of it may be missing."),
            advice=_("Copy the whole address from the e-mail, or end the e-mails on your page in the training."),
        )
    return found


def decline(session: Session, key: str) -> None:
    """Send no more digests to whoever got the message with this key; once is enough. Raises `NotFound`."""
    _decline(digest_named(session, key))
    session.flush()


def choose_digests(session: Session, person_id: int, *, wanted: bool, default_zone: str) -> None:
    """What the person wants on their own page; wanting them begins with the next morning, at any address anew."""
    zone = session.scalars(select(Person.timezone).where(Person.id == person_id)).one()
    begin_digests(session, {person_id: zone}, default_zone)
    digest = session.get_one(Digest, person_id, populate_existing=True)
    if not wanted:
        _decline(digest)
    elif digest.declined_at is not None or digest.refused is not None:
        digest.declined_at = digest.refused = None
        digest.due_at = next_morning(now(), zone_of(zone, default_zone), share_of(digest.key))
    session.flush()


def begin_digests(session: Session, zones: dict[int, str | None], default_zone: str) -> None:
    """Give people, by their ids with their time zones, a first digest next morning; whoever has any keeps theirs."""
    moment = now()
    rows = [
        {"person_id": person_id, "due_at": next_morning(moment, zone_of(zone, default_zone), share_of(str(person_id)))}
        for person_id, zone in zones.items()
    ]
    if rows:
        connection = session.connection()
        connection.execute(insert_into(connection, table_of(Digest)).on_conflict_do_nothing(), rows)


def forget_addresses(session: Session, *, all_of_them: bool) -> int:
    """Forget whom nobody will write to: everybody where no mail is sent, else whoever is in no course any more."""
    here = exists().where(Membership.person_id == Person.id, Membership.left_at.is_(None))
    gone = () if all_of_them else (~here,)
    return update_rows(session, Person, Person.email.is_not(None), *gone, email=None)


def _decline(digest: Digest) -> None:
    digest.declined_at = digest.declined_at or now()
