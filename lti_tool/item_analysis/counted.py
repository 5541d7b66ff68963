"""What the database counts, version by version. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """So many `people` had `score` right at their attempt of this number, from 1."""

    version: int
    attempt: int
    score: int
    passed: bool
    people: int


@dataclass(frozen=True, slots=True)
class Answered:
    """`score` is that of a first attempt, None for later ones, which are counted together."""

    version: int
    key: str
    chosen: frozenset[str]
    score: int | None
    people: int


@dataclass(frozen=True, slots=True)
class Timed:
    """Of first attempts."""

    version: int
    key: str
    seconds: int
    people: int


@dataclass(frozen=True, slots=True)
class Counted:
    """`questions` says how many each version asks."""

    outcomes: Sequence[Outcome]
    answers: Sequence[Answered]
    times: Sequence[Timed]
    questions: Mapping[int, int]

    def asked(self, key: str, versions: Collection[int]) -> Counted:
        """What concerns one question in these versions."""
        return Counted(
            [row for row in self.outcomes if row.version in versions],
            [row for row in self.answers if row.version in versions and row.key == key],
            [row for row in self.times if row.version in versions and row.key == key],
            self.questions,
        )

    @property
    def first(self) -> list[Outcome]:
        return [row for row in self.outcomes if row.attempt == 1]
