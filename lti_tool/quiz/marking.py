"""How a test is marked. All or nothing per question; no figure depends on the order of anything."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Marks:
    """`right_questions` are keys; `needed` is how many right answers pass."""

    right_questions: frozenset[str]
    total: int
    needed: int

    @property
    def right(self) -> int:
        return len(self.right_questions)

    @property
    def passed(self) -> bool:
        return self.right >= self.needed


def mark(solutions: Mapping[str, Collection[str]], answers: Mapping[str, Collection[str]], pass_share: float) -> Marks:
    """Mark `answers` (question key -> chosen option keys) against `solutions` (question key -> right option keys).

    An answer is right when it names exactly the right options. So an unanswered question is wrong, an unknown option
    makes an answer wrong, and answers to unknown questions count for nothing.
    """
    right = frozenset(key for key, solution in solutions.items() if is_right(solution, answers.get(key, ())))
    return Marks(right, len(solutions), needed_to_pass(len(solutions), pass_share))


def is_right(solution: Collection[str], chosen: Collection[str]) -> bool:
    return bool(chosen) and set(chosen) == set(solution)


def needed_to_pass(total: int, pass_share: float) -> int:
    """The smallest number of right answers that is at least `pass_share` (more than 0) of `total`."""
    # Through the decimal that the author wrote: 0.8 * 15 is 12.000000000000002 in binary and would ask for 13.
    return math.ceil(Fraction(str(pass_share)) * total)
