"""What the allocation has to know of a pool: who is short, who waits, a sample of open evaluations, whom to keep apart.

The number of rows is bounded, whatever the size of the pool. All of it is one statement: these few rows are found by
their indexes in less time than another round trip takes.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from sqlalchemy import Boolean, Integer, Row, String, text
from sqlalchemy.orm import Session

from lti_tool.database import UtcDateTime
from lti_tool.peer_review.allocation import RECIPROCAL_CANDIDATES, Arc
from lti_tool.peer_review.healing import CANDIDATES
from lti_tool.peer_review.models import Pool

# Three who wait make a ring, so more than three never do.
LONGEST_QUEUE = 3
# Of those who are short on one side; all of them are served in the end, because every change looks again.
LONGEST_SHORT = 4


@dataclass(frozen=True, slots=True)
class Found:
    """`short` are placed authors with open places and `waiting` those who are not placed, the longest wait first.

    `known` are the evaluations, of any state, that those named and the ends of `candidates` give, and those of the
    essays of `short`. `avoid` holds, both ways round, the pairs among all of these whom a conflict, a course team or an
    evaluation in another module keeps apart.
    """

    short: tuple[Row[Any], ...]
    waiting: tuple[int, ...]
    # Authors of `short` for whom nothing is left: they wait like newcomers.
    unseated: frozenset[int]
    candidates: tuple[Row[Any], ...]
    known: tuple[Row[Any], ...]
    # Of `known`, those that are between two authors.
    arcs: frozenset[Arc]
    avoid: frozenset[Arc]
    # The last of `waiting`, whose row says already that they are placed.
    newcomer_id: int | None


def read(session: Session, pool: Pool | Row[Any], rng: random.Random, newcomer_id: int | None = None) -> Found:
    rows: dict[str, list[Row[Any]]] = {"short": [], "waits": [], "known": [], "apart": []}
    about = {"pool_id": pool.id, "cohort_id": pool.cohort_id, "newcomer_id": newcomer_id or 0}
    for row in session.execute(_READ, {**about, "start": rng.random()}).all():
        rows[row.kind].append(row)
    seated = {end for row in rows["known"] for end in (row.evaluator_id, row.author_id)}
    unseated = [row for row in rows["short"] if (row.to_give, row.to_receive) == (2, 2) and row.id not in seated]
    alone = frozenset(row.id for row in unseated)
    return Found(
        short=_longest_first(row for row in rows["short"] if row.id not in alone),
        waiting=tuple(row.id for row in _longest_first(rows["waits"] + unseated)),
        unseated=alone,
        candidates=tuple(row for row in rows["known"] if row.drawn),
        known=tuple(rows["known"]),
        arcs=frozenset(arc for arc in _arcs(rows["known"]) if arc[0] is not None),
        avoid=frozenset(arc for u, v in _arcs(rows["apart"]) for arc in ((u, v), (v, u))),
        newcomer_id=newcomer_id,
    )


def _arcs(rows: Iterable[Row[Any]]) -> list[Arc]:
    return [(row.evaluator_id, row.author_id) for row in rows]


def _longest_first(rows: Iterable[Row[Any]]) -> tuple[Row[Any], ...]:
    return tuple(sorted(rows, key=attrgetter("joined_at", "id")))


# Constants stand in the text: with them PostgreSQL plans the statement once for all values, and both databases see that
# a partial index serves. What is drawn begins anywhere in the random order of open evaluations and goes on at its
# beginning. Whoever volunteered did so for one essay, so that evaluation does not move. SQLite takes tables that are
# CROSS JOINed from left to right, which is from these few people to their few rows. PostgreSQL plans two
# short joins in half the time that a long one takes.
_OPEN = "pool_id = :pool_id AND status = 'open' AND NOT volunteered"
_IN_ORDER = "ORDER BY joined_at, id"
_READ = text(f"""
WITH gives AS (
    SELECT id, joined_at, to_give, to_receive FROM pool_author
    WHERE pool_id = :pool_id AND to_give > 0 {_IN_ORDER} LIMIT {LONGEST_SHORT}
), receives AS (
    SELECT id, joined_at, to_give, to_receive FROM pool_author
    WHERE pool_id = :pool_id AND to_receive > 0 {_IN_ORDER} LIMIT {LONGEST_SHORT}
), short AS (
    SELECT * FROM gives UNION SELECT * FROM receives
), queue AS (
    SELECT id, joined_at FROM pool_author
    WHERE pool_id = :pool_id AND placed_at IS NULL AND withdrawn_at IS NULL {_IN_ORDER} LIMIT {LONGEST_QUEUE}
), waits AS (
    SELECT * FROM queue UNION ALL SELECT id, joined_at FROM pool_author WHERE id = :newcomer_id
), from_start AS (
    SELECT id, evaluator_id, author_id, shuffle_key, 1 AS turn FROM evaluation
    WHERE {_OPEN} AND shuffle_key >= :start ORDER BY shuffle_key LIMIT {CANDIDATES}
), before_start AS (
    SELECT id, evaluator_id, author_id, shuffle_key, 2 AS turn FROM evaluation
    WHERE {_OPEN} AND shuffle_key < :start ORDER BY shuffle_key LIMIT {CANDIDATES}
), around AS (
    SELECT * FROM from_start UNION ALL SELECT * FROM before_start ORDER BY turn, shuffle_key LIMIT {CANDIDATES}
), paired AS (
    SELECT id, evaluator_id, author_id FROM evaluation WHERE {_OPEN} AND reciprocal = TRUE LIMIT {RECIPROCAL_CANDIDATES}
), candidate AS (
    SELECT id, evaluator_id, author_id FROM around UNION SELECT id, evaluator_id, author_id FROM paired
), ends AS (
    SELECT evaluator_id AS id FROM candidate UNION SELECT author_id FROM candidate
    UNION SELECT id FROM short UNION SELECT id FROM waits
), known AS (
    SELECT e.id, e.public_id, e.evaluator_id, e.author_id, e.given_slot, e.received_slot
    FROM ends JOIN evaluation e ON e.evaluator_id = ends.id
    UNION
    SELECT e.id, e.public_id, e.evaluator_id, e.author_id, e.given_slot, e.received_slot
    FROM short JOIN evaluation e ON e.author_id = short.id
), who AS (
    SELECT ends.id, p.id AS participation_id, p.person_id
    FROM ends JOIN pool_author a ON a.id = ends.id JOIN participation p ON p.id = a.participation_id
), team AS (
    SELECT who.id, m.course_id FROM who CROSS JOIN membership m CROSS JOIN course_conflict c
    WHERE m.person_id = who.person_id AND m.role = 'learner' AND m.left_at IS NULL
        AND c.cohort_id = :cohort_id AND c.course_id = m.course_id
), earlier AS MATERIALIZED (
    SELECT who.id, e.author_id
    FROM who CROSS JOIN participation p CROSS JOIN pool_author giver CROSS JOIN evaluation e
    WHERE p.person_id = who.person_id AND p.id <> who.participation_id AND giver.participation_id = p.id
        AND e.evaluator_id = giver.id
), apart AS (
    SELECT one.id AS evaluator_id, other.id AS author_id
    FROM who one CROSS JOIN pool_conflict c CROSS JOIN who other
    WHERE c.first_id = one.person_id AND other.person_id = c.second_id
    UNION
    SELECT one.id, other.id FROM team one JOIN team other ON other.course_id = one.course_id AND other.id > one.id
    UNION
    SELECT earlier.id, other.id
    FROM earlier CROSS JOIN pool_author taker CROSS JOIN participation p CROSS JOIN who other
    WHERE taker.id = earlier.author_id AND p.id = taker.participation_id
        AND other.person_id = p.person_id AND other.participation_id <> p.id
)
SELECT 'short' AS kind, id, joined_at, to_give, to_receive,
    CAST(NULL AS VARCHAR(32)) AS public_id, CAST(NULL AS INTEGER) AS evaluator_id, CAST(NULL AS INTEGER) AS author_id,
    CAST(NULL AS INTEGER) AS given_slot, CAST(NULL AS INTEGER) AS received_slot, FALSE AS drawn FROM short
UNION ALL SELECT 'waits', id, joined_at, NULL, NULL, NULL, NULL, NULL, NULL, NULL, FALSE FROM waits
UNION ALL SELECT 'known', id, NULL, NULL, NULL, public_id, evaluator_id, author_id, given_slot, received_slot,
    id IN (SELECT id FROM candidate) FROM known
UNION ALL SELECT 'apart', NULL, NULL, NULL, NULL, NULL, evaluator_id, author_id, NULL, NULL, FALSE FROM apart
""").columns(  # noqa: S608 - of constants
    kind=String,
    id=Integer,
    joined_at=UtcDateTime,
    to_give=Integer,
    to_receive=Integer,
    public_id=String,
    evaluator_id=Integer,
    author_id=Integer,
    given_slot=Integer,
    received_slot=Integer,
    drawn=Boolean,
)
