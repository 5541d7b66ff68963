"""A term of peer evaluation played through the actions that people use, to see who ends up with what.

Authors hand in over weeks, some after the date. They begin and submit their evaluations when they find the time. Of
those who drop out half leave, and half say nothing: they never begin, or stop half way, until their time is over. What
the tool does not solve by itself must stand in the list of shortages; a coordinator deals with that list, if the plan
says so.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from lti_tool.database import now, table_of
from lti_tool.lti.models import Platform
from lti_tool.modules.models import Participation, StepDate
from lti_tool.peer_review.actions import EVALUATIONS_TO_GIVE, start_evaluation, submit_evaluation
from lti_tool.peer_review.answers import Answers, CriterionAnswer
from lti_tool.peer_review.expiry import expire, resume
from lti_tool.peer_review.models import Author, Evaluation, EvaluationStatus, LogEntry, LogKind, PoolConflict
from lti_tool.peer_review.pools import locked_pool, withdraw
from lti_tool.peer_review.shortages import Side, ask_volunteer, shortages, take_essay, volunteers, waive
from lti_tool.people.models import Person
from lti_tool.programme.content import ModuleContent, Step
from lti_tool.programme.queries import CurrentModule
from lti_tool.reflection.actions import submit_essay
from lti_tool.reflection.models import Essay

# How likely somebody is to begin, or to finish, an evaluation on a given day, and to hand in after the date.
BEGINS, FINISHES, LATE = 0.4, 0.3, 0.05
# How long the term goes on after the date: time for the late ones, and once more for those who get what expires then.
DAYS_AFTER = 21
# Whoever drops out does so within so many days of handing in.
SOON = 10
# Of every ten authors the first three are a team that is kept apart.
TEAM, ONE_IN = 3, 10
WHY = "simulated"


@dataclass(frozen=True, slots=True)
class Plan:
    """`dropouts` is the share of authors, in [0, 1], who leave or fall silent at some time after handing in.

    Evaluations are due when the `weeks` are over.
    """

    authors: int
    dropouts: float
    languages: tuple[str, ...]
    weeks: int
    seed: int
    coordinator: bool = False

    @property
    def days(self) -> int:
        return self.weeks * 7


@dataclass(frozen=True, slots=True)
class Outcome:
    """`left` have withdrawn, `silent` have stopped without a word. Of all who have not left, `exact` have given two and
    received two; the others are named in the list of shortages or not (`short_silent`). `stuck` can do nothing more,
    have not given two and are not named. `expired` evaluations were taken back after the date; `changed_edges` are
    those of others that were moved because somebody left or fell silent. `arranged` were given by volunteers and staff.
    """

    authors: int
    left: int
    silent: int
    exact: int
    short_named: int
    short_silent: int
    stuck: int
    changed_edges: int
    expired: int
    arranged: int

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Actor:
    """`arrives` and `stops` are days of the term."""

    person_id: int
    language: str
    arrives: int
    stops: int | None
    silent: bool


def play(session: Session, module: CurrentModule, plan: Plan) -> Outcome:
    """Play the term in an open cohort where nobody has handed in; commits after each thing that somebody does."""
    return Term(session, module, plan).play()


class Term:
    """Its days lie in the past, so that whatever is handed out on one of them can be dated by it."""

    def __init__(self, session: Session, module: CurrentModule, plan: Plan) -> None:
        self.session, self.module, self.plan = session, module, plan
        self.rng = random.Random(plan.seed)  # noqa: S311 - a run must be repeatable
        self.essay = " ".join(["word"] * module.content.essay_words_min)
        self.answers = _answers(module.content)
        self.began = now()
        self.first_day = self.began - timedelta(days=plan.days + DAYS_AFTER + 1)
        self.present: dict[int, int] = {}
        self.stopped: set[int] = set()
        self.left = self.silent = self.changed = self.expired = self.arranged = 0
        self.actors = self.cast()
        self._prepare()

    def play(self) -> Outcome:
        for day in range(self.plan.days + DAYS_AFTER):
            self._pass_day(day)
        self._finish()
        if self.plan.coordinator:
            self._deal_with_the_rest()
        return self._outcome()

    def cast(self) -> list[Actor]:
        people = add_people(self.session, self.plan.authors)
        self.session.commit()
        return [self._actor(person_id) for person_id in people]

    def _actor(self, person_id: int) -> Actor:
        days, late = self.plan.days, self.rng.random() < LATE
        arrives = self.rng.randrange(days, days + 7) if late else self.rng.randrange(days)
        stops = arrives + self.rng.randrange(SOON) if self.rng.random() < self.plan.dropouts else None
        return Actor(person_id, self.rng.choice(self.plan.languages), arrives, stops, self.rng.random() < 0.5)

    def _prepare(self) -> None:
        place = {"cohort_id": self.module.cohort_id, "module_id": self.module.id}
        due_at = self._moment(self.plan.days)
        self.session.merge(StepDate(**place, step=Step.EVALUATIONS, due_at=due_at))
        # Everything random in the term comes from the plan's seed.
        for language in self.plan.languages:
            locked_pool(self.session, **place, language=language).seed = self.plan.seed
        self.session.commit()

    def _moment(self, day: int) -> datetime:
        return self.first_day + timedelta(days=day)

    def _pass_day(self, day: int) -> None:
        for actor in self.rng.sample(self.actors, len(self.actors)):
            if actor.arrives == day:
                self.hand_in(actor)
            if actor.stops == day:
                self._stop(actor)
        self.work(BEGINS, FINISHES)
        self._date(day)
        if day >= self.plan.days:
            self._expire(day + 1)

    def _finish(self) -> None:
        """Whoever is still there asks for what they have lost, and does all that there is to do."""
        late = select(Participation.person_id).join(Author, Author.participation_id == Participation.id)
        for person_id in self.session.scalars(late.where(Author.lapsed > 0).order_by(Author.id)).all():
            if person_id not in self.stopped:
                resume(self.session, person_id, self.module.key)
                self.session.commit()
        self.work(1, 1)

    def hand_in(self, actor: Actor) -> None:
        submit_essay(self.session, actor.person_id, self.module, self.essay, 0, language=actor.language)
        self.present[actor.person_id] = self.session.scalars(_TAKES_PART, {"person_id": actor.person_id}).one()
        self.session.commit()

    def _stop(self, actor: Actor) -> None:
        if actor.silent:
            self.silent += 1
            self.stopped.add(actor.person_id)
        else:
            self.left += 1
            participation = self.session.get_one(Participation, self.present.pop(actor.person_id))
            self._counting_moves(lambda: withdraw(self.session, participation, reason=WHY, person_id=None))

    def _counting_moves(self, act: Callable[[], object]) -> None:
        before = self.session.scalar(_LAST_LINE) or 0
        act()
        self.changed += self.session.scalars(_MOVED, {"before": before}).one()
        self.session.commit()

    def _expire(self, day: int) -> None:
        def act() -> None:
            self.expired += expire(self.session, self._moment(day))

        self._counting_moves(act)

    def _date(self, day: int) -> None:
        """What was handed out today was handed out on that day of the term."""
        self.session.execute(_DATE, {"began": self.began, "moment": self._moment(day)})
        self.session.commit()

    def work(self, begins: float, finishes: float) -> None:
        """Those who are still there see to their evaluations, once each."""
        for person_id, public_id, status in self.tasks():
            if person_id in self.stopped:
                continue
            if status is EvaluationStatus.STARTED or self.rng.random() < begins:
                self._see_to(person_id, public_id, begun=status is EvaluationStatus.STARTED, finishes=finishes)

    def tasks(self) -> Sequence[tuple[int, str, EvaluationStatus]]:
        rows = self.session.execute(_TASKS).all()
        self.session.commit()
        return [(row.person_id, row.public_id, row.status) for row in rows]

    def _see_to(self, person_id: int, public_id: str, *, begun: bool, finishes: float) -> None:
        if not begun:
            start_evaluation(self.session, person_id, public_id)
        if self.rng.random() < finishes:
            submit_evaluation(self.session, person_id, public_id, self.answers, 1)
        self.session.commit()

    def _deal_with_the_rest(self) -> None:
        """Ask volunteers for a third, take the essays that are left, and waive what somebody cannot be given."""
        coordinator = add_people(self.session, 1, "coordinator")[0]
        for item in shortages(self.session, [self.module.cohort_id]):
            query = select(Author).join(Essay, Essay.id == Author.essay_id).where(Essay.public_id == item.essay)
            author = self.session.scalars(query).one()
            for _ in range(item.to_receive):
                self._arrange(author, coordinator)
            if item.to_give + item.lapsed:
                waive(self.session, author, Side.GIVEN, reason=WHY, person_id=coordinator)
            self.session.commit()
        self.work(1, 1)

    def _arrange(self, author: Author, coordinator: int) -> None:
        willing = [one for one in volunteers(self.session, author) if one.person_id not in self.stopped]
        if willing:
            query = select(Author).where(Author.participation_id == self.present[willing[0].person_id])
            helper = self.session.scalars(query).one()
            ask_volunteer(self.session, author, helper, reason=WHY, person_id=coordinator)
        else:
            taken = take_essay(self.session, author, reason=WHY, person_id=coordinator)
            submit_evaluation(self.session, coordinator, taken.public_id, self.answers, 1)
        self.arranged += 1

    def _outcome(self) -> Outcome:
        named = {item.person_id for item in shortages(self.session, [self.module.cohort_id])}
        given, received = self._done(Evaluation.evaluator_id), self._done(Evaluation.author_id)
        exact = {person for person in self.present if given[person] >= EVALUATIONS_TO_GIVE and received[person] == 2}
        short = self.present.keys() - exact
        silent = short - named
        busy = {person_id for person_id, *_ in self.tasks()}
        stuck = {person for person in silent if given[person] < EVALUATIONS_TO_GIVE and person not in busy}
        counts = (len(exact), len(short & named), len(silent), len(stuck))
        return Outcome(self.plan.authors, self.left, self.silent, *counts, self.changed, self.expired, self.arranged)

    def _done(self, end: Any) -> Counter[int]:
        """Submitted evaluations that each person has given, or has received in a place that counts."""
        rows = self.session.execute(
            select(Participation.person_id, func.count())
            .join(Author, Author.participation_id == Participation.id)
            .join(Evaluation, end == Author.id)
            .where(Evaluation.status == EvaluationStatus.SUBMITTED)
            .group_by(Participation.person_id)
        )
        return Counter({row[0]: row[1] for row in rows})


def add_people(session: Session, number: int, kind: str = "author") -> Sequence[int]:
    """People of a platform that does not exist, some of them in teams that are kept apart; not committed."""
    platform = _platform(kind)
    session.add(platform)
    session.flush()
    if not number:
        return []
    rows = [{"platform_id": platform.id, "subject": f"{kind}-{n}"} for n in range(number)]
    session.execute(insert(Person), rows)
    people = session.scalars(select(Person.id).where(Person.platform_id == platform.id).order_by(Person.id)).all()
    teams = [people[at : at + TEAM] for at in range(0, number, ONE_IN)]
    pairs = [pair for team in teams for pair in combinations(sorted(team), 2)]
    if pairs:
        session.execute(insert(PoolConflict), [{"first_id": u, "second_id": v, "reason": WHY} for u, v in pairs])
    return people


def _platform(name: str) -> Platform:
    address = "https://simulation.invalid/"
    return Platform(
        name="Simulation",
        issuer=address,
        client_id=name,
        auth_url=address,
        token_url=address,
        jwks_url=address,
        token_audience=None,
    )


def _answers(content: ModuleContent) -> Answers:
    comment = " ".join(["word"] * content.comment_words_min)
    form = content.text_in(content.default_language).form
    criteria = {c.key: CriterionAnswer(level=c.levels[0].key, comment=comment) for c in form.criteria}
    return Answers(criteria=criteria, overall=comment)


_evaluation, _line = table_of(Evaluation).c, table_of(LogEntry).c
_TAKES_PART = select(Participation.id).where(Participation.person_id == bindparam("person_id"))
_LAST_LINE = select(func.max(_line.id))
_MOVED = select(func.count()).where(
    _line.id > bindparam("before"), _line.kind == LogKind.TAKEN_BACK, _line.reason == "exchange"
)
_DATE = (
    update(table_of(Evaluation))
    .where(_evaluation.created_at >= bindparam("began"))
    .values(created_at=bindparam("moment"))
)
_TASKS = (
    select(Participation.person_id, Evaluation.public_id, Evaluation.status)
    .join(Author, Author.participation_id == Participation.id)
    .join(Evaluation, Evaluation.evaluator_id == Author.id)
    .where(Evaluation.status != EvaluationStatus.SUBMITTED, Evaluation.given_slot.is_not(None))
    .order_by(Evaluation.evaluator_id, Evaluation.given_slot)
)
