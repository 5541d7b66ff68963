"""The column of a link whose launch named none: found among the platform's line items, else made, once."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.database import now, update_rows
from lti_tool.http import OutgoingError
from lti_tool.lti.columns import Column, Subject, column_for, corrected, matching
from lti_tool.lti.models import LineItem
from lti_tool.lti.services.grades import LINE_ITEM_SCOPE, RESULT_SCOPE, Gradebook, address_of
from lti_tool.passback.models import ColumnSearch
from lti_tool.people.models import Course, ResourceLink

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Search:
    """The right to look for one column, held under a lease."""

    line_item_id: int
    lease_token: str
    column: Column
    # The platform's ids of the course's other links, and the addresses of their columns.
    other_links: frozenset[str]
    taken: frozenset[str]


@dataclass(frozen=True, slots=True)
class Found:
    """A column and whether we have just made it."""

    url: str
    made: bool = False


def begin(session: Session, line_item_id: int, maximum: float, lease: timedelta) -> Search | None:
    """None while another worker is at it, for this link or for another of the course, which could take the same column.

    Commit before asking the platform.
    """
    token = secrets.token_hex(16)
    if _is_course_busy(session, line_item_id):
        return None
    if not _take_over(session, line_item_id, token, lease) and not _be_first(session, line_item_id, token, lease):
        return None
    link = session.scalars(
        select(ResourceLink).join(LineItem, LineItem.link_id == ResourceLink.id).where(LineItem.id == line_item_id)
    ).one()
    others = session.execute(
        select(ResourceLink.resource_link_id, LineItem.url)
        .outerjoin(LineItem, LineItem.link_id == ResourceLink.id)
        .where(ResourceLink.course_id == link.course_id, ResourceLink.id != link.id)
    ).all()
    subject = Subject(link.programme_key, whole=True) if link.programme_key else Subject(link.module_key or "")
    column = column_for(subject, link.title or subject.key, maximum, link.resource_link_id)
    taken = frozenset(row.url for row in others if row.url)
    return Search(line_item_id, token, column, frozenset(row.resource_link_id for row in others), taken)


def known(session: Session, line_item_id: int) -> str | None:
    return session.scalars(select(LineItem.url).where(LineItem.id == line_item_id)).one()


def find_or_create(book: Gradebook, search: Search, scopes: frozenset[str]) -> Found | None:
    """The column, kept in step with its link; None if there is none and we may not make one. Raises `OutgoingError`."""
    item = matching(book.line_items(), search.column, search.other_links, search.taken)
    may_write = LINE_ITEM_SCOPE in scopes
    if item is None:
        return Found(book.create(search.column), made=True) if may_write else None
    better = corrected(item, search.column) if may_write else None
    if better is not None:
        _put(book, better)
    return Found(address_of(item))


def remove_surplus(book: Gradebook, url: str, scopes: frozenset[str]) -> None:
    """Delete a column that we have made while the link came to another, unless it may hold anything. Never raises."""
    try:
        if RESULT_SCOPE in scopes and not book.results(url):
            book.delete(url)
    except OutgoingError as error:
        log.info("a surplus column stays", extra={"status": error.status})


def end(session: Session, search: Search, url: str | None) -> str | None:
    """Keep the address unless a launch or another worker was quicker, and let others search again.

    Returns the address that is kept.
    """
    if url is not None:
        update_rows(session, LineItem, LineItem.id == search.line_item_id, LineItem.url.is_(None), url=url)
    session.execute(
        delete(ColumnSearch).where(
            ColumnSearch.line_item_id == search.line_item_id, ColumnSearch.lease_token == search.lease_token
        )
    )
    return known(session, search.line_item_id)


def _put(book: Gradebook, item: Mapping[str, Any]) -> None:
    try:
        book.update(item)
    except OutgoingError as error:
        # Scores reach a column whatever it is called.
        log.info("a column stays as it is", extra={"status": error.status})


def _is_course_busy(session: Session, line_item_id: int) -> bool:
    course_id = session.scalars(
        select(ResourceLink.course_id)
        .join(LineItem, LineItem.link_id == ResourceLink.id)
        .where(LineItem.id == line_item_id)
    ).one()
    # Two that begin at once would each miss the other.
    session.execute(select(Course.id).where(Course.id == course_id).with_for_update(key_share=True))
    searching = (
        select(ColumnSearch.line_item_id)
        .join(LineItem, LineItem.id == ColumnSearch.line_item_id)
        .join(ResourceLink, ResourceLink.id == LineItem.link_id)
        .where(ResourceLink.course_id == course_id, LineItem.id != line_item_id, ColumnSearch.lease_until > now())
    )
    return session.scalars(searching.limit(1)).one_or_none() is not None


def _take_over(session: Session, line_item_id: int, token: str, lease: timedelta) -> bool:
    over = (ColumnSearch.line_item_id == line_item_id, ColumnSearch.lease_until <= now())
    return update_rows(session, ColumnSearch, *over, lease_token=token, lease_until=now() + lease) == 1


def _be_first(session: Session, line_item_id: int, token: str, lease: timedelta) -> bool:
    values = {"line_item_id": line_item_id, "lease_token": token, "lease_until": now() + lease}
    try:
        with session.begin_nested():
            session.execute(insert(ColumnSearch).values(**values))
    except IntegrityError:
        return False
    return True
