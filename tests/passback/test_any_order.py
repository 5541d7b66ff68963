"""Whatever happens in whatever order, scores leave in order and the last one arrives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from lti_tool.database import now
from lti_tool.passback.actions import Grade, resend
from lti_tool.passback.models import Delivery, Score
from lti_tool.passback.outbox import Parcel, claim, record
from lti_tool.passback.rules import Failed, Later, Outcome, Stale
from tests.passback.conftest import Outbox
from tests.passback.fake_lms import FakeLms, no_answer, refusal

STEPS = ("grade", "deliver", "resend", "die holding it", "late outcome", "time passes", "lost answer")
FAULTS = (no_answer(), refusal(500), refusal(429, retry_after=5), refusal(401), refusal(403), refusal(409))
# What a stuck worker may believe that never got through to the platform.
LATE: tuple[Outcome, ...] = (Later(5), Stale(0, 409), Failed("refused", 400))


class Story:
    """One learner's score through a sequence of events; `dead` are the claims of workers that were killed or stuck."""

    def __init__(self, outbox: Outbox) -> None:
        outbox.session.execute(delete(Score))
        outbox.session.commit()
        outbox.lms = FakeLms()
        object.__setattr__(outbox.courier, "send", outbox.lms)
        outbox.courier.tokens.__init__()  # type: ignore[misc]
        self.outbox, self.dead, self.grades = outbox, list[Parcel](), 0
        self.grade()

    def grade(self) -> None:
        self.grades += 1
        self.score_id = self.outbox.enqueue(grade=Grade(self.grades % 100, 100, f"Version {self.grades}"))

    def step(self, name: str, choice: int) -> None:
        events: dict[str, Callable[[], object]] = {
            "grade": self.grade,
            "deliver": lambda: self.deliver(choice),
            "resend": self.resend,
            "die holding it": self.die_holding_it,
            "late outcome": lambda: self.record_late(choice),
            "time passes": self.pass_time,
            "lost answer": self.lose_answer,
        }
        events[name]()

    def deliver(self, choice: int) -> None:
        if choice % 2:
            self.outbox.lms.fail("scores", FAULTS[choice % len(FAULTS)])
        self.outbox.deliver()

    def resend(self) -> None:
        resend(self.outbox.session, self.score_id)
        self.outbox.session.commit()

    def record_late(self, choice: int) -> None:
        """A worker that was stuck for longer than its lease wakes up and records what it believes."""
        if self.dead:
            record(self.outbox.session, self.dead[choice % len(self.dead)], LATE[choice % len(LATE)])
            self.outbox.session.commit()

    def die_holding_it(self) -> None:
        parcel = claim(self.outbox.session, timedelta(seconds=60))
        self.outbox.session.commit()
        if parcel is not None:
            self.dead.append(parcel)

    def lose_answer(self) -> None:
        """The platform keeps the score, and the worker dies before it knows."""
        self.outbox.deliver()
        score = self.outbox.score(self.score_id)
        if score.state is Delivery.SENT:
            score.state = Delivery.WAITING
            self.outbox.session.commit()

    def pass_time(self) -> None:
        score = self.outbox.score(self.score_id)
        score.due_at, score.lease_until = score.created_at, now() - timedelta(seconds=1)
        self.outbox.session.commit()

    def settle(self) -> Score:
        self.outbox.lms.faults.clear()
        for _try in range(10):
            self.pass_time()
            self.outbox.deliver()
            score = self.outbox.score(self.score_id)
            if score.state is Delivery.FAILED:
                self.resend()
            elif score.state is Delivery.SENT:
                return score
        raise AssertionError("it does not settle")


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(events=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 11)), max_size=10))
def test_the_last_grade_arrives_and_none_before_an_earlier_one(outbox: Outbox, events: list[tuple[str, int]]) -> None:
    story = Story(outbox)
    for name, choice in events:
        story.step(name, choice)
    score = story.settle()
    posts = [post.json for post in outbox.lms.posts("/scores")]
    (grade,) = outbox.lms.grades.values()
    assert grade["comment"] == score.comment == f"Version {story.grades}"
    for earlier, later in pairwise(posts):
        apart = datetime.fromisoformat(later["timestamp"]) - datetime.fromisoformat(earlier["timestamp"])
        assert apart >= timedelta(milliseconds=999) or (apart == timedelta() and earlier == later)
