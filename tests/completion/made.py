"""Records of somebody in a cohort of the LAOS programme or of a made-up one, at a fixed moment."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import yaml

from lti_tool.completion.records import Date, Offer, Records, Turnout, Work
from lti_tool.completion.rules import judge
from lti_tool.completion.verdicts import ItemVerdict, PartVerdict
from lti_tool.paths import CONFIG
from lti_tool.programme.content import ProgrammeContent, Step
from tests.programme import full_pack

LAOS = ProgrammeContent.model_validate(
    yaml.safe_load((CONFIG / "programmes" / "laos" / "programme.yaml").read_text(encoding="utf-8"))
)
FULL = ProgrammeContent.model_validate(full_pack.PROGRAMME)
NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
TERM_ENDS = datetime(2027, 1, 1, tzinfo=UTC)
COURSE, OTHER_COURSE = 7, 8


def date(
    id: int,
    meeting: str = "core-1",
    *,
    in_days: float = 30,
    hours: float = 4,
    course: int | None = None,
    room: bool = True,
    called_off: bool = False,
    closes_before: float = 3,
) -> Date:
    """Begins so many days from now; one can sign up until some days before."""
    starts_at = NOW + timedelta(in_days)
    return Date(
        id,
        meeting,
        course,
        starts_at,
        starts_at + timedelta(hours=hours),
        starts_at - timedelta(closes_before),
        round(hours * 60),
        room,
        called_off,
    )


def records(
    *dates: Date,
    there: Collection[int] = (),
    absent: Collection[int] = (),
    places: Collection[int] = (),
    waiting: Collection[int] = (),
    prepared: bool = False,
    courses: Collection[int] = (),
    term_ends_at: datetime = TERM_ENDS,
) -> Records:
    """Somebody among these dates, by their ids; in `courses` and in those to whose meetings they have been."""
    slots: dict[str | int, Turnout] = dict.fromkeys(courses, Turnout())
    for one in dates:
        slot = one.course_id or one.meeting
        there_, absent_, places_, waiting_ = (
            [one.id] if one.id in ids else [] for ids in (there, absent, places, waiting)
        )
        before = slots.get(slot, Turnout())
        slots[slot] = Turnout(
            (*before.there, *there_),
            (*before.absent, *absent_),
            (*before.places, *places_),
            (*before.waiting, *waiting_),
            prepared,
        )
    held = {slot: own for slot, own in slots.items() if isinstance(slot, str)}
    in_courses = {slot: own for slot, own in slots.items() if isinstance(slot, int) and (own.there or slot in courses)}
    return Records(offer(*dates, term_ends_at=term_ends_at), held, in_courses)


def offer(*dates: Date, term_ends_at: datetime = TERM_ENDS) -> Offer:
    return Offer(dates, dict.fromkeys(LAOS.modules, tuple(Step)), term_ends_at=term_ends_at)


def done(days_ago: float = 1) -> Work:
    return Work(begun=True, completed_at=NOW - timedelta(days_ago))


def item(records: Records, key: str = "core-1", programme: ProgrammeContent = LAOS) -> ItemVerdict:
    """The verdict on one meeting or module."""
    items = [one for part in judge(programme, records, NOW).parts for one in part.items]
    return next(one for one in items if one.key == key)


def part(records: Records, key: str, programme: ProgrammeContent = LAOS) -> PartVerdict:
    return judge(programme, records, NOW).part(key)


def complete(programme: ProgrammeContent = LAOS) -> Records:
    """Everything that the programme asks for, two weeks ago."""
    dates = [
        date(number, meeting.key, in_days=-14, hours=meeting.hours, course=COURSE if one.held_by == "course" else None)
        for number, (one, meeting) in enumerate(
            (one, meeting) for one in programme.attendances for meeting in one.meetings
        )
    ]
    found = records(*dates, there=[one.id for one in dates])
    offered = replace(found.offer, modules=dict.fromkeys(programme.modules, tuple(Step)))
    return found._replace(offer=offered, work=dict.fromkeys(programme.modules, done()))
