"""Writing, submitting and locking an essay. Every action checks and changes the row under its lock."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from lti_tool.database import UtcDateTime, now, table_of
from lti_tool.errors import Conflict, DomainError
from lti_tool.modules.actions import announce, lock_participation, prepare, record_result, take_part
from lti_tool.modules.models import Participation
from lti_tool.programme.content import Step
from lti_tool.programme.queries import CurrentModule, content_of
from lti_tool.reflection.models import Essay, EssayRevision
from lti_tool.reflection.words import count_words
from lti_tool.texts import gettext as _


class SavedElsewhere(Conflict):
    """Another tab or device saved a different text since this one was opened: `text` and so on."""

    def __init__(self, version: int, text: str, language: str) -> None:
        super().__init__(
            "essay version moved on",
            title=_("Your essay was changed somewhere else"),
            explanation=_("Another tab or device has saved a different text in the meantime. Nothing was overwritten."),
        )
        self.version = version
        self.text = text
        self.language = language


class EssayLocked(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "essay is being evaluated",
            title=_("Your essay can no longer be changed"),
            explanation=_("Somebody has begun to evaluate it, so what you wrote just now was not saved."),
        )


class LanguageFixed(Conflict):
    """Its writer evaluates essays in the language of what was submitted, so it stays in that language."""

    def __init__(self) -> None:
        super().__init__(
            "evaluations in the other language have begun",
            title=_("Your essay stays in the language it was submitted in"),
            explanation=_(
                "You have begun to evaluate essays in that language, or somebody has begun to evaluate yours. "
                "Choose it again to submit."
            ),
        )


class NothingRewritten(Conflict):
    """A returned essay that says what it said before is no new version."""

    def __init__(self) -> None:
        super().__init__(
            "returned essay unchanged",
            title=_("Nothing has changed yet"),
            explanation=_("Your essay says what it said when it was returned. Work on it, then submit it again."),
        )


class WrongLength(DomainError):
    """`words` is outside the limits of the module."""

    status = 422

    def __init__(self, words: int) -> None:
        super().__init__("essay outside its word limits")
        self.words = words


def save_draft(
    session: Session, person_id: int, module: CurrentModule, text: str, version: int, *, language: str | None = None
) -> Essay:
    """Keep `text` as the draft; `version` is the one it was written on, 0 for a first text.

    `language` is one of the module's; None leaves it, and begins in the module's default language.

    Raises `SavedElsewhere` when another text was saved on that version (the same text is no conflict, so a repeat
    whose first answer was lost succeeds) and `EssayLocked` once an evaluation has started, unless it was returned.
    """
    essay = _written(session, take_part(session, person_id, module), text, version, language)
    session.flush()
    return essay


def submit_essay(
    session: Session, person_id: int, module: CurrentModule, text: str, version: int, *, language: str | None = None
) -> list[int]:
    """Hand in `text`, replacing what was handed in before; returns the scores to send after the commit.

    What replaces a returned text ends the return; the text that was returned is kept. Raises as `save_draft`,
    `WrongLength`, `NothingRewritten`, and `LanguageFixed` for another language than before when it is too late.
    """
    participation = take_part(session, person_id, module)
    prepare(session, participation, Step.ESSAY)
    essay = _written(session, participation, text, version, language)
    limits = content_of(session, participation.content_id)
    words = count_words(text)
    if not limits.essay_words_min <= words <= limits.essay_words_max:
        raise WrongLength(words)
    if essay.returned_at is not None and not essay.has_unsent_changes:
        raise NothingRewritten
    moves = essay.submitted_language not in (None, essay.language)
    if essay.submitted_at is None or essay.has_unsent_changes:
        _replace_submitted(session, essay)
    session.flush()
    if moves:
        announce(session, participation, Step.ESSAY)
    return record_result(session, participation, Step.ESSAY)


def _replace_submitted(session: Session, essay: Essay) -> None:
    moment = now()
    if essay.returned_at is not None:
        _keep_revision(session, essay, moment)
        essay.returned_at = essay.returned_comment = None
    essay.submitted_text, essay.submitted_language = essay.text, essay.language
    essay.submitted_at = essay.compare_at = moment


def _keep_revision(session: Session, essay: Essay, moment: datetime) -> None:
    """The essay is locked, so nobody else counts its revisions now."""
    earlier = session.scalars(select(func.count()).where(EssayRevision.essay_id == essay.id)).one()
    session.add(
        EssayRevision(
            essay_id=essay.id,
            number=earlier + 1,
            text=essay.submitted_text,
            language=essay.submitted_language,
            submitted_at=essay.submitted_at,
            replaced_at=moment,
        )
    )


def return_essay(session: Session, essay: Essay, comment: str) -> bool:
    """Ask for another version of a submitted essay, whose row must be locked; False if that was done already.

    Its writer may change it from now on, even if somebody has begun to evaluate it.
    """
    if essay.submitted_at is None or essay.returned_at is not None:
        return False
    essay.returned_at, essay.returned_comment = now(), comment
    session.flush()
    return True


def keep_essay(session: Session, essay: Essay) -> None:
    """Take a return back, as if it had not been; the essay's row must be locked."""
    essay.returned_at = essay.returned_comment = None
    session.flush()


def locked_essay(session: Session, essay_id: int) -> Essay:
    """The essay, with its row locked until the transaction ends."""
    return session.scalars(_BY_ID, {"essay_id": essay_id}).one()


def lock_essay(session: Session, essay_id: int) -> None:
    """Freeze a submitted essay because an evaluation of it has started; once is enough.

    What the session holds of the essay does not say so before it is read again.
    """
    session.execute(_FREEZE, {"which": essay_id, "moment": now()})


def _written(session: Session, participation: Participation, text: str, version: int, language: str | None) -> Essay:
    essay = _locked_row(session, participation)
    if essay is None:
        language = language or content_of(session, participation.content_id).default_language
        essay = Essay(participation_id=participation.id, text=text, language=language)
        session.add(essay)
    elif (essay.text, essay.language) != (text, language or essay.language):
        if essay.locked_at is not None and essay.returned_at is None:
            raise EssayLocked
        if essay.version != version:
            raise SavedElsewhere(essay.version, essay.text, essay.language)
        essay.text, essay.language = text, language or essay.language
        essay.version, essay.saved_at = version + 1, now()
    return essay


def _locked_row(session: Session, participation: Participation) -> Essay | None:
    # The participation is locked as well, because there is no essay to lock while the first one is written.
    lock_participation(session, participation)
    return session.scalars(_BY_PARTICIPATION, {"participation_id": participation.id}).one_or_none()


_LOCKED = select(Essay).with_for_update().execution_options(populate_existing=True)
_BY_ID = _LOCKED.where(Essay.id == bindparam("essay_id"))
_BY_PARTICIPATION = _LOCKED.where(Essay.participation_id == bindparam("participation_id"))
_essay = table_of(Essay).c
_FREEZE = (
    update(table_of(Essay))
    .where(_essay.id == bindparam("which"))
    .values(locked_at=func.coalesce(_essay.locked_at, bindparam("moment", type_=UtcDateTime)))
)
