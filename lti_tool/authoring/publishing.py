"""Versions: publishing a draft, offering an old version again, retiring a module, and beginning a new one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.authoring.actions import Writer, draft_of, lock_module, write_draft
from lti_tool.authoring.changes import changes
from lti_tool.authoring.draft import Draft, DraftText, publishable, read, stored
from lti_tool.authoring.editing import WHOLE, change_noted
from lti_tool.authoring.keys import key_for
from lti_tool.authoring.models import ModuleDraft
from lti_tool.authoring.problems import Problem, problems
from lti_tool.database import now
from lti_tool.errors import Conflict, DomainError, NotFound
from lti_tool.programme import content
from lti_tool.programme.actions import offer, store_version
from lti_tool.programme.content import Step
from lti_tool.programme.models import ModuleContent, OnlineModule, Programme
from lti_tool.texts import gettext as _

USUAL_READING_MINUTES = 15
USUAL_HOURS = 3.0
# Addresses are typed by people, too; a database counts no further.
_LARGEST = 2**31 - 1


class DraftMoved(Conflict):
    """Somebody has changed the draft since the page showed what would be published."""

    def __init__(self) -> None:
        super().__init__(
            "draft moved on before it was published",
            title=_("The module was changed meanwhile"),
            explanation=_("Nothing was published. Look at what is new now, then publish it."),
        )


class Unpublishable(DomainError):
    """`problems` hinder it."""

    status = 422

    def __init__(self, found: Sequence[Problem]) -> None:
        super().__init__("draft with problems")
        self.problems = tuple(found)


def publish(session: Session, writer: Writer, version: int, note: str) -> ModuleContent:
    """Offer the draft, as it was at `version`, to those who begin from now on; `note` says what is new.

    What is offered already is published once only: the same again answers the version that there is. Raises
    `DraftMoved` and `Unpublishable`, and `NotFound` where there is nothing to publish.
    """
    module = lock_module(session, writer.module_id)
    opened = draft_of(session, writer.module_id)
    offered = session.get(ModuleContent, module.content_id) if module.content_id is not None else None
    if offered is not None and not changes(read(offered.body), opened.draft):
        _drop(session, writer, opened.draft)
        return offered
    if not opened.begun:
        raise NotFound("nothing to publish")
    if opened.version != version:
        raise DraftMoved
    found = problems(opened.draft)
    if found:
        raise Unpublishable(found)
    new = content.ModuleContent.model_validate(publishable(opened.draft.with_(position=module.position)))
    published = store_version(session, new, published_by=writer.person_id, note=note)
    offer(session, module, published)
    _drop(session, writer, opened.draft)
    return published


def offer_again(session: Session, writer: Writer, number: int) -> ModuleContent:
    """Let those who begin from now on meet that version; also ends a retirement."""
    module = lock_module(session, writer.module_id)
    version = version_of(session, module.key, number)
    if module.content_id != version.id:
        offer(session, module, version)
        _forget_base(session, writer)
    return version


def retire(session: Session, writer: Writer) -> None:
    """Nobody begins it any more; who has begun can finish."""
    module = lock_module(session, writer.module_id)
    if module.retired_at is None:
        offer(session, module, None)
        module.retired_at = now()
        session.flush()


def take_as_draft(session: Session, writer: Writer, number: int) -> None:
    """Go on writing from that version. The draft that it replaces is kept, and `swap_draft` brings it back."""
    module = lock_module(session, writer.module_id)
    opened = draft_of(session, writer.module_id)
    draft = read(version_of(session, module.key, number).body)
    kept = stored(opened.draft.with_(kept=None)) if opened.begun else opened.draft.kept
    write_draft(session, writer, _in_place_of(opened.draft, draft, kept), opened.version, WHOLE)


def swap_draft(session: Session, writer: Writer) -> None:
    """Back to the draft that was replaced; the one that is there now is kept in its place."""
    lock_module(session, writer.module_id)
    opened = draft_of(session, writer.module_id)
    if opened.draft.kept is None:
        raise NotFound("no draft was replaced")
    draft = read(opened.draft.kept)
    kept = stored(opened.draft.with_(kept=None)) if opened.begun else None
    write_draft(session, writer, _in_place_of(opened.draft, draft, kept), opened.version, WHOLE)


def create_module(
    session: Session, programme_id: int, person_id: int, titles: Mapping[str, str], steps: Collection[Step]
) -> str:
    """A module that begins as a draft, with a title in each language; returns its key.

    One of the same name that has never been published is not made a second time. Raises ValueError without a title in
    the programme's default language.
    """
    found = select(Programme).where(Programme.id == programme_id).with_for_update()
    programme = session.scalars(found).one()
    default = str(programme.body["default_language"])
    if not titles.get(default):
        raise ValueError("a module without a title")
    twin = _never_published(session, programme_id, default, titles[default])
    if twin is not None:
        return twin
    module = _new_module(session, programme_id, titles[default])
    draft = Draft(
        key=module.key,
        position=module.position,
        default_language=default,
        languages={code: DraftText(title=title) for code, title in titles.items() if title},
        steps=tuple(step for step in Step if step in steps),
        reading_minutes=USUAL_READING_MINUTES,
        hours=USUAL_HOURS,
    )
    write_draft(session, Writer(module.id, person_id), read(stored(draft)), 0)
    return module.key


def version_of(session: Session, module_key: str, number: int) -> ModuleContent:
    """Raises `NotFound` for a version that there is not."""
    found = select(ModuleContent).where(ModuleContent.module_key == module_key, ModuleContent.number == number)
    version = session.scalars(found).one_or_none() if 1 <= number <= _LARGEST else None
    if version is None:
        raise NotFound("no such version")
    return version


def _new_module(session: Session, programme_id: int, title: str) -> OnlineModule:
    taken = {*session.scalars(select(OnlineModule.key)), *session.scalars(select(ModuleContent.module_key).distinct())}
    of_programme = select(func.max(OnlineModule.position)).where(OnlineModule.programme_id == programme_id)
    module = OnlineModule(
        programme_id=programme_id,
        key=key_for(title, taken, "module"),
        position=(session.scalar(of_programme) or 0) + 1,
    )
    session.add(module)
    session.flush()
    return module


def _never_published(session: Session, programme_id: int, language: str, title: str) -> str | None:
    rows = session.execute(
        select(OnlineModule.key, ModuleDraft.body)
        .join(ModuleDraft, ModuleDraft.module_id == OnlineModule.id)
        .where(OnlineModule.programme_id == programme_id, OnlineModule.content_id.is_(None))
        .where(OnlineModule.key.not_in(select(ModuleContent.module_key)))
    )
    return next((key for key, body in rows if _title(body, language) == title), None)


def _title(body: Mapping[str, Mapping[str, Mapping[str, str]]], language: str) -> str | None:
    return body.get("languages", {}).get(language, {}).get("title")


def _in_place_of(before: Draft, draft: Draft, kept: dict[str, Any] | None) -> Draft:
    return draft.with_(changed=before.changed, removed=before.removed, kept=kept)


def _drop(session: Session, writer: Writer, draft: Draft) -> None:
    """The draft is what is offered, so it ends, unless something is written that was left out. Its count goes on."""
    row = session.get(ModuleDraft, writer.module_id)
    if row is None or any(_is_written(draft.languages[code]) for code in draft.left_out):
        return
    row.body, row.version = _left_of(draft), row.version + 1
    session.flush()


def _left_of(draft: Draft) -> dict[str, Any]:
    """What outlives a draft: how it has changed, and all that can be brought back."""
    body = stored(draft)
    return {name: body[name] for name in ("changed", "removed", "kept")}


def _is_written(text: DraftText) -> bool:
    return bool(text.title or text.reading or text.essay_prompt)


def _forget_base(session: Session, writer: Writer) -> None:
    """Where nothing is being written, what was opened before the change is no base for writing any more."""
    opened = draft_of(session, writer.module_id)
    if not opened.begun:
        row = session.get(ModuleDraft, writer.module_id) or ModuleDraft(module_id=writer.module_id, body={})
        row.version = opened.version + 1
        row.body = _left_of(change_noted(opened.draft, row.version, WHOLE))
        session.add(row)
        session.flush()
