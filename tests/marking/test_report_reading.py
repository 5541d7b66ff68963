"""Reports as Zoom and Teams have written them over the years, in several languages. The people are made up."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.marking.report_reading import NoReport, Report, read_report
from lti_tool.marking.report_times import minutes_of, moment_of, together
from lti_tool.sheets.reading import read_sheet

OSLO = ZoneInfo("Europe/Oslo")
START = datetime(2026, 9, 3, 9, 0, tzinfo=OSLO)

ZOOM = """\
Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,Recording Consent,In Waiting Room
Lina Solberg,lina@uni.test,09/03/2026 08:58:12 AM,09/03/2026 10:00:00 AM,62,No,,No
Lina Solberg,lina@uni.test,09/03/2026 10:10:00 AM,09/03/2026 12:30:00 PM,140,No,,No
F (Frode Bjerke),,09/03/2026 08:50:00 AM,09/03/2026 08:59:00 AM,9,Yes,,Yes
F (Frode Bjerke),,09/03/2026 08:59:00 AM,09/03/2026 12:30:00 PM,211,Yes,,No
"""
ZOOM_WITH_MEETING = """\
Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants,
812 3456 7890,Core module 1,09/03/2026 08:50:00 AM,09/03/2026 12:31:00 PM,kari@uni.test,221,2,

Name (original name),Email,Join time,Leave time,Duration (minutes),Guest,Recording disclaimer response,In waiting room
Lina Solberg,lina@uni.test,09/03/2026 09:00:00 AM,09/03/2026 12:00:00 PM,180,No,,No
"""
ZOOM_TOTALS = "Name (Original Name),User Email,Total Duration (Minutes),Guest\nLina Solberg,lina@uni.test,202,No\n"
ZOOM_MANY_MEETINGS = (
    "Topic,ID,Host name,Host email,Start time,Participants,Duration (minutes),"
    "Name (original name),Email,Join time,Leave time,Duration (minutes),Guest\n"
    "Core module 1,812,Kari,kari@uni.test,09/03/2026 08:50:00 AM,2,221,"
    "Lina Solberg,lina@uni.test,09/03/2026 09:00:00 AM,09/03/2026 12:00:00 PM,180,No\n"
)
TEAMS_EVENTS = """\
Full Name\tUser Action\tTimestamp
Lina Solberg\tJoined before\t9/3/2026, 8:59:02 AM
Frode Bjerke\tJoined\t9/3/2026, 9:01:00 AM
Lina Solberg\tLeft\t9/3/2026, 10:00:02 AM
Lina Solberg\tJoined\t9/3/2026, 10:10:02 AM
Lina Solberg\tLeft\t9/3/2026, 12:30:02 PM
"""
TEAMS_JOINS = """\
Meeting Summary
Total Number of Participants\t2
Meeting Title\tCore module 1
Meeting Start Time\t9/3/2026, 8:50:00 AM
Meeting End Time\t9/3/2026, 12:31:00 PM

Full Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole\tParticipant ID (UPN)
Lina Solberg\t9/3/2026, 9:00:00 AM\t9/3/2026, 10:00:00 AM\t1h\tLina@uni.test\tAttendee\tlina@uni.test
Lina Solberg\t9/3/2026, 9:30:00 AM\t9/3/2026, 11:00:00 AM\t1h 30m\tLina@uni.test\tAttendee\tlina@uni.test
"""
TEAMS_PARTS = """\
1. Summary
Meeting title\tCore module 1
Attended participants\t2
Start time\t9/3/26, 8:50:11 AM
End time\t9/3/26, 12:31:02 PM
Meeting duration\t3h 40m 51s
Average attendance time\t3h 2m

2. Participants
Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole
Lina Solberg\t9/3/26, 8:58:12 AM\t9/3/26, 12:30:00 PM\t3h 21m 48s\tlina@uni.test\tlina@uni.test\tPresenter
Bjerke, Frode (Guest)\t9/3/26, 9:00:00 AM\t9/3/26, 9:20:00 AM\t20m\t\t\tAttendee

3. In-Meeting Activities
Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole
Lina Solberg\t9/3/26, 8:58:12 AM\t9/3/26, 10:00:00 AM\t1h 1m 48s\tlina@uni.test\tPresenter
Lina Solberg\t9/3/26, 10:10:00 AM\t9/3/26, 12:30:00 PM\t2h 20m\tlina@uni.test\tPresenter
Bjerke, Frode (Guest)\t9/3/26, 9:00:00 AM\t9/3/26, 9:20:00 AM\t20m\t\tAttendee
"""
# The same in a language whose heads nobody here knows, and in Norwegian times.
TEAMS_FOREIGN = """\
1. Yhteenveto
Kokouksen otsikko\tCore module 1

2. Osallistujat
Nimi\tEnsimmäinen\tViimeinen\tKesto\tSähköposti\tTunnus\tRooli
Lina Solberg\t03.09.2026, 08:58:12\t03.09.2026, 12:30:00\t3 t 21 min 48 s\tlina@uni.test\tlina@uni.test\tEsittäjä

3. Toiminta
Nimi\tLiittymisaika\tPoistumisaika\tKesto\tSähköposti\tRooli
Lina Solberg\t03.09.2026, 08:58:12\t03.09.2026, 12:30:00\t3 t 21 min 48 s\tlina@uni.test\tEsittäjä
"""


def reading(text: str, encoding: str = "utf-8") -> Report:
    return read_report(read_sheet(text.encode(encoding), "report.csv").rows, START)


def minutes(report: Report) -> dict[str, float]:
    """By name, how long each was there."""
    total = {one.name: together(one.stays) + timedelta(minutes=one.minutes) for one in report.attendees}
    return {name: round(time.total_seconds() / 60, 1) for name, time in total.items()}


def test_zoom_tells_each_joining_and_who_was_only_in_the_waiting_room() -> None:
    report = reading(ZOOM, "utf-8-sig")
    assert not report.teams
    assert minutes(report) == {"Lina Solberg": 201.8, "F (Frode Bjerke)": 211}
    assert [one.email for one in report.attendees] == ["lina@uni.test", ""]


@pytest.mark.parametrize(
    ("text", "expected"), [(ZOOM_WITH_MEETING, 180), (ZOOM_TOTALS, 202), (ZOOM_MANY_MEETINGS, 180)]
)
def test_what_zoom_says_of_the_meeting_is_nobodys_time(text: str, expected: int) -> None:
    assert minutes(reading(text)) == {"Lina Solberg": expected}


def test_teams_tells_who_has_joined_and_left() -> None:
    report = reading(TEAMS_EVENTS, "utf-16")
    assert report.teams
    # Frode had not left when the report was saved.
    assert minutes(report) == {"Lina Solberg": 201, "Frode Bjerke": 209}


def test_two_devices_at_once_count_once() -> None:
    report = reading(TEAMS_JOINS, "utf-16")
    assert minutes(report) == {"Lina Solberg": 120}
    assert report.attendees[0].email == "lina@uni.test"


def test_the_numbered_parts_of_teams_are_read_for_each_joining() -> None:
    report = reading(TEAMS_PARTS, "utf-16")
    assert report.teams
    assert minutes(report) == {"Lina Solberg": 201.8, "Bjerke, Frode (Guest)": 20}
    without_activities = reading(TEAMS_PARTS.split("3. In", maxsplit=1)[0], "utf-16")
    assert minutes(without_activities) == {"Lina Solberg": 201.8, "Bjerke, Frode (Guest)": 20}


def test_the_parts_are_known_in_any_language() -> None:
    assert minutes(reading(TEAMS_FOREIGN, "utf-16")) == {"Lina Solberg": 211.8}


@pytest.mark.parametrize("text", ["A table,of something\nelse,1\n", "Name,Email\nLina,lina@uni.test\n", "Just a line"])
def test_what_tells_no_times_is_no_report(text: str) -> None:
    with pytest.raises(NoReport):
        reading(text)


@pytest.mark.parametrize(
    "text",
    [
        "9/3/2026, 2:05:10 PM",
        "3.9.2026, 14:05:10",
        "03/09/2026 14:05:10",
        "2026-09-03 14:05:10",
        "9/3/26, 2:05:10\u202fPM",
        "3. 9. 2026 14.05.10".replace(". ", ".", 2),
    ],
)
def test_days_and_months_are_read_in_the_order_that_is_near_the_session(text: str) -> None:
    assert moment_of(text, START) == datetime(2026, 9, 3, 14, 5, 10, tzinfo=OSLO)


@pytest.mark.parametrize("text", ["", "yesterday", "31/31/2026 10:00", "9/3/2026", "1h 2m"])
def test_what_is_no_moment_is_none(text: str) -> None:
    assert moment_of(text, START) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1h 27m 30s", 87.5), ("1 t 27 min", 87), ("01:27:30", 87.5), ("87:30", 87.5), ("87", 87), ("1,5 timer", 90)],
)
def test_durations_are_read_as_people_write_them(text: str, expected: float) -> None:
    assert minutes_of(text) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["", "long", "3 parsecs", "9/3/2026, 2:05:10 PM"])
def test_what_is_no_duration_is_none_and_not_zero(text: str) -> None:
    assert minutes_of(text) is None


minute = st.integers(0, 300)


@given(st.lists(st.tuples(minute, minute).map(sorted)), st.tuples(minute, minute).map(sorted))
def test_time_together_is_the_number_of_minutes_that_any_stay_covers(stays: list[list[int]], within: list[int]) -> None:
    covered = {m for begin, end in stays for m in range(begin, end)}
    at = [(START + timedelta(minutes=begin), START + timedelta(minutes=end)) for begin, end in stays]
    window = (START + timedelta(minutes=within[0]), START + timedelta(minutes=within[1]))
    assert together(at) == timedelta(minutes=len(covered))
    assert together(at, window) == timedelta(minutes=len(covered & set(range(*within))))
