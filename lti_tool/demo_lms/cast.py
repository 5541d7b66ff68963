"""Who and what the demo LMS is filled with: plain data, which others may import to add records of the same people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import yaml

from lti_tool.demo_lms.vocabulary import INSTITUTION_ROLE, SYSTEM_ROLE
from lti_tool.paths import PACKAGE

LEARNER = "Learner"
INSTRUCTOR = "Instructor"
ADMINISTRATOR = "Administrator"

# The one module of the other programme.
OTHER_MODULE = "lap-assignment"

_FIRST_AUTUMN_MONTH = 8
_FULL_SCORE = 100.0
_ALL_STEPS = "Online module: read, take the test, write an essay, evaluate two others."


@dataclass(frozen=True)
class CastMember:
    """`sub` never changes; `story` says in one sentence what one can do as this person."""

    sub: str
    given_name: str
    family_name: str
    group: str
    story: str
    locale: str = "nb"
    institution_roles: tuple[str, ...] = (INSTITUTION_ROLE + "Student",)

    @property
    def email(self) -> str:
        return f"{self.sub}@demo.example"


@dataclass(frozen=True)
class CastLink:
    """A link that has a `score_maximum` (in points) gets a column in the gradebook from the start."""

    id: str
    title: str
    about: str
    module: str | None = None
    programme: str | None = None
    score_maximum: float | None = None

    @property
    def custom(self) -> dict[str, str]:
        named = {"module": self.module, "programme": self.programme}
        return {name: key for name, key in named.items() if key}


@dataclass(frozen=True)
class CastCourse:
    """`members` maps a sub to the short context roles that person has in the course."""

    key: str
    label: str
    title: str
    about: str
    links: tuple[CastLink, ...]
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class CastProgramme:
    """`pack` is the name of its content pack; the texts are those of its course, with {season} and {year}."""

    pack: str
    label: str
    title: str
    about: str

    def course(self, day: date, links: tuple[CastLink, ...], members: Mapping[str, tuple[str, ...]]) -> CastCourse:
        """In the term of that day; the term goes before the ids of `links`."""
        season, year = term_of(day)
        key = f"{self.pack}-{year}-{season}"
        return CastCourse(
            key,
            self.label.format(season=season, year=year),
            self.title.format(season=season, year=year),
            self.about,
            tuple(replace(link, id=f"{key}-{link.id}") for link in links),
            members,
        )


_PROGRAMMES = yaml.safe_load((PACKAGE / "demo_lms" / "programmes.yaml").read_text(encoding="utf-8"))
PROGRAMMES = tuple(CastProgramme(**programme) for programme in _PROGRAMMES)


ASSISTANTS = "Learning assistants"
INSTRUCTORS = "Instructor"
COORDINATORS = "Coordinator"
ADMINISTRATORS = "Administrator"
STRANGERS = "From another course"
SECOND_PROGRAMME = "In another programme"

_STAFF_ROLES = (INSTITUTION_ROLE + "Faculty", INSTITUTION_ROLE + "Instructor")
_ADMINISTRATOR_ROLES = (INSTITUTION_ROLE + "Administrator", SYSTEM_ROLE + "Administrator")

# The stories of the assistants tell what `seed_story.py` has them do.
LEARNING_ASSISTANTS = (
    CastMember(
        "la-ingrid",
        "Ingrid",
        "Solberg",
        ASSISTANTS,
        "The best first person: starts at the first page, and can finish the module and see the grade at once.",
    ),
    CastMember(
        "la-mateusz",
        "Mateusz",
        "Kowalczyk",
        ASSISTANTS,
        "Starts at the first page too, in English.",
        locale="en",
    ),
    CastMember(
        "la-leila",
        "Leila",
        "Haddad",
        ASSISTANTS,
        "Has passed the test; the essay is half written, and she has a week more for it than others have.",
    ),
    CastMember("la-sindre", "Sindre", "Aasen", ASSISTANTS, "Has failed the test once, and can try again."),
    CastMember(
        "la-amina",
        "Amina",
        "Yusuf",
        ASSISTANTS,
        "Has done everything: 100 points are in the gradebook of both courses. Has read both evaluations of her essay, "
        "which disagree, and has begun with her second module.",
    ),
    CastMember(
        "la-nils",
        "Nils Ánte",
        "Sara",
        ASSISTANTS,
        "Has completed the whole training, and can get the certificate. Has failed the first test once, and written "
        "both evaluations in a hurry, in the same words.",
    ),
    CastMember(
        "la-thuy",
        "Thuy Linh",
        "Nguyen",
        ASSISTANTS,
        "Has given one evaluation and begun the other: half of it is saved as a draft. Has told the coordinators that "
        "something is wrong with an evaluation of her essay. Was not at the first core module, and waits for a place "
        "in the second.",
    ),
    CastMember(
        "la-oda",
        "Oda",
        "Myrvold",
        ASSISTANTS,
        "Has given one evaluation; the other is not begun. Has said that an evaluation of her essay was not useful. "
        "Has a place in the second core module, and is prepared for it.",
    ),
    CastMember(
        "la-priya",
        "Priya",
        "Raman",
        ASSISTANTS,
        "Has handed in an essay, in English, and has two to evaluate. Has applied to have other training recognised.",
        locale="en",
    ),
    CastMember(
        "la-eirik",
        "Eirik",
        "Lunde",
        ASSISTANTS,
        "Was the last to hand in an essay in Norwegian, which ends with somebody else's words; has two to evaluate.",
    ),
    CastMember(
        "la-elif",
        "Elif",
        "Kaya",
        ASSISTANTS,
        "Has handed in an essay, in English, and has two to evaluate. Is a student assistant, who need not do this.",
        locale="en",
    ),
    CastMember(
        "la-daniel",
        "Daniel",
        "Okafor",
        ASSISTANTS,
        "Was the last to hand in an essay in English; the coordinator has returned the one evaluation he has given, "
        "and recognised his teacher education.",
        locale="en",
    ),
)
SUBJECT_INSTRUCTOR = CastMember(
    "instructor-solveig",
    "Solveig",
    "Brekke",
    INSTRUCTORS,
    "Instructor of Object-oriented programming: follows the learning assistants of that course and nobody else.",
    institution_roles=_STAFF_ROLES,
)
COORDINATOR = CastMember(
    "coordinator-henrik",
    "Henrik",
    "Dahl",
    COORDINATORS,
    "Coordinator of the training programme: sees every step across the courses, and each evaluation beside its essay.",
    institution_roles=_STAFF_ROLES,
)
SYSTEM_ADMINISTRATOR = CastMember(
    "admin-marit",
    "Marit",
    "Eriksen",
    ADMINISTRATORS,
    "Administrator: sees which learning platforms are connected, and lets new installations in.",
    institution_roles=_ADMINISTRATOR_ROLES,
)
STRANGER = CastMember(
    "stranger-jonas",
    "Jonas",
    "Lie",
    STRANGERS,
    "Learning assistant in Calculus: try whether he can see anything of the other two courses.",
)
STRANGER_INSTRUCTOR = CastMember(
    "stranger-astrid",
    "Astrid",
    "Moen",
    STRANGERS,
    "Instructor of Calculus: may follow Jonas, and must see none of the others.",
    institution_roles=_STAFF_ROLES,
)
OTHER_ASSISTANTS = (
    CastMember(
        "la-jakob",
        "Jakob",
        "Sand",
        SECOND_PROGRAMME,
        "Has handed in the essay of another programme, which has no test and no evaluations by others.",
    ),
    CastMember(
        "la-maja",
        "Maja",
        "Holm",
        SECOND_PROGRAMME,
        "Starts at the first page of that other programme.",
    ),
)
OTHER_COORDINATOR = CastMember(
    "coordinator-tone",
    "Tone",
    "Vik",
    SECOND_PROGRAMME,
    "Coordinator of the other programme: reads its essays, and hands them on to the course leaders.",
    institution_roles=_STAFF_ROLES,
)
PEOPLE = (
    *LEARNING_ASSISTANTS,
    SUBJECT_INSTRUCTOR,
    COORDINATOR,
    SYSTEM_ADMINISTRATOR,
    STRANGER,
    STRANGER_INSTRUCTOR,
    *OTHER_ASSISTANTS,
    OTHER_COORDINATOR,
)


def term_of(day: date) -> tuple[str, int]:
    """("spring", year) from January to July, ("autumn", year) from August."""
    return ("autumn" if day.month >= _FIRST_AUTUMN_MONTH else "spring"), day.year


def programme_course(day: date) -> CastCourse:
    members = {
        **_learners(LEARNING_ASSISTANTS),
        COORDINATOR.sub: (INSTRUCTOR,),
        SYSTEM_ADMINISTRATOR.sub: (ADMINISTRATOR,),
    }
    links = (
        _module("om1", "om1", "Giving feedback"),
        _module("om4", "om4", "Laboratory tutoring"),
        CastLink("training", "My training", "All parts of your training."),
        CastLink(
            "completed",
            "LAOS: completed",
            "All parts of your training; its column is filled once all of them are done.",
            programme=PROGRAMMES[0].pack,
            score_maximum=_FULL_SCORE,
        ),
    )
    return PROGRAMMES[0].course(day, links, members)


def other_programme_course(day: date) -> CastCourse:
    members = {**_learners(OTHER_ASSISTANTS), OTHER_COORDINATOR.sub: (INSTRUCTOR,)}
    links = (
        _module(OTHER_MODULE, OTHER_MODULE, "Cases, reading and essay", "Online module: cases, reading and an essay."),
        CastLink("training", "My training", "All parts of your training."),
    )
    return PROGRAMMES[1].course(day, links, members)


def subject_course() -> CastCourse:
    return CastCourse(
        "tdt4100",
        "TDT4100",
        "TDT4100 Object-oriented programming",
        "The course in which these learning assistants guide students.",
        (
            _module("tdt4100-om1", "om1", "OM1 Giving feedback"),
            CastLink(
                "tdt4100-training", "Training of our learning assistants", "How far our learning assistants have come."
            ),
        ),
        {**_learners(LEARNING_ASSISTANTS), SUBJECT_INSTRUCTOR.sub: (INSTRUCTOR,)},
    )


def other_course() -> CastCourse:
    return CastCourse(
        "tma4100",
        "TMA4100",
        "TMA4100 Calculus",
        "A course with people of its own, who share nothing with the other two.",
        (_module("tma4100-om1", "om1", "OM1 Giving feedback"),),
        {STRANGER.sub: (LEARNER,), STRANGER_INSTRUCTOR.sub: (INSTRUCTOR,)},
    )


def courses(day: date) -> tuple[CastCourse, ...]:
    return programme_course(day), subject_course(), other_course(), other_programme_course(day)


def _module(link_id: str, key: str, title: str, about: str = _ALL_STEPS) -> CastLink:
    return CastLink(link_id, title, about, module=key, score_maximum=_FULL_SCORE)


def _learners(people: tuple[CastMember, ...]) -> dict[str, tuple[str, ...]]:
    return {person.sub: (LEARNER,) for person in people}
