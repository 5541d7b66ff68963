"""Taking in a report of a video meeting, saying whom its names mean, and turning it into marks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lti_tool.attendance.marks import lock, mark_all, marks_of
from lti_tool.attendance.models import MarkEvent, Presence, Source, TrainingSession
from lti_tool.database import now
from lti_tool.marking.actions import refuse_early
from lti_tool.marking.models import AttendanceReport, ReportKind
from lti_tool.marking.report_reading import Attendee, Report
from lti_tool.marking.report_view import Outcome

NOBODY = 0


def keep_report(session: Session, actor_id: int, held: TrainingSession, filename: str, report: Report) -> int:
    """Returns the id that it is kept under until it is applied or thrown away."""
    refuse_early(held)
    kept = AttendanceReport(
        session_id=held.id,
        kind=ReportKind.TEAMS if report.teams else ReportKind.ZOOM,
        filename=filename,
        entries={"attendees": [_stored(one) for one in report.attendees], "chosen": {}},
        created_by=actor_id,
    )
    session.add(kept)
    session.flush()
    return kept.id


def choose(session: Session, report: AttendanceReport, share: int, chosen: Mapping[int, int]) -> None:
    """Say whom attendees mean, by their place in the report; `NOBODY` is none of those who can be marked. `share` is in
    percent.
    """
    report.share = share
    report.entries = {**report.entries, "chosen": {str(place): person_id for place, person_id in chosen.items()}}
    session.flush()


def apply_report(
    session: Session,
    actor_id: int,
    held: TrainingSession,
    report: AttendanceReport,
    outcome: Outcome,
    *,
    absent: bool,
    reason: str,
) -> list[MarkEvent]:
    """Mark as present who was there for long enough, and with `absent` as absent who else was expected; then forget
    the names. Whoever has a mark keeps it, unless a `reason` is given to correct absences. Once applied or thrown away,
    it changes nothing any more.
    """
    refuse_early(held)
    lock(session, held)
    session.refresh(report, with_for_update=True)
    if report.closed_at is not None:
        return []
    marks = marks_of(session, held.id)
    wanted: dict[int, Presence | None] = {one: Presence.PRESENT for one in outcome.long_enough if one not in marks}
    if absent:
        wanted |= {one: Presence.ABSENT for one in outcome.missing if one not in marks}
    if reason.strip():
        wanted |= {
            one: Presence.PRESENT
            for one in outcome.long_enough
            if one in marks and marks[one].presence is Presence.ABSENT
        }
    events = mark_all(session, actor_id, held, wanted, source=Source.REPORT, reason=reason)
    _forget(report)
    session.flush()
    return events


def discard_report(session: Session, report: AttendanceReport) -> None:
    session.refresh(report, with_for_update=True)
    _forget(report)
    session.flush()


def attendees_in(report: AttendanceReport) -> list[Attendee]:
    """None once it is closed."""
    return [
        Attendee(
            one["name"],
            one["email"],
            tuple((datetime.fromisoformat(begin), datetime.fromisoformat(end)) for begin, end in one["stays"]),
            one["minutes"],
        )
        for one in report.entries.get("attendees", [])
    ]


def chosen_in(report: AttendanceReport) -> dict[int, int]:
    return {int(place): person_id for place, person_id in report.entries.get("chosen", {}).items()}


def _stored(one: Attendee) -> dict[str, Any]:
    stays = [[begin.isoformat(), end.isoformat()] for begin, end in one.stays]
    return {"name": one.name, "email": one.email, "stays": stays, "minutes": one.minutes}


def _forget(report: AttendanceReport) -> None:
    report.entries, report.filename = {}, ""
    report.closed_at = report.closed_at or now()
