"""Why a score did not reach a gradebook, in words for the course's instructor."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

from lti_tool.texts import gettext as _


class Reason(enum.StrEnum):
    NO_SCOPE = "no-scope"
    NO_COLUMN = "no-column"
    COLUMN_REFUSED = "column-refused"
    TOKEN_REFUSED = "token-refused"  # noqa: S105 - a code, no secret
    NOT_ADMITTED = "not-admitted"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not-found"
    REFUSED = "refused"
    CONFLICT = "conflict"
    GAVE_UP = "gave-up"


@dataclass(frozen=True, slots=True)
class Explanation:
    """What happened and what to do about it; translated."""

    what: str
    advice: str


def explain(reason: str | None) -> Explanation:
    """Words for the code in `Score.failure`; a general sentence for one that this version does not know."""
    return _WORDS.get(reason or "", _refused)()


def _no_scope() -> Explanation:
    return Explanation(
        _("The learning platform does not let this tool send scores for this link."),
        _("Ask whoever administers the platform to allow grades for the tool, open the link once more, then resend."),
    )


def _no_column() -> Explanation:
    return Explanation(
        _("This link has no column in the gradebook."),
        _("Turn grading on for the link in your course, open it once more, then resend."),
    )


def _column_refused() -> Explanation:
    return Explanation(
        _("The learning platform did not let this tool find or make a column in the gradebook."),
        _("Turn grading on for the link in your course, or ask the platform's administrator. Then resend."),
    )


def _token_refused() -> Explanation:
    return Explanation(
        _("The learning platform did not recognise this tool when it asked to send a score."),
        _("Ask whoever administers the platform to check the tool's registration and keys. Then resend."),
    )


def _not_admitted() -> Explanation:
    return Explanation(
        _("The learning platform turned the score away although it had just admitted this tool."),
        _("Resend in a while. If it happens again, ask the platform's administrator to check the registration."),
    )


def _forbidden() -> Explanation:
    return Explanation(
        _("The learning platform does not let this tool write to this column of the gradebook."),
        _("Check that the column still belongs to this link and is not locked or closed. Then resend."),
    )


def _not_found() -> Explanation:
    return Explanation(
        _("The gradebook no longer has this column, or the person is no longer in the course."),
        _("If the person has left the course, nothing needs doing. Otherwise open the link once more, then resend."),
    )


def _refused() -> Explanation:
    return Explanation(
        _("The learning platform did not accept the score."),
        _("Check that the person is a learner in the course, and that no deadline or limit of attempts is passed."),
    )


def _conflict() -> Explanation:
    return Explanation(
        _("The gradebook holds a newer grade for this person, and it is another one."),
        _("Somebody may have changed it by hand. Resend if the score from here should take its place."),
    )


def _gave_up() -> Explanation:
    return Explanation(
        _("The learning platform did not answer for several days."),
        _("Nothing is lost here. Resend when the platform is back."),
    )


_WORDS: dict[str, Callable[[], Explanation]] = {
    Reason.NO_SCOPE: _no_scope,
    Reason.NO_COLUMN: _no_column,
    Reason.COLUMN_REFUSED: _column_refused,
    Reason.TOKEN_REFUSED: _token_refused,
    Reason.NOT_ADMITTED: _not_admitted,
    Reason.FORBIDDEN: _forbidden,
    Reason.NOT_FOUND: _not_found,
    Reason.REFUSED: _refused,
    Reason.CONFLICT: _conflict,
    Reason.GAVE_UP: _gave_up,
}

_BY_STATUS = {401: Reason.NOT_ADMITTED, 403: Reason.FORBIDDEN, 404: Reason.NOT_FOUND, 410: Reason.NOT_FOUND}


def reason_for(status: int | None) -> Reason:
    """The reason for a permanent refusal of a score with this HTTP status."""
    return _BY_STATUS.get(status or 0, Reason.REFUSED)
