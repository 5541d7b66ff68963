"""Sending a file of questions, choosing among what was found in it, and adding that to the draft."""

from __future__ import annotations

import secrets
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.authoring import actions
from lti_tool.authoring.actions import Writer, draft_of, lock_module
from lti_tool.authoring.draft import Draft, Group
from lti_tool.authoring.editing import free_keys
from lti_tool.authoring.import_found import Entry, Found
from lti_tool.authoring.models import ImportState, QuestionImport
from lti_tool.authoring.parts import DraftQuestion, by_key
from lti_tool.database import now
from lti_tool.errors import Conflict

LONGEST_NAME = 255


class NothingChosen(Exception):
    """No question is to be added."""


def send_file(session: Session, writer: Writer, filename: str, data: bytes, language: str) -> str:
    """Have a file read; returns the public id of its import. Wake `read_imports` after the commit."""
    row = QuestionImport(
        public_id=secrets.token_urlsafe(16),
        module_id=writer.module_id,
        person_id=writer.person_id,
        filename=filename[-LONGEST_NAME:],
        data=data,
        found=Found(language=language).stored(),
    )
    session.add(row)
    session.flush()
    return row.public_id


def choose(session: Session, import_id: int, shown: Collection[int], taken: Collection[int]) -> None:
    """Of the questions with the numbers `shown`, take those in `taken` and leave the others."""
    row = _locked(session, import_id)
    if row.state is not ImportState.READ:
        return
    found = Found.model_validate(row.found)
    left = (found.left - set(shown)) | (set(shown) - set(taken))
    if left != found.left:
        _write(row, ImportState.READ, found.with_(left=left))


def add_chosen(session: Session, writer: Writer, import_id: int) -> None:
    """Add what is chosen to the draft, all of it or nothing; once added, nothing more.

    Raises `NothingChosen`, and `Conflict` for a file that is not read.
    """
    lock_module(session, writer.module_id)
    row = _locked(session, import_id)
    if row.state is ImportState.ADDED:
        return
    if row.state is not ImportState.READ:
        raise Conflict("questions of a file that is not read")
    found = Found.model_validate(row.found)
    chosen = found.chosen
    if not chosen:
        raise NothingChosen
    keys = free_keys(draft_of(session, writer.module_id).draft, [_wish(entry) for entry in chosen])
    questions = [entry.question.with_(key=key) for entry, key in zip(chosen, keys, strict=True)]
    actions.add_questions(session, writer.module_id, questions, found.language, writer.person_id)
    added = {entry.number: key for entry, key in zip(chosen, keys, strict=True)}
    _write(row, ImportState.ADDED, found.with_(added=added))


def take_back(session: Session, writer: Writer, import_id: int) -> int:
    """Take out of the draft what was added and nobody has changed since; returns how many others stay in it.

    Those that stay are not chosen any more.
    """
    lock_module(session, writer.module_id)
    row = _locked(session, import_id)
    if row.state is not ImportState.ADDED:
        return 0
    found = Found.model_validate(row.found)
    there = {question.key for question in draft_of(session, writer.module_id).draft.main.questions}
    untouched = _untouched(draft_of(session, writer.module_id).draft, found)
    actions.change_draft(session, writer, lambda draft: _without(draft, set(untouched.values())))
    stay = {number for number, key in found.added.items() if number not in untouched and key in there}
    _write(row, ImportState.READ, found.with_(added={}, left=found.left | stay))
    return len(stay)


def _wish(entry: Entry) -> tuple[str, str]:
    return entry.name, entry.question.text


def _untouched(draft: Draft, found: Found) -> dict[int, str]:
    """The keys of the added questions that stand in the draft as they came, by their numbers."""
    texts = {code: by_key(text.questions) for code, text in draft.languages.items()}
    came = {entry.number: entry.question for entry in found.entries}

    def is_untouched(key: str, question: DraftQuestion) -> bool:
        return all(
            questions.get(key) == (question if code == found.language else question.blank())
            for code, questions in texts.items()
        )

    return {number: key for number, key in found.added.items() if is_untouched(key, came[number].with_(key=key))}


def _without(draft: Draft, keys: set[str]) -> Draft:
    return draft.in_each(
        lambda text: text.with_items(
            Group.QUESTIONS, tuple(question for question in text.questions if question.key not in keys)
        )
    )


def _locked(session: Session, import_id: int) -> QuestionImport:
    found = select(QuestionImport).where(QuestionImport.id == import_id).with_for_update()
    return session.scalars(found.execution_options(populate_existing=True)).one()


def _write(row: QuestionImport, state: ImportState, found: Found) -> None:
    row.state, row.found, row.changed_at = state, found.stored(), now()
