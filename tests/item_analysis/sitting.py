"""Many people at the small test of the cast: its questions are q1, q2 (right: a) and q3 (right: a and b); two pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import count

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lti_tool.database import now
from lti_tool.modules.models import Participation
from lti_tool.people.models import Person
from lti_tool.programme.actions import store_version
from lti_tool.programme.content import ModuleContent
from lti_tool.programme.models import ModuleContent as StoredContent
from lti_tool.programme.models import OnlineModule
from lti_tool.quiz.marking import mark
from lti_tool.quiz.models import Answer, Attempt
from lti_tool.quiz.queries import solutions_of
from tests.cast import Cast

Sheet = Mapping[str, str]
RIGHT: Sheet = {"q1": "a", "q2": "a", "q3": "ab"}
_subjects = count()


def sit(
    session: Session,
    cast: Cast,
    attempts: Sequence[Sheet],
    *,
    version: int = 1,
    cohort_id: int | None = None,
    person_id: int | None = None,
    seconds: Mapping[str, int] | None = None,
) -> int:
    """One person hands in these sheets (question -> options, such as "ab"), one after the other; returns who."""
    person_id = person_id or _newcomer(session, cast)
    stored = _stored(session, version)
    content = ModuleContent.model_validate(stored.body)
    text = content.text_in(content.default_language)
    participation = Participation(
        person_id=person_id,
        module_id=cast.module_id,
        cohort_id=cohort_id or cast.cohort_id,
        content_id=stored.id,
    )
    session.add(participation)
    session.flush()
    for number, sheet in enumerate(attempts, start=1):
        chosen = {key: sorted(options) for key, options in sheet.items()}
        marks = mark(solutions_of(text), chosen, content.pass_share)
        attempt = Attempt(
            participation_id=participation.id,
            number=number,
            seed=1,
            right=marks.right,
            passed=marks.passed,
            started_at=now() - timedelta(hours=1),
            submitted_at=now(),
        )
        session.add(attempt)
        session.flush()
        rows = [
            {"attempt_id": attempt.id, "question_key": key, "chosen": options, "seconds": (seconds or {}).get(key)}
            for key, options in chosen.items()
        ]
        if rows:
            session.execute(insert(Answer), rows)
    return person_id


def publish(session: Session, cast: Cast, content: ModuleContent) -> int:
    """A further version, which is offered from now on; returns its number."""
    stored = store_version(session, content)
    session.get_one(OnlineModule, cast.module_id).content_id = stored.id
    session.flush()
    return stored.number


def _newcomer(session: Session, cast: Cast) -> int:
    person = Person(platform_id=cast.platform_id, subject=f"sat-{next(_subjects)}", name="Somebody Testperson")
    session.add(person)
    session.flush()
    return person.id


def _stored(session: Session, version: int) -> StoredContent:
    of_module = select(StoredContent).where(StoredContent.module_key == "om1", StoredContent.number == version)
    return session.scalars(of_module).one()
