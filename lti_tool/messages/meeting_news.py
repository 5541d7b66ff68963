"""What a person can do, or has to know, about meetings: from where they stand with their dates."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from lti_tool.attendance.models import SignUpChange, TrainingSession
from lti_tool.attendance.sign_up_rules import has_begun, is_open
from lti_tool.attendance.sign_up_standing import Situation, Standing
from lti_tool.messages.news import SOON
from lti_tool.programme.content import in_language
from lti_tool.programme.requirements import Meeting

# Preparing takes longer than going there.
TIME_TO_PREPARE = timedelta(days=3)
# As long, a change of a date is news.
FRESH = timedelta(days=7)


class MeetingKind(enum.StrEnum):
    """In the order in which they are told."""

    CALLED_OFF = "date-called-off"
    MISSED = "date-missed"
    PLACE = "place"
    CHANGED = "date-changed"
    # A date of a course, of which there is nothing to choose.
    COURSE_CALLED_OFF = "course-date-called-off"
    PREPARE = "prepare"
    SOON = "date-soon"
    CHOOSE = "choose-date"


@dataclass(frozen=True, slots=True)
class MeetingItem:
    """One thing about one meeting; `date` is the one it is about, if it is about one. As `news.Item` besides."""

    kind: MeetingKind
    meeting: Meeting
    default_language: str
    signs: tuple[str, ...]
    cohort_id: int
    date: TrainingSession | None = None

    def title_in(self, language: str) -> str:
        return in_language(self.meeting.titles, language, self.default_language)


def news_of_meeting(standing: Standing, meeting: Meeting, default_language: str, moment: datetime) -> list[MeetingItem]:
    """Of a meeting that people sign up for."""
    return [
        MeetingItem(kind, meeting, default_language, (f"{kind.value} {sign}",), standing.cohort_id, date)
        for kind, sign, date in _found(standing, meeting, moment)
    ]


def news_of_date(
    date: TrainingSession, meeting: Meeting, default_language: str, *, prepared: bool, moment: datetime
) -> list[MeetingItem]:
    """Of a date at which somebody is expected without having signed up."""
    if has_begun(date, moment):
        return []
    if date.cancelled_at:
        found = [(MeetingKind.COURSE_CALLED_OFF, f"{date.id}")]
    else:
        found = [
            *([(MeetingKind.CHANGED, f"{date.id} {date.sequence}")] if _is_fresh(date, moment) else []),
            *_before(date, meeting, moment, prepared=prepared),
        ]
    return [
        MeetingItem(kind, meeting, default_language, (f"{kind.value} {sign}",), date.cohort_id, date)
        for kind, sign in found
    ]


def _found(
    standing: Standing, meeting: Meeting, moment: datetime
) -> Iterator[tuple[MeetingKind, str, TrainingSession | None]]:
    situation, about = standing.situation(moment), standing.about(moment)
    if situation is Situation.PLACE and about is not None:
        yield from ((kind, sign, about) for kind, sign in _of_place(standing, about, meeting, moment))
    elif situation is Situation.CALLED_OFF and about is not None:
        yield MeetingKind.CALLED_OFF, f"{about.id}", about
    elif situation is Situation.MISSED and about is not None and standing.offers_anything(moment):
        yield MeetingKind.MISSED, f"{about.id}", about
    elif situation is Situation.OPEN and not standing.waits_for and standing.offers_place(moment):
        yield MeetingKind.CHOOSE, f"{standing.cohort_id} {standing.meeting_key}", None


def _of_place(
    standing: Standing, date: TrainingSession, meeting: Meeting, moment: datetime
) -> Iterator[tuple[MeetingKind, str]]:
    last = standing.last_of(date.id)
    if last and last.change is SignUpChange.PROMOTED and is_open(date, moment):
        yield MeetingKind.PLACE, f"{date.id} {last.at.isoformat()}"
    if _is_fresh(date, moment) and (last is None or last.at < date.changed_at):
        yield MeetingKind.CHANGED, f"{date.id} {date.sequence}"
    yield from _before(date, meeting, moment, prepared=standing.prepared_at is not None)


def _before(
    date: TrainingSession, meeting: Meeting, moment: datetime, *, prepared: bool
) -> Iterator[tuple[MeetingKind, str]]:
    """Whoever is to prepare is reminded of that, which says when it begins, too."""
    if meeting.preparation and not prepared:
        if date.starts_at <= moment + TIME_TO_PREPARE:
            yield MeetingKind.PREPARE, f"{date.id}"
    elif date.starts_at <= moment + SOON:
        yield MeetingKind.SOON, f"{date.id}"


def _is_fresh(date: TrainingSession, moment: datetime) -> bool:
    return date.sequence > 0 and moment <= date.changed_at + FRESH
