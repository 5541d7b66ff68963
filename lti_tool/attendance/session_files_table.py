"""Tables of dates as they are given out: to be looked at, filled in, changed and brought in again."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from lti_tool.attendance.models import TrainingSession
from lti_tool.attendance.planning_queries import PlannedCohort
from lti_tool.attendance.session_files_words import Column
from lti_tool.local_time import typed
from lti_tool.sheets.writing import Cell


def heads_in(language: str) -> list[str]:
    return [column.head_in(language) for column in Column]


def rows_of(dates: Iterable[TrainingSession], cohort: PlannedCohort, zone: ZoneInfo) -> list[list[Cell]]:
    """Below those heads, as `read_dates` reads them again."""
    rows = (_cells(one, cohort, zone) for one in dates)
    return [[cells[column] for column in Column] for cells in rows]


def _cells(one: TrainingSession, cohort: PlannedCohort, zone: ZoneInfo) -> dict[Column, Cell]:
    day, _t, starts = typed(one.starts_at, zone).partition("T")
    written: dict[Column, Cell] = {
        Column.MEETING: cohort.titles.get(one.meeting_key, one.meeting_key),
        Column.DAY: day,
        Column.STARTS: starts,
        Column.ENDS: typed(one.ends_at, zone).partition("T")[2],
        Column.SIGN_UP_UNTIL: typed(one.sign_up_until, zone).replace("T", " "),
        Column.CAPACITY: one.capacity,
        Column.ZONE: zone.key,
    }
    return {column: written[column] if column in written else getattr(one, column.value) for column in Column}
