"""Evaluations given through the pages, for tests about what becomes of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.modules.models import Participation
from lti_tool.peer_review.models import Author, Evaluation
from tests.cast import Browser, Cast, let_go

GOOD = {
    "level-c1": "l2",
    "comment-c1": "You show it well",
    "level-c2": "l3",
    "comment-c2": "Tell us more here",
    "overall": "A good read overall",
}


def fill(version: Any = 1, **changes: str) -> dict[str, str]:
    return {**GOOD, "version": str(version), "action": "submit", **changes}


def row(session: Session, public_id: str) -> Evaluation:
    session.expire_all()
    return session.scalars(select(Evaluation).where(Evaluation.public_id == public_id)).one()


def tasks_of(session: Session, person_id: int) -> list[str]:
    """The public ids of a person's two evaluations."""
    query = (
        select(Evaluation.public_id)
        .join(Author, Author.id == Evaluation.evaluator_id)
        .join(Participation, Participation.id == Author.participation_id)
        .where(Participation.person_id == person_id)
        .order_by(Evaluation.given_slot)
    )
    return list(session.scalars(query))


def give(browser: Browser, public_id: str, **changes: str) -> None:
    """Begin and submit, by the plain form."""
    assert browser.post(f"evaluations/{public_id}/start").status_code == 303
    assert browser.post(f"evaluations/{public_id}", fill(**changes)).status_code == 303


def writer_of(cast: Cast, session: Session, public_id: str) -> tuple[Browser, int]:
    """The author of the evaluated essay, and which of their two evaluations it is."""
    given = row(session, public_id)
    assert given.received_slot is not None
    names = {person_id: name for name, person_id in cast.people.items()}
    name, number = names[given.author.participation.person_id], given.received_slot
    let_go()
    return cast.visit(name), number
