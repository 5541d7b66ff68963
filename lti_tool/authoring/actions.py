"""Changing a draft. Each action holds the lock of the module's row, so that one follows the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.authoring import editing
from lti_tool.authoring.draft import Draft, Group, read, stored
from lti_tool.authoring.editing import FIGURES, Answers, Place
from lti_tool.authoring.models import ModuleDraft
from lti_tool.authoring.parts import DraftQuestion
from lti_tool.database import now
from lti_tool.errors import Conflict, NotFound
from lti_tool.programme import content
from lti_tool.programme.models import ModuleContent, OnlineModule
from lti_tool.texts import gettext as _

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Open:
    """A draft as it is written now. `version` grows with each change, also over drafts that were published.

    `begun` is False while there is none, and `draft` says what is offered, or was last.
    """

    draft: Draft
    version: int
    begun: bool
    saved_at: datetime | None
    saved_by: int | None


@dataclass(frozen=True, slots=True)
class Writer:
    """A person at work on a module."""

    module_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class Written:
    """The texts of a place in one language; with `answers`, also what a question asks for in all of them."""

    place: Place
    language: str
    texts: Mapping[str, str]
    answers: Answers | None = None


class WrittenElsewhere(Conflict):
    """Somebody else, or another tab, has changed the same place since the page was opened; `texts` are there now."""

    def __init__(self, version: int, texts: Mapping[str, str], saved_by: int | None) -> None:
        super().__init__(
            "draft of a module moved on",
            title=_("This text was changed somewhere else"),
            explanation=_("Somebody else, or another tab, has changed it in the meantime. Nothing was overwritten."),
        )
        self.version = version
        self.texts = dict(texts)
        self.saved_by = saved_by


def draft_of(session: Session, module_id: int) -> Open:
    """What is being written of a module or, where nothing is, what is offered. Raises `NotFound` without either."""
    row = session.get(ModuleDraft, module_id, populate_existing=True)
    if row is not None and "languages" in row.body:
        return Open(read(row.body), row.version, True, row.saved_at, row.saved_by)
    module = session.get_one(OnlineModule, module_id)
    newest = select(ModuleContent.body).where(ModuleContent.module_key == module.key)
    newest = newest.order_by(ModuleContent.number.desc()).limit(1)
    offered = select(ModuleContent.body).where(ModuleContent.id == module.content_id)
    body = session.scalars(newest if module.content_id is None else offered).one_or_none()
    if body is None:
        raise NotFound("a module without any content")
    left = row.body if row is not None else {}
    version = row.version if row is not None else 0
    return Open(read({**body, **left}), version, False, None, None)


def change_draft(session: Session, writer: Writer, change: Callable[[Draft], Draft], *changed: str) -> Open:
    """Apply `change` to the draft; `changed` are the marks of the places that it alters."""
    return _made(session, writer, lambda draft: (change(draft), None), *changed)[0]


def _made(
    session: Session, writer: Writer, change: Callable[[Draft], tuple[Draft, T]], *changed: str
) -> tuple[Open, T]:
    lock_module(session, writer.module_id)
    opened = draft_of(session, writer.module_id)
    draft, made = change(opened.draft)
    if draft == opened.draft:
        return opened, made
    return write_draft(session, writer, draft, opened.version, *changed), made


def write_draft(session: Session, writer: Writer, draft: Draft, before: int, *changed: str) -> Open:
    """Store `draft` behind the version `before`; the caller holds the lock of the module."""
    version = before + 1
    draft = editing.change_noted(draft, version, *changed)
    row = session.get(ModuleDraft, writer.module_id)
    if row is None:
        row = ModuleDraft(module_id=writer.module_id, body={})
        session.add(row)
    row.body, row.version, row.saved_at, row.saved_by = stored(draft), version, now(), writer.person_id
    session.flush()
    return Open(draft, version, True, row.saved_at, writer.person_id)


def save_texts(session: Session, writer: Writer, written: Written, version: int) -> Open:
    """Keep what is written at a place; `version` is that of the draft it was written on.

    Raises `WrittenElsewhere` when somebody has changed the place since, unless to the same, and `NoSuchPlace` where
    there is no such place any more.
    """
    lock_module(session, writer.module_id)
    opened = draft_of(session, writer.module_id)
    there = editing.texts_at(opened.draft, written.place, written.language)
    draft = editing.with_texts(opened.draft, written.place, written.language, written.texts)
    if written.answers is not None:
        draft = editing.with_answers(draft, written.place, written.answers)
    # A text for something that has gone meanwhile would be lost without a word.
    fits = written.texts.keys() <= there.keys()
    if fits and draft == opened.draft:
        return opened
    if not fits or editing.changed_at(opened.draft, written.place, written.language) > version:
        raise WrittenElsewhere(opened.version, there, opened.saved_by)
    return write_draft(session, writer, draft, opened.version, editing.mark(written.place, written.language))


def add_questions(
    session: Session,
    module_id: int,
    questions: Sequence[content.Question | DraftQuestion],
    language: str,
    person_id: int,
) -> int:
    """Put questions that are written in one language behind those of the draft; returns how many there are.

    In the other languages of the module they are shown as missing. Their keys are kept where they are free. Raises
    `NotFound` for a language that the module does not have, and then adds none.
    """

    def grown(draft: Draft) -> Draft:
        if language not in draft.languages:
            raise NotFound("a language that the module does not have")
        return editing.with_questions(draft, questions, language)

    change_draft(session, Writer(module_id, person_id), grown)
    return len(questions)


def set_figures(session: Session, writer: Writer, figures: Mapping[str, Any], version: int) -> Open:
    """`figures` are checked before. Raises `WrittenElsewhere` when others were set since that version of the draft."""
    lock_module(session, writer.module_id)
    opened = draft_of(session, writer.module_id)
    draft = opened.draft.with_(**figures)
    if draft == opened.draft:
        return opened
    if editing.changed_at(opened.draft, Place(FIGURES), "") > version:
        raise WrittenElsewhere(opened.version, {}, opened.saved_by)
    return write_draft(session, writer, draft, opened.version, editing.mark(Place(FIGURES), ""))


def set_language(session: Session, writer: Writer, language: str, *, offered: bool) -> None:
    """Whether the module is offered in a language that is not its default; what is written in it stays."""

    def changed(draft: Draft) -> Draft:
        if language == draft.default_language:
            raise NotFound("the default language is always offered")
        left_out = tuple(code for code in draft.left_out if code != language)
        return draft.with_language(language).with_(left_out=left_out if offered else (*left_out, language))

    change_draft(session, writer, changed)


def add_item(session: Session, writer: Writer, group: Group, name: str, language: str) -> Place:
    """A new item at the end of its group, known by `name`."""
    return _made(session, writer, lambda draft: editing.added(draft, group, name, language))[1]


def copy_item(session: Session, writer: Writer, place: Place) -> Place:
    return _made(session, writer, lambda draft: editing.copied(draft, place))[1]


def remove_item(session: Session, writer: Writer, place: Place) -> int:
    """Take it out of every language; returns the number by which `put_back` finds it."""
    return _made(session, writer, lambda draft: editing.removed(draft, place))[1]


def put_back(session: Session, writer: Writer, number: int) -> Place:
    """Raises `NoSuchPlace` for what is not known any more."""
    return _made(session, writer, lambda draft: editing.restored(draft, number))[1]


def move_item(session: Session, writer: Writer, place: Place, steps: int) -> None:
    change_draft(session, writer, lambda draft: editing.moved(draft, place, steps))


def add_option(session: Session, writer: Writer, place: Place) -> None:
    _change_structure(session, writer, place, lambda draft: editing.with_option_added(draft, place))


def remove_option(session: Session, writer: Writer, place: Place, key: str) -> None:
    """Raises `NoSuchPlace` for an option that is not there."""
    _change_structure(session, writer, place, lambda draft: editing.with_option_removed(draft, place, key))


def _change_structure(session: Session, writer: Writer, place: Place, change: Callable[[Draft], Draft]) -> None:
    """Who has the place open in another language learns of it before anything is saved there."""
    lock_module(session, writer.module_id)
    marks = editing.marks(draft_of(session, writer.module_id).draft, place)
    change_draft(session, writer, change, *marks)


def lock_module(session: Session, module_id: int) -> OnlineModule:
    """Whoever writes a module's draft or versions waits here for whoever does so already."""
    found = select(OnlineModule).where(OnlineModule.id == module_id).with_for_update()
    return session.scalars(found.execution_options(populate_existing=True)).one()
