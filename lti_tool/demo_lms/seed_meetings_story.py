"""On which dates people of the demo meet, who is to come, who was there, and what some have prepared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time

from lti_tool.attendance.models import Presence


@dataclass(frozen=True)
class Meant:
    """A date of a meeting so many `days` from today, before it if negative.

    `people` have a place, or for the date of a course are marked, in this order: None is not marked. `waits` are those
    who came too late.
    """

    meeting: str
    days: int
    people: Mapping[str, Presence | None] = field(default_factory=dict)
    waits: tuple[str, ...] = ()
    begins: time = time(13, 15)
    hours: int = 4
    language: str = "nb"
    place: str = ""
    town: str = ""
    online_url: str = ""
    capacity: int | None = None
    leader: str = ""
    note: str = ""

    @property
    def is_over(self) -> bool:
        return self.days < 0


_THERE, _LATE, _ABSENT = Presence.PRESENT, Presence.LATE, Presence.ABSENT
_LED = "Henrik Dahl"
_ZOOM = "https://zoom.example/j/6123456789"

CORE = (
    Meant(
        "core-1",
        -13,
        {"la-amina": _THERE, "la-nils": _THERE, "la-oda": _LATE, "la-thuy": _ABSENT, "la-leila": _THERE},
        place="Realfagbygget, R7",
        town="Trondheim",
        capacity=30,
        leader=_LED,
    ),
    Meant(
        "core-1",
        -3,
        {"la-priya": _THERE, "la-daniel": _THERE, "la-eirik": None},
        language="en",
        online_url=_ZOOM,
        capacity=40,
        leader=_LED,
    ),
    Meant("core-1", 9, place="Ametyst, A128", town="Gjøvik", capacity=12, leader=_LED),
    Meant("core-1", 24, language="en", online_url=_ZOOM, capacity=40, leader=_LED),
    Meant(
        "core-2",
        -5,
        {"la-amina": _THERE, "la-nils": _THERE},
        place="Realfagbygget, R7",
        town="Trondheim",
        capacity=30,
        leader=_LED,
    ),
    Meant(
        "core-2",
        6,
        {"la-oda": None, "la-leila": None, "la-eirik": None},
        waits=("la-thuy",),
        place="Realfagbygget, R9",
        town="Trondheim",
        capacity=3,
        leader=_LED,
        note="Ta med en oppgave fra emnet ditt. Det er **kaffe** fra et kvarter før.",
    ),
    Meant("core-2", 11, place="Fogd Greves veg 9, L162", town="Ålesund", capacity=15, leader=_LED),
    Meant("core-2", 27, {"la-priya": None}, language="en", online_url=_ZOOM, capacity=40, leader=_LED),
)
# Everybody in the course is to come to these.
_AT_COURSE = "IT-bygget, rom 054"
_MORNING = time(10, 15)
COURSE = (
    Meant(
        "first-meeting",
        -16,
        dict.fromkeys(
            (
                "la-amina",
                "la-nils",
                "la-thuy",
                "la-oda",
                "la-priya",
                "la-eirik",
                "la-elif",
                "la-daniel",
                "la-leila",
                "la-sindre",
            ),
            _THERE,
        ),
        hours=1,
        place=_AT_COURSE,
    ),
    Meant(
        "follow-up",
        -9,
        dict.fromkeys(("la-amina", "la-nils", "la-thuy", "la-oda", "la-priya", "la-eirik", "la-sindre"), _THERE)
        | {"la-leila": _ABSENT},
        begins=_MORNING,
        hours=2,
        place=_AT_COURSE,
    ),
    Meant(
        "follow-up",
        -2,
        dict.fromkeys(("la-amina", "la-nils", "la-oda", "la-leila"), _THERE) | {"la-priya": _LATE},
        begins=_MORNING,
        hours=2,
        place=_AT_COURSE,
    ),
    Meant(
        "follow-up",
        8,
        begins=_MORNING,
        hours=2,
        place=_AT_COURSE,
        note="For dere som ikke kunne komme en av de andre gangene.",
    ),
    Meant("final-evaluation", -1, {"la-nils": _THERE}, hours=1, place="Kontoret til faglæreren, IT-bygget 212"),
    Meant("final-evaluation", 20, hours=1, place=_AT_COURSE),
)
# By meeting, who has begun to prepare for it.
PREPARED = {
    "core-1": ("la-amina", "la-nils", "la-oda", "la-thuy", "la-priya", "la-eirik"),
    "core-2": ("la-amina", "la-nils", "la-oda", "la-priya", "la-leila"),
}
# Has answered the first question only.
HALF_PREPARED = "la-leila", "core-2"
CONFIRMED = {"la-amina": "", "la-nils": "", "la-oda": "Fint at vi fikk skrevet ned dette.", "la-priya": ""}
# Has read what is agreed on, and asks about it first.
ASKS = "la-thuy"
ADDED_FOR = "la-leila"
# Whose final evaluation both sides have handed in, and whose only they themselves have.
EVALUATED = "la-nils"
AWAITS_EVALUATION = "la-oda"
