"""What saving drafts has in common: reading what a script sends, making text fit to store, saying when it was saved."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime
from typing import TypeVar

from flask import current_app, request
from flask_babel import format_datetime, to_user_timezone
from pydantic import BaseModel, ValidationError

from lti_tool.database import now
from lti_tool.errors import DomainError
from lti_tool.moments import moment_text
from lti_tool.texts import gettext as _

Model = TypeVar("Model", bound=BaseModel)

_LINE_ENDS = re.compile(r"\r\n?")
# PostgreSQL stores no NUL and no driver encodes half a surrogate pair; the rest has no place in prose.
_UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class Unreadable(DomainError):
    """What arrived is not what the page's own form or script sends."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            reason,
            explanation=_("The page sent something that could not be understood. Nothing was saved."),
            advice=_("Reload the page and try again."),
        )


def json_body(kind: type[Model]) -> Model:
    """The JSON of this request as `kind`; raises `Unreadable` for anything else."""
    try:
        return kind.model_validate(request.get_json())
    except (ValidationError, RecursionError) as error:
        raise Unreadable(f"{kind.__name__}: {type(error).__name__}") from error


def clean_text(text: str) -> str:
    """`text` with every line end as a line feed, and a space for each character that cannot be stored or shown."""
    return _UNFIT.sub(" ", _LINE_ENDS.sub("\n", text))


def stripped(text: str | None) -> str:
    """`clean_text` without space around it; what was not sent is empty."""
    return clean_text(text or "").strip()


def one_line(text: str | None) -> str:
    """`clean_text` with single spaces, also for line ends."""
    return " ".join(clean_text(text or "").split())


def saved_text(moment: datetime) -> str:
    """Such as "Saved 14:05", with the day where it is not today; in the reader's time zone."""
    today = to_user_timezone(moment).date() == to_user_timezone(now()).date()
    return _("Saved %(time)s", time=format_datetime(moment, "HH:mm") if today else moment_text(moment))


def device_key(name: str) -> str:
    """Names a text in the browser's storage, the same in each visit; of no use to anybody else who finds it there.

    `name` has a first word of its own for each kind of text.
    """
    secret = current_app.config["SETTINGS"].secret_key
    return hmac.new(secret.encode(), name.encode(), hashlib.sha256).hexdigest()[:32]
