"""Whom a coordinator finds by name, and who is a stranger to the cohort."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from lti_tool.completion.people import people_called, person_in
from lti_tool.database import now
from lti_tool.employment.models import Employment
from lti_tool.errors import NotFound
from lti_tool.people.models import Person
from lti_tool.programme.actions import enrol
from tests.cast import Cast


def test_who_is_on_record_or_in_the_programmes_course_is_found_and_nobody_else(cast: Cast, session: Session) -> None:
    una, tuva, kari = (cast.person_id(name) for name in ("una", "tuva", "kari"))
    for person_id in (una, tuva, kari):
        session.get_one(Person, person_id).name = "Kim Åsen"

    def found() -> set[int]:
        session.flush()
        return {one.person_id for one in people_called(session, cast.cohort_id, "kim å")}

    assert found() == {tuva}, "she is in the programme's course; Kari only teaches there"
    with pytest.raises(NotFound):
        person_in(session, cast.cohort_id, una)
    job = Employment(
        cohort_id=cast.cohort_id, reference="una", name="Una", position="assistant", person_id=una, matched_at=now()
    )
    session.add(job)
    assert found() == {tuva, una}
    assert person_in(session, cast.cohort_id, una).name == "Kim Åsen"
    job.ended_at = now()
    assert found() == {tuva}
    enrol(session, una, cast.cohort_id)
    assert found() == {tuva, una}
