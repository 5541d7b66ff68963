"""Completion as it is at this moment: read anew each time and stored nowhere, so that it is never out of date.

A cohort of any size takes the same few statements.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.collecting import without_collection
from lti_tool.completion.facts import records_in
from lti_tool.completion.offers import setting_of
from lti_tool.completion.rules import Judge
from lti_tool.completion.statements import everybody
from lti_tool.completion.verdicts import Verdict


def verdict_of(session: Session, person_id: int, cohort_id: int, moment: datetime) -> Verdict:
    """One person's; of somebody who has done nothing yet, too."""
    return verdicts_in(session, cohort_id, moment, [person_id])[person_id]


def verdicts_in(
    session: Session, cohort_id: int, moment: datetime, people: Collection[int] | None = None
) -> dict[int, Verdict]:
    """By person: of these people, or of everybody who takes part in the cohort, is employed for it, has signed up in
    it, or has been marked in it. Eight statements at most.
    """
    everyone = session.scalars(everybody(cohort_id)).all() if people is None else people
    return _verdicts(session, cohort_id, moment, everyone, people)


def verdicts_of_all(
    session: Session, cohort_id: int, moment: datetime, everyone: Collection[int]
) -> dict[int, Verdict]:
    """As `verdicts_in` of the whole cohort, for whoever knows already who is in it. Seven statements at most."""
    return _verdicts(session, cohort_id, moment, everyone, None)


def _verdicts(
    session: Session, cohort_id: int, moment: datetime, everyone: Collection[int], asked_for: Collection[int] | None
) -> dict[int, Verdict]:
    """Of `everyone`; records are read of those `asked_for`, or of the whole cohort."""
    setting = setting_of(session, cohort_id, asked_for)
    judge = Judge(setting.programme, setting.offer, moment)
    with without_collection():
        records = records_in(session, setting, everyone, whole=asked_for is None)
        return {person_id: judge.verdict(found) for person_id, found in records}
