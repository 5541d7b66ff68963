"""What is said of hours: to staff who plan them, and to a learning assistant who is to come."""

from __future__ import annotations

import pytest
from flask import Flask

from lti_tool.course_module.hours import Share, Sum
from lti_tool.course_module.words import share_state, share_words, sum_state

HOUR = 60


@pytest.mark.parametrize(
    ("hours", "state", "words"),
    [
        ((0, 4, 0, 4), "To come", "Come every time: all of it is needed."),
        ((0, 6, 0, 6), "To come", "You need 4 hours of these dates."),
        ((2, 2, 0, 2), "2 hours of 4 hours", "You still need 2 hours: come to every date that is left."),
        ((2, 4, 0, 2), "2 hours of 4 hours", "You still need 2 hours of the dates that are left."),
        ((0, 4, 0, 0), "Not recorded yet", "Only what is recorded counts: ask whoever led it."),
        ((4, 2, 0, 2), "Attended", "Done: you need not come to the dates that are left."),
        ((4, 2, 0, 0), "Attended", ""),
        ((0, 2, 2, 2), "Missed", "You missed a date, and those that are left are not enough. Lacking: 2 hours."),
        ((0, 2, 0, 2), "To come", "Dates for 2 hours are not announced yet."),
    ],
)
def test_a_learning_assistant_reads_what_is_true_of_their_hours(
    shared_app: Flask, hours: tuple[int, int, int, int], state: str, words: str
) -> None:
    """Of four hours: those attended, open and missed, and how many of the open ones are ahead."""
    there, open_, missed, ahead = hours
    share = Share(4 * HOUR, there * HOUR, open_ * HOUR, missed * HOUR)
    with shared_app.test_request_context():
        assert share_state(share, ahead * HOUR)[0] == state
        said = share_words(share, ahead * HOUR)
    assert said.startswith(words)
    assert bool(said) is bool(words)


def test_more_hours_than_are_needed_are_no_warning(shared_app: Flask) -> None:
    with shared_app.test_request_context():
        assert sum_state(Sum(240, 360)) == ("Enough, with some to spare", "done")
