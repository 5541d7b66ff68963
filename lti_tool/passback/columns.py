"""The column of a link whose launch named none: found among the platform's line items, else made, once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.lti.columns import Column, column_for, matching
from lti_tool.lti.models import LineItem
from lti_tool.lti.services.grades import LINE_ITEM_SCOPE, Gradebook, address_of
from lti_tool.passback.models import ColumnSearch
from lti_tool.people.models import ResourceLink


@dataclass(frozen=True, slots=True)
class Search:
    """The right to look for one column, held under a lease."""

    line_item_id: int
    lease_token: str
    column: Column
    # The platform's ids of the course's other links.
    other_links: frozenset[str]


def begin(session: Session, line_item_id: int, maximum: float, lease: timedelta) -> Search | None:
    """None while another worker is at it. Commit before asking the platform."""
    token = secrets.token_hex(16)
    if not _take_over(session, line_item_id, token, lease) and not _be_first(session, line_item_id, token, lease):
        return None
    link = session.scalars(
        select(ResourceLink).join(LineItem, LineItem.link_id == ResourceLink.id).where(LineItem.id == line_item_id)
    ).one()
    others = session.scalars(
        select(ResourceLink.resource_link_id).where(
            ResourceLink.course_id == link.course_id, ResourceLink.id != link.id
        )
    )
    module_key = link.module_key or ""
    column = column_for(module_key, link.title or module_key, maximum, link.resource_link_id)
    return Search(line_item_id, token, column, frozenset(others))


def known(session: Session, line_item_id: int) -> str | None:
    return session.scalars(select(LineItem.url).where(LineItem.id == line_item_id)).one()


def find_or_create(book: Gradebook, search: Search, scopes: frozenset[str]) -> str | None:
    """The address of the column; None if there is none and we may not make one. Raises `OutgoingError`."""
    found = matching(book.line_items(), search.column, search.other_links)
    if found is None and LINE_ITEM_SCOPE in scopes:
        return book.create(search.column)
    return address_of(found) if found is not None else None


def end(session: Session, search: Search, url: str | None) -> None:
    """Keep the address unless a launch has told it meanwhile, and let others search again."""
    if url is not None:
        session.execute(
            update(LineItem)
            .where(LineItem.id == search.line_item_id, LineItem.url.is_(None))
            .values(url=url)
            .execution_options(synchronize_session=False)
        )
    session.execute(
        delete(ColumnSearch).where(
            ColumnSearch.line_item_id == search.line_item_id, ColumnSearch.lease_token == search.lease_token
        )
    )


def _take_over(session: Session, line_item_id: int, token: str, lease: timedelta) -> bool:
    result = session.execute(
        update(ColumnSearch)
        .where(ColumnSearch.line_item_id == line_item_id, ColumnSearch.lease_until <= now())
        .values(lease_token=token, lease_until=now() + lease)
        .execution_options(synchronize_session=False)
    )
    return int(getattr(result, "rowcount", 0)) == 1


def _be_first(session: Session, line_item_id: int, token: str, lease: timedelta) -> bool:
    values = {"line_item_id": line_item_id, "lease_token": token, "lease_until": now() + lease}
    try:
        with session.begin_nested():
            session.execute(insert(ColumnSearch).values(**values))
    except IntegrityError:
        return False
    return True
