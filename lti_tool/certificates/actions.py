"""Issue, issue anew, and revoke. Each is kept: a code that was given out once always has an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.certificates.codes import new_code
from lti_tool.certificates.models import Certificate
from lti_tool.certificates.statement import statement_of
from lti_tool.completion.queries import verdict_of
from lti_tool.completion.verdicts import Status
from lti_tool.errors import Conflict
from lti_tool.people.models import Person
from lti_tool.programme.queries import programme_in
from lti_tool.texts import gettext as _

LONGEST_NAME = 255
LONGEST_REASON = 500
_REPLACED = "issued anew"


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose certificate of which cohort; `name` is what stands on it."""

    person_id: int
    cohort_id: int
    name: str


class NotCompleted(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "certificate of a programme that is not completed",
            title=_("There is no certificate yet"),
            explanation=_("Something that the programme asks for is not done, or not recorded. Nothing was issued."),
            advice=_("The page of the training says what is missing."),
        )


def issue(session: Session, actor_id: int, holder: Holder, moment: datetime) -> Certificate:
    """The certificate that holds, made if there is none or if it has another name. Raises `NotCompleted`.

    Two at once make one: whoever comes second waits for the person's row.
    """
    _take_turn(session, holder.person_id)
    held = valid_one(session, holder.person_id, holder.cohort_id)
    if held is not None and held.name == holder.name:
        return held
    return _new(session, actor_id, holder, moment)


def reissue(session: Session, actor_id: int, holder: Holder, moment: datetime) -> Certificate:
    """One with a new code that says what is on record now; the one before is revoked. Raises `NotCompleted`."""
    _take_turn(session, holder.person_id)
    return _new(session, actor_id, holder, moment)


def revoke(session: Session, actor_id: int, holder: Holder, reason: str, moment: datetime) -> bool:
    """End the certificate that holds; False where none does."""
    _take_turn(session, holder.person_id)
    held = valid_one(session, holder.person_id, holder.cohort_id)
    if held is not None:
        _end(session, held, actor_id, reason, moment)
    return held is not None


def valid_one(session: Session, person_id: int, cohort_id: int) -> Certificate | None:
    return session.scalars(
        select(Certificate).where(
            Certificate.person_id == person_id, Certificate.cohort_id == cohort_id, Certificate.revoked_at.is_(None)
        )
    ).one_or_none()


def _new(session: Session, actor_id: int, holder: Holder, moment: datetime) -> Certificate:
    verdict = verdict_of(session, holder.person_id, holder.cohort_id, moment)
    if verdict.status is not Status.DONE:
        raise NotCompleted
    held = valid_one(session, holder.person_id, holder.cohort_id)
    if held is not None:
        _end(session, held, actor_id, _REPLACED, moment)
    statement = statement_of(session, programme_in(session, holder.cohort_id), verdict)
    made = Certificate(
        code=new_code(),
        person_id=holder.person_id,
        cohort_id=holder.cohort_id,
        name=holder.name,
        body=statement.model_dump(mode="json"),
        issued_by=actor_id,
        issued_at=moment,
    )
    session.add(made)
    session.flush()
    return made


def _end(session: Session, held: Certificate, actor_id: int, reason: str, moment: datetime) -> None:
    held.revoked_at, held.revoked_by, held.revoked_because = moment, actor_id, reason
    session.flush()


def _take_turn(session: Session, person_id: int) -> None:
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
