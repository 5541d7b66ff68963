"""Whose certificate of what there is, as each of those who may know sees it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lti_tool.certificates.models import Certificate
from lti_tool.completion.queries import verdict_of, verdicts_in
from lti_tool.completion.verdicts import Status, Verdict
from lti_tool.errors import NotFound
from lti_tool.modules.programmes import programmes_of
from lti_tool.paging import PAGE_SIZE, PagedView
from lti_tool.people.models import Person
from lti_tool.people.names import Somebody
from lti_tool.programme.queries import ProgrammeTerm, current_programmes, programme_in, programmes_in


@dataclass(frozen=True, slots=True)
class Own:
    """What a person sees of their own: `held` is None where there is none, or none that holds."""

    programme: ProgrammeTerm
    verdict: Verdict | None
    held: Certificate | None
    revoked: bool

    @property
    def ready(self) -> bool:
        """It can be issued."""
        return self.held is None and self.verdict is not None and self.verdict.status is Status.DONE


@dataclass(frozen=True, slots=True)
class Listed:
    """A certificate that holds. `stands` is False once a record that it rests on has been changed."""

    certificate: Certificate
    person: Somebody
    stands: bool


@dataclass(frozen=True, slots=True)
class Verified:
    """All that anybody is told of a code."""

    name: str
    issued_at: datetime
    valid: bool


def own_certificates(session: Session, person_id: int, moment: datetime) -> list[Own]:
    """The programmes with requirements that the person is in now, and those that they hold a certificate of.

    All there are for somebody of whom no programme is known.
    """
    asking = [one for one in current_programmes(session, person_id) if one.content.requirements]
    known = programmes_of(session, person_id) if len(asking) > 1 else frozenset()
    current = {one.cohort_id: one for one in [one for one in asking if one.id in known] or asking}
    issued = session.scalars(
        select(Certificate).where(Certificate.person_id == person_id).order_by(Certificate.issued_at, Certificate.id)
    ).all()
    found = []
    for cohort_id in sorted({*current, *(one.cohort_id for one in issued)}, reverse=True):
        programme = current.get(cohort_id) or programme_in(session, cohort_id)
        theirs = [one for one in issued if one.cohort_id == cohort_id]
        held = next((one for one in theirs if one.revoked_at is None), None)
        verdict = None if held else verdict_of(session, person_id, cohort_id, moment)
        found.append(Own(programme, verdict, held, bool(theirs) and held is None))
    return found


def certificate_for(session: Session, code: str, person_id: int, cohort_ids: Collection[int]) -> Certificate:
    """One that holds, of the person or of a cohort that they coordinate; raises `NotFound`."""
    found = session.scalars(
        select(Certificate).where(Certificate.code == code, Certificate.revoked_at.is_(None))
    ).one_or_none()
    if found is None or (found.person_id != person_id and found.cohort_id not in cohort_ids):
        raise NotFound("no such certificate")
    return found


def verified(session: Session, code: str) -> Verified | None:
    row = session.execute(
        select(Certificate.name, Certificate.issued_at, Certificate.revoked_at).where(Certificate.code == code)
    ).one_or_none()
    return Verified(row.name, row.issued_at, row.revoked_at is None) if row else None


def listed(session: Session, cohort_id: int, view: PagedView, moment: datetime) -> list[Listed]:
    """A page of the certificates of a cohort that hold, the newest first."""
    rows = session.execute(
        _holding(cohort_id, Certificate, Person.name)
        .order_by(Certificate.issued_at.desc(), Certificate.id.desc())
        .limit(PAGE_SIZE)
        .offset(view.offset)
    ).all()
    verdicts = verdicts_in(session, cohort_id, moment, [one.person_id for one, _name in rows]) if rows else {}
    return [
        Listed(one, Somebody(one.person_id, name), verdicts[one.person_id].status is Status.DONE) for one, name in rows
    ]


def how_many(session: Session, cohort_id: int) -> int:
    return int(session.scalars(_holding(cohort_id, func.count())).one())


def history(session: Session, cohort_id: int, person_id: int) -> list[tuple[Certificate, Somebody | None]]:
    """All that were issued, the newest first, each with who revoked it."""
    rows = session.execute(
        select(Certificate, Person.name)
        .outerjoin(Person, Person.id == Certificate.revoked_by)
        .where(Certificate.cohort_id == cohort_id, Certificate.person_id == person_id)
        .order_by(Certificate.issued_at.desc(), Certificate.id.desc())
    )
    return [(one, Somebody(one.revoked_by, name) if one.revoked_by else None) for one, name in rows]


def cohorts_of(session: Session, cohort_ids: Collection[int]) -> list[ProgrammeTerm]:
    """Those whose programme can be completed, the newest first."""
    found = programmes_in(session, cohort_ids)
    return [one for one in found if one.cohort_id in cohort_ids and one.content.requirements]


def _holding(cohort_id: int, *columns: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(*columns)
        .select_from(Certificate)
        .join(Person, Person.id == Certificate.person_id)
        .where(Certificate.cohort_id == cohort_id, Certificate.revoked_at.is_(None))
    )


def is_complete(session: Session, cohort_id: int, person_id: int, moment: datetime) -> bool:
    return verdict_of(session, person_id, cohort_id, moment).status is Status.DONE
