"""The services that the tool asks for, and what it is to be without one."""

from __future__ import annotations

from collections.abc import Callable

from lti_tool.lti.services.grades import LINE_ITEM_READ_SCOPE, LINE_ITEM_SCOPE, RESULT_SCOPE, SCORE_SCOPE
from lti_tool.lti.services.roster import ROSTER_SCOPE
from lti_tool.texts import gettext as _

# In the order in which they are shown. Reading columns is in the right to make them.
_WITHOUT: dict[str, Callable[[], str]] = {
    SCORE_SCOPE: lambda: _("No results are sent: the gradebook stays empty, and people see their results here only."),
    LINE_ITEM_SCOPE: lambda: _(
        "The tool makes no columns in the gradebook: results arrive only for links that have one."
    ),
    RESULT_SCOPE: lambda: _("What teachers change in the gradebook is not shown here."),
    ROSTER_SCOPE: lambda: _("Participants appear here only once they have opened the tool."),
}
WANTED = (SCORE_SCOPE, LINE_ITEM_SCOPE, LINE_ITEM_READ_SCOPE, RESULT_SCOPE, ROSTER_SCOPE)


def missing(granted: frozenset[str] | None) -> list[str]:
    """What does not work for want of a scope, in words; nothing where the platform did not say (None)."""
    return [] if granted is None else [words() for scope, words in _WITHOUT.items() if scope not in granted]
