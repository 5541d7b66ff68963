"""Read the essay that the page or its script sends."""

from __future__ import annotations

from enum import StrEnum

from flask_wtf import FlaskForm
from pydantic import BaseModel, ConfigDict, StrictInt, StrictStr
from wtforms import HiddenField, TextAreaField

from lti_tool.drafts import Unreadable, clean_text
from lti_tool.texts import lazy_gettext as _l


class Wish(StrEnum):
    """Which button was used."""

    SAVE = "save"
    PREVIEW = "preview"
    SUBMIT = "submit"


class Draft(BaseModel):
    """What the page's script sends while somebody writes."""

    model_config = ConfigDict(extra="forbid")

    text: StrictStr
    version: StrictInt


class EssayForm(FlaskForm):  # type: ignore[misc]
    """`version` is the version of the essay that the text was written on."""

    version = HiddenField()
    text = TextAreaField(
        _l("Your essay"),
        description=_l(
            "Leave an empty line between paragraphs. For emphasis write *emphasis*, for a heading ## Heading."
        ),
        filters=[lambda text: clean_text(text or "")],
    )

    def base_version(self) -> int:
        """Raises `Unreadable` for a form that is not the page's own."""
        version = self.version.data or ""
        if not (version.isascii() and version.isdigit() and len(version) <= 9) or self.text.raw_data == []:
            raise Unreadable("essay form without its fields")
        return int(version)


def wish_in(action: str | None) -> Wish:
    try:
        return Wish(action or "")
    except ValueError as error:
        raise Unreadable("unknown button") from error
