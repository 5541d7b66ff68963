"""What authors write: a programme and its online modules, frozen.

No file is known here (`pack.py` reads and cross-checks them), and every model survives
`model_validate_json(model_dump_json())` unchanged, which is how a loaded programme is stored.
Texts are plain unless their type says Markdown; languages are codes such as "en" and "nb".
"""

import enum
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Annotated, Literal, Self, TypeVar
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from lti_tool.programme.kinds import (
    Content,
    Hours,
    Key,
    Language,
    Markdown,
    Markdowns,
    MaybeMarkdown,
    MonthDay,
    Text,
    Title,
    Titles,
    WebAddress,
)
from lti_tool.programme.requirements import Attendance, Completion, Equivalent, Meeting, Position, Requirement
from lti_tool.programme.video_hosts import NAMES, embed_of

T = TypeVar("T")


class Step(enum.StrEnum):
    """What a module may ask for, in the order a person meets it. Material counts for nothing and is always open."""

    TEST = "test"
    ESSAY = "essay"
    EVALUATIONS = "evaluations"


def _in_order(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    if steps != tuple(step for step in Step if step in steps):
        raise PydanticCustomError("steps_order", "must be without repetition, in the order test, essay, evaluations")
    if Step.EVALUATIONS in steps and Step.ESSAY not in steps:
        raise PydanticCustomError("steps_essay", "must have an essay, if essays are to be evaluated")
    return steps


@cache
def _zones() -> frozenset[str]:
    """Kept, because to list them walks through hundreds of files, and every request reads a programme."""
    return frozenset(available_timezones())


def _known_zone(name: str) -> str:
    if name not in _zones():
        raise PydanticCustomError("timezone", 'must be the name of a time zone, such as "Europe/Oslo"')
    return name


def _known_host(url: str) -> str:
    if embed_of(url) is None:
        raise PydanticCustomError("video_host", "must be the address of a video on " + ", ".join(NAMES))
    return url


TimeZone = Annotated[str, AfterValidator(_known_zone)]
VideoAddress = Annotated[WebAddress, AfterValidator(_known_host)]
Steps = Annotated[tuple[Step, ...], Field(min_length=1), AfterValidator(_in_order)]


class Option(Content):
    key: Key
    text: Text
    correct: bool
    feedback: Text


class Image(Content):
    """A picture of a question; `digest` (SHA-256 in hex) names a stored `ContentImage`."""

    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    alternative: Text


class Question(Content):
    """A `single` question has exactly one right option, a `multiple` one at least one; both have a wrong one."""

    key: Key
    text: Text
    kind: Literal["single", "multiple"]
    options: tuple[Option, ...] = Field(min_length=2)
    images: tuple[Image, ...] = ()


class Level(Content):
    key: Key
    label: Title
    description: Text


class Criterion(Content):
    """One row of the evaluation form; its levels run from lowest to highest."""

    key: Key
    title: Title
    question: Text
    levels: tuple[Level, ...] = Field(min_length=4, max_length=4)
    comment_prompt: Text


class EvaluationForm(Content):
    introduction: Text
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    overall_prompt: Text


class Video(Content):
    """A case on film. Without `url` its transcript is the case; with one, it says all that is to be heard and seen."""

    key: Key
    title: Title
    url: VideoAddress | None = None
    minutes: int | None = Field(default=None, ge=1, le=600)
    summary: Text
    transcript: Markdown
    questions: tuple[Text, ...] = ()


class Topic(Content):
    """Further material, to be read before a discussion of it."""

    key: Key
    title: Title
    text: Markdown


class Heading(Content):
    """`audience` says whom the module helps most, for those who choose among several."""

    title: Title
    summary: Text
    audience: Text | None = None


class ModuleText(Heading):
    """All that one module says in one language; keys and right answers are the same in every language.

    What belongs to a step that the module does not have is empty.
    """

    reading: Markdown
    videos: tuple[Video, ...] = ()
    topics: tuple[Topic, ...] = ()
    questions: tuple[Question, ...] = ()
    essay_prompt: MaybeMarkdown = ""
    evaluation: EvaluationForm | None = None

    @property
    def form(self) -> EvaluationForm:
        """Of a module with peer evaluation; LookupError for another."""
        if self.evaluation is None:
            raise LookupError("this module has no peer evaluation")
        return self.evaluation

    @property
    def steps(self) -> frozenset[Step]:
        """The steps that it has texts for."""
        texts = {Step.TEST: self.questions, Step.ESSAY: self.essay_prompt, Step.EVALUATIONS: self.evaluation}
        return frozenset(step for step, found in texts.items() if found)


class Figures(Content):
    """`pass_share` is the share of questions answered rightly, in (0, 1]; `attempts_allowed` is None for any
    number; `comment_words_min` holds for each comment of an evaluation; `learning_outcomes` and `work` are keys.
    """

    steps: Steps = tuple(Step)
    pass_share: float = Field(default=0.8, gt=0, le=1, allow_inf_nan=False)
    attempts_allowed: int | None = Field(default=None, ge=1)
    essay_words_min: int = Field(default=300, ge=1)
    essay_words_max: int = Field(default=500, ge=1, le=10_000)
    comment_words_min: int = Field(default=15, ge=1, le=500)
    reading_minutes: int = Field(ge=1, le=600)
    hours: Hours
    learning_outcomes: tuple[Key, ...] = ()
    work: tuple[Key, ...] = ()


class ModuleContent(Figures):
    """`position` counts from 1; `languages` always has the default language."""

    key: Key
    position: int = Field(ge=1)
    default_language: Language
    languages: dict[Language, ModuleText] = Field(min_length=1)

    @model_validator(mode="after")
    def _has_what_its_steps_need(self) -> Self:
        for language, text in self.languages.items():
            if text.steps != frozenset(self.steps):
                raise ValueError(f"the texts in {language!r} are for other steps than the module has")
        return self

    def text_in(self, language: str) -> ModuleText:
        return in_language(self.languages, language, self.default_language)

    def title_in(self, language: str) -> str:
        return self.text_in(language).title


class Term(Content):
    """A part of the year that begins every year on `starts` ("MM-DD") and lasts until the next one begins."""

    key: Key
    titles: Titles
    starts: MonthDay

    def first_day(self, year: int) -> date:
        return date.fromisoformat(f"{year:04}-{self.starts}")


class LearningOutcome(Content):
    key: Key
    titles: Titles


class Work(Content):
    """A kind of work that learning assistants have; modules name those that they fit."""

    key: Key
    titles: Titles


class UsualDate(Content):
    """When a step is due in every new cohort: `days` after its first day. No modules stand for all."""

    step: Step
    modules: tuple[Key, ...] = ()
    days: int = Field(ge=0, le=400)
    grace_hours: int = Field(default=0, ge=0, le=24 * 60)


class Pools(Content):
    """Whether essays in different languages are evaluated apart, and the least days for each evaluation."""

    languages: Literal["separate", "together"] = "separate"
    days_to_evaluate: int = Field(default=7, ge=1, le=100)


class ProgrammeTexts(Content):
    """`welcome` begins the page of a learning assistant, `contact` tells whom to ask, `issuer` is who signs
    certificates."""

    welcome: Markdowns | None = None
    contact: Markdowns | None = None
    issuer: Titles | None = None


class ProgrammeContent(Content):
    """`modules` are keys in teaching order; the languages of `titles` are the programme's languages."""

    key: Key
    default_language: Language
    titles: Titles
    timezone: TimeZone = "UTC"
    terms: tuple[Term, ...] = Field(min_length=1)
    learning_outcomes: tuple[LearningOutcome, ...] = ()
    work: tuple[Work, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    positions: tuple[Position, ...] = ()
    equivalents: tuple[Equivalent, ...] = ()
    # Where sessions are held, for filters and files; people can name other places all the same.
    towns: tuple[Title, ...] = ()
    dates: tuple[UsualDate, ...] = ()
    pools: Pools = Pools()
    texts: ProgrammeTexts = ProgrammeTexts()
    modules: tuple[Key, ...] = Field(min_length=1)

    def title_in(self, language: str) -> str:
        return in_language(self.titles, language, self.default_language)

    def outcome_in(self, key: str, language: str) -> str:
        """The wording of the learning outcome `key`; KeyError if the programme has none of that name."""
        titles = {outcome.key: outcome.titles for outcome in self.learning_outcomes}[key]
        return in_language(titles, language, self.default_language)

    @property
    def attendances(self) -> tuple[Attendance, ...]:
        return tuple(one for one in self.requirements if isinstance(one, Attendance))

    @property
    def completions(self) -> tuple[Completion, ...]:
        return tuple(one for one in self.requirements if isinstance(one, Completion))

    @property
    def hours(self) -> float:
        return sum(one.hours for one in self.requirements)

    def meeting_of(self, key: str) -> tuple[Attendance, Meeting]:
        """The meeting `key` and the requirement it is part of; KeyError if the programme has none of that name."""
        found = {meeting.key: (one, meeting) for one in self.attendances for meeting in one.meetings}
        return found[key]

    def position_of(self, key: str) -> Position:
        """KeyError if the programme has none of that name."""
        return {one.key: one for one in self.positions}[key]

    def equivalent_of(self, key: str) -> Equivalent:
        """KeyError if the programme has none of that name."""
        return {one.key: one for one in self.equivalents}[key]

    def term_in(self, term_key: str, language: str) -> str:
        """Such as "Autumn 2026" for "2026-autumn"; the key of a term that the programme no longer has."""
        year, _, key = term_key.partition("-")
        titles = [term.titles for term in self.terms if term.key == key]
        return f"{in_language(titles[0], language, self.default_language)} {year}" if titles else term_key

    def term_on(self, day: date) -> tuple[Term, date]:
        """The term that `day` lies in and its first day, which is in the year before if it began then."""
        begun = [(term.first_day(year), term) for year in (day.year - 1, day.year) for term in self.terms]
        first_day, term = max((b for b in begun if b[0] <= day), key=lambda b: b[0])
        return term, first_day

    def days_of(self, term_key: str) -> tuple[date, date] | None:
        """The first and the last day of such as "2026-autumn"; None for a term that the programme no longer has."""
        year, _, key = term_key.partition("-")
        first_days = [term.first_day(int(year)) for term in self.terms if term.key == key]
        if not first_days:
            return None
        begun = [term.first_day(first_days[0].year + later) for later in (0, 1) for term in self.terms]
        return first_days[0], min(day for day in begun if day > first_days[0]) - timedelta(days=1)

    def term_title(self, term: Term, year: int, language: str) -> str:
        """Such as "Autumn 2026"."""
        return f"{in_language(term.titles, language, self.default_language)} {year}"


# Where a text is missing in one written standard of Norwegian, its reader reads the other more easily than English.
_NEAREST = {"nn": "nb", "nb": "nn"}


def in_language(texts: Mapping[str, T], language: str, default: str) -> T:
    """The text in `language`, in the one nearest to it, or in the default language."""
    found = next((code for code in (language, _NEAREST.get(language, "")) if code in texts), default)
    return texts[found]
