"""What is agreed on at the first meeting: recorded by the course, confirmed by each learning assistant."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.course_module.models import Agreement, AgreementShare
from lti_tool.course_module.scope import CourseModule
from lti_tool.database import now
from lti_tool.errors import Conflict, NotFound
from lti_tool.people.models import Course
from lti_tool.texts import gettext as _


@dataclass(frozen=True, slots=True)
class Expectations:
    """The three things that a first meeting is about."""

    tasks: str
    communication: str
    follow_up: str


@dataclass(frozen=True, slots=True)
class Seen:
    """The revisions of the agreement and of its addition that somebody has before them."""

    revision: int
    addition: int


class ChangedMeanwhile(Conflict):
    """It is not any more what the page showed; `revision` is that of today."""

    def __init__(self, revision: int) -> None:
        super().__init__(
            "agreement moved on",
            title=_("It was changed in the meantime"),
            explanation=_("Somebody has changed it since you opened the page. Nothing of yours was saved yet."),
        )
        self.revision = revision


def agreement_of(session: Session, module: CourseModule) -> Agreement | None:
    query = select(Agreement).where(Agreement.course_id == module.course_id, Agreement.cohort_id == module.cohort_id)
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def share_of(session: Session, agreement: Agreement | None, person_id: int) -> AgreementShare | None:
    key = (agreement.id, person_id) if agreement else None
    return session.get(AgreementShare, key, populate_existing=True) if key else None


def seen_in(agreement: Agreement, share: AgreementShare | None) -> Seen:
    return Seen(agreement.revision, share.addition_revision if share else 0)


def holds(agreement: Agreement | None, share: AgreementShare | None) -> bool:
    """Whether the person has confirmed what the agreement says now, and what was added for them."""
    if agreement is None or share is None or share.confirmed_revision is None:
        return False
    return (share.confirmed_revision, share.confirmed_addition or 0) == (agreement.revision, share.addition_revision)


def record(
    session: Session, actor_id: int, module: CourseModule, expectations: Expectations, revision: int
) -> Agreement:
    """Write the agreement down, or change it: then everybody is asked to confirm anew. The same again changes nothing.

    `revision` is that of the text that was changed, 0 for the first. Raises `ChangedMeanwhile`.
    """
    # There may be no agreement to lock yet.
    session.execute(select(Course.id).where(Course.id == module.course_id).with_for_update(key_share=True))
    found = agreement_of(session, module)
    if found is None:
        found = Agreement(course_id=module.course_id, cohort_id=module.cohort_id, revision=1, recorded_by=actor_id)
        _write(found, expectations)
        session.add(found)
    elif expectations_in(found) != expectations:
        if found.revision != revision:
            raise ChangedMeanwhile(found.revision)
        _write(found, expectations)
        found.revision, found.recorded_by, found.recorded_at = revision + 1, actor_id, now()
    session.flush()
    return found


def expectations_in(agreement: Agreement) -> Expectations:
    return Expectations(agreement.tasks, agreement.communication, agreement.follow_up)


def add_for(session: Session, module: CourseModule, person_id: int, addition: str, revision: int) -> None:
    """Let something hold for one learning assistant alone, or nothing any more: they are asked to confirm it.

    Raises `ChangedMeanwhile`, and `NotFound` where nothing is agreed on.
    """
    share = _locked_share(session, _locked(session, module), person_id)
    if share.addition == addition:
        return
    if share.addition_revision != revision:
        raise ChangedMeanwhile(share.addition_revision)
    share.addition, share.addition_revision = addition, revision + 1
    session.flush()


def answer(session: Session, person_id: int, module: CourseModule, seen: Seen, remark: str, *, confirms: bool) -> None:
    """A learning assistant confirms what they have `seen`, or says something of it without confirming.

    Raises `ChangedMeanwhile` when it says something else now, and `NotFound` where nothing is agreed on.
    """
    agreement = _locked(session, module)
    share = _locked_share(session, agreement, person_id)
    if seen != seen_in(agreement, share):
        raise ChangedMeanwhile(agreement.revision)
    share.remark = remark
    if confirms and not holds(agreement, share):
        share.confirmed_revision, share.confirmed_addition = agreement.revision, share.addition_revision
        share.confirmed_at = now()
    session.flush()


def _write(agreement: Agreement, expectations: Expectations) -> None:
    agreement.tasks, agreement.communication = expectations.tasks, expectations.communication
    agreement.follow_up = expectations.follow_up


def _locked(session: Session, module: CourseModule) -> Agreement:
    """Whoever changes what is agreed on, and whoever confirms it, wait for each other."""
    found = agreement_of(session, module)
    if found is None:
        raise NotFound("nothing is agreed on in this course")
    session.refresh(found, with_for_update={"key_share": True})
    return found


def _locked_share(session: Session, agreement: Agreement, person_id: int) -> AgreementShare:
    share = share_of(session, agreement, person_id)
    if share is None:
        share = AgreementShare(agreement_id=agreement.id, person_id=person_id, addition="", addition_revision=0)
        session.add(share)
    return share
