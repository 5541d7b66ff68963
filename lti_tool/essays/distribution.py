"""Essays handed on to those who work with their writers: lists and documents of a module's essays."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import render_template
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.essays.access import learners_of
from lti_tool.essays.document import Document, Entry, pdf_of
from lti_tool.markdown import render
from lti_tool.modules.models import Participation
from lti_tool.moments import day_text, moment_text
from lti_tool.people.models import Person
from lti_tool.people.names import Somebody, shown_name
from lti_tool.programme.models import OnlineModule
from lti_tool.programme.queries import CurrentModule, own_cohort
from lti_tool.reflection.models import Essay
from lti_tool.texts import gettext as _
from lti_tool.texts import ngettext

# A PDF file of so many takes two or three seconds; of more there are several parts.
MOST_IN_ONE = 250
Scope = tuple[ColumnElement[bool], ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """The documents that there are of a module."""

    key: str
    title: str
    essays: int

    @property
    def parts(self) -> int:
        return max(1, -(-self.essays // MOST_IN_ONE))


@dataclass(frozen=True, slots=True)
class Written:
    """A submitted essay in the list of a course."""

    public_id: str
    author: Somebody
    submitted_at: datetime
    language: str


def in_course(course_id: int, modules: Iterable[CurrentModule]) -> Scope:
    """Essays of learning assistants of the course, and of those who have left it, in the cohorts they are in today."""
    return (
        Participation.person_id.in_(learners_of(course_id)),
        Participation.module_id.in_([module.id for module in modules]),
        Participation.cohort_id == own_cohort(Participation.person_id, OnlineModule.programme_id),
    )


def in_cohorts(cohort_ids: Collection[int]) -> Scope:
    return (Participation.cohort_id.in_(cohort_ids),)


def of_module(key: str) -> Scope:
    return (OnlineModule.key == key,)


def offers(session: Session, scope: Scope, titles: dict[str, str]) -> list[Offer]:
    """Of each of the modules with an essay, in the order of `titles`, which are by key."""
    query = _submitted(scope).with_only_columns(OnlineModule.key, func.count()).group_by(OnlineModule.key)
    counted = dict(iter(session.execute(query)))
    return [Offer(key, title, counted[key]) for key, title in titles.items() if key in counted]


def essays_in(session: Session, scope: Scope, *, offset: int = 0, limit: int | None = None) -> list[Written]:
    """By name; pseudonyms come last."""
    rows = session.execute(_by_name(scope).offset(offset).limit(limit))
    return [
        Written(row.public_id, Somebody(row.person_id, row.name), row.submitted_at, row.submitted_language)
        for row in rows
    ]


def document_of(
    session: Session, scope: Scope, offer: Offer, part: int, language: str, *, course: str | None = None
) -> Document:
    """Part `part`, from 1, of a module's essays; `language` is the reader's, `course` whose essays they are."""
    rows = session.execute(_by_name(scope).offset((part - 1) * MOST_IN_ONE).limit(MOST_IN_ONE)).all()
    number = ngettext("%(num)s essay", "%(num)s essays", offer.essays)
    about = [course, number, _part(offer, part), day_text(now())]
    entries = (
        Entry(
            name=shown_name(Somebody(row.person_id, row.name)),
            facts=_("%(module)s · submitted %(when)s", module=offer.title, when=moment_text(row.submitted_at)),
            body=render(row.submitted_text, 3),
            language=row.submitted_language,
        )
        for row in rows
    )
    title = _("Essays: %(module)s", module=offer.title)
    return Document(title, " · ".join(filter(None, about)), language, tuple(entries))


def file_of(document: Document, kind: str) -> tuple[bytes, str]:
    """The document as a file, and what it is: `kind` is "pdf" or "html"."""
    if kind == "pdf":
        return pdf_of(document), "application/pdf"
    return render_template("essays/document.html", document=document).encode(), "text/html; charset=utf-8"


def _part(offer: Offer, part: int) -> str:
    return _("part %(part)s of %(parts)s", part=part, parts=offer.parts) if offer.parts > 1 else ""


def _by_name(scope: Scope) -> Select[str, int, str | None, datetime | None, str | None, str | None]:
    return _submitted(scope).order_by(func.lower(Person.name).asc().nulls_last(), Person.id, Essay.id)


def _submitted(scope: Scope) -> Select[str, int, str | None, datetime | None, str | None, str | None]:
    return (
        select(
            Essay.public_id,
            Participation.person_id,
            Person.name,
            Essay.submitted_at,
            Essay.submitted_language,
            Essay.submitted_text,
        )
        .join(Participation, Participation.id == Essay.participation_id)
        .join(Person, Person.id == Participation.person_id)
        .join(OnlineModule, OnlineModule.id == Participation.module_id)
        .where(Essay.submitted_at.is_not(None), *scope)
    )
