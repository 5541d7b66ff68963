"""The modules of a programme as those who write them see them, and their versions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from lti_tool.authoring.draft import read
from lti_tool.authoring.models import ModuleDraft
from lti_tool.authoring.problems import problems
from lti_tool.modules.models import Participation
from lti_tool.people.models import Person
from lti_tool.programme.models import ModuleContent, OnlineModule


class Standing(StrEnum):
    OFFERED = "offered"
    RETIRED = "retired"
    # Its content pack does not list it any more.
    WITHDRAWN = "withdrawn"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Who:
    """Who did something. `name` is None where the platform keeps names back."""

    person_id: int
    name: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """A module in the list. `number` is that of the version that is offered, or was last.

    `texts` counts for each language the texts that are wanting before it can be published; None for a language that
    it is not offered in. `who` is None for a content pack.
    """

    key: str
    title: str
    programme_id: int
    standing: Standing
    number: int | None
    has_draft: bool
    texts: dict[str, int | None]
    problems: int
    who: Who | None
    when: datetime | None


@dataclass(frozen=True, slots=True)
class Version:
    """`who` is None for one from a content pack; `begun` is how many people have begun with it, `busy` how many of
    them have not finished.
    """

    id: int
    number: int
    note: str
    who: Who | None
    created_at: datetime
    begun: int
    busy: int


def lines(session: Session, programmes: Collection[int], languages: Collection[str], locale: str) -> list[Line]:
    """Every module of the programmes, in teaching order; a module that has no content at all is left out."""
    writer, publisher = aliased(Person), aliased(Person)
    newest = (
        select(ModuleContent.module_key, func.max(ModuleContent.number).label("number"))
        .group_by(ModuleContent.module_key)
        .subquery()
    )
    rows = session.execute(
        select(OnlineModule, ModuleContent, ModuleDraft, writer.name, publisher.name)
        .outerjoin(newest, newest.c.module_key == OnlineModule.key)
        .outerjoin(
            ModuleContent,
            (ModuleContent.id == OnlineModule.content_id)
            | (
                OnlineModule.content_id.is_(None)
                & (ModuleContent.module_key == newest.c.module_key)
                & (ModuleContent.number == newest.c.number)
            ),
        )
        .outerjoin(ModuleDraft, ModuleDraft.module_id == OnlineModule.id)
        .outerjoin(writer, writer.id == ModuleDraft.saved_by)
        .outerjoin(publisher, publisher.id == ModuleContent.published_by)
        .where(OnlineModule.programme_id.in_(programmes))
        .order_by(OnlineModule.programme_id, OnlineModule.position)
    ).all()
    found = [_line(*row, languages=languages, locale=locale) for row in rows]
    return [line for line in found if line is not None]


def _line(
    module: OnlineModule,
    content: ModuleContent | None,
    draft: ModuleDraft | None,
    writer: str | None,
    publisher: str | None,
    *,
    languages: Collection[str],
    locale: str,
) -> Line | None:
    written = draft if draft is not None and "languages" in draft.body else None
    body = written.body if written else content.body if content else None
    if body is None:
        return None
    texts, hindering = _texts(body, languages) if written else (_complete(body, languages), 0)
    who, when = (
        (_who(written.saved_by, writer), written.saved_at)
        if written
        else (_who(content.published_by, publisher), content.created_at)
        if content
        else (None, None)
    )
    return Line(
        key=module.key,
        title=title_in(body, locale),
        programme_id=module.programme_id,
        standing=_standing(module, content),
        number=content.number if content else None,
        has_draft=written is not None,
        texts=texts,
        problems=hindering,
        who=who,
        when=when,
    )


def title_in(body: dict[str, Any], locale: str) -> str:
    """The title in that language if there is one, else in any."""
    titles: dict[str, str] = {code: str(text.get("title") or "") for code, text in body["languages"].items()}
    chosen = (titles.get(locale), titles.get(str(body["default_language"])), *titles.values())
    return next((title for title in chosen if title), str(body["key"]))


def versions(session: Session, module_id: int, module_key: str) -> list[Version]:
    """The newest first."""
    begun = select(
        Participation.content_id,
        func.count().label("begun"),
        (func.count() - func.count(Participation.completed_at)).label("busy"),
    )
    counted = begun.where(Participation.module_id == module_id).group_by(Participation.content_id).subquery()
    rows = session.execute(
        select(
            ModuleContent.id,
            ModuleContent.number,
            ModuleContent.note,
            ModuleContent.published_by,
            Person.name,
            ModuleContent.created_at,
            func.coalesce(counted.c.begun, 0).label("begun"),
            func.coalesce(counted.c.busy, 0).label("busy"),
        )
        .outerjoin(counted, counted.c.content_id == ModuleContent.id)
        .outerjoin(Person, Person.id == ModuleContent.published_by)
        .where(ModuleContent.module_key == module_key)
        .order_by(ModuleContent.number.desc())
    )
    return [
        Version(row.id, row.number, row.note, _who(row.published_by, row.name), row.created_at, row.begun, row.busy)
        for row in rows
    ]


def person_named(session: Session, person_id: int | None) -> Who | None:
    if person_id is None:
        return None
    return _who(person_id, session.scalar(select(Person.name).where(Person.id == person_id)))


def _who(person_id: int | None, name: str | None) -> Who | None:
    return None if person_id is None else Who(person_id, name)


def _standing(module: OnlineModule, content: ModuleContent | None) -> Standing:
    if module.content_id is not None:
        return Standing.OFFERED
    if module.retired_at is not None:
        return Standing.RETIRED
    return Standing.NEW if content is None else Standing.WITHDRAWN


def _complete(body: dict[str, Any], languages: Collection[str]) -> dict[str, int | None]:
    return {code: 0 if code in body["languages"] else None for code in languages}


def _texts(body: dict[str, Any], languages: Collection[str]) -> tuple[dict[str, int | None], int]:
    draft = read(body)
    found = problems(draft)
    counts = {
        code: sum(problem.language == code for problem in found) if code in draft.offered else None
        for code in languages
    }
    return counts, len(found)
