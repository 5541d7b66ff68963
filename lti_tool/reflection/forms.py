"""Read the essay that the page or its script sends."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from babel import Locale, UnknownLocaleError
from flask_babel import get_locale
from flask_wtf import FlaskForm
from pydantic import BaseModel, ConfigDict, StrictInt, StrictStr
from wtforms import HiddenField, SelectField, TextAreaField

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
    # Missing where the module has only one.
    language: StrictStr | None = None


_EVALUATED_IN = _l("You evaluate two essays in this language, and yours is read by people who write in it.")


class EssayForm(FlaskForm):  # type: ignore[misc]
    """`version` is the version of the essay that the text was written on."""

    version = HiddenField()
    language = SelectField(
        _l("I write in"),
        validate_choice=False,
    )
    text = TextAreaField(
        _l("Your essay"),
        description=_l(
            "Leave an empty line between paragraphs. For emphasis write *emphasis*, for a heading ## Heading."
        ),
        filters=[lambda text: clean_text(text or "")],
    )

    def offer(self, languages: Iterable[str], *, decides: bool) -> None:
        """Let the writer choose among the languages of the module; of one there is no choice.

        `decides` tells them that they evaluate, and are evaluated, in the language that they choose.
        """
        self.language.choices = [(code, language_name(code)) for code in languages]
        self.language.description = _EVALUATED_IN if decides else ""
        if len(self.language.choices) < 2:
            del self.language

    def chosen_language(self) -> str | None:
        """None where there is no choice. Raises `Unreadable` for a language that the page does not offer."""
        if self.language is None:
            return None
        return language_in(self.language.data, [choice[0] for choice in self.language.choices or []])

    def base_version(self) -> int:
        """Raises `Unreadable` for a form that is not the page's own."""
        version = self.version.data or ""
        if not (version.isascii() and version.isdigit() and len(version) <= 9) or self.text.raw_data == []:
            raise Unreadable("essay form without its fields")
        return int(version)


def language_in(wanted: str | None, languages: Iterable[str]) -> str | None:
    """Raises `Unreadable` for anything but None and one of the languages."""
    if wanted is not None and wanted not in languages:
        raise Unreadable("unknown language")
    return wanted


def language_name(code: str) -> str:
    """Such as "Norsk bokmål": what its own speakers call it; the code of one that nobody knows."""
    try:
        name: str | None = Locale.parse(code, sep="-").get_display_name()
    except UnknownLocaleError:
        # Such as "mul", several languages, which nobody calls their own.
        locale = get_locale()
        name = locale.languages.get(code) if locale else None
    return name[:1].upper() + name[1:] if name else code


def wish_in(action: str | None) -> Wish:
    try:
        return Wish(action or "")
    except ValueError as error:
        raise Unreadable("unknown button") from error
