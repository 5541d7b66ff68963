"""What was found in a list of employed people, as it is kept until it is taken over: JSON and back."""

from __future__ import annotations

import enum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict


class Failure(enum.StrEnum):
    """Why a list was given up, besides the codes of the reader of tables."""

    CRASHED = "crashed"
    NO_HEAD = "no-head"
    NOBODY = "nobody"


class Code(enum.StrEnum):
    """What is wrong with a line."""

    NOBODY = "nobody"
    ADDRESS = "address"
    HOURS = "hours"
    TERM = "term"
    TOO_LONG = "too-long"
    # Another line has the same person in the same course and position, and says something else of it.
    TWICE = "twice"
    # Another line has the same address with quite another name.
    OTHER_NAME = "other-name"


class Missing(enum.StrEnum):
    """What becomes of those who were on the list and are not in the file."""

    STAY = "stay"
    END_DEPARTMENTS = "end-departments"
    END_ALL = "end-all"


class Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Line(Kept):
    """One line of the file. `position` is what it says there, tidied; `email` is in small letters."""

    line: int
    name: str
    email: str | None
    position: str
    course_code: str = ""
    department: str = ""
    town: str = ""
    hours: float | None = None

    @property
    def reference(self) -> str:
        """What the person is known by when the list comes again. No name has a sign that every address has."""
        return self.email or self.name.casefold().replace("@", " ")[:254]


class Mistake(Kept):
    """`said` is what the line says; `other` the line that it contradicts."""

    line: int
    code: Code
    said: str = ""
    other: int | None = None


class Outcome(Kept):
    """How many lines were added, changed, left as they were and ended, and how many people were found at once."""

    added: int
    changed: int
    same: int
    ended: int
    found: int


class Found(Kept):
    """All there is to know of a list but the file itself.

    `tries` says how often reading or taking over has begun. `code` and `line` say why nothing could be read.
    `columns` are those that are known, `unknown` the heads of the others. `other_terms` counts lines of other terms.
    `positions` tells for each position that the lines name which of the programme's it is; an empty key leaves its
    lines out, and where there is none, somebody has to say it.
    """

    tries: int = 0
    code: str = ""
    line: int | None = None
    encoding: str = ""
    columns: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    other_terms: int = 0
    positions: dict[str, str] = {}
    missing: Missing = Missing.STAY
    outcome: Outcome | None = None

    def with_(self, **changes: Any) -> Self:
        return self.model_copy(update=changes)

    def stored(self) -> dict[str, Any]:
        return self.model_dump(mode="json")
