"""Filters, counts and orders of the matrix, on plain rows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.completion.verdicts import NextStep, PartVerdict, Reason, Status, Verdict
from lti_tool.employment.queries import Job
from lti_tool.gradebook.matrix_rows import Row, by_status, choices_of, counts_of, filtered, in_order, shown
from lti_tool.gradebook.matrix_view import Show, View

PARTS = [one for one in Status if one is not Status.EXEMPT]


def part(key: str, status: Status, hours: float) -> PartVerdict:
    return PartVerdict(key, status, Reason.BEGUN, NextStep.WORK, hours, 8, ())


def row(
    name: str, status: Status | None = Status.DONE, *, part_status: Status = Status.DONE, hours: float = 0, **job: str
) -> Row:
    about = {"position": "la", "course_code": "", "department": "", "town": "", **job}
    jobs = (Job(**about, hours=None),) if job else ()
    if status is None:
        return Row(None, name, jobs, None)
    parts = (part("core", part_status, hours),)
    return Row(1, name, jobs, Verdict(status, Reason.BEGUN, NextStep.WORK, parts, hours, 20))


def called(one: Row) -> str:
    return one.name or ""


def names(rows: list[Row]) -> list[str]:
    return [called(one) for one in rows]


rows = st.lists(
    st.builds(
        row,
        st.sampled_from(["Åse", "Ærlend", "Øyvind", "Anne", "zoe", "Kari"]),
        st.none() | st.sampled_from(Status),
        part_status=st.sampled_from(PARTS),
        hours=st.sampled_from([0, 4, 8]),
        department=st.sampled_from(["IDI", "IMF"]),
        town=st.sampled_from(["", "Gjøvik"]),
    ),
    max_size=12,
)


def test_norwegian_letters_come_last_in_their_order() -> None:
    people = [row(name) for name in ("Åse", "Øyvind", "Ærlend", "zoe", "Anne")]
    assert names(in_order(people, "name", called)) == ["Anne", "zoe", "Ærlend", "Øyvind", "Åse"]
    assert names(in_order(people, "-name", called)) == ["Åse", "Øyvind", "Ærlend", "zoe", "Anne"]


def test_by_state_what_needs_attention_comes_first_and_equals_stand_by_name() -> None:
    states = [None, *Status, Status.MISSED]
    people = [row(f"P{number}", status) for number, status in enumerate(states)]
    ordered = [one.show for one in in_order(people, "status", called)]
    assert ordered == [Show.MISSED, Show.MISSED, Show.AT_RISK, Show.ON_THE_WAY, Show.DONE, Show.EXEMPT, Show.ABSENT]
    assert names(in_order([row("B"), row("A")], "-status", called)) == ["A", "B"]


def test_by_a_requirement_and_by_hours() -> None:
    people = [
        row("done", part_status=Status.DONE, hours=8),
        row("missed", part_status=Status.MISSED),
        row("half", part_status=Status.AT_RISK, hours=4),
        row("gone", None),
    ]
    assert names(in_order(people, "core", called)) == ["missed", "half", "done", "gone"]
    assert names(in_order(people, "-hours", called)) == ["done", "half", "missed", "gone"]
    assert names(in_order(people, "no-such-column", called)) == ["done", "gone", "half", "missed"]


@given(rows)
def test_the_lists_share_everybody_out(people: list[Row]) -> None:
    counts = counts_of(people)
    assert counts[Show.ALL] == len(people) == sum(counts[show] for show in Show if show is not Show.ALL)
    for show in Show:
        assert len(shown(people, View(show=show))) == counts[show]


@given(rows, st.sampled_from(["name", "-name", "status", "-status", "hours", "core", "-core", "x"]))
def test_an_order_loses_and_invents_nobody(people: list[Row], sort: str) -> None:
    ordered = in_order(people, sort, called)
    assert sorted(map(id, ordered)) == sorted(map(id, people))


@given(
    rows, st.sampled_from(["", "IDI", "IMF", "none"]), st.sampled_from(["", "Gjøvik"]), st.sampled_from(["", "ås", "K"])
)
def test_filters_leave_exactly_whom_they_describe(people: list[Row], department: str, town: str, q: str) -> None:
    left = filtered(people, View(department=department, town=town, q=q), called)
    expected = [
        one
        for one in people
        if department in ("", one.jobs[0].department)
        and town in ("", one.jobs[0].town)
        and q.casefold() in called(one).casefold()
    ]
    assert left == expected


def test_somebody_with_two_jobs_is_found_by_each() -> None:
    one = row("Kari", course_code="TDT4100")
    both = one._replace(jobs=(*one.jobs, Job("la", "TMA4100", "IMF", "Gjøvik", 80)))
    for code in ("TDT4100", "TMA4100"):
        assert filtered([both], View(course=code), called) == [both]
    assert choices_of([both]).courses == ("TDT4100", "TMA4100")
    assert choices_of([both]).towns == ("Gjøvik",)


@given(rows)
def test_the_bars_count_everybody_who_has_come(people: list[Row]) -> None:
    counts = by_status(people).get("core", [0] * len(Status))
    assert sum(counts) == sum(1 for one in people if one.verdict)
    assert counts[list(Status).index(Status.EXEMPT)] == sum(1 for one in people if one.show is Show.EXEMPT)
