"""What authors write: a programme and its online modules, frozen.

No file is known here (`pack.py` reads and cross-checks them), and every model survives
`model_validate_json(model_dump_json())` unchanged, which is how a loaded programme is stored.
Texts are plain unless their type says Markdown; languages are codes such as "en" and "nb".
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Markdown = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
MonthDay = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$")]
Titles = Annotated[dict[Language, Title], Field(min_length=1)]
T = TypeVar("T")


class Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Option(Content):
    key: Key
    text: Text
    correct: bool
    feedback: Text


class Question(Content):
    """A `single` question has exactly one right option, a `multiple` one at least one; both have a wrong one."""

    key: Key
    text: Text
    kind: Literal["single", "multiple"]
    options: tuple[Option, ...] = Field(min_length=2)


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


class Heading(Content):
    title: Title
    summary: Text


class ModuleText(Heading):
    """All that one module says in one language; keys and right answers are the same in every language."""

    reading: Markdown
    questions: tuple[Question, ...] = Field(min_length=1)
    essay_prompt: Markdown
    evaluation: EvaluationForm


class Figures(Content):
    """`pass_share` is the share of questions answered rightly, in (0, 1]; `attempts_allowed` is None for any
    number; `comment_words_min` holds for each comment of an evaluation; `learning_outcomes` are keys.
    """

    pass_share: float = Field(gt=0, le=1, allow_inf_nan=False)
    attempts_allowed: int | None = Field(default=None, ge=1)
    essay_words_min: int = Field(default=300, ge=1)
    essay_words_max: int = Field(default=500, ge=1, le=10_000)
    comment_words_min: int = Field(default=15, ge=1, le=500)
    reading_minutes: int = Field(ge=1, le=600)
    hours: float = Field(gt=0, le=100, allow_inf_nan=False)
    learning_outcomes: tuple[Key, ...] = ()


class ModuleContent(Figures):
    """`position` counts from 1; `languages` always has the default language."""

    key: Key
    position: int = Field(ge=1)
    default_language: Language
    languages: dict[Language, ModuleText] = Field(min_length=1)

    def text_in(self, language: str) -> ModuleText:
        return _in_language(self.languages, language, self.default_language)

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


class ProgrammeContent(Content):
    """`modules` are keys in teaching order; the languages of `titles` are the programme's languages."""

    key: Key
    default_language: Language
    titles: Titles
    terms: tuple[Term, ...] = Field(min_length=1)
    learning_outcomes: tuple[LearningOutcome, ...] = ()
    modules: tuple[Key, ...] = Field(min_length=1)

    def title_in(self, language: str) -> str:
        return _in_language(self.titles, language, self.default_language)

    def outcome_in(self, key: str, language: str) -> str:
        """The wording of the learning outcome `key`; KeyError if the programme has none of that name."""
        titles = {outcome.key: outcome.titles for outcome in self.learning_outcomes}[key]
        return _in_language(titles, language, self.default_language)

    def term_in(self, term_key: str, language: str) -> str:
        """Such as "Autumn 2026" for "2026-autumn"; the key of a term that the programme no longer has."""
        year, _, key = term_key.partition("-")
        titles = [term.titles for term in self.terms if term.key == key]
        return f"{_in_language(titles[0], language, self.default_language)} {year}" if titles else term_key

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
        return f"{_in_language(term.titles, language, self.default_language)} {year}"


def _in_language(texts: Mapping[str, T], language: str, default: str) -> T:
    return texts[language] if language in texts else texts[default]
