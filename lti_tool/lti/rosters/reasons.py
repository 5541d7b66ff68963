"""Why a roster did not come, in the words of the course's staff."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

from lti_tool.http import OutgoingError
from lti_tool.lti.services.limits import OutOfTime
from lti_tool.lti.services.tokens import TokenRefused
from lti_tool.texts import gettext as _


class Reason(enum.StrEnum):
    UNREACHABLE = "unreachable"
    SLOW = "slow"
    REFUSED = "refused"
    GONE = "gone"
    EMPTY = "empty"
    UNREADABLE = "unreadable"


# Waiting an hour does not cure these.
LASTING = frozenset({Reason.REFUSED, Reason.GONE})


@dataclass(frozen=True, slots=True)
class Explanation:
    """What happened and what to do about it; translated."""

    what: str
    advice: str


def reason_for(error: OutgoingError) -> Reason:
    # The time may also have gone by while a token was asked for.
    if isinstance(error, OutOfTime) or isinstance(error.__cause__, OutOfTime):
        return Reason.SLOW
    if error.retry:
        return Reason.UNREACHABLE
    if isinstance(error, TokenRefused) or error.status in (401, 403):
        return Reason.REFUSED
    return Reason.GONE if error.status in (404, 410) else Reason.UNREADABLE


def explain(reason: str | None) -> Explanation:
    """Words for the code in `Course.roster_failure`; a general sentence for one that this version does not know."""
    return _WORDS.get(reason or "", _unreadable)()


def _unreachable() -> Explanation:
    return Explanation(
        _("Your learning platform did not answer, or was too busy."), _("The training tries again by itself.")
    )


def _slow() -> Explanation:
    return Explanation(
        _("Your learning platform took too long to list the course's participants."),
        _("The training tries again by itself."),
    )


def _refused() -> Explanation:
    return Explanation(
        _("Your learning platform does not let the training see who is in the course."),
        _("Ask the platform's administrator to allow the names and roles service for this tool."),
    )


def _gone() -> Explanation:
    return Explanation(
        _("Your learning platform has no list of participants where it said there was one."),
        _("Open the training from your course again, then fetch the participants."),
    )


def _empty() -> Explanation:
    return Explanation(
        _("Your learning platform sent a list without any participants."), _("The training tries again by itself.")
    )


def _unreadable() -> Explanation:
    return Explanation(
        _("Your learning platform sent a list of participants that cannot be read to its end."),
        _("If this goes on, tell the platform's administrator."),
    )


_WORDS: dict[str, Callable[[], Explanation]] = {
    Reason.UNREACHABLE: _unreachable,
    Reason.SLOW: _slow,
    Reason.REFUSED: _refused,
    Reason.GONE: _gone,
    Reason.EMPTY: _empty,
    Reason.UNREADABLE: _unreadable,
}
