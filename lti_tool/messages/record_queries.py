"""News of records, read for many people with one statement, and another for the programmes that they are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Row,
    Select,
    String,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from lti_tool.certificates.models import Certificate
from lti_tool.course_module.models import Agreement, AgreementShare, FinalEvaluation, Side
from lti_tool.database import UtcDateTime
from lti_tool.equivalence.models import Decision, EquivalenceApplication
from lti_tool.messages.meeting_news import FRESH
from lti_tool.messages.record_news import RecordItem, RecordKind, is_kept
from lti_tool.people.models import Course, Membership, Role
from lti_tool.programme.content import ProgrammeContent
from lti_tool.programme.models import Cohort
from lti_tool.programme.queries import own_cohort, programmes_in

_NO_COURSE, _NEVER = cast(null(), Integer), literal(False)
_PEOPLE: BindParameter[Any] = bindparam("people", expanding=True)
_SINCE = bindparam("since", type_=UtcDateTime())
_WHICH = {Decision.APPROVED: RecordKind.APPROVED, Decision.DECLINED: RecordKind.DECLINED}


def record_news_for(session: Session, people: Collection[int], moment: datetime) -> dict[int, list[RecordItem]]:
    """By person, the most urgent first. Decisions, evaluations and certificates are news for a week; an agreement is
    until it is confirmed."""
    rows = session.execute(_everything(), {"people": [*people], "since": moment - FRESH}).all()
    if not rows:
        return {}
    wanted = {row.cohort_id for row in rows}
    programmes = {one.cohort_id: one.content for one in programmes_in(session, wanted)}
    found: dict[int, list[RecordItem]] = defaultdict(list)
    for row in rows:
        item = _item(row, programmes[row.cohort_id])
        if is_kept(item.kind, item.programme):
            found[row.person_id].append(item)
    order = list(RecordKind)
    return {person_id: sorted(items, key=lambda item: order.index(item.kind)) for person_id, items in found.items()}


def _item(row: Row[Any], programme: ProgrammeContent) -> RecordItem:
    kind = RecordKind(row.kind)
    sign = f"{kind.value} {row.sign}"
    return RecordItem(kind, (sign,), row.cohort_id, programme, row.course_id, row.title or row.label, row.again)


@cache
def _everything() -> Select[*tuple[Any, ...]]:
    """Built once, because every page of a learning assistant asks it and building takes longer than the answer."""
    found = union_all(_agreements(), _evaluations(), _applications(), _certificates()).subquery()
    return (
        select(found, Course.title, Course.label)
        .outerjoin(Course, Course.id == found.c.course_id)
        .order_by(found.c.cohort_id, found.c.course_id, found.c.sign)
    )


def _agreements() -> Select[*tuple[Any, ...]]:
    """Those that wait for the person, who works in the course in their own term."""
    added = func.coalesce(AgreementShare.addition_revision, 0)
    holds = (AgreementShare.confirmed_revision == Agreement.revision) & (
        func.coalesce(AgreementShare.confirmed_addition, 0) == added
    )
    mine = (AgreementShare.agreement_id == Agreement.id) & (AgreementShare.person_id == Membership.person_id)
    return (
        _columns(
            literal(RecordKind.AGREEMENT.value),
            (Membership.person_id, Agreement.cohort_id, Agreement.course_id),
            _text(Agreement.id) + " " + _text(Agreement.revision) + " " + _text(added),
            AgreementShare.confirmed_revision.is_not(None),
        )
        .select_from(Membership)
        .join(Agreement, Agreement.course_id == Membership.course_id)
        .join(Cohort, Cohort.id == Agreement.cohort_id)
        .outerjoin(AgreementShare, mine)
        .where(Membership.person_id.in_(_PEOPLE), Membership.role == Role.LEARNER, Membership.left_at.is_(None))
        .where(Cohort.id == own_cohort(Membership.person_id, Cohort.programme_id))
        .where(~func.coalesce(holds, False))
    )


def _evaluations() -> Select[*tuple[Any, ...]]:
    """Those that both sides have submitted."""
    own, other = aliased(FinalEvaluation), aliased(FinalEvaluation)
    same = (other.course_id == own.course_id) & (other.cohort_id == own.cohort_id) & (other.person_id == own.person_id)
    return (
        _columns(literal(RecordKind.RELEASED.value), (own.person_id, own.cohort_id, own.course_id), _text(own.id))
        .select_from(own)
        .join(other, same)
        .where(own.person_id.in_(_PEOPLE), own.side == Side.ASSISTANT, other.side == Side.DEPARTMENT)
        .where(own.submitted_at.is_not(None), other.submitted_at.is_not(None))
        .where(or_(own.submitted_at >= _SINCE, other.submitted_at >= _SINCE))
    )


def _applications() -> Select[*tuple[Any, ...]]:
    """The latest in each programme, if it is decided."""
    asked, later = EquivalenceApplication, aliased(EquivalenceApplication)
    same = (later.person_id == asked.person_id) & (later.programme_id == asked.programme_id) & (later.id > asked.id)
    kind = case({decision: kind.value for decision, kind in _WHICH.items()}, value=asked.decision)
    return (
        _columns(kind, (asked.person_id, asked.cohort_id, _NO_COURSE), _text(asked.id))
        .select_from(asked)
        .outerjoin(later, same)
        .where(asked.person_id.in_(_PEOPLE), asked.decision.in_(_WHICH), asked.decided_at >= _SINCE, later.id.is_(None))
    )


def _certificates() -> Select[*tuple[Any, ...]]:
    """The latest in each cohort, but what people have done to their own."""
    held, later = Certificate, aliased(Certificate)
    same = (later.person_id == held.person_id) & (later.cohort_id == held.cohort_id) & (later.id > held.id)
    revoked = held.revoked_at.is_not(None)
    kind = case((revoked, RecordKind.REVOKED.value), else_=RecordKind.CERTIFICATE.value)
    by = func.coalesce(held.revoked_by, held.issued_by)
    return (
        _columns(kind, (held.person_id, held.cohort_id, _NO_COURSE), _text(held.id))
        .select_from(held)
        .outerjoin(later, same)
        .where(held.person_id.in_(_PEOPLE), by != held.person_id, later.id.is_(None))
        .where(func.coalesce(held.revoked_at, held.issued_at) >= _SINCE)
    )


def _columns(
    kind: ColumnElement[str], whose: tuple[Any, Any, Any], sign: ColumnElement[str], again: Any = _NEVER
) -> Select[*tuple[Any, ...]]:
    """`whose` are the person, the cohort and the course."""
    person_id, cohort_id, course_id = whose
    return select(
        kind.label("kind"),
        person_id.label("person_id"),
        cohort_id.label("cohort_id"),
        course_id.label("course_id"),
        sign.label("sign"),
        again.label("again"),
    )


def _text(number: Any) -> ColumnElement[str]:
    return cast(number, String)
