"""The services that the tool asks for, and what it is to be without one."""

from __future__ import annotations

from collections.abc import Callable

from lti_tool.texts import gettext as _

_GRADES = "https://purl.imsglobal.org/spec/lti-ags/scope/"
SCORE = f"{_GRADES}score"
LINE_ITEM = f"{_GRADES}lineitem"
LINE_ITEM_READ = f"{_GRADES}lineitem.readonly"
RESULT = f"{_GRADES}result.readonly"
ROSTER = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"

# In the order in which they are shown. Reading columns is in the right to make them.
_WITHOUT: dict[str, Callable[[], str]] = {
    SCORE: lambda: _("No results are sent: the gradebook stays empty, and people see their results here only."),
    LINE_ITEM: lambda: _("The tool makes no columns in the gradebook: results arrive only for links that have one."),
    RESULT: lambda: _("What teachers change in the gradebook is not shown here."),
    ROSTER: lambda: _("Participants appear here only once they have opened the tool."),
}
WANTED = (SCORE, LINE_ITEM, LINE_ITEM_READ, RESULT, ROSTER)


def missing(granted: frozenset[str] | None) -> list[str]:
    """What does not work for want of a scope, in words; nothing where the platform did not say (None)."""
    return [] if granted is None else [words() for scope, words in _WITHOUT.items() if scope not in granted]
