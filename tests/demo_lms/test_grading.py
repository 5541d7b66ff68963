"""The rules for grades, for any score and any behaviour."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.demo_lms.behaviour import Behaviour
from lti_tool.demo_lms.grading import GradingProgress, Score, Standing, graded, stale_status

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
RULES = st.sampled_from([Behaviour(stale_timestamps=rule) for rule in ("conflict", "bad_request")])
STANDINGS = st.builds(Standing, st.none() | st.floats(0, 100), st.none() | st.text())
BEHAVIOURS = st.builds(Behaviour, unfinished_clears=st.booleans(), missing_comment_erases=st.booleans())


def sent(given_points: float | None, progress: GradingProgress = "FullyGraded", comment: str | None = None) -> Score:
    return Score(
        userId="a",
        activityProgress="Completed",
        gradingProgress=progress,
        timestamp="2026-11-21T12:00:00Z",  # type: ignore[arg-type]
        scoreGiven=given_points,
        scoreMaximum=None if given_points is None else 10.0,
        comment=comment,
    )


@given(MOMENTS, MOMENTS, RULES)
def test_of_two_different_moments_exactly_one_is_stale(one: datetime, other: datetime, rule: Behaviour) -> None:
    verdicts = [stale_status(one, other, rule), stale_status(other, one, rule)]
    assert verdicts.count(None) == (0 if one == other else 1)


@given(MOMENTS, st.integers(0, 999_999))
def test_whole_seconds_hide_what_is_smaller(moment: datetime, microseconds: int) -> None:
    second = moment.replace(microsecond=0)
    rule = Behaviour(stale_timestamps="whole_second_conflict")
    assert stale_status(second + timedelta(microseconds=microseconds), second, rule) == 409
    assert stale_status(second + timedelta(seconds=1), second.replace(microsecond=microseconds), rule) is None


@given(MOMENTS, st.builds(Behaviour))
def test_a_first_score_is_never_stale(moment: datetime, behaviour: Behaviour) -> None:
    assert stale_status(moment, None, behaviour) is None


@given(STANDINGS, BEHAVIOURS, st.floats(0, 20))
def test_a_final_score_always_becomes_the_grade(before: Standing, behaviour: Behaviour, points: float) -> None:
    assert graded(sent(points), before, 100, behaviour).score == points * 100 / 10


@given(STANDINGS, BEHAVIOURS, st.sampled_from(["FullyGraded", "Pending", "NotReady"]))
def test_no_score_always_clears(before: Standing, behaviour: Behaviour, progress: GradingProgress) -> None:
    assert graded(sent(None, progress), before, 100, behaviour).score is None


@given(STANDINGS, BEHAVIOURS, st.text())
def test_a_comment_that_is_sent_always_stands(before: Standing, behaviour: Behaviour, comment: str) -> None:
    assert graded(sent(1, comment=comment), before, 100, behaviour).comment == comment
