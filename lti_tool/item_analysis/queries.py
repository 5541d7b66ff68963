"""Which modules, versions and cohorts there are, and how often each answer was given with which score.

The database counts; each page costs the same few statements and rows whatever the number of people.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import CTE, Select, String, case, cast, func, null, select
from sqlalchemy.orm import Session

from lti_tool.item_analysis.counted import Answered, Counted, Outcome, Timed
from lti_tool.modules.models import Participation
from lti_tool.programme.content import ModuleContent, ProgrammeContent, Step
from lti_tool.programme.models import Cohort, OnlineModule, Programme
from lti_tool.programme.models import ModuleContent as StoredContent
from lti_tool.programme.queries import contents_of
from lti_tool.quiz.models import Answer, Attempt


@dataclass(frozen=True, slots=True)
class Version:
    content_id: int
    number: int


@dataclass(frozen=True, slots=True)
class Module:
    """`versions` in rising order; `shown` is the content that is offered, or else the newest, with its number."""

    id: int
    key: str
    programme_id: int
    versions: tuple[Version, ...]
    shown: ModuleContent
    shown_number: int


@dataclass(frozen=True, slots=True)
class Sample:
    """Whose answers: of one module, of these cohorts, and of these versions, numbers by the id of their content."""

    module_id: int
    cohort_ids: frozenset[int]
    versions: Mapping[int, int]

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(sorted(self.versions.values()))


@dataclass(frozen=True, slots=True)
class Group:
    """How many people of a cohort have handed in a first attempt at a version."""

    version: int
    cohort_id: int
    people: int


def modules(session: Session, cohort_ids: Collection[int]) -> list[Module]:
    """Those with a test, offered or not, of the cohorts' programmes, in teaching order."""
    mine = select(Cohort.programme_id).where(Cohort.id.in_(cohort_ids))
    rows = session.execute(
        select(OnlineModule, StoredContent.id, StoredContent.number)
        .join(StoredContent, StoredContent.module_key == OnlineModule.key)
        .where(OnlineModule.programme_id.in_(mine))
        .order_by(OnlineModule.programme_id, OnlineModule.position, OnlineModule.id, StoredContent.number)
    )
    found: dict[int, tuple[OnlineModule, list[Version]]] = {}
    for module, content_id, number in rows:
        found.setdefault(module.id, (module, []))[1].append(Version(content_id, number))
    shown = {key: _shown(*both) for key, both in found.items()}
    contents = contents_of(session, [version.content_id for version in shown.values()])
    return [
        Module(module.id, module.key, module.programme_id, tuple(versions), content, shown[key].number)
        for key, (module, versions) in found.items()
        if Step.TEST in (content := contents[shown[key].content_id]).steps
    ]


def _shown(module: OnlineModule, versions: Sequence[Version]) -> Version:
    return next((version for version in versions if version.content_id == module.content_id), versions[-1])


def cohort_titles(session: Session, cohort_ids: Collection[int], programme_id: int, language: str) -> dict[int, str]:
    """Of one programme, the newest first."""
    rows = session.execute(
        select(Cohort.id, Cohort.term, Programme.body)
        .join(Programme, Programme.id == Cohort.programme_id)
        .where(Cohort.id.in_(cohort_ids), Cohort.programme_id == programme_id)
        .order_by(Cohort.id.desc())
    )
    return {row.id: ProgrammeContent.model_validate(row.body).term_in(row.term, language) for row in rows}


def groups(session: Session, sample: Sample) -> list[Group]:
    tries = _tries(sample)
    rows = session.execute(
        select(tries.c.content_id, tries.c.cohort_id, func.count())
        .where(tries.c.number == 1)
        .group_by(tries.c.content_id, tries.c.cohort_id)
    )
    return [Group(sample.versions[row[0]], *row[1:]) for row in rows]


def counted(session: Session, sample: Sample, contents: Mapping[int, ModuleContent]) -> Counted:
    """`contents` are the sample's versions by number."""
    questions = {
        number: len(content.text_in(content.default_language).questions) for number, content in contents.items()
    }
    return Counted(_outcomes(session, sample), _answered(session, sample), _timed(session, sample), questions)


def _outcomes(session: Session, sample: Sample) -> list[Outcome]:
    tries = _tries(sample).c
    found = (tries.content_id, tries.number, tries.right_answers, tries.passed)
    rows = session.execute(select(*found, func.count()).group_by(*found))
    return [Outcome(sample.versions[row[0]], *row[1:]) for row in rows]


def _answered(session: Session, sample: Sample) -> list[Answered]:
    tries = _tries(sample)
    # As text, which both databases can group by; what is saved is sorted, so equal choices are equal texts.
    chosen = cast(Answer.chosen, String)
    score = case((tries.c.number == 1, tries.c.right_answers), else_=null())
    found = (tries.c.content_id, Answer.question_key, chosen, score)
    rows = session.execute(select(*found, func.count()).join(tries, tries.c.id == Answer.attempt_id).group_by(*found))
    return [Answered(sample.versions[row[0]], row[1], _keys(row[2]), *row[3:]) for row in rows]


def _timed(session: Session, sample: Sample) -> list[Timed]:
    """First attempts only."""
    tries = _tries(sample)
    found = (tries.c.content_id, Answer.question_key, Answer.seconds)
    rows = session.execute(
        select(*found, func.count())
        .join(tries, tries.c.id == Answer.attempt_id)
        .where(tries.c.number == 1, Answer.seconds.is_not(None))
        .group_by(*found)
    )
    return [Timed(sample.versions[row[0]], *row[1:]) for row in rows]


@lru_cache(maxsize=4096)
def _keys(chosen: str) -> frozenset[str]:
    return frozenset(json.loads(chosen))


def _tries(sample: Sample) -> CTE:
    """Attempts that are handed in, of people who had not met the module's test before, in another cohort."""
    return (
        select(
            Attempt.id,
            Attempt.number,
            Attempt.right.label("right_answers"),
            Attempt.passed,
            Participation.content_id,
            Participation.cohort_id,
        )
        .join(Participation, Participation.id == Attempt.participation_id)
        .where(
            Participation.module_id == sample.module_id,
            Participation.cohort_id.in_(sample.cohort_ids),
            Participation.content_id.in_(sample.versions),
            Attempt.submitted_at.is_not(None),
            Participation.id.in_(_first_met(sample.module_id)),
        )
        .cte("tries")
    )


def _first_met(module_id: int) -> Select[int]:
    """Where each person met the test for the first time, in whichever cohort: ids of participations."""
    return (
        select(func.min(Participation.id))
        .join(Attempt, Attempt.participation_id == Participation.id)
        .where(Participation.module_id == module_id, Attempt.submitted_at.is_not(None))
        .group_by(Participation.person_id)
    )
