"""A simulated term whose authors spend no time on writing: for sizes that the pages' actions take minutes for.

Coming to the pool, leaving it and running out of time go through the product's actions all the same; beginning and
submitting an evaluation, which move nobody, are written into the rows.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, update

from lti_tool.database import now, table_of
from lti_tool.modules.models import Participation
from lti_tool.peer_review.models import Evaluation, EvaluationStatus
from lti_tool.peer_review.pools import join_pool
from lti_tool.peer_review.simulation import Actor, Term
from lti_tool.reflection.models import Essay


class QuickTerm(Term):
    def cast(self) -> list[Actor]:
        actors, moment = super().cast(), now()
        takes = {"cohort_id": self.module.cohort_id, "module_id": self.module.id, "content_id": self.module.content_id}
        parts = [{"id": n, "person_id": actor.person_id, **takes} for n, actor in enumerate(actors, 1)]
        written = {"text": "Words", "submitted_text": "Words", "submitted_at": moment}
        self.parts = {part["person_id"]: Participation(**part) for part in parts}
        essays: list[dict[str, Any]] = [
            {"participation_id": n, "language": actor.language, "submitted_language": actor.language, **written}
            for n, actor in enumerate(actors, 1)
        ]
        if actors:
            self.session.execute(insert(Participation), parts)
            self.session.execute(insert(Essay), essays)
            self.session.commit()
        return actors

    def hand_in(self, actor: Actor) -> None:
        join_pool(self.session, self.parts[actor.person_id])
        self.present[actor.person_id] = self.parts[actor.person_id].id

    def work(self, begins: float, finishes: float) -> None:
        found = [task for task in self.tasks() if task[0] not in self.stopped]
        begun = [
            public_id
            for _, public_id, status in found
            if status is EvaluationStatus.STARTED or self.rng.random() < begins
        ]
        done = [public_id for public_id in begun if self.rng.random() < finishes]
        self._write(begun, status=EvaluationStatus.STARTED, started_at=now())
        self._write(done, status=EvaluationStatus.SUBMITTED, submitted_at=now())
        self.session.commit()

    def _write(self, public_ids: list[str], **values: Any) -> None:
        column = table_of(Evaluation).c.public_id
        if public_ids:
            self.session.execute(update(table_of(Evaluation)).where(column.in_(public_ids)).values(**values))
