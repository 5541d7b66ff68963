"""What a verified launch leaves behind: person, course, membership, link, line item, and the visit it opens.

This runs on every launch, so it looks first (one statement) and writes only what is new or has changed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, select, update
from sqlalchemy.orm import Session

from lti_tool.database import now, table_of
from lti_tool.lti.claims import Claims, is_web_address
from lti_tool.lti.launch import VerifiedLaunch
from lti_tool.lti.models import Deployment, LineItem, Platform, UsedNonce
from lti_tool.lti.refusals import LaunchOutdated
from lti_tool.lti.roles import is_instructor, is_platform_administrator
from lti_tool.lti.upsert import insert_once, upsert
from lti_tool.people.models import Course, LinkVisit, Membership, Person, ResourceLink, Role
from lti_tool.people.sessions import NewVisit, OpenedVisit, open_visit
from lti_tool.web import supported_locale

# No identifier of a platform holds a control character, so no context can be taken for a link without one.
_WITHOUT_CONTEXT = "\x1flink "
_COURSE_FACTS = ("label", "title", "roster_url", "roster_due_at", "groups_url", "group_sets_url")


@dataclass(frozen=True, slots=True)
class Arrival:
    """The visit that a launch opened. `roster_due`: it is the first of the course's staff to come, so its roster can be
    asked for now."""

    visit: OpenedVisit
    role: Role
    roster_due: bool


def record_arrival(session: Session, launch: VerifiedLaunch, browser_locale: str | None) -> Arrival:
    """Spend the nonce, bring the launch's rows up to date and open the visit; raises `LaunchOutdated` on a replay."""
    connection = session.connection()
    spend_nonce(connection, launch)
    claims = launch.claims
    role = role_of(claims)
    known = recall(connection, launch)
    person_id = keep_person(connection, launch, known)
    course_id = keep_course(connection, launch, known)
    link_id = _keep_link(connection, course_id, claims, known)
    keep_membership(connection, person_id, course_id, role, known)
    keep_product(connection, launch)
    _keep_line_item(connection, launch, link_id, known)
    if role is Role.LEARNER and known.visited is None:
        insert_once(connection, table_of(LinkVisit), {"link_id": link_id, "person_id": person_id})
    locale = known.person_locale or supported_locale(claims.locale or browser_locale)
    administrator = launch.trusts_administrators and is_platform_administrator(claims.roles)
    visit = open_visit(
        session,
        NewVisit(person_id, course_id, link_id, role, locale, claims.return_url, administrator=administrator),
    )
    return Arrival(visit, role, makes_roster_due(claims, known))


def role_of(claims: Claims) -> Role:
    return Role.INSTRUCTOR if is_instructor(claims.roles) else Role.LEARNER


def recall(connection: Connection, launch: VerifiedLaunch) -> Row[Any]:
    """What is known of the launch's person, course and link, None where nothing is."""
    return connection.execute(_KNOWN, _names(launch)).one()


def spend_nonce(connection: Connection, launch: VerifiedLaunch) -> None:
    """Raises `LaunchOutdated` if the nonce has been spent; of two at once, the database lets one through."""
    digest = hashlib.sha256(launch.claims.nonce.encode()).hexdigest()
    row = {"nonce_hash": digest, "expires_at": launch.nonce_expires_at}
    if not insert_once(connection, table_of(UsedNonce), row):
        raise LaunchOutdated("nonce-replayed")


def context_key(claims: Claims) -> str | None:
    """The course's id within its deployment; a link without context is a course of its own. None without either."""
    if claims.context:
        return claims.context.id
    return _WITHOUT_CONTEXT + claims.resource_link.id if claims.resource_link else None


def lone_link(context_id: str) -> str | None:
    """The resource link that this course is, where there is no course around it; `context_id` is a `context_key`."""
    return context_id.removeprefix(_WITHOUT_CONTEXT) if context_id.startswith(_WITHOUT_CONTEXT) else None


def _names(launch: VerifiedLaunch) -> dict[str, Any]:
    return {
        "deployment_pk": launch.deployment_pk,
        "subject": launch.claims.sub,
        "context_id": context_key(launch.claims),
        "resource_link_id": launch.claims.resource_link.id if launch.claims.resource_link else None,
    }


def keep_person(connection: Connection, launch: VerifiedLaunch, known: Row[Any]) -> int:
    # A course that keeps names back does not erase what another course of the platform has told.
    told: dict[str, Any] = _told(name=launch.claims.full_name)
    if role_of(launch.claims) is Role.LEARNER:
        # Nobody else is written to. An address that is no longer told is forgotten.
        told["email"] = launch.claims.email if launch.keeps_addresses else None
    if known.person_timezone is None:
        # Later their browser knows better: it has come along.
        told |= _told(timezone=launch.claims.timezone)
    current = {"name": known.person_name, "email": known.person_email, "timezone": known.person_timezone}
    if known.person_id is not None and current == {**current, **told}:
        return int(known.person_id)
    key = {"platform_id": launch.platform_id, "subject": launch.claims.sub}
    return upsert(connection, table_of(Person), key, told)


def keep_course(connection: Connection, launch: VerifiedLaunch, known: Row[Any]) -> int:
    claims = launch.claims
    context = claims.context
    told: dict[str, Any] = _told(
        roster_url=claims.roster_url, groups_url=claims.groups_url, group_sets_url=claims.group_sets_url
    )
    if context:
        told.update(_told(label=context.label, title=context.title))
    if makes_roster_due(claims, known):
        told["roster_due_at"] = now()
    current = {name: getattr(known, f"course_{name}") for name in _COURSE_FACTS}
    if known.course_id is not None and current == {**current, **told}:
        return int(known.course_id)
    key = {"deployment_id": launch.deployment_pk, "context_id": context_key(launch.claims)}
    return upsert(connection, table_of(Course), key, told)


def _keep_link(connection: Connection, course_id: int, claims: Claims, known: Row[Any]) -> int:
    title = claims.resource_link.title if claims.resource_link else None
    told: dict[str, str | None] = dict(_told(title=title))
    if claims.page is None:
        # Open edX launches every item that was chosen for one component through the same link: a page for staff does
        # not make it forget the module whose column it has.
        told |= {"module_key": claims.module_key, "programme_key": claims.programme_key}
    current = {"title": known.link_title, "module_key": known.module_key, "programme_key": known.programme_key}
    if known.link_id is not None and current == {**current, **told}:
        return int(known.link_id)
    key = {"course_id": course_id, "resource_link_id": _link_id(claims)}
    return upsert(connection, table_of(ResourceLink), key, told)


def keep_membership(connection: Connection, person_id: int, course_id: int, role: Role, known: Row[Any]) -> None:
    if (known.role, known.launched, known.left_at) != (role, True, None):
        key = {"person_id": person_id, "course_id": course_id}
        upsert(connection, table_of(Membership), key, {"role": role, "launched": True, "left_at": None})


def makes_roster_due(claims: Claims, known: Row[Any]) -> bool:
    # Not before any of the staff has come: nobody else has any use for the roster.
    return claims.roster_url is not None and known.course_roster_due_at is None and role_of(claims) is Role.INSTRUCTOR


def keep_product(connection: Connection, launch: VerifiedLaunch) -> None:
    """Remember what the platform calls its product, which explains its habits."""
    product = launch.claims.product
    if product and product != launch.product:
        platform = table_of(Platform)
        connection.execute(update(platform).where(platform.c.id == launch.platform_id).values(product=product))


def _keep_line_item(connection: Connection, launch: VerifiedLaunch, link_id: int, known: Row[Any]) -> None:
    grading = launch.claims.grading
    if grading is None or not (grading.lineitem or grading.lineitems):
        return
    addresses = _told(url=grading.lineitem, container_url=grading.lineitems)
    told = {name: url for name, url in addresses.items() if is_web_address(url)}
    told["scopes"] = " ".join(sorted(set(grading.scope)))
    current = {"url": known.item_url, "container_url": known.item_container, "scopes": known.item_scopes}
    if current != {**current, **told}:
        owner = {"platform_id": launch.platform_id, "deployment_id": launch.deployment_pk}
        upsert(connection, table_of(LineItem), {"link_id": link_id}, {**owner, **told})


def _told(**values: str | None) -> dict[str, str]:
    """What the platform said; silence about a title is no reason to forget it."""
    return {name: value for name, value in values.items() if value}


def _link_id(claims: Claims) -> str:
    if claims.resource_link is None:
        raise ValueError("a verified launch has a resource link")
    return claims.resource_link.id


def _known_query() -> Select[Any]:
    """All that is known of a launch's person, course and link, in one row of nulls where nothing is."""
    deployment, person, course = Deployment.__table__.c, Person.__table__.c, Course.__table__.c
    link, item = ResourceLink.__table__.c, LineItem.__table__.c
    member, visit = Membership.__table__.c, LinkVisit.__table__.c
    joined = (
        table_of(Deployment)
        .outerjoin(
            table_of(Person),
            and_(person.platform_id == deployment.platform_id, person.subject == bindparam("subject")),
        )
        .outerjoin(
            table_of(Course),
            and_(course.deployment_id == deployment.id, course.context_id == bindparam("context_id")),
        )
        .outerjoin(table_of(Membership), and_(member.person_id == person.id, member.course_id == course.id))
        .outerjoin(
            table_of(ResourceLink),
            and_(link.course_id == course.id, link.resource_link_id == bindparam("resource_link_id")),
        )
        .outerjoin(table_of(LineItem), item.link_id == link.id)
        .outerjoin(table_of(LinkVisit), and_(visit.link_id == link.id, visit.person_id == person.id))
    )
    return (
        select(
            person.id.label("person_id"),
            person.name.label("person_name"),
            person.locale.label("person_locale"),
            person.email.label("person_email"),
            person.timezone.label("person_timezone"),
            course.id.label("course_id"),
            *(course[name].label(f"course_{name}") for name in _COURSE_FACTS),
            member.role,
            member.launched,
            member.left_at,
            link.id.label("link_id"),
            link.title.label("link_title"),
            link.module_key,
            link.programme_key,
            item.url.label("item_url"),
            item.container_url.label("item_container"),
            item.scopes.label("item_scopes"),
            visit.person_id.label("visited"),
        )
        .select_from(joined)
        .where(deployment.id == bindparam("deployment_pk"))
    )


_KNOWN = _known_query()
