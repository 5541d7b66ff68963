"""Completion as it is at this moment: read anew each time and stored nowhere, so that it is never out of date.

A cohort of any size takes the same few statements.
"""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.completion.facts import records_in
from lti_tool.completion.offers import setting_of
from lti_tool.completion.rules import Judge
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
    setting = setting_of(session, cohort_id, people)
    judge = Judge(setting.programme, setting.offer, moment)
    with _without_collection():
        return {person_id: judge.verdict(records) for person_id, records in records_in(session, setting, people)}


@contextmanager
def _without_collection() -> Iterator[None]:
    """Thousands of people are a hundred thousand objects, which all stay: to look through them for garbage every so
    often takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
