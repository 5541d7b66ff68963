"""The figures of one question and of a whole test, from counted answers. Pure.

Answers are counted by who is alike, so nothing here grows with the number of people.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import fsum, sqrt

# Kelley 1939, https://doi.org/10.1037/h0057123: the tails in which a difference is seen most surely.
TAIL = Fraction(27, 100)


@dataclass(frozen=True, slots=True)
class Alike:
    """`people` who chose the same options of a question (none: unanswered) and had the same score.

    `score` counts what they had right of the test's `questions`, this one included.
    """

    chosen: frozenset[str]
    right: bool
    score: int
    questions: int
    people: int

    @property
    def total(self) -> float:
        """The share of the test that they had right."""
        return self.score / self.questions

    @property
    def others(self) -> float:
        """The share of the other questions that they had right; 0 where there are no others."""
        return (self.score - self.right) / (self.questions - 1) if self.questions > 1 else 0.0


def people_in(answers: Iterable[Alike]) -> int:
    return sum(alike.people for alike in answers)


def item_rest_correlation(answers: Collection[Alike]) -> float | None:
    """Pearson's correlation of being right here (0 or 1) with the share of the other questions right, in [-1, 1].

    That is the corrected point-biserial: the question itself is left out of the score, which would otherwise correlate
    with it by itself (Crocker & Algina, Introduction to Classical and Modern Test Theory, 1986, ch. 14). None where
    all are alike in one of the two.
    """
    people = people_in(answers)
    if len({alike.right for alike in answers}) < 2 or len({alike.others for alike in answers}) < 2:
        return None
    mean_right = fsum(alike.people * alike.right for alike in answers) / people
    mean_others = fsum(alike.people * alike.others for alike in answers) / people
    both = fsum(a.people * (a.right - mean_right) * (a.others - mean_others) for a in answers)
    squares = people * mean_right * (1 - mean_right) * fsum(a.people * (a.others - mean_others) ** 2 for a in answers)
    return max(-1.0, min(1.0, both / sqrt(squares))) if squares > 0 else None


def upper_lower_index(answers: Collection[Alike]) -> float | None:
    """The share right among the best 27 % less that among the weakest 27 %, by the whole score, in [-1, 1].

    Ebel & Frisbie, Essentials of Educational Measurement, 5th ed. 1991, pp. 231-232. Where the border falls among
    people of one score, each of them counts in part, so that the order of people does not matter. None for nobody.
    """
    if not people_in(answers):
        return None
    size = TAIL * people_in(answers)
    best, weakest = (_right_in_tail(answers, size, sign) for sign in (-1, 1))
    return float((best - weakest) / size)


def _right_in_tail(answers: Collection[Alike], size: Fraction, sign: int) -> Fraction:
    """How many were right of the first `size` people by score, which rises with `sign` 1 and falls with -1."""
    right, room = Fraction(0), size
    for total in sorted({alike.total for alike in answers}, key=lambda total: sign * total):
        there = [alike for alike in answers if alike.total == total]
        taken = min(Fraction(1), room / people_in(there))
        right += taken * people_in(alike for alike in there if alike.right)
        room -= taken * people_in(there)
        if not room:
            break
    return right


@dataclass(frozen=True, slots=True)
class Chosen:
    """How an option was chosen. `share` is of all people; `others` is what share of the other questions those who
    chose it had right, None if nobody did."""

    key: str
    correct: bool
    people: int
    share: float
    others: float | None


def choices(answers: Collection[Alike], options: Mapping[str, bool]) -> tuple[Chosen, ...]:
    """In the order of `options`, which says of each whether it is right. With several to choose, people count often."""
    everybody = people_in(answers)

    def chosen(key: str, correct: bool) -> Chosen:
        choosers = [alike for alike in answers if key in alike.chosen]
        people = people_in(choosers)
        return Chosen(key, correct, people, people / everybody if everybody else 0.0, mean_others(choosers))

    return tuple(chosen(key, correct) for key, correct in options.items())


def mean_others(answers: Collection[Alike]) -> float | None:
    """The mean share of the other questions right; None for nobody."""
    people = people_in(answers)
    return fsum(alike.people * alike.others for alike in answers) / people if people else None


def reliability(facilities: Sequence[float], scores: Mapping[int, int]) -> float | None:
    """Kuder and Richardson's formula 20, which is Cronbach's alpha of questions that are right or wrong; at most 1.

    `scores` says how many people had how many right. Kuder & Richardson 1937, https://doi.org/10.1007/BF02288391;
    Crocker & Algina 1986, ch. 7. None for fewer than two questions, or where all have the same score.
    """
    questions, spread = len(facilities), variance(scores)
    if questions < 2 or not spread:
        return None
    within = fsum(share * (1 - share) for share in facilities)
    return questions / (questions - 1) * (1 - within / spread)


def mean(counts: Mapping[int, int]) -> float | None:
    """Of values that are so many times there; None of none."""
    number = sum(counts.values())
    return fsum(value * times for value, times in counts.items()) / number if number else None


def variance(counts: Mapping[int, int]) -> float:
    """The population's; 0 of none."""
    middle = mean(counts)
    if middle is None:
        return 0.0
    return fsum(times * (value - middle) ** 2 for value, times in counts.items()) / sum(counts.values())


def median(counts: Mapping[int, int]) -> float | None:
    """Of values that are so many times there; None of none."""
    number = sum(counts.values())
    if not number:
        return None
    at = _value_at(counts)
    return (at((number - 1) // 2) + at(number // 2)) / 2


def _value_at(counts: Mapping[int, int]) -> Callable[[int], int]:
    def at(place: int) -> int:
        for value in sorted(counts):
            place -= counts[value]
            if place < 0:
                return value
        raise LookupError("beyond the last value")

    return at
