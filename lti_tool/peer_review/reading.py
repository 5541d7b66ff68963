"""What the allocation has to know of a pool: who is short, who waits, a sample of open evaluations, whom to keep apart.

The number of rows is bounded, whatever the size of the pool. All of it is one statement: these few rows are found by
their indexes in less time than another round trip takes.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Integer, Row, Select, String, literal_column, select, text
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from lti_tool.peer_review.allocation import RECIPROCAL_CANDIDATES, Arc, Avoided
from lti_tool.peer_review.healing import CANDIDATES
from lti_tool.peer_review.models import EvaluationStatus, Pool

Evaluations: TypeAlias = tuple[Row[*tuple[Any, ...]], ...]

# Three who wait make a ring, so more than three never do.
LONGEST_QUEUE = 3
# What a pair weighs that has met in another module, and one that is to be kept apart: more than all of those that a
# change can make.
MET, APART = 1, 16
# Of those who are short on one side; all of them are served in the end, because every change looks again.
LONGEST_SHORT = 4


class Short(NamedTuple):
    """A placed author with open places: so many with those that come open now, and so many as `counted` so far."""

    id: int
    # As the database gives it: all that matters is who came first.
    joined_at: Any
    to_give: int
    to_receive: int
    counted: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Found:
    """`short` are placed authors with open places and `waiting` those who are not placed, the longest wait first.

    `known` are the evaluations, of any state, that those named and the ends of `candidates` give, and those of the
    essays of `short`. `avoid` holds, both ways round, the pairs among all of these whom a conflict, a course team or an
    evaluation in another module keeps apart.
    Of somebody who leaves, `gone` are the evaluations that nobody has begun, which are not among the others, and
    `released` those they have begun themselves and not finished.
    """

    short: tuple[Short, ...]
    waiting: tuple[int, ...]
    # Authors of `short` for whom nothing is left: they wait like newcomers.
    unseated: frozenset[int]
    candidates: Evaluations
    known: Evaluations
    gone: Evaluations
    released: Evaluations
    # Of `known`, those that are between two authors.
    arcs: frozenset[Arc]
    avoid: Avoided
    # The last of `waiting`, whose row says already that they are placed.
    newcomer_id: int | None


def read(
    session: Session,
    pool: Pool | Row[Any],
    rng: random.Random,
    *,
    newcomer_id: int | None = None,
    leaver_id: int | None = None,
) -> Found:
    """`leaver_id` is marked as withdrawn or is in another pool by now, but gives and receives in this one."""
    about = {"pool": pool.id, "cohort": pool.cohort_id, "newcomer": newcomer_id or 0, "leaver": leaver_id or 0}
    rows = _rows(session, {**about, "start": rng.random()})
    gone, released = _left_behind(rows["known"], leaver_id)
    lost = {row.id for row in gone}
    known = tuple(row for row in rows["known"] if row.id not in lost)
    short = _short(rows["short"], gone, released)
    unseated = _unseated(short, known)
    alone = frozenset(author.id for author in unseated)
    return Found(
        short=tuple(author for author in short if author.id not in alone),
        waiting=tuple(row.id for row in _longest_first([*rows["waits"], *unseated])),
        unseated=alone,
        candidates=tuple(row for row in known if row.drawn),
        known=known,
        gone=gone,
        released=released,
        arcs=frozenset(arc for arc in arcs_of(known) if arc[0] is not None),
        avoid=_both_ways(rows["met"], MET) | _both_ways(rows["apart"], APART),
        newcomer_id=newcomer_id,
    )


def _rows(session: Session, about: dict[str, Any]) -> dict[str, list[Row[*tuple[Any, ...]]]]:
    """By their kind."""
    rows: dict[str, list[Row[*tuple[Any, ...]]]] = {"short": [], "waits": [], "known": [], "met": [], "apart": []}
    for row in session.execute(_READ, about).all():
        rows[row.kind].append(row)
    return rows


def arcs_of(rows: Iterable[Row[Any]]) -> list[Arc]:
    return [(row.evaluator_id, row.author_id) for row in rows]


def _both_ways(rows: Iterable[Row[Any]], weight: int) -> dict[Arc, int]:
    return {arc: weight for u, v in arcs_of(rows) for arc in ((u, v), (v, u))}


def _left_behind(known: Iterable[Row[Any]], leaver_id: int | None) -> tuple[Evaluations, Evaluations]:
    """What nobody has begun, and what the leaver has begun and holds."""
    if leaver_id is None:
        return (), ()
    own = sorted((row for row in known if leaver_id in (row.evaluator_id, row.author_id)), key=attrgetter("id"))
    begun = [row for row in own if row.evaluator_id == leaver_id and row.status == EvaluationStatus.STARTED]
    gone = tuple(row for row in own if row.status == EvaluationStatus.OPEN)
    return gone, tuple(row for row in begun if row.given_slot is not None)


def _short(rows: Iterable[Row[Any]], gone: Evaluations, released: Evaluations) -> list[Short]:
    """Whoever volunteered for a third owes nobody another."""
    gives = Counter(row.evaluator_id for row in gone if row.given_slot <= 2)
    gets = Counter(row.author_id for row in (*gone, *released))
    found = []
    for row in _longest_first(rows):
        to_give, to_receive = row.to_give + gives[row.id], row.to_receive + gets[row.id]
        if to_give or to_receive:
            found.append(Short(row.id, row.joined_at, to_give, to_receive, (row.to_give, row.to_receive)))
    return found


def _unseated(short: Iterable[Short], known: Evaluations) -> list[Short]:
    seated = {end for arc in arcs_of(known) for end in arc}
    return [author for author in short if (author.to_give, author.to_receive) == (2, 2) and author.id not in seated]


def _longest_first(rows: Iterable[Any]) -> list[Any]:
    return sorted(rows, key=attrgetter("joined_at", "id"))


# Constants stand in the text: with them PostgreSQL plans the statement once for all values, and both databases see that
# a partial index serves. What is drawn begins anywhere in the random order of open evaluations and goes on at its
# beginning. Whoever volunteered did so for one essay, so that evaluation does not move. SQLite takes tables that are
# CROSS JOINed from left to right, which is from these few people to their few rows. PostgreSQL plans two
# short joins in half the time that a long one takes.
_OPEN = "pool_id = :pool AND status = 'open' AND NOT volunteered AND :leaver NOT IN (evaluator_id, author_id)"
_GIVEN = "id, public_id, evaluator_id, author_id, given_slot, received_slot, status"
_IN_ORDER = "ORDER BY joined_at, id"
_TEXT = f"""
WITH gives AS (
    SELECT id, joined_at, to_give, to_receive FROM pool_author
    WHERE pool_id = :pool AND to_give > 0 {_IN_ORDER} LIMIT {LONGEST_SHORT}
), receives AS (
    SELECT id, joined_at, to_give, to_receive FROM pool_author
    WHERE pool_id = :pool AND to_receive > 0 {_IN_ORDER} LIMIT {LONGEST_SHORT}
), short AS (
    SELECT * FROM gives UNION SELECT * FROM receives
    UNION SELECT id, joined_at, to_give, to_receive FROM pool_author
    WHERE withdrawn_at IS NULL AND id IN (
        SELECT evaluator_id FROM evaluation WHERE author_id = :leaver
        UNION SELECT author_id FROM evaluation WHERE evaluator_id = :leaver
    )
), queue AS (
    SELECT id, joined_at FROM pool_author
    WHERE pool_id = :pool AND placed_at IS NULL AND withdrawn_at IS NULL {_IN_ORDER} LIMIT {LONGEST_QUEUE}
), waits AS (
    SELECT * FROM queue UNION ALL SELECT id, joined_at FROM pool_author WHERE id = :newcomer
), from_start AS (
    SELECT id, evaluator_id, author_id, shuffle_key, 1 AS turn FROM evaluation
    WHERE {_OPEN} AND shuffle_key >= :start ORDER BY shuffle_key LIMIT {CANDIDATES}
), before_start AS (
    SELECT id, evaluator_id, author_id, shuffle_key, 2 AS turn FROM evaluation
    WHERE {_OPEN} AND shuffle_key < :start ORDER BY shuffle_key LIMIT {CANDIDATES}
), around AS (
    SELECT * FROM from_start UNION ALL SELECT * FROM before_start ORDER BY turn, shuffle_key LIMIT {CANDIDATES}
), paired AS (
    SELECT id, evaluator_id, author_id FROM evaluation
    WHERE {_OPEN} AND reciprocal = TRUE LIMIT {RECIPROCAL_CANDIDATES}
), candidate AS (
    SELECT id, evaluator_id, author_id FROM around UNION SELECT * FROM paired
), ends AS (
    SELECT evaluator_id AS id FROM candidate UNION SELECT author_id FROM candidate
    UNION SELECT id FROM short UNION SELECT id FROM waits UNION SELECT :leaver
), known AS (
    SELECT {_GIVEN} FROM evaluation WHERE evaluator_id IN (SELECT id FROM ends)
    UNION SELECT {_GIVEN} FROM evaluation WHERE author_id IN (SELECT id FROM short)
), who AS (
    SELECT ends.id, p.id AS part_id, p.person_id
    FROM ends JOIN pool_author a ON a.id = ends.id JOIN participation p ON p.id = a.participation_id
), team AS (
    SELECT who.id, m.course_id FROM who CROSS JOIN membership m CROSS JOIN course_conflict c
    WHERE m.person_id = who.person_id AND m.role = 'learner' AND m.left_at IS NULL
        AND c.cohort_id = :cohort AND c.course_id = m.course_id
), earlier AS MATERIALIZED (
    SELECT who.id, e.author_id
    FROM who CROSS JOIN participation p CROSS JOIN pool_author giver CROSS JOIN evaluation e
    WHERE p.person_id = who.person_id AND p.id <> who.part_id AND giver.participation_id = p.id
        AND e.evaluator_id = giver.id
), apart AS (
    SELECT 'apart' AS kind, one.id AS evaluator_id, other.id AS author_id
    FROM who one CROSS JOIN pool_conflict c CROSS JOIN who other
    WHERE c.first_id = one.person_id AND other.person_id = c.second_id
    UNION
    SELECT 'apart', one.id, other.id
    FROM team one JOIN team other ON other.course_id = one.course_id AND other.id > one.id
    UNION
    SELECT 'met', earlier.id, other.id
    FROM earlier CROSS JOIN pool_author taker CROSS JOIN participation p CROSS JOIN who other
    WHERE taker.id = earlier.author_id AND p.id = taker.participation_id
        AND other.person_id = p.person_id AND other.part_id <> p.id
)
SELECT 'known' AS kind, id, NULL AS joined_at, NULL AS to_give, NULL AS to_receive, public_id, evaluator_id, author_id,
    given_slot, received_slot, status, id IN (SELECT id FROM candidate) AS drawn FROM known
UNION ALL SELECT 'short', id, joined_at, to_give, to_receive, NULL, NULL, NULL, NULL, NULL, NULL, FALSE FROM short
UNION ALL SELECT 'waits', id, joined_at, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, FALSE FROM waits
UNION ALL SELECT kind, NULL, NULL, NULL, NULL, NULL, evaluator_id, author_id, NULL, NULL, NULL, FALSE FROM apart
"""  # noqa: S608 - of constants
_COLUMNS = {
    "kind": String,
    "id": Integer,
    "joined_at": NullType,
    "to_give": Integer,
    "to_receive": Integer,
    "public_id": String,
    "evaluator_id": Integer,
    "author_id": Integer,
    "given_slot": Integer,
    "received_slot": Integer,
    "status": String,
    "drawn": Integer,
}


def _shortened(statement: str) -> str:
    return re.sub(r" ?([,)=]) ?|(?<=\() ", r"\1", " ".join(statement.split()))


# SQLAlchemy looks at the columns of a text anew each time, and at those of a select once. psycopg takes a statement of
# more than 4,096 characters apart anew each time.
_READ: Select[*tuple[Any, ...]] = select(*(literal_column(name, kind) for name, kind in _COLUMNS.items())).select_from(
    text(f"({_shortened(_TEXT)}) AS found")
)
