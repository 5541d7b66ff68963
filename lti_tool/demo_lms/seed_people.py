"""Who of the demo is employed as what, and whose other training is to be recognised."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.demo_lms.cast import LEARNING_ASSISTANTS
from lti_tool.demo_lms.seed_meetings import PersonOf
from lti_tool.demo_lms.seed_past import ago
from lti_tool.employment.found import Found
from lti_tool.employment.lines import head_of, lines_in
from lti_tool.employment.taking import take_over
from lti_tool.equivalence.actions import Applied, apply, decide, latest_entry
from lti_tool.equivalence.models import Decision, EquivalenceApplication, EquivalenceEvent
from lti_tool.programme.queries import ProgrammeTerm, programme_in
from lti_tool.sheets.reading import read_sheet

STUDENT_ASSISTANT = "la-elif"
# Stands on the list with another address and a shorter name than the platform knows.
UNMATCHED = "la-thuy"
# Works in the course, but the department has forgotten them.
UNLISTED = "la-sindre"
APPLIED = "la-priya"
RECOGNISED = "la-daniel"
_HEAD = ("Navn", "E-post", "Stilling", "Emne", "Institutt", "By", "Timer")
_WHERE = ("TDT4100", "Institutt for datateknologi og informatikk", "Trondheim")
# They work elsewhere, and have never come.
_OTHERS = (
    ("Håkon Berg", "hakon.berg@demo.example", "Stipendiat", "TDT4120", *_WHERE[1:], ""),
    ("Silje Vangen", "silje.vangen@demo.example", "LA", "TTM4100", "Institutt for elektroniske systemer", "Gjøvik", 80),
)
_STATEMENTS = {
    APPLIED: "I took a postgraduate certificate in education before this, with twelve weeks of practice at a school.",
    RECOGNISED: "I study to be a teacher of mathematics and physics, and have completed the third year.",
}
_REASON = "The transcript shows two completed years with practice."


def seed_people(session: Session, person: PersonOf, cohort_id: int, coordinator_id: int) -> None:
    programme = programme_in(session, cohort_id)
    sheet = read_sheet(employed(), "laeringsassistenter.csv")
    head = head_of(sheet.rows)
    assert head is not None
    found = lines_in(sheet.rows[head.place + 1 :], head, programme.content, programme.term, Found())
    take_over(session, cohort_id, found)
    _apply(session, person(APPLIED), programme, "other-teacher-education", _STATEMENTS[APPLIED], days=2)
    _apply(session, person(RECOGNISED), programme, "teacher-education", _STATEMENTS[RECOGNISED], days=6)
    _approve(session, person(RECOGNISED), coordinator_id, days=5)


def employed() -> bytes:
    """The department's list, as a spreadsheet saves it."""
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([_HEAD, *_lines(), *_OTHERS])
    return text.getvalue().encode("utf-8-sig")


def _lines() -> Iterator[tuple[object, ...]]:
    for number, member in enumerate(LEARNING_ASSISTANTS):
        position = "Studentassistent" if member.sub == STUDENT_ASSISTANT else "Læringsassistent"
        named = f"{member.given_name} {member.family_name}", member.email
        if member.sub == UNMATCHED:
            named = f"{member.given_name.split()[0]} {member.family_name}", "thuy@private.example"
        if member.sub != UNLISTED:
            yield (*named, position, *_WHERE, 60 + 10 * (number % 4))


def _apply(
    session: Session, person_id: int, programme: ProgrammeTerm, category: str, statement: str, *, days: float
) -> None:
    new = Applied(programme.id, programme.cohort_id, category, statement, None)
    with ago(session, (EquivalenceApplication, EquivalenceEvent), days=days):
        apply(session, person_id, new)


def _approve(session: Session, person_id: int, coordinator_id: int, *, days: float) -> None:
    application = session.scalars(
        select(EquivalenceApplication.id).where(EquivalenceApplication.person_id == person_id)
    ).one()
    seen = latest_entry(session, application)
    with ago(session, (EquivalenceApplication, EquivalenceEvent), days=days):
        decide(session, application, coordinator_id, decision=Decision.APPROVED, reason=_REASON, seen=seen)
