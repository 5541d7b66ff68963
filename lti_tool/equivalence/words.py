"""What the pages about other training say."""

from __future__ import annotations

from typing import Any

from lti_tool.equivalence.documents import FILE_BYTES, Refused
from lti_tool.equivalence.models import Decision
from lti_tool.programme.content import ProgrammeContent, in_language
from lti_tool.texts import gettext as _
from lti_tool.texts import lazy_gettext as _l

# With the kind of their tag.
STATES: dict[Decision, tuple[Any, str]] = {
    Decision.PENDING: (_l("Waits for a decision"), "waiting"),
    Decision.APPROVED: (_l("Approved"), "done"),
    Decision.DECLINED: (_l("Not approved"), "failed"),
    Decision.WITHDRAWN: (_l("Withdrawn"), "todo"),
}


def log_words(decision: Decision, *, first: bool) -> str:
    """What happened, in a log whose `first` entry is the application itself."""
    if first:
        return _("Applied")
    if decision is Decision.PENDING:
        return _("Opened again")
    return str(STATES[decision][0])


def category_title(key: str, programme: ProgrammeContent, language: str) -> str:
    """The key itself of a category that the programme no longer has."""
    titles = {one.key: one.titles for one in programme.equivalents}.get(key)
    return in_language(titles, language, programme.default_language) if titles else key


def refused_words(code: Refused) -> str:
    if code is Refused.TOO_LARGE:
        return _("The file is larger than %(most)s MB. Send a smaller one, a photo perhaps.", most=FILE_BYTES >> 20)
    return _("The file is neither a PDF nor a picture (PNG or JPEG).")
