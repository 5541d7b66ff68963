"""What the subject course of the demo holds for its learning assistants: dates, an agreement, final evaluations."""

from __future__ import annotations

from typing import Any

import yaml
from sqlalchemy.orm import Session

from lti_tool.attendance.planning import create_sessions
from lti_tool.course_module.agreement import Expectations, add_for, agreement_of, answer, record, seen_in, share_of
from lti_tool.course_module.answers import Answers, Judged, Level
from lti_tool.course_module.evaluation import Subject, submit
from lti_tool.course_module.models import Agreement, AgreementShare, FinalEvaluation, Side
from lti_tool.course_module.scope import CourseModule, modules_of_course
from lti_tool.demo_lms.seed_meetings import PersonOf, mark, planned
from lti_tool.demo_lms.seed_meetings_story import (
    ADDED_FOR,
    ASKS,
    AWAITS_EVALUATION,
    CONFIRMED,
    COURSE,
    EVALUATED,
)
from lti_tool.demo_lms.seed_past import TEXTS, ago

_AGREED_DAYS = -COURSE[0].days - 1
# Ago, of each side.
_OWN_HOURS, _DEPARTMENT_HOURS = 6, 3


def seed_course(session: Session, person: PersonOf, cohort_id: int, course_id: int, instructor_id: int) -> None:
    held = modules_of_course(session, instructor_id, course_id)
    module = next(one for one in held if one.cohort_id == cohort_id)
    dates = [planned(session, cohort_id, meant, course_id) for meant in COURSE]
    for meant, made in zip(COURSE, create_sessions(session, instructor_id, dates), strict=True):
        mark(session, person, meant, made, instructor_id)
    texts: dict[str, Any] = yaml.safe_load((TEXTS / "course-module.yaml").read_text(encoding="utf-8"))
    _agree(session, person, module, instructor_id, texts)
    _evaluate(session, person, module, instructor_id, texts)


def _agree(session: Session, person: PersonOf, module: CourseModule, instructor_id: int, texts: dict[str, Any]) -> None:
    kept = (Agreement, AgreementShare)
    with ago(session, kept, days=_AGREED_DAYS):
        agreement = record(session, instructor_id, module, Expectations(**texts["agreement"]), 0)
        add_for(session, module, person(ADDED_FOR), texts["addition"], 0)
    answers = {**CONFIRMED, ASKS: texts["question"]}
    for number, (sub, remark) in enumerate(answers.items()):
        person_id = person(sub)
        with ago(session, kept, days=_AGREED_DAYS - 1, hours=number):
            seen = seen_in(agreement, share_of(session, agreement_of(session, module), person_id))
            answer(session, person_id, module, seen, remark, confirms=sub in CONFIRMED)


def _evaluate(
    session: Session, person: PersonOf, module: CourseModule, instructor_id: int, texts: dict[str, Any]
) -> None:
    own, department = (_answers(module, texts[side]) for side in (Side.ASSISTANT.value, Side.DEPARTMENT.value))
    for sub in (EVALUATED, AWAITS_EVALUATION):
        with ago(session, (FinalEvaluation,), days=0, hours=_OWN_HOURS):
            submit(session, person(sub), Subject(module, person(sub)), Side.ASSISTANT, own, version=0)
    with ago(session, (FinalEvaluation,), days=0, hours=_DEPARTMENT_HOURS):
        submit(session, instructor_id, Subject(module, person(EVALUATED)), Side.DEPARTMENT, department, version=0)


def _answers(module: CourseModule, said: dict[str, Any]) -> Answers:
    outcomes = {
        key: Judged(level=said["levels"].get(key, Level.SECURE), comment=said["comments"].get(key, ""))
        for key in module.outcomes
    }
    return Answers(outcomes=outcomes, **{name: said[name] for name in ("development", "works", "change")})
