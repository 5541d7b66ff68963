"""Who of the demo has done what, and when, before anybody looks."""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.peer_review.models import Usefulness


@dataclass(frozen=True)
class Writer:
    """`wrong` has the number of wrong answers of each attempt at the test; the essay followed `days` ago."""

    sub: str
    days: float
    wrong: tuple[int, ...]


@dataclass(frozen=True)
class Given:
    """Evaluations submitted so many `days` ago, each begun so many minutes before. `text` names what was written each
    time, whatever the essay; without it they are what somebody thinks of that essay.
    """

    sub: str
    days: tuple[float, ...]
    minutes: float = 40
    text: str = ""


@dataclass(frozen=True)
class Judged:
    """What the author said `days` ago of evaluation 1 or 2 of their essay, having read it."""

    sub: str
    number: int
    days: float
    useful: Usefulness | None = None
    why: str = ""
    flag: str = ""


@dataclass(frozen=True)
class Reviewed:
    """What the coordinator decided, `days` ago, about evaluation 0 or 1 of those that the person has given."""

    sub: str
    number: int
    days: float
    reason: str = ""


WRITERS = (
    Writer("la-amina", 12.1, (0,)),
    Writer("la-nils", 11.3, (5, 1)),
    Writer("la-thuy", 9.0, (2,)),
    Writer("la-oda", 7.2, (1,)),
    Writer("la-priya", 5.4, (0,)),
    Writer("la-eirik", 4.3, (1,)),
    Writer("la-elif", 3.1, (4, 2)),
    Writer("la-daniel", 2.4, (0,)),
)
GIVEN = (
    Given("la-amina", (2.6, 1.6)),
    Given("la-nils", (2.21, 2.2), minutes=1.5, text="la-nils.hasty"),
    Given("la-thuy", (1.9,)),
    Given("la-oda", (1.1,)),
    Given("la-daniel", (0.9,)),
)
JUDGED = (
    Judged("la-amina", 1, 0.6, Usefulness.YES, "Jeg har alt brukt forslaget ditt i en øvingstime."),
    Judged("la-amina", 2, 0.6),
    Judged(
        "la-oda",
        2,
        1.4,
        Usefulness.NO,
        "Det står bare at alt er bra. Jeg vet ikke hva jeg kan gjøre annerledes neste gang.",
    ),
    Judged(
        "la-thuy",
        2,
        1.2,
        flag="Jeg tror ikke notatet mitt er lest. Det som står her, kunne ha stått om hvilken tekst som helst.",
    ),
)
APPROVED = Reviewed("la-amina", 0, 1.5)
RETURNED = Reviewed(
    "la-daniel",
    0,
    0.4,
    "Thank you, this is careful work. You suggest process level questions, but not where. Point to one sentence of the "
    "essay where such a question would fit, so that its author can use it.",
)
# What they have chosen beside the module that they work in; `SECOND` has begun with it.
CHOICES = {
    "la-amina": "om4",
    "la-nils": "om2",
    "la-thuy": "om5",
    "la-oda": "om2",
    "la-priya": "om6",
    "la-eirik": "om5",
    "la-elif": "om7",
    "la-daniel": "om2",
    "la-leila": "om3",
}
# In the other programme, whose module has no test.
OTHER_WRITER = Writer("la-jakob", 1.7, ())
SECOND = Writer("la-amina", 0.5, (1,))
# Has finished that, too, alone in it: the coordinator asks for no evaluations there.
FINISHED = Writer("la-nils", 0.9, (1,))
ALONE_REASON = "Ingen andre skriver i denne modulen ennå."
ALONE_DAYS = 0.6
BEGUN = "la-thuy"
DRAFTER = Writer("la-leila", 1.2, (2,))
FAILED = Writer("la-sindre", 0.8, (5,))
