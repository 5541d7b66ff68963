"""What the pages of marking send, by form or by script."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from flask import request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from lti_tool.attendance.models import Presence
from lti_tool.database import now
from lti_tool.drafts import Unreadable, clean_text, json_body
from lti_tool.marking.actions import Tap

LONGEST_REASON = 500
LARGEST_ID = 2**31 - 1
# A device that was in a drawer for longer than this has its clock wrong.
_LONGEST_WAIT = timedelta(days=400)
_NONE = "none"


class _SentTap(BaseModel):
    """`age` are the seconds since it was tapped: the clocks of devices are wrong, but they tick."""

    model_config = ConfigDict(extra="forbid")

    key: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,64}$")]
    person: Annotated[int, Field(ge=1, le=LARGEST_ID, strict=True)]
    presence: Presence | None
    seen: Presence | None
    age: Annotated[float, Field(ge=0, le=_LONGEST_WAIT.total_seconds(), allow_inf_nan=False)]
    reason: Annotated[str, Field(max_length=LONGEST_REASON)] = ""


def sent_tap() -> Tap:
    """From a script. Raises `Unreadable`."""
    sent = json_body(_SentTap)
    happened_at: datetime = now() - timedelta(seconds=sent.age)
    return Tap(sent.person, sent.presence, sent.seen, sent.key, clean_text(sent.reason), happened_at)


def posted_tap() -> Tap:
    """From a form. Raises `Unreadable`."""
    form = request.form
    return Tap(
        number(form.get("person")),
        _presence(form.get("presence")),
        _presence(form.get("seen")),
        reason=clean_text(form.get("reason", ""))[:LONGEST_REASON],
    )


def posted_presence() -> Presence:
    """What several people are to be marked as; raises `Unreadable`."""
    presence = _presence(request.form.get("presence"))
    if presence is None:
        raise Unreadable("no presence")
    return presence


def posted_people() -> list[int]:
    """Raises `Unreadable`."""
    return [number(typed) for typed in request.form.getlist("person")]


def number(typed: str | None) -> int:
    """An id that a page of ours sends; raises `Unreadable` for anything else."""
    if not typed or not (typed.isascii() and typed.isdigit() and len(typed) <= 10) or int(typed) > LARGEST_ID:
        raise Unreadable("not an id")
    return int(typed)


def _presence(typed: str | None) -> Presence | None:
    if typed == _NONE:
        return None
    try:
        return Presence(typed or "")
    except ValueError as error:
        raise Unreadable("unknown presence") from error
