"""A programme that offers more modules than it asks for."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.modules.models import ModuleChoice
from lti_tool.programme.content import LearningOutcome, ProgrammeContent, Work
from lti_tool.programme.models import OnlineModule, Programme
from lti_tool.programme.requirements import Attendance, Completion, Meeting
from tests.cast import Cast, add_module, small_module, small_programme

# In teaching order; each fits the work of the same place, and the last one fits the first kind as well.
KEYS = ("om1", "om2", "om3", "om4")
TITLES = {"om1": "Giving feedback", "om2": "Exercise tutoring", "om3": "Seminar tutoring", "om4": "Laboratory tutoring"}
WORK = {"om1": ("reports",), "om2": ("exercises",), "om3": ("seminars",), "om4": ("laboratory", "exercises")}


def programme(**changes: object) -> ProgrammeContent:
    """Two modules of any number, worth 6 hours, and a seminar of 4 hours."""
    usual = {
        "modules": KEYS,
        "work": tuple(
            Work(key=key, titles={"en": key.title()}) for key in ("exercises", "seminars", "laboratory", "reports")
        ),
        "learning_outcomes": (LearningOutcome(key="listening", titles={"en": "Listen to students"}),),
        "requirements": (
            Completion(kind="complete", key="online", titles={"en": "Two online modules"}, choose=2, hours=6),
            Attendance(
                kind="attend",
                key="seminar",
                titles={"en": "Core seminar"},
                held_by="course",
                meetings=(Meeting(key="one", titles={"en": "First meeting"}, hours=4),),
            ),
        ),
    }
    return small_programme().model_copy(update=usual | changes)


def offer_modules(session: Session, keys: tuple[str, ...] = KEYS, **changes: object) -> None:
    """Have the programme of the cast, which has `om1`, offer these."""
    session.scalars(select(Programme)).one().body = programme(**changes).model_dump(mode="json")
    for position, key in enumerate(keys, 1):
        module = small_module(key)
        text = module.languages["en"].model_copy(update={"title": TITLES.get(key, key), "audience": f"For {key}"})
        figures = {
            "position": position,
            "languages": {"en": text, "nb": text},
            "work": WORK.get(key, ()),
            "learning_outcomes": ("listening",),
        }
        if key != "om1":
            add_module(session, module.model_copy(update=figures))


def chosen_by(session: Session, cast: Cast, name: str) -> set[str]:
    query = select(OnlineModule.key).join(ModuleChoice, ModuleChoice.module_id == OnlineModule.id)
    return set(session.scalars(query.where(ModuleChoice.person_id == cast.person_id(name))))
