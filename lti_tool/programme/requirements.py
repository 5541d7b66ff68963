"""What a programme asks for: meetings to attend and modules to complete; of whom, and what can stand for it. Frozen."""

from typing import Annotated, Literal

from pydantic import Field

from lti_tool.programme.kinds import Content, Hours, Key, Markdowns, Title, Titles


class Preparation(Content):
    """What is to be done before a meeting: `texts` to read, and questions to answer in a few words each."""

    minutes: int = Field(ge=1, le=600)
    texts: Markdowns
    questions: tuple[Titles, ...] = ()


class Meeting(Content):
    """One of the meetings that make up an attendance requirement.

    In a course, `records` says what is written down besides: the agreement on expectations, or the evaluation that both
    sides write.
    """

    key: Key
    titles: Titles
    hours: Hours
    preparation: Preparation | None = None
    records: Literal["agreement", "evaluation"] | None = None


class Attendance(Content):
    """Attend all of `meetings`, whose hours add up. `held_by` is who arranges them: the programme or the department
    that the subject course belongs to.
    """

    kind: Literal["attend"]
    key: Key
    titles: Titles
    descriptions: Titles | None = None
    held_by: Literal["programme", "course"] = "programme"
    meetings: tuple[Meeting, ...] = Field(min_length=1)

    @property
    def hours(self) -> float:
        return sum(meeting.hours for meeting in self.meetings)


class Completion(Content):
    """Complete `choose` of `modules`; None stands for all of them, and no modules for all of the programme's."""

    kind: Literal["complete"]
    key: Key
    titles: Titles
    descriptions: Titles | None = None
    choose: int | None = Field(default=None, ge=1, le=100)
    modules: tuple[Key, ...] = ()
    hours: Hours


Requirement = Annotated[Attendance | Completion, Field(discriminator="kind")]


class Position(Content):
    """What somebody can be employed as. `aliases` are what lists of employed people call it, beside its titles.

    `training` says whether the programme is for them: it is required, not required, or they are pointed elsewhere;
    `advice` explains it.
    """

    key: Key
    titles: Titles
    aliases: tuple[Title, ...] = ()
    training: Literal["required", "not-required", "elsewhere"]
    advice: Titles | None = None


class Equivalent(Content):
    """Other training that people bring: `recognised` kinds can stand for the whole programme once a coordinator has
    approved, the others are named so that nobody applies in vain.
    """

    key: Key
    titles: Titles
    descriptions: Titles | None = None
    recognised: bool
