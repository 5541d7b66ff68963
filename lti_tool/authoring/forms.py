"""The forms for writing a module: one for each place and language, one for its figures, one for a new module."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask_wtf import FlaskForm
from pydantic import BaseModel, ConfigDict, StrictInt, StrictStr
from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from lti_tool.authoring.draft import Draft, Group
from lti_tool.authoring.editing import Answers, Place, answers_at, texts_at
from lti_tool.authoring.words import field_title
from lti_tool.drafts import Unreadable, clean_text
from lti_tool.texts import gettext as _
from lti_tool.texts import lazy_gettext as _l

TEXT, RIGHT, KIND = "t-", "right-", "kind"
_LINES = {"title", "url", "minutes"}
_MARKDOWN = {"reading", "essay_prompt", "transcript"}
_ROWS = {"reading": 28, "essay_prompt": 16, "transcript": 16, "description": 3, "feedback": 2, "text": 2}
_KINDS = ("single", "multiple")


class Sent(BaseModel):
    """What the page's script sends while somebody writes."""

    model_config = ConfigDict(extra="forbid")

    fields: dict[StrictStr, StrictStr]
    version: StrictInt


@dataclass(frozen=True, slots=True)
class Row:
    """A text on the page. `inner` is the key of the option or level that it belongs to."""

    name: str
    markdown: bool
    rows: int
    inner: str = ""

    @property
    def field(self) -> str:
        return TEXT + self.name


class PlaceForm(FlaskForm):  # type: ignore[misc]
    """`version` is the version of the draft that the texts were written on."""

    version = HiddenField()

    def base_version(self) -> int:
        return version_in(self.version.data)


def version_in(typed: str | None) -> int:
    """Raises `Unreadable` for a form that is not the page's own."""
    if not (typed and typed.isascii() and typed.isdigit() and len(typed) <= 9):
        raise Unreadable("a form without its version")
    return int(typed)


def rows(draft: Draft, place: Place, language: str) -> list[Row]:
    return [_row(place, name) for name in texts_at(draft, place, language)]


def sections(shown: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """Texts that stand by themselves, under "", and those of each option or level, under its key; in their order."""
    return [(inner, list(some)) for inner, some in groupby(shown, key=lambda row: row.inner)]


def _row(place: Place, name: str) -> Row:
    kind, _dash, rest = name.partition("-")
    inner, _dash, what = rest.rpartition("-") if kind in ("option", "level") else ("", "", "")
    markdown = name in _MARKDOWN or (place.group is Group.TOPICS and name == "text")
    single = name in _LINES or what == "label" or kind == "image"
    return Row(
        name, markdown, 20 if markdown and name == "text" else 0 if single else _ROWS.get(what or name, 4), inner
    )


def fields_of(draft: Draft, place: Place, language: str) -> dict[str, str]:
    """Everything that the form of a place holds, by the names of its fields."""
    found = {TEXT + name: text for name, text in texts_at(draft, place, language).items()}
    if asks(draft, place, language):
        answers = answers_at(draft, place)
        keys = [option.key for option in _options(draft, place)]
        found |= {KIND: answers.kind} | {RIGHT + key: "1" if key in answers.right else "" for key in keys}
    return found


def asks(draft: Draft, place: Place, language: str) -> bool:
    """What a question asks for is said once, beside its texts in the default language."""
    return place.group is Group.QUESTIONS and language == draft.default_language


def place_form(draft: Draft, place: Place, language: str, version: int | None = None) -> Any:
    """The form of a place, filled with what is there at `version`, or else with what was posted."""
    fields: dict[str, Any] = {}
    for row in rows(draft, place, language):
        kind = TextAreaField if row.rows else StringField
        fields[row.field] = kind(
            field_title(place, row.name), description=_hint(place, row), filters=[lambda text: clean_text(text or "")]
        )
    if asks(draft, place, language):
        fields |= _answer_fields(draft, place)
    form = type("FilledPlace", (PlaceForm,), fields)
    if version is None:
        return form()
    data = {name: _as_data(name, value) for name, value in fields_of(draft, place, language).items()}
    return form(formdata=None, data=data | {"version": version})


def posted_fields(form: Any, posted: Mapping[str, str]) -> dict[str, str]:
    """What was typed, also into fields that the form does not have any more. Raises `Unreadable` for another form."""
    known = {name: _as_text(field.data) for name, field in form._fields.items() if _is_ours(name)}
    if not any(name in posted for name in known if name.startswith(TEXT)):
        raise Unreadable("a form without its fields")
    gone = {name: clean_text(text) for name, text in posted.items() if name.startswith(TEXT) and name not in known}
    return known | gone


def texts_in(fields: Mapping[str, str]) -> dict[str, str]:
    return {name.removeprefix(TEXT): clean_text(text) for name, text in fields.items() if name.startswith(TEXT)}


def answers_in(draft: Draft, place: Place, language: str, fields: Mapping[str, str]) -> Answers | None:
    """None where the form does not ask for them. Raises `Unreadable` for what the form does not offer."""
    if not asks(draft, place, language):
        return None
    kind = fields.get(KIND, "")
    if kind not in _KINDS:
        raise Unreadable("a question of an unknown kind")
    return Answers(kind, frozenset(name.removeprefix(RIGHT) for name, on in fields.items() if on and _is_right(name)))


def _is_right(name: str) -> bool:
    return name.startswith(RIGHT)


def _is_ours(name: str) -> bool:
    return name == KIND or name.startswith((TEXT, RIGHT))


def _options(draft: Draft, place: Place) -> Any:
    return next(question for question in draft.main.questions if question.key == place.name).options


def _answer_fields(draft: Draft, place: Place) -> dict[str, Any]:
    choices = [
        SelectChoice("single", _l("One right answer")),
        SelectChoice("multiple", _l("Several right answers, all to be found")),
    ]
    rights = {RIGHT + option.key: BooleanField(_("This option is right")) for option in _options(draft, place)}
    return {KIND: RadioField(_l("Kind of question"), choices=choices, validate_choice=False)} | rights


def _as_data(name: str, value: str) -> Any:
    return bool(value) if _is_right(name) else value


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    return str(value or "")


def _hint(place: Place, row: Row) -> Any:
    if row.markdown:
        return _(
            "Markdown: an empty line between paragraphs, ## before a heading, *emphasis*, - before a point of a list."
        )
    return _HINTS.get((place.group or place.name, row.name), "")


_HINTS: dict[tuple[str, str], Any] = {
    ("name", "summary"): _l("One or two sentences: what it is about."),
    ("name", "audience"): _l("Whom it helps most, for those who choose among modules. It may be empty."),
    (Group.VIDEOS, "url"): _l("On YouTube, Vimeo or Panopto. Empty if the case is only told in words."),
    (Group.VIDEOS, "minutes"): _l("How long the video is. It may be empty."),
    (Group.VIDEOS, "questions"): _l("One on each line. It may be empty."),
}
