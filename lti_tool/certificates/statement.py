"""What a certificate says that somebody has completed. Frozen when it is issued, in every language of the programme."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.completion.verdicts import ItemVerdict, PartVerdict, Status, Verdict
from lti_tool.people.models import Course
from lti_tool.programme.content import ProgrammeContent, in_language
from lti_tool.programme.kinds import Content, Titles
from lti_tool.programme.models import OnlineModule
from lti_tool.programme.queries import ProgrammeTerm, contents_of
from lti_tool.programme.requirements import Attendance


class Line(Content):
    """One meeting or module, and the day in the programme's time zone on which it was done."""

    titles: Titles
    done_on: date | None


class Part(Content):
    """One requirement; `course` is where it was held, if in a course."""

    titles: Titles
    hours: float
    course: str | None
    lines: tuple[Line, ...]


class Statement(Content):
    """`terms` are such as "Autumn 2026"."""

    default_language: str
    programme: Titles
    terms: Titles
    issuer: Titles | None
    hours: float
    completed_on: date
    parts: tuple[Part, ...]

    def said(self, titles: Titles, language: str) -> str:
        return in_language(titles, language, self.default_language)


def statement_of(session: Session, programme: ProgrammeTerm, verdict: Verdict) -> Statement:
    """Of a verdict that is done; ValueError for any other. At most four statements."""
    if verdict.status is not Status.DONE or verdict.done_at is None:
        raise ValueError("not completed")
    content = programme.content
    modules, courses = _module_titles(session, programme), _courses(session, verdict)
    parts = tuple(
        Part(
            titles=requirement.titles,
            hours=requirement.hours,
            course=courses.get(part.course_id),
            lines=tuple(
                Line(titles=titles, done_on=_day(item.at, content))
                for item in _done(part)
                if (titles := _meetings(requirement).get(item.key) or modules.get(item.key))
            ),
        )
        for requirement in content.requirements
        if (part := verdict.part(requirement.key))
    )
    return Statement(
        default_language=content.default_language,
        programme=content.titles,
        terms={language: content.term_in(programme.term, language) for language in content.titles},
        issuer=content.texts.issuer,
        hours=verdict.hours_done,
        completed_on=_day(verdict.done_at, content) or verdict.done_at.date(),
        parts=parts,
    )


def _done(part: PartVerdict) -> list[ItemVerdict]:
    return [item for item in part.items if item.status is Status.DONE]


def _meetings(requirement: object) -> dict[str, Titles]:
    found = requirement.meetings if isinstance(requirement, Attendance) else ()
    return {meeting.key: meeting.titles for meeting in found}


def _day(moment: datetime | None, content: ProgrammeContent) -> date | None:
    return moment.astimezone(ZoneInfo(content.timezone)).date() if moment else None


def _module_titles(session: Session, programme: ProgrammeTerm) -> dict[str, Titles]:
    rows = session.execute(
        select(OnlineModule.key, OnlineModule.content_id).where(
            OnlineModule.programme_id == programme.id, OnlineModule.content_id.is_not(None)
        )
    ).all()
    contents = contents_of(session, [row.content_id for row in rows if row.content_id])
    return {
        row.key: {language: text.title for language, text in contents[row.content_id].languages.items()}
        for row in rows
        if row.content_id
    }


def _courses(session: Session, verdict: Verdict) -> dict[int | None, str]:
    ids = {part.course_id for part in verdict.parts if part.course_id}
    rows = session.execute(select(Course.id, Course.title, Course.label).where(Course.id.in_(ids))) if ids else ()
    return {row.id: row.title or row.label for row in rows if row.title or row.label}
