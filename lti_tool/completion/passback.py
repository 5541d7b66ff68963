"""Tells the gradebooks of platforms who has completed a programme, where a link's column is for the whole of it."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from flask_babel import force_locale, format_decimal
from sqlalchemy import Select, and_, delete, exists, select
from sqlalchemy.orm import Session

from lti_tool.completion.queries import verdict_of, verdicts_in
from lti_tool.completion.verdicts import Reason, Status, Verdict
from lti_tool.database import db, now
from lti_tool.lti.columns import Subject
from lti_tool.lti.models import LineItem
from lti_tool.modules.actions import FULL_SCORE
from lti_tool.passback import wake
from lti_tool.passback.actions import Grade, enqueue, take_back
from lti_tool.passback.models import Score
from lti_tool.passback.queries import points_in_courses
from lti_tool.people.models import LaunchSession, LinkVisit, Person, ResourceLink
from lti_tool.programme.actions import completion_may_change
from lti_tool.programme.models import Cohort, CompletionCheck, Enrolment, Programme
from lti_tool.programme.queries import ProgrammeTerm, own_cohort, programme_in
from lti_tool.texts import gettext as _

# What one run takes on; the next minute takes the rest.
MOST_AT_ONCE = 500
# Longer than a worker may be away for a restart. Whoever came before that is looked at in the night.
_LATELY = timedelta(minutes=15)

log = logging.getLogger(__name__)


def settle_completion() -> None:
    look_at_visitors(db.session, now() - _LATELY)
    score_ids = settle(db.session, now())
    db.session.commit()
    if score_ids:
        log.info("completed programmes told", extra={"scores": len(score_ids)})
        wake(score_ids)


def look_at_everybody() -> None:
    """Each night: what a programme asks for, or what it is computed from, may have changed without anybody's doing."""
    look_at_visitors(db.session, None)
    db.session.commit()


def settle(session: Session, moment: datetime) -> list[int]:
    """Put scores of completed programmes in the outbox, and take back those of programmes that are not complete any
    more; returns their ids.

    A change that comes in meanwhile waits for the row of its check, and then makes a new one.
    """
    rows = session.execute(
        select(CompletionCheck.person_id, CompletionCheck.cohort_id)
        .order_by(CompletionCheck.changed_at)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    by_cohort: dict[int, list[int]] = defaultdict(list)
    for person_id, cohort_id in rows:
        by_cohort[cohort_id].append(person_id)
    return [one for cohort_id, people in by_cohort.items() for one in _settle(session, cohort_id, people, moment)]


def look_at_visitors(session: Session, since: datetime | None) -> None:
    """Have those looked at who have opened a link for a whole programme, `since` then, and have nothing in its column;
    without `since`, all who have ever opened one.
    """
    for person_id, cohort_id in session.execute(_visitors(since)).all():
        completion_may_change(session, person_id, cohort_id)


def _visitors(since: datetime | None) -> Select[int, int]:
    theirs = exists().where(Enrolment.person_id == LinkVisit.person_id, Enrolment.cohort_id == Cohort.id)
    query = (
        select(LinkVisit.person_id, Cohort.id)
        .join(ResourceLink, ResourceLink.id == LinkVisit.link_id)
        .join(LineItem, LineItem.link_id == ResourceLink.id)
        .join(Programme, Programme.key == ResourceLink.programme_key)
        .join(Cohort, Cohort.programme_id == Programme.id)
        .where(theirs | (Cohort.id == own_cohort(LinkVisit.person_id, Programme.id)))
        .distinct()
    )
    if since is None:
        return query
    came = exists().where(
        LaunchSession.link_id == LinkVisit.link_id,
        LaunchSession.person_id == LinkVisit.person_id,
        LaunchSession.created_at > since,
    )
    held = exists().where(and_(Score.line_item_id == LineItem.id, Score.person_id == LinkVisit.person_id))
    return query.where(came, ~held)


def _settle(session: Session, cohort_id: int, people: list[int], moment: datetime) -> Iterable[int]:
    programme = programme_in(session, cohort_id)
    verdicts = verdicts_in(session, cohort_id, moment, people)
    locales = {row.id: row.locale for row in session.execute(_locales(people))}
    told: list[int] = []
    for person_id in people:
        with force_locale(locales[person_id] or programme.content.default_language):
            told += _tell(session, person_id, programme, verdicts[person_id], moment)
    session.execute(
        delete(CompletionCheck).where(CompletionCheck.cohort_id == cohort_id, CompletionCheck.person_id.in_(people))
    )
    return told


def _locales(people: list[int]) -> Select[int, str | None]:
    return select(Person.id, Person.locale).where(Person.id.in_(people))


def _tell(session: Session, person_id: int, programme: ProgrammeTerm, verdict: Verdict, moment: datetime) -> list[int]:
    subject = Subject(programme.content.key, whole=True)
    if _is_complete(verdict):
        return enqueue(session, person_id, subject, Grade(FULL_SCORE, FULL_SCORE, _comment(verdict)))
    if not points_in_courses(session, person_id, subject) or _complete_in_another_term(
        session, person_id, programme, moment
    ):
        return []
    return take_back(session, person_id, subject, _("Something that the programme asks for is not on record any more."))


def _is_complete(verdict: Verdict) -> bool:
    """Whoever need not take the programme because of their position has not completed it."""
    return verdict.status is Status.DONE or verdict.reason is Reason.RECOGNISED


def _comment(verdict: Verdict) -> str:
    if verdict.status is Status.DONE:
        return _("Programme completed: %(hours)s hours.", hours=format_decimal(verdict.hours_done))
    return _("Other training is recognised in place of the programme.")


def _complete_in_another_term(session: Session, person_id: int, programme: ProgrammeTerm, moment: datetime) -> bool:
    others = session.scalars(
        select(Enrolment.cohort_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Enrolment.person_id == person_id, Cohort.programme_id == programme.id)
        .where(Cohort.id != programme.cohort_id)
    ).all()
    return any(_is_complete(verdict_of(session, person_id, cohort_id, moment)) for cohort_id in others)
