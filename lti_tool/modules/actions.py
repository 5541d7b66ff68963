"""Taking part in a module, and the one place where results are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import force_locale
from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.orm import Session

from lti_tool.database import now, table_of
from lti_tool.lti.columns import Subject
from lti_tool.modules.choices import choose_by_working, take_turn
from lti_tool.modules.models import Participation, StepResult
from lti_tool.passback.actions import Grade, enqueue, take_back
from lti_tool.programme.actions import completion_may_change, enrol
from lti_tool.programme.content import Step
from lti_tool.programme.queries import CurrentModule, content_of
from lti_tool.texts import gettext as _

FULL_SCORE = 100.0

Follower = Callable[[Session, Participation], None]
# By the step that is done: what runs then, where the module has the later step.
_followers: dict[Step, list[tuple[Step, Follower]]] = {step: [] for step in Step}
_preparations: dict[Step, list[tuple[Step, Follower]]] = {step: [] for step in Step}


def follow(step: Step, later: Step, follower: Follower, preparation: Follower) -> None:
    """Have `follower` run within the transaction in which a step becomes done, or is done anew, in modules that have
    the `later` step.

    This is how a later step learns that an earlier one is finished (an essay enters its pool) while imports keep
    pointing one way. `preparation` takes the locks that the follower will need. Registering twice is the same as once.
    """
    for registered, new in ((_followers[step], follower), (_preparations[step], preparation)):
        if (later, new) not in registered:
            registered.append((later, new))


def prepare(session: Session, participation: Participation, step: Step) -> None:
    """To be called before a step that may be done anew takes any lock, so that no two wait for each other."""
    _tell(_preparations[step], session, participation)


def announce(session: Session, participation: Participation, step: Step) -> None:
    """Tell the followers that a step is done; they take a repetition."""
    _tell(_followers[step], session, participation)


def _tell(registered: list[tuple[Step, Follower]], session: Session, participation: Participation) -> None:
    steps = content_of(session, participation.content_id).steps
    for later, follower in registered:
        if later in steps:
            follower(session, participation)


def take_part(session: Session, person_id: int, module: CurrentModule) -> Participation:
    """The person's participation, made (with their enrolment) if this is their first piece of work."""
    found = _participation(session, person_id, module)
    if found is not None:
        return found
    # Two first pieces of work at once: the second waits here and then finds what the first has made.
    take_turn(session, person_id)
    return _participation(session, person_id, module) or _begin(session, person_id, module)


def _participation(session: Session, person_id: int, module: CurrentModule) -> Participation | None:
    names = {"person_id": person_id, "module_id": module.id, "cohort_id": module.cohort_id}
    return session.scalars(_OWN, names).one_or_none()


def _begin(session: Session, person_id: int, module: CurrentModule) -> Participation:
    enrol(session, person_id, module.cohort_id)
    participation = Participation(
        person_id=person_id, module_id=module.id, cohort_id=module.cohort_id, content_id=module.content_id
    )
    session.add(participation)
    session.flush()
    choose_by_working(session, person_id, module)
    return participation


def lock_participation(session: Session, participation: Participation) -> None:
    """Until the transaction ends; the session holds it then as it is."""
    session.scalars(_LOCKED, {"participation_id": participation.id}).one()


def record_result(session: Session, participation: Participation, step: Step, detail: str = "") -> list[int]:
    """Note that a step is done; with the last one the module is complete and its score goes to the outbox.

    Repeating it changes nothing. Returns the ids of scores to send once the transaction is committed.
    """
    # Two last steps at once would each miss the other's result, and the module would never be complete.
    lock_participation(session, participation)
    names = {"participation_id": participation.id}
    results: dict[Step, str] = {row.step: row.detail for row in session.execute(_RESULTS, names)}
    if step not in results:
        results[step] = detail
        session.execute(_ADD_RESULT, {**names, "step": step, "detail": detail, "done_at": now()})
        announce(session, participation, step)
    steps = content_of(session, participation.content_id).steps
    if participation.completed_at is not None or not results.keys() >= set(steps):
        return []
    participation.completed_at = now()
    completion_may_change(session, participation.person_id, participation.cohort_id)
    grade = Grade(FULL_SCORE, FULL_SCORE, completion_comment(results))
    return enqueue(session, participation.person_id, Subject(participation.module.key), grade)


def reopen_step(session: Session, participation: Participation, step: Step, comment: Any) -> list[int]:
    """Let a step be undone; the module is not complete any more, and its points are taken back.

    `comment` is what the learner reads beside the grade: a lazy text is said in their language. `record_result` sends
    the points again later. Points that the same module has brought in another term stay. Repeating it changes nothing.
    Returns the ids of scores to send once the transaction is committed.
    """
    lock_participation(session, participation)
    session.execute(delete(StepResult).where(StepResult.participation_id == participation.id, StepResult.step == step))
    if participation.completed_at is None:
        return []
    participation.completed_at = None
    completion_may_change(session, participation.person_id, participation.cohort_id)
    session.flush()
    if completed_in_another_term(session, participation):
        return []
    with force_locale(_language_of(session, participation)):
        return take_back(session, participation.person_id, Subject(participation.module.key), str(comment))


def completed_in_another_term(session: Session, participation: Participation) -> bool:
    other = select(Participation.id).where(
        Participation.person_id == participation.person_id,
        Participation.module_id == participation.module_id,
        Participation.id != participation.id,
        Participation.completed_at.is_not(None),
    )
    return session.scalar(other.limit(1)) is not None


def _language_of(session: Session, participation: Participation) -> str:
    return participation.person.locale or content_of(session, participation.content_id).default_language


def completion_comment(details: Mapping[Step, str]) -> str:
    """What the learner reads beside the grade, in the language of whoever causes it."""
    done = {
        Step.TEST: _("test passed (%(test)s right)", test=details.get(Step.TEST, "")),
        Step.ESSAY: _("reflection essay submitted"),
        Step.EVALUATIONS: _("two peer evaluations given"),
    }
    return _("Online module completed: %(steps)s.", steps=", ".join(done[step] for step in Step if step in details))


_OWN = select(Participation).where(
    Participation.person_id == bindparam("person_id"),
    Participation.module_id == bindparam("module_id"),
    Participation.cohort_id == bindparam("cohort_id"),
)
_LOCKED = (
    select(Participation)
    .where(Participation.id == bindparam("participation_id"))
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)
_result = table_of(StepResult).c
_RESULTS = select(_result.step, _result.detail).where(_result.participation_id == bindparam("participation_id"))
_ADD_RESULT = insert(table_of(StepResult))
