"""What the pages of coordinators have in common: each decision about people asks why, and lists come in pages."""

from __future__ import annotations

from typing import Any

from flask import request
from wtforms import Field, TextAreaField

from lti_tool.drafts import Unreadable, stripped
from lti_tool.paging import page_in
from lti_tool.peer_review.log import LONGEST_REASON
from lti_tool.texts import gettext as _
from lti_tool.texts import lazy_gettext as _l


def reason_field() -> Any:
    return TextAreaField(
        _l("Reason"),
        description=_l("It is kept with your name. Coordinators see it, learning assistants do not."),
        filters=[stripped],
    )


def check_reason(field: Field, *, needed: bool = True) -> None:
    """Puts a message at a reason that is missing, or too long to be kept."""
    if needed and not field.data:
        field.errors = [_("Write why. One sentence is enough.")]
    elif len(field.data or "") > LONGEST_REASON:
        field.errors = [_("Write at most %(max)s characters.", max=LONGEST_REASON)]


def page_asked_for() -> int:
    """The page of a list that the address names."""
    try:
        return page_in(request.args)
    except ValueError as error:
        raise Unreadable("unknown page") from error
