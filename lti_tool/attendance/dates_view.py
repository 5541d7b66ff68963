"""The dates of one meeting as somebody sees them who chooses among them: nobody else's name, and all in words."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session, aliased

from lti_tool.attendance.models import SignUp, SignUpState, TrainingSession
from lti_tool.attendance.sign_up_queries import standings_of
from lti_tool.attendance.sign_up_rules import has_begun, has_room, is_open
from lti_tool.attendance.sign_up_standing import Standing
from lti_tool.errors import NotFound
from lti_tool.modules.programmes import programmes_of
from lti_tool.paging import PagedView
from lti_tool.programme.content import in_language
from lti_tool.programme.queries import ProgrammeTerm, current_programmes
from lti_tool.programme.requirements import Meeting, Preparation
from lti_tool.texts import gettext as _


class Where(enum.StrEnum):
    CAMPUS = "campus"
    ONLINE = "online"


@dataclass(frozen=True, slots=True)
class View(PagedView):
    """Which dates are asked for; None is all."""

    town: str | None = None
    language: str | None = None
    where: Where | None = None

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> Self:
        """Raises ValueError for what no form of ours sends."""
        where = arguments.get("where")
        return cls(arguments.get("town") or None, arguments.get("language") or None, Where(where) if where else None)

    def shows(self, date: TrainingSession) -> bool:
        return (
            self.town in (None, date.town)
            and self.language in (None, date.language)
            and (self.where is None or self.where in kinds_of(date))
        )


@dataclass(frozen=True, slots=True)
class OwnMeeting:
    """A meeting of a programme, in the cohort in which somebody takes part."""

    term: ProgrammeTerm
    meeting: Meeting

    @property
    def key(self) -> str:
        return self.meeting.key

    def title(self, language: str) -> str:
        return in_language(self.meeting.titles, language, self.term.content.default_language)

    def programme_title(self, language: str) -> str:
        return self.term.content.title_in(language)


@dataclass(frozen=True, slots=True)
class Line:
    """How many people wait for a date, and the person's own number among them."""

    waiting: int = 0
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """One date among those to choose from. `held` is the person's own."""

    date: TrainingSession
    line: Line
    held: bool
    open: bool

    @property
    def room(self) -> bool:
        return has_room(self.date)

    @property
    def free(self) -> int | None:
        """None is any number."""
        return None if self.date.capacity is None else self.date.capacity - self.date.taken


@dataclass(frozen=True, slots=True)
class Dates:
    """`offers` are those that are asked for, of `total` that can still be signed up for or are the person's own."""

    own: OwnMeeting
    standing: Standing
    moment: datetime
    offers: tuple[Offer, ...]
    total: int
    towns: tuple[str, ...]
    languages: tuple[str, ...]
    kinds: tuple[Where, ...]

    @property
    def is_mixed(self) -> bool:
        """Whether there is anything to tell them apart by."""
        return max(len(self.towns), len(self.languages), len(self.kinds)) > 1


def own_meeting(session: Session, person_id: int, key: str) -> OwnMeeting:
    """The meeting of that name which a programme of theirs holds; raises `NotFound`."""
    found = [one for one in own_meetings(session, person_id) if one.key == key]
    if not found:
        raise NotFound(
            "no such meeting",
            explanation=_("There is no meeting of that name that you sign up for."),
            advice=_("Open your training and choose it there."),
        )
    return found[0]


def prepared_meeting(session: Session, person_id: int, key: str) -> tuple[OwnMeeting, Preparation]:
    """As `own_meeting`, of those that are prepared; a course may hold it."""
    for term in current_programmes(session, person_id):
        for attendance in term.content.attendances:
            for meeting in attendance.meetings:
                if meeting.key == key and meeting.preparation:
                    return OwnMeeting(term, meeting), meeting.preparation
    raise NotFound("no such preparation")


def own_meetings(session: Session, person_id: int) -> list[OwnMeeting]:
    """All that people sign up for in the person's programmes, or in every programme if none is known as theirs."""
    terms = current_programmes(session, person_id)
    if len(terms) > 1:
        known = programmes_of(session, person_id)
        terms = [term for term in terms if term.id in known] or terms
    return [
        OwnMeeting(term, meeting)
        for term in terms
        for attendance in term.content.attendances
        for meeting in attendance.meetings
        if attendance.held_by == "programme"
    ]


def dates_of(session: Session, person_id: int, own: OwnMeeting, view: View, moment: datetime) -> Dates:
    (standing,) = standings_of(session, [(person_id, own.term.cohort_id)], own.key)
    coming = [
        date
        for date in standing.dates.values()
        if is_open(date, moment) or (date.id in standing.sign_ups and not has_begun(date, moment))
    ]
    lines = _lines(session, person_id, [date.id for date in coming])
    place = standing.place
    return Dates(
        own,
        standing,
        moment,
        tuple(
            Offer(date, lines.get(date.id, Line()), date is place, is_open(date, moment))
            for date in coming
            if view.shows(date)
        ),
        len(coming),
        tuple(sorted({date.town for date in coming if date.town})),
        tuple(sorted({date.language for date in coming})),
        tuple(where for where in Where if any(where in kinds_of(date) for date in coming)),
    )


def kinds_of(date: TrainingSession) -> frozenset[Where]:
    """Whether one can be there in person, online, or choose."""
    kinds = {Where.CAMPUS: date.place or date.town, Where.ONLINE: date.online_url}
    return frozenset(kind for kind, told in kinds.items() if told)


def _lines(session: Session, person_id: int, dates: list[int]) -> dict[int, Line]:
    """By date; only of those that somebody waits for."""
    own = aliased(SignUp)
    before = func.sum(case((SignUp.id <= own.id, 1), else_=0))
    rows = session.execute(
        select(SignUp.session_id, func.count().label("waiting"), before.label("position"))
        .outerjoin(
            own,
            and_(own.session_id == SignUp.session_id, own.person_id == person_id, own.state == SignUpState.WAITING),
        )
        .where(SignUp.session_id.in_(dates), SignUp.state == SignUpState.WAITING)
        .group_by(SignUp.session_id)
    )
    return {row.session_id: Line(row.waiting, int(row.position) or None) for row in rows}
