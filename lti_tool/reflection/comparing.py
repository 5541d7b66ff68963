"""The job that looks for what essays have in common with those of others, in any cohort and any module.

An essay costs the same however many others there are: its fingerprints are looked up by their index, and only the few
essays that share most of them are compared word for word.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Container
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Row, bindparam, delete, insert, or_, select, union_all, update
from sqlalchemy.orm import Session

from lti_tool.database import db, now, table_of
from lti_tool.lti.upsert import insert_into
from lti_tool.modules.models import Participation
from lti_tool.reflection.material import material
from lti_tool.reflection.models import Essay, EssayFingerprint, EssayMatch
from lti_tool.reflection.shingles import compare, fingerprints

# What one run takes on; the next minute takes the rest.
MOST_AT_ONCE = 200
# A tenth of an essay is a paragraph; less may be a saying.
LEAST_SHARE = 0.1
# Of the essays with one fingerprint only so many are looked at, the first ones: a common phrase must stay cheap.
MOST_WITH_ONE = 40
MOST_COMPARED = 12
# One person has one essay in each module; theirs are no copies of each other.
_MOST_CANDIDATES = 3 * MOST_COMPARED
_HASHES_IN_ONE_STATEMENT = 50
_HASHES = [f"hash_{number}" for number in range(_HASHES_IN_ONE_STATEMENT)]
# Which no fingerprint equals.
_NO_HASHES = dict.fromkeys(_HASHES)

log = logging.getLogger(__name__)


def compare_essays() -> None:
    done = 0
    while done < MOST_AT_ONCE and compare_next(db.session):
        done += 1
    if done:
        log.info("essays compared", extra={"essays": done})


def compare_next(session: Session) -> bool:
    """Compare the essay that has waited longest; False if none waits. Commits, twice for each essay.

    What stands for its text is visible to other processes before it looks for theirs, so of two essays that are
    compared at the same time one finds the other. Whoever is second to do the same work changes nothing.
    """
    query = select(Essay.id, Essay.compare_at).where(Essay.compare_at.is_not(None)).order_by(Essay.compare_at, Essay.id)
    waiting = session.execute(query.limit(1).with_for_update(skip_locked=True, key_share=True)).one_or_none()
    if waiting is None:
        session.rollback()
        return False
    essay = _locked(session, waiting.id)
    quotable = material(session, [essay.content_id])
    _replace_fingerprints(session, essay, quotable)
    session.commit()
    essay = _locked(session, waiting.id)
    if essay.compare_at == waiting.compare_at:
        _replace_matches(session, essay, quotable)
        session.execute(update(Essay).where(Essay.id == essay.id).values(compare_at=None))
    session.commit()
    return True


def _locked(session: Session, essay_id: int) -> Row[Any]:
    query = _TEXTS.add_columns(Essay.compare_at).where(Essay.id == essay_id)
    return session.execute(query.with_for_update(of=Essay, key_share=True)).one()


def _replace_fingerprints(session: Session, essay: Row[Any], quotable: Container[int]) -> None:
    session.execute(delete(EssayFingerprint).where(EssayFingerprint.essay_id == essay.id))
    rows = [{"hash": value, "essay_id": essay.id} for value in sorted(fingerprints(essay.submitted_text, quotable))]
    if rows:
        session.execute(insert(EssayFingerprint), rows)


def _replace_matches(session: Session, essay: Row[Any], quotable: Container[int]) -> None:
    """Anew, but who was the later stays so when the earlier is rewritten, and what was cleared stays so unless there is
    more of it now."""
    own = or_(EssayMatch.essay_id == essay.id, EssayMatch.other_id == essay.id)
    before = {
        frozenset((row.essay_id, row.other_id)): row
        for row in session.execute(delete(EssayMatch).where(own).returning(*table_of(EssayMatch).c))
    }
    found = [
        match
        for other in _candidates(session, essay, quotable)
        if (match := _match(essay, other, before.get(frozenset((essay.id, other.id))), quotable))
    ]
    if found:
        # Somebody else may have compared the two from the other side at this moment, which says the same.
        add = insert_into(session.connection(), table_of(EssayMatch))
        session.execute(add.on_conflict_do_nothing(), found)


def _match(
    essay: Row[Any], other: Row[Any], before: Row[Any] | None, quotable: Container[int]
) -> dict[str, Any] | None:
    later, earlier = sorted((essay, other), key=lambda text: (text.submitted_at, text.id), reverse=True)
    if before is not None and before.essay_id == earlier.id:
        later, earlier = earlier, later
    share = compare(later.submitted_text, earlier.submitted_text, quotable).share
    if share < LEAST_SHARE:
        return None
    holds = before is not None and share <= before.share
    return {
        "essay_id": later.id,
        "other_id": earlier.id,
        "share": share,
        "found_at": before.found_at if before is not None else now(),
        "cleared_at": before.cleared_at if before is not None and holds else None,
        "cleared_by": before.cleared_by if before is not None and holds else None,
    }


def _candidates(session: Session, essay: Row[Any], quotable: Container[int]) -> list[Any]:
    """The essays of others that share most fingerprints with this one."""
    hashes = sorted(fingerprints(essay.submitted_text, quotable))
    shared: Counter[int] = Counter()
    for first in range(0, len(hashes), _HASHES_IN_ONE_STATEMENT):
        some = dict(zip(_HASHES, hashes[first : first + _HASHES_IN_ONE_STATEMENT], strict=False))
        shared.update(session.scalars(_sharing(), _NO_HASHES | some | {"essay_id": essay.id}))
    likeliest = [essay_id for essay_id, _times in shared.most_common(_MOST_CANDIDATES)]
    if not likeliest:
        return []
    rows = session.execute(_TEXTS.where(Essay.id.in_(likeliest), Participation.person_id != essay.person_id)).all()
    return sorted(rows, key=lambda row: likeliest.index(row.id))[:MOST_COMPARED]


@cache
def _sharing() -> CompoundSelect[int]:
    """Who has each of `_HASHES`, once for each: the first of them in the index, however many there are. To write it
    down takes longer than to ask it.
    """
    found = table_of(EssayFingerprint).c
    each = [
        select(found.essay_id)
        .where(found.hash == bindparam(name), found.essay_id != bindparam("essay_id"))
        .order_by(found.essay_id)
        .limit(MOST_WITH_ONE)
        .subquery()
        for name in _HASHES
    ]
    return union_all(*(select(one.c.essay_id) for one in each))


_TEXTS = (
    select(
        Essay.id,
        Essay.submitted_text,
        Essay.submitted_at,
        Participation.person_id,
        Participation.content_id,
    )
    .join(Participation, Participation.id == Essay.participation_id)
    .where(Essay.submitted_at.is_not(None))
)
