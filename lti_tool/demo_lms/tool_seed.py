"""What the demo's tool knows from the start: its platform, its programme, its staff, and what some have done."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import db, now
from lti_tool.demo_lms.cast import (
    COORDINATOR,
    OTHER_COORDINATOR,
    PROGRAMMES,
    SYSTEM_ADMINISTRATOR,
    CastCourse,
    other_programme_course,
    programme_course,
)
from lti_tool.demo_lms.config import DemoConfig
from lti_tool.demo_lms.seed_launches import Launcher
from lti_tool.demo_lms.seed_work import seed_other_work, seed_work
from lti_tool.lti.actions import NewPlatform, add_platform
from lti_tool.lti.models import Deployment, Platform
from lti_tool.moderation.weighing import weigh_evaluations
from lti_tool.people.actions import ensure_course, ensure_person, grant_administrator, grant_coordinator
from lti_tool.programme.actions import load_programme
from lti_tool.programme.pack import read_pack
from lti_tool.reflection.comparing import compare_essays

GRANTED_BY = "demo"


def seed_tool(_app: Flask, lms: DemoConfig) -> None:
    """Add what is missing; within the application's context, and committed by the caller."""
    session, today = db.session, now().date()
    deployment = _register(session, lms)
    launcher = Launcher(session, lms, deployment, today)
    first, other = (load_programme(session, read_pack(programme.pack), today) for programme in PROGRAMMES)
    _grant(session, deployment, first.cohort_id, programme_course(today))
    _grant(session, deployment, other.cohort_id, other_programme_course(today))
    administrator_id = ensure_person(session, deployment.platform_id, SYSTEM_ADMINISTRATOR.sub)
    grant_administrator(session, administrator_id, granted_by=GRANTED_BY)
    seed_work(session, launcher, ensure_person(session, deployment.platform_id, COORDINATOR.sub))
    seed_other_work(session, launcher, ensure_person(session, deployment.platform_id, OTHER_COORDINATOR.sub))


def look_at_work() -> None:
    """What the worker would do within a minute, so that coordinators find it at once.

    It commits, and sees only what is committed.
    """
    weigh_evaluations()
    compare_essays()


def _register(session: Session, lms: DemoConfig) -> Deployment:
    platform = session.scalars(
        select(Platform).where(Platform.issuer == lms.issuer, Platform.client_id == lms.client_id)
    ).one_or_none()
    if platform is None:
        platform = add_platform(session, _registration(lms), development=True)
    return platform.deployments[0]


def _registration(lms: DemoConfig) -> NewPlatform:
    return NewPlatform(
        name="Demo LMS",
        issuer=lms.issuer,
        client_id=lms.client_id,
        auth_url=lms.authorisation_url,
        token_url=lms.token_url,
        jwks_url=lms.jwks_url,
        deployment_ids=(lms.deployment_id,),
    )


def _grant(session: Session, deployment: Deployment, cohort_id: int, course: CastCourse) -> None:
    course_id = ensure_course(session, deployment.id, course.key)
    grant_coordinator(session, cohort_id, course_id=course_id, granted_by=GRANTED_BY)
