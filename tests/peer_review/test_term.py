"""Whatever people do in whatever order, on both databases: guarantees 1 to 6 hold after every step."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import product

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select, update

from lti_tool.database import db, now
from lti_tool.errors import Conflict
from lti_tool.modules.models import Participation, StepDate
from lti_tool.peer_review import shortages as rules
from lti_tool.peer_review.actions import TakenOver, start_evaluation, submit_evaluation
from lti_tool.peer_review.conflicts import set_conflict
from lti_tool.peer_review.expiry import expire, resume
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus
from lti_tool.peer_review.pools import locked_pool
from lti_tool.peer_review.reviews import NotAsRead, latest, version_seen, void
from lti_tool.peer_review.shortages import NothingOpen, Side
from lti_tool.peer_review.undoing import undo
from lti_tool.programme.content import Step
from tests.cast import Cast
from tests.databases import empty
from tests.peer_review.conftest import hand_in, somebody
from tests.peer_review.leaving import Arc, Pool, check_healed, come_back, leave
from tests.peer_review.together import answers

COORDINATOR = "kari"
LONG_AGO = timedelta(days=40)
PEOPLE = select(Author.id, Participation.person_id).join(Participation)


class Term(RuleBasedStateMachine):
    """`begun` are the evaluations that somebody has begun: they stay for ever, whoever leaves."""

    app: Flask

    def __init__(self) -> None:
        super().__init__()
        with self.app.app_context():
            empty(db.engine)
        self.cast = Cast(self.app)
        self.context = self.app.app_context()
        self.context.push()
        # The allocation is random, but the examples must be repeatable.
        locked_pool(db.session, self.cast.cohort_id, self.cast.module_id, "en").seed = 1
        db.session.commit()
        self.begun: set[Arc] = set()
        self.arrived = 0

    def teardown(self) -> None:
        db.session.rollback()
        self.context.pop()

    def draw_author(self, data: st.DataObject) -> Author:
        ids = db.session.scalars(select(Author.id).order_by(Author.id)).all()
        return db.session.get_one(Author, data.draw(st.sampled_from(ids)))

    def draw_task(self, data: st.DataObject, status: EvaluationStatus) -> Evaluation | None:
        query = select(Evaluation).where(Evaluation.status == status, Evaluation.evaluator_id.is_not(None))
        found = db.session.scalars(query.order_by(Evaluation.id)).all()
        return data.draw(st.sampled_from(found)) if found else None

    @precondition(lambda self: self.arrived)
    @rule()
    def expire(self) -> None:
        """The date passes, with all that was handed out weeks ago."""
        step = {"cohort_id": self.cast.cohort_id, "module_id": self.cast.module_id, "step": Step.EVALUATIONS}
        db.session.merge(StepDate(**step, due_at=now() - LONG_AGO))
        db.session.execute(update(Evaluation).values(created_at=now() - LONG_AGO))
        expire(db.session, now())
        assert expire(db.session, now()) == 0
        db.session.commit()

    @precondition(lambda self: self.arrived)
    @rule(data=st.data())
    def resume(self, data: st.DataObject) -> None:
        resume(db.session, self.draw_author(data).participation.person_id, "om1")
        db.session.commit()

    @precondition(lambda self: self.begun)
    @rule(data=st.data())
    def void(self, data: st.DataObject) -> None:
        if task := self.draw_task(data, EvaluationStatus.SUBMITTED):
            seen, person_id = version_seen(db.session, task), self.cast.person_id(COORDINATOR)
            try:
                void(db.session, task, seen=seen, reason="drawn", person_id=person_id)
                db.session.commit()
            except NotAsRead:
                db.session.rollback()

    @precondition(lambda self: self.begun)
    @rule(data=st.data())
    def undo_voiding(self, data: st.DataObject) -> None:
        query = select(Evaluation).where(Evaluation.voided_at.is_not(None)).order_by(Evaluation.id)
        if found := db.session.scalars(query).all():
            entry = latest(db.session, data.draw(st.sampled_from(found)))
            assert entry is not None
            try:
                undo(db.session, entry, self.cast.person_id(COORDINATOR))
                db.session.commit()
            except Conflict:
                db.session.rollback()

    @precondition(lambda self: self.arrived > 1)
    @rule(data=st.data())
    def keep_apart(self, data: st.DataObject) -> None:
        one, other = (self.draw_author(data).participation.person_id for _ in range(2))
        if one != other:
            set_conflict(db.session, one, other, reason="drawn", person_id=self.cast.person_id(COORDINATOR))
            db.session.commit()

    @rule(count=st.integers(1, 3))
    def arrive(self, count: int) -> None:
        for _ in range(count):
            hand_in(db.session, somebody(db.session, self.cast))
            self.arrived += 1

    @precondition(lambda self: self.arrived)
    @rule(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        if task := self.draw_task(data, EvaluationStatus.OPEN):
            start_evaluation(db.session, task.evaluator.participation.person_id, task.public_id)
            self.begun.add((task.evaluator_id or 0, task.author_id))
            db.session.commit()

    @precondition(lambda self: self.begun)
    @rule(data=st.data())
    def submit(self, data: st.DataObject) -> None:
        if task := self.draw_task(data, EvaluationStatus.STARTED):
            try:
                person_id = task.evaluator.participation.person_id
                submit_evaluation(db.session, person_id, task.public_id, answers("A good read overall"), task.version)
            except TakenOver:
                assert task.received_slot is None
            db.session.commit()

    @precondition(lambda self: self.arrived)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        leave(db.session, self.draw_author(data).participation_id)

    @precondition(lambda self: self.arrived)
    @rule(data=st.data())
    def come_back(self, data: st.DataObject) -> None:
        come_back(db.session, self.draw_author(data).participation_id)

    @precondition(lambda self: self.arrived)
    @rule(data=st.data(), side=st.sampled_from(Side), again=st.booleans())
    def waive(self, data: st.DataObject, side: Side, again: bool) -> None:
        author, person_id = self.draw_author(data), self.cast.person_id(COORDINATOR)
        try:
            if again:
                rules.ask_again(db.session, author, side, person_id=person_id)
            else:
                rules.waive(db.session, author, side, reason="drawn", person_id=person_id)
            db.session.commit()
        except NothingOpen:
            db.session.rollback()

    @precondition(lambda self: self.arrived)
    @rule(data=st.data())
    def take(self, data: st.DataObject) -> None:
        try:
            person_id = self.cast.person_id(COORDINATOR)
            rules.take_essay(db.session, self.draw_author(data), reason="drawn", person_id=person_id)
            db.session.commit()
        except NothingOpen:
            db.session.rollback()

    @precondition(lambda self: self.arrived > 1)
    @rule(data=st.data())
    def ask(self, data: st.DataObject) -> None:
        author, volunteer = self.draw_author(data), self.draw_author(data)
        try:
            rules.ask_volunteer(
                db.session, author, volunteer, reason="drawn", person_id=self.cast.person_id(COORDINATOR)
            )
            db.session.commit()
        except NothingOpen:
            db.session.rollback()

    @precondition(lambda self: self.arrived)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        arranged = Evaluation.volunteered | Evaluation.staff_id.is_not(None)
        found = db.session.scalars(select(Evaluation).where(arranged).order_by(Evaluation.id)).all()
        if not found:
            return
        try:
            rules.undo_arrangement(
                db.session, data.draw(st.sampled_from(found)), person_id=self.cast.person_id(COORDINATOR)
            )
            db.session.commit()
        except NothingOpen:
            db.session.rollback()

    @invariant()
    def everybody_is_served_or_named(self) -> None:
        pool = check_healed(db.session)
        named = {item.person_id for item in rules.shortages(db.session, [self.cast.cohort_id])}
        people = dict(db.session.execute(PEOPLE).all())
        late = {author.id for author in pool.authors.values() if author.lapsed}
        assert {people[author] for author in late.union(pool.short())} <= named
        self._check_nothing_fits(pool)
        self._check_begun(pool)
        assert len([a for a in pool.authors.values() if a.placed_at is None and a.withdrawn_at is None]) <= 2

    def _check_nothing_fits(self, pool: Pool) -> None:
        """Nobody lacks an essay beside an essay that lacks somebody, where one could have the other."""
        known = {(e.evaluator_id, e.author_id) for e in pool.evaluations}
        givers = [author.id for author in pool.authors.values() if author.to_give]
        takers = [author.id for author in pool.authors.values() if author.to_receive]
        assert [(u, v) for u, v in product(givers, takers) if u != v and (u, v) not in known] == []

    def _check_begun(self, pool: Pool) -> None:
        """Begun ones are never lost, and no essay has more than two that count."""
        assert self.begun <= pool.begun
        places = Counter(e.author_id for e in pool.evaluations if e.received_slot)
        assert max(places.values(), default=0) <= 2


@pytest.mark.timeout(600)
def test_a_term_in_any_order(app: Flask) -> None:
    machine = type("TermOfThisDatabase", (Term,), {"app": app})
    limits = settings(
        max_examples=8, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
    )
    run_state_machine_as_test(machine, settings=limits)
