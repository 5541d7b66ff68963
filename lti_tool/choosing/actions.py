"""Choosing a module and giving one up, together with what that means for the peer evaluation.

Each of these takes the person's turn first and then the pools that it may change, in the order of their ids; each
repeats without harm.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.choosing.queries import choice_with, done_in
from lti_tool.errors import DomainError
from lti_tool.modules.choices import GIVEN_UP, Candidate, Choice, chosen_after, chosen_without, keep_chosen, take_turn
from lti_tool.modules.models import Participation
from lti_tool.peer_review.models import Author, LogEntry, LogKind, Pool
from lti_tool.peer_review.pools import rejoin, withdraw
from lti_tool.texts import gettext as _


def choose(session: Session, person_id: int, key: str, *, instead_of: str | None = None) -> Choice:
    """Choose a module, giving another up for it if need be; returns how the choice stands then.

    Raises `NotFound` where there is nothing to choose, `NoRoom`, and `Settled` where the other cannot be given up.
    """
    take_turn(session, person_id)
    choice = choice_with(session, person_id, key)
    if instead_of is not None and choice.candidate(instead_of) is None:
        raise DomainError("unknown module to give up", explanation=_("There is no such module to give up."))
    concerned = [one for one in choice.candidates if one.key in (key, instead_of)]
    keys = chosen_after(choice, key, instead_of, _settled(session, concerned))
    return _change(session, person_id, choice, keys)


def give_up(session: Session, person_id: int, key: str) -> Choice:
    """Take a choice back. Raises as `choose`."""
    take_turn(session, person_id)
    choice = choice_with(session, person_id, key)
    keys = chosen_without(choice, key, _settled(session, [one for one in choice.candidates if one.key == key]))
    return _change(session, person_id, choice, keys)


def _settled(session: Session, candidates: Collection[Candidate]) -> set[str]:
    """Those of them that nobody can give up any more; nothing else becomes so until the transaction ends."""
    begun = {one.participation_id: one.key for one in candidates if one.participation_id is not None}
    session.execute(
        select(Pool.id)
        .join(Author, Author.pool_id == Pool.id)
        .where(Author.participation_id.in_(begun))
        .order_by(Pool.id)
        .with_for_update(of=Pool)
    )
    return {begun[part] for part, done in done_in(session, list(begun)).items() if done.settled}


def _change(session: Session, person_id: int, choice: Choice, keys: frozenset[str]) -> Choice:
    for one in choice.candidates:
        if one.participation_id is None or (one.key in keys) is one.chosen:
            continue
        participation = session.get_one(Participation, one.participation_id)
        if one.chosen:
            withdraw(session, participation, reason=GIVEN_UP, person_id=person_id)
        elif _gave_up(session, one.participation_id, person_id):
            rejoin(session, participation, person_id=person_id)
    keep_chosen(session, person_id, choice, keys)
    return choice.with_chosen(keys)


def _gave_up(session: Session, participation_id: int, person_id: int) -> bool:
    """Whether they left the pool by themselves: whom a coordinator has taken out stays out."""
    left = (
        select(LogEntry.person_id, LogEntry.reason)
        .join(Author, Author.id == LogEntry.author_id)
        .where(Author.participation_id == participation_id, LogEntry.kind == LogKind.WITHDRAWN)
        .order_by(LogEntry.id.desc())
        .limit(1)
    )
    return session.execute(left).one_or_none() == (person_id, GIVEN_UP)
